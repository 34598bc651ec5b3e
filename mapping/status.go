package mapping

import (
	"encoding/json"
	"time"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Status reads a status record. A word that no table knows gives no stage and a
// status gap; it moves nothing.
func (p *Program) Status(raw json.RawMessage) (Status, []staffing.Gap, error) {
	if p == nil || p.statusWord == nil {
		return Status{}, nil, &staffing.Error{Code: staffing.Invalid, Field: secStatus, Message: "the mapping document has no section " + quote(secStatus)}
	}
	record, err := expr.Decode(raw)
	if err != nil {
		return Status{}, nil, err
	}
	vars := &expr.Vars{Raw: record}
	var out Status
	var gaps []staffing.Gap
	if gap, err := p.readWord(vars, &out); err != nil {
		return Status{}, nil, err
	} else if gap != nil {
		gaps = append(gaps, *gap)
	}
	if gap, err := p.readAt(vars, &out); err != nil {
		return Status{}, nil, err
	} else if gap != nil {
		gaps = append(gaps, *gap)
	}
	return out, gaps, nil
}

func (p *Program) readWord(vars *expr.Vars, out *Status) (*staffing.Gap, error) {
	c := &cell{name: secStatus + ".word", value: p.statusWord, required: true}
	v, gap, err := c.eval(vars, p.tables)
	if gap != nil || err != nil {
		return gap, err
	}
	word, ok := scalarText(v)
	if !ok {
		g := c.gap(staffing.GapValue, v, "a status must be a text, got "+shape(v))
		return &g, nil
	}
	out.Word = word
	stage, ok := p.tables.stages.Find(word)
	if !ok {
		g := noStage(word)
		return &g, nil
	}
	out.Stage = staffing.Stage(stage)
	return nil, nil
}

// noStage is the gap of a word that no stage is mapped to.
func noStage(word string) staffing.Gap {
	return staffing.Gap{Kind: staffing.GapStatus, Field: secStages, Value: shown(word),
		Message: "No stage is mapped to the client's status " + quote(word) + "."}
}

// readAt takes a timestamp, what parse_time gives, or a text in RFC 3339.
func (p *Program) readAt(vars *expr.Vars, out *Status) (*staffing.Gap, error) {
	c := &cell{name: secStatus + ".at", value: p.statusAt}
	v, gap, err := c.eval(vars, p.tables)
	if gap != nil || err != nil || isEmpty(v) {
		return gap, err
	}
	s, original := "", ""
	switch x := v.(type) {
	case string:
		s, original = x, x
	case map[string]any:
		s, _ = x["at"].(string)
		original, _ = x["original"].(string)
	}
	at, perr := time.Parse(time.RFC3339Nano, s)
	if perr != nil {
		g := c.gap(staffing.GapValue, v, "a time in RFC 3339 is needed, got "+shape(v))
		return &g, nil //nolint:nilerr // the gap says it
	}
	out.At, out.Original = at.UTC(), original
	return nil, nil
}

// Trigger says whether a status of the internal ATS causes a submission.
func (p *Program) Trigger(status string) bool {
	return p != nil && p.tables.triggers[expr.Fold(status)]
}

// InternalStatus gives the internal ATS's word for a stage; ok is false for a
// stage that is not synced back.
func (p *Program) InternalStatus(stage staffing.Stage) (word string, ok bool) {
	if p == nil {
		return "", false
	}
	word, ok = p.tables.internal[stage]
	return word, ok
}

// Poll gives the cadence of a feed; ok is false when the document does not say.
func (p *Program) Poll(feed staffing.Feed) (every time.Duration, ok bool) {
	if p == nil {
		return 0, false
	}
	every, ok = p.doc.Poll[feed]
	return every, ok
}

package jobs

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// outcome is what a profile makes of a record.
type outcome struct {
	content json.RawMessage // the record, or the body that would be sent
	holds   []hold          // why it would wait
}

// hold is one reason for which a record waits.
type hold struct{ cause, words string }

// verdictOn puts together what a profile made of a record. An error holds it too.
func verdictOn(content any, gaps []staffing.Gap, findings []staffing.Finding, err error) outcome {
	var o outcome
	if err == nil {
		o.content, err = json.Marshal(content)
	}
	if err != nil {
		o.holds = append(o.holds, hold{"unreadable", staffing.MessageOf(err)})
	}
	for _, g := range gaps {
		o.holds = append(o.holds, hold{"gap:" + string(g.Kind) + ":" + g.Field + ":" + g.Value, gapWords(g)})
	}
	for _, f := range findings {
		if f.Severity == staffing.SeverityError {
			o.holds = append(o.holds, hold{"rule:" + f.Rule, f.Message})
		}
	}
	return o
}

func (o outcome) words() (out []string) {
	for _, h := range o.holds {
		out = append(out, h.words)
	}
	return out
}

// finding is what a draft would do to a record.
type finding struct {
	record store.PreviewRecord
	causes []string // why it would be held, when it is held anew
}

// judge compares what is in force with the draft. outside says that the record is
// at another system already and a change would be written there once more.
func judge(about store.PreviewRecord, before, after outcome, outside bool) finding {
	f := finding{record: about}
	changes := changesBetween(before.content, after.content)
	f.record.Changes = store.Doc(changes)
	wasHeld, isHeld := len(before.holds) > 0, len(after.holds) > 0
	f.record.Verdict = store.VerdictSame
	switch {
	case isHeld && !wasHeld:
		f.record.Verdict, f.record.Reasons = store.VerdictHeld, store.Doc(after.words())
		for _, h := range after.holds {
			f.causes = append(f.causes, h.cause)
		}
	case wasHeld && !isHeld:
		f.record.Verdict, f.record.Reasons = store.VerdictReleased, store.Doc(before.words())
	case isHeld: // waits either way
		f.record.Reasons = store.Doc(after.words())
		if len(changes) > 0 || !slices.Equal(before.holds, after.holds) {
			f.record.Verdict = store.VerdictChanged
		}
	case len(changes) > 0 && outside:
		f.record.Verdict = store.VerdictResubmit
	case len(changes) > 0:
		f.record.Verdict = store.VerdictChanged
	}
	return f
}

// count adds the finding to the summary.
func (f finding) count(s *store.PreviewSummary) {
	switch f.record.Verdict {
	case store.VerdictChanged:
		s.Changed++
	case store.VerdictHeld:
		s.Held++
	case store.VerdictReleased:
		s.Released++
	case store.VerdictResubmit:
		s.Resubmit++
	default:
		s.Same++
	}
	for _, c := range f.record.Changes.V {
		if len(s.Fields) < maxCounted || s.Fields[c.Field] > 0 {
			s.Fields[c.Field]++
		}
	}
	for _, c := range f.causes {
		if len(s.Reasons) < maxCounted || s.Reasons[c] > 0 {
			s.Reasons[c]++
		}
	}
}

const (
	maxCounted = 200 // fields and reasons that a summary counts
	maxChanges = 100 // of one record
	maxShown   = 300 // characters of a value
	lead       = 60  // of them, before the first difference
)

// changesBetween gives the fields that differ, in the order of their paths.
func changesBetween(before, after json.RawMessage) (out []store.FieldChange) {
	if bytes.Equal(before, after) {
		return nil
	}
	was, is := differing(before, after)
	var fields []string
	for f := range was {
		fields = append(fields, f)
	}
	for f := range is {
		if _, both := was[f]; !both {
			fields = append(fields, f)
		}
	}
	slices.Sort(fields)
	for _, f := range fields {
		if was[f] != is[f] && len(out) < maxChanges {
			before, after := around(was[f], is[f])
			out = append(out, store.FieldChange{Field: f, Before: before, After: after})
		}
	}
	return out
}

// around leaves of two long values what stands around their first difference.
func around(before, after string) (string, string) {
	a, b := []rune(before), []rune(after)
	if len(a) <= maxShown && len(b) <= maxShown {
		return before, after
	}
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	from := max(0, at-lead)
	part := func(r []rune) string {
		text := string(r[min(from, len(r)):min(from+maxShown, len(r))])
		if from > 0 && text != "" {
			text = "…" + text
		}
		if from+maxShown < len(r) {
			text += "…"
		}
		return text
	}
	return part(a), part(b)
}

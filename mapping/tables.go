package mapping

import (
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// tables are the status tables of a document, ready for look-ups.
type tables struct {
	requisition expr.Codes
	stages      expr.Codes
	triggers    map[string]bool // folded
	internal    map[staffing.Stage]string
}

func newTables(d Document) *tables {
	t := &tables{
		requisition: expr.NewCodes(stringMap(d.RequisitionStatus)),
		stages:      expr.NewCodes(stringMap(d.Stages)),
		triggers:    map[string]bool{},
		internal:    d.InternalStatus,
	}
	for _, w := range d.Triggers {
		t.triggers[expr.Fold(w)] = true
	}
	return t
}

// requisitionStatus turns the vendor's word into a state of a requisition.
func (t *tables) requisitionStatus(c *cell, v any) (any, *staffing.Gap) {
	word, ok := scalarText(v)
	if !ok {
		g := c.gap(staffing.GapValue, v, "a status must be a text, got "+shape(v))
		return nil, &g
	}
	state, ok := t.requisition.Find(word)
	if !ok {
		return nil, &staffing.Gap{Kind: staffing.GapStatus, Field: secReqStatus, Value: shown(v),
			Message: "No state is mapped to the client's requisition status " + quote(word) + "."}
	}
	return state, nil
}

// checkTables refuses words that are not canonical, and words that fold to the
// same but mean different things.
func checkTables(d Document, problems *Problems) {
	checkWords(secReqStatus, d.RequisitionStatus, staffing.RequisitionStatuses(), problems)
	checkWords(secStages, d.Stages, staffing.Stages(), problems)
	for stage, word := range d.InternalStatus {
		if !stage.Known() {
			problems.add(secInternal+"."+string(stage), "there is no stage %s", quote(string(stage)))
		}
		if strings.TrimSpace(word) == "" {
			problems.add(secInternal+"."+string(stage), "the status is empty; leave the stage out instead")
		}
	}
	for _, w := range d.Triggers {
		if strings.TrimSpace(w) == "" {
			problems.add(secTriggers, "a trigger is empty")
		}
	}
}

func checkWords[T ~string](section string, table map[string]T, known []T, problems *Problems) {
	folded := map[string]string{}
	for _, word := range sortedWords(table) {
		if !slices.Contains(known, table[word]) {
			problems.add(section+"."+word, "there is no %s; known are %v", quote(string(table[word])), known)
		}
		if strings.TrimSpace(word) == "" {
			problems.add(section, "a status word is empty")
		}
		if other, dup := folded[expr.Fold(word)]; dup && table[other] != table[word] {
			problems.add(section+"."+word, "it is the same word as %s, which means something else", quote(other))
		}
		folded[expr.Fold(word)] = word
	}
}

func sortedWords[T ~string](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

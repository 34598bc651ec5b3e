package handlers

import (
	"context"
	"fmt"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

// shownMisfits is how many cells or words a warning names.
const shownMisfits = 5

// misfits say what of a copy does not fit the target: another connector, maps that
// find nothing in its newest record, words that nothing is mapped to, lists that are
// not here.
func (s *Server) misfits(ctx context.Context, x copying) (out []string, err error) {
	if x.kind != x.target.connection.Kind && (x.has(partFields) || x.has(partStatuses)) {
		out = append(out, fmt.Sprintf("%s is another connector (%s, not %s): its maps and status words are those of other records. Rules, triggers and code lists fit.",
			x.name, s.kindLabel(x.kind), s.kindLabel(x.target.connection.Kind)))
	}
	lists, err := s.store.AllCodeLists(ctx, x.to)
	if err != nil {
		return nil, err
	}
	for name, entries := range x.lists {
		lists[name] = entries
	}
	text, err := x.after.YAML()
	if err != nil {
		return nil, err
	}
	wrong, err := checkDocument(string(text), lists)
	if err != nil {
		return nil, err
	}
	for _, p := range wrong[:min(len(wrong), shownMisfits)] {
		out = append(out, sentence(strings.TrimPrefix(p.Cell+": "+p.Message, ": ")))
	}
	if x.target.connection.Role != staffing.RoleClient {
		return out, nil
	}
	empty, err := s.emptyCells(ctx, x, lists)
	if err != nil {
		return nil, err
	}
	unknown, err := s.unknownWords(ctx, x)
	return append(out, append(empty, unknown...)...), err
}

func (s *Server) kindLabel(name string) string {
	if kind, err := s.cfg.Registry.Kind(name); err == nil {
		return kind.Label
	}
	return name
}

// emptyCells names the required fields, and those that have a value now, that the
// copy finds nothing for in the newest record.
func (s *Server) emptyCells(ctx context.Context, x copying, lists map[string]map[string]string) ([]string, error) {
	newest, err := s.store.RecentRaw(ctx, x.to, staffing.FeedRequisitions, 1)
	if err != nil || len(newest) == 0 || !x.has(partFields) {
		return nil, err
	}
	values := func(d mapping.Document) map[string]string {
		d, cells, out := d.WithLists(lists), d.Cells(sectionRequisition), map[string]string{}
		for i, c := range mapping.CheckCells(d, sectionRequisition, cells, newest[0].Raw, mapping.Sample{Client: x.target.client.Domain()}) {
			if c.Err == nil {
				out[cells[i].Key] = c.Value
			}
		}
		return out
	}
	before, after := values(x.target.document), values(x.after)
	var lost []string
	for _, t := range mapping.Targets(sectionRequisition) {
		if after[t.Key] == "" && (before[t.Key] != "" || t.Required) {
			lost = append(lost, t.Label)
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("In the newest requisition of %s nothing is found for: %s.", x.target.connection.Name, someOf(lost))}, nil
}

// sectionRequisition is the map of requisitions.
const sectionRequisition = "requisition"

// unknownWords names the client's words that the copy knows nothing of.
func (s *Server) unknownWords(ctx context.Context, x copying) ([]string, error) {
	said, err := s.store.RequisitionWords(ctx, x.to)
	if err != nil {
		return nil, err
	}
	stages, err := s.store.StatusWords(ctx, x.to)
	if err != nil {
		return nil, err
	}
	var lost []string
	for _, w := range said {
		if !hasWord(x.after.RequisitionStatus, w.Word) {
			lost = append(lost, "“"+w.Word+"”")
		}
	}
	for _, w := range stages {
		if w.Word != "" && !hasWord(x.after.Stages, w.Word) {
			lost = append(lost, "“"+w.Word+"”")
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("%s has said words that nothing is mapped to then: %s.", x.target.connection.Name, someOf(lost))}, nil
}

// hasWord says that a status table knows a word; without a table no word is asked for.
func hasWord[T any](table map[string]T, word string) bool {
	for known := range table {
		if expr.Fold(known) == expr.Fold(word) {
			return true
		}
	}
	return len(table) == 0
}

// someOf lists the first few, and says how many there are besides.
func someOf(list []string) string {
	if len(list) <= shownMisfits {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shownMisfits], ", "), len(list)-shownMisfits)
}

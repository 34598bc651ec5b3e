package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// showProfileFields shows one map of the profile, required fields without a source
// first.
func (s *Server) showProfileFields(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	v := web.FieldsView{}
	if len(sectionsOf(p)) > 0 {
		x, err := sectionNamed(p, queryOf(r, "").text("section"))
		if err != nil {
			return err
		}
		if v, err = s.fieldsView(r, p, x); err != nil {
			return err
		}
	}
	if v.ProfileView, err = s.profileFrame(r, p, "fields"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.ProfileFieldsPage(v))
}

func (s *Server) fieldsView(r *http.Request, p profile, x section) (v web.FieldsView, err error) {
	v = web.FieldsView{Section: x.key, Label: x.label, Help: x.help, Open: x.open}
	standard := s.standardOf(p)
	words, err := s.vocabularyOf(r.Context(), p.connection.ID)
	if err != nil {
		return v, err
	}
	if v.New, err = s.newFields(r.Context(), p, x); err != nil {
		return v, err
	}
	v.Words = words.view()
	for _, o := range sectionsOf(p) {
		tab := web.SectionTab{Key: o.key, Label: o.label, URL: profileURL(p.id()) + "?section=" + o.key, Current: o.key == x.key}
		for _, t := range targetsOf(o, p.document, sectionTargets(o.key, standard, words)) {
			if t.required && !t.mapped {
				tab.Missing++
			}
		}
		v.Sections = append(v.Sections, tab)
	}
	samples, err := x.samples(s, r.Context(), p, 1)
	if err != nil {
		return v, err
	}
	doc, err := s.withLists(r.Context(), p.connection.ID, p.document)
	if err != nil {
		return v, err
	}
	values := map[string]cellValue{}
	if len(samples) > 0 {
		v.Sample, v.SampleOf = samples[0].title, samples[0].url
		values = liveValues(doc, x, samples[0])
	}
	for _, t := range targetsOf(x, p.document, sectionTargets(x.key, standard, words)) {
		row := fieldRow(p.id(), x, t)
		row.Live, row.Problem = values[t.Key].value, values[t.Key].problem
		f, told := words.field(x.key, t.Key)
		if told && !mapping.Inbound(x.key) {
			row.Type, row.Values, row.Gone = t.Type, t.Options, f.VanishedAt != nil
		}
		if told && !t.mapped && !t.required && x.open {
			v.Vendor = append(v.Vendor, row)
			continue
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// target is one line of a map: a canonical field or one of the vendor's, with its
// cell if it has one.
type target struct {
	mapping.Target
	required, mapped bool
	cell             mapping.Cell
}

// targetsOf lists the fields of a map: required ones without a source first, then
// those that are mapped, then what could be mapped.
func targetsOf(x section, d mapping.Document, known []mapping.Target) (out []target) {
	cells := cellsOf(d, x.key)
	for _, k := range known {
		t := target{Target: k, required: k.Required}
		if at := slices.IndexFunc(cells, func(c mapping.Cell) bool { return c.Key == k.Key }); at >= 0 {
			t.cell, t.mapped = cells[at], true
		}
		out = append(out, t)
	}
	for _, c := range cells {
		if !slices.ContainsFunc(known, func(k mapping.Target) bool { return k.Key == c.Key }) {
			out = append(out, target{Target: mapping.Target{Key: c.Key, Label: mapping.Label(x.key, c.Key)}, mapped: true, cell: c})
		}
	}
	rank := func(t target) int {
		switch {
		case t.required && !t.mapped:
			return 0
		case t.mapped:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b target) int { return rank(a) - rank(b) })
	return out
}

// standardOf gives the connector's own document: what a map can hold there.
func (s *Server) standardOf(p profile) (d mapping.Document) {
	kind, err := s.cfg.Registry.Kind(p.connection.Kind)
	if err == nil {
		d, err = mapping.Parse(kind.Mapping)
	}
	if err != nil {
		s.log.Warn("a connector's own mapping cannot be read", "kind", p.connection.Kind, "err", err)
	}
	return d
}

// sectionTargets are the known fields of a map: canonical ones, those of the
// connector's own document, and those that the system told of.
func sectionTargets(section string, standard mapping.Document, v vocabulary) []mapping.Target {
	if section == statusSection {
		return []mapping.Target{{Key: "word", Label: "Word", Help: "The client's word for where the candidate stands.", Required: true},
			{Key: "at", Label: "Said at", Help: "When the client said it, by its clock."}}
	}
	return withVendor(mapping.TargetsWith(section, standard), section, v)
}

func fieldRow(connection string, x section, t target) web.FieldRow {
	row := web.FieldRow{Key: t.Key, Label: t.Label, Help: t.Help, Required: t.required || t.cell.Required, Mapped: t.mapped, CEL: t.cell.CEL,
		Default: t.cell.Default, List: t.cell.List, URL: cellURL(connection, x.key, t.Key)}
	if a, ok := mapping.Recognise(t.cell.CEL); ok && t.mapped {
		row.Source, row.Transform = a.Source, transformLabel(a.Name)
		if a.Source == "" {
			row.Source = strings.Join(sortedValues(a.Params), ", ")
		}
	}
	return row
}

func sortedValues(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return sorted(out)
}

func transformLabel(name string) string {
	for _, t := range mapping.Transforms() {
		if t.Name == name {
			return t.Label
		}
	}
	return name
}

// liveValues gives what the cells of a map make of a sample, by their keys.
func liveValues(d mapping.Document, x section, in sample) map[string]cellValue {
	out := map[string]cellValue{}
	cells := cellsOf(d, x.key)
	for i, v := range mapping.CheckCells(d, x.key, cells, in.record(), in.ctx) {
		out[cells[i].Key] = valueOf(v.Value, v.Gaps, v.Err)
	}
	return out
}

// cellValue is what a cell makes of a sample, or why it makes nothing.
type cellValue struct{ value, problem string }

func valueOf(v string, gaps []staffing.Gap, err error) cellValue {
	switch {
	case err != nil:
		return cellValue{problem: sentence(staffing.MessageOf(err))}
	case len(gaps) > 0:
		return cellValue{problem: sentence(gaps[0].Message)}
	}
	return cellValue{value: v}
}

// record is what cells read as raw.
func (in sample) record() json.RawMessage {
	if in.raw == nil {
		return json.RawMessage("{}")
	}
	return in.raw
}

// celProblem parts the error of an expression into its place and what is wrong.
func celProblem(err error) (text string, p mapping.Problem) {
	var all mapping.Problems
	if errors.As(err, &all) && len(all) > 0 {
		return sentence(all[0].Message), all[0]
	}
	return sentence(staffing.MessageOf(err)), mapping.Problem{}
}

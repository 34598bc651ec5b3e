package handlers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/web"
)

const (
	discoveredRecords = 100 // in which fields are looked for
	shownSources      = 400
)

func (s *Server) renderCell(w http.ResponseWriter, r *http.Request, status int, p profile, f cellForm, at web.Edition) error {
	v, err := s.cellView(r.Context(), p, f)
	if err != nil {
		return err
	}
	v.At = at
	if v.ProfileView, err = s.profileFrame(r, p, "fields"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileCellPage(v))
}

func (s *Server) cellView(ctx context.Context, p profile, f cellForm) (v web.CellView, err error) {
	v = web.CellView{Section: f.section.key, Label: f.section.label, Key: f.key, KeyOpen: f.keyOpen, KeyError: f.keyError, Title: mapping.Label(f.section.key, f.key),
		Exists: f.cell.Key != "", Mode: f.mode, Source: f.applied.Source, CEL: orText(f.cel, f.typed.CEL), CELError: f.celError, CELAt: f.celAt,
		Default: f.typed.Default, List: f.typed.List, Must: f.typed.Required, Error: f.problem, Conflict: f.conflict}
	words, err := s.vocabularyOf(ctx, p.connection.ID)
	if err != nil {
		return v, err
	}
	known := sectionTargets(f.section.key, s.standardOf(p), words)
	if at := slices.IndexFunc(known, func(t mapping.Target) bool { return t.Key == f.key }); at >= 0 {
		v.Title, v.Help, v.Required = known[at].Label, known[at].Help, known[at].Required
	}
	doc, err := s.withLists(ctx, p.connection.ID, p.document)
	if err != nil {
		return v, err
	}
	v.Lists = listOptions(doc, f.typed.List)
	v.Transforms = transformChoices(f.applied, doc)
	if field, ok := words.field(f.section.key, f.key); ok && !mapping.Inbound(f.section.key) {
		v.Type, v.Title = field.Type, field.Label
		for _, o := range field.Values() {
			v.Values = append(v.Values, web.Option{Value: o.Value, Label: o.Label})
		}
		offerValues(v.Transforms, v.Values)
	}
	samples, err := f.section.samples(s, ctx, p, discoveredRecords)
	if err != nil {
		return v, err
	}
	v.Sources, v.More = sourceRows(words.sources(f.section.key, f.section.fieldsOf(samples)), f.applied.Source)
	if len(samples) > 0 {
		v.Live = &web.LiveValue{Sample: samples[0].title}
		if f.typed.CEL != "" || f.typed.Default != "" {
			l := valueOf(mapping.CheckCell(doc, f.section.key, f.typed, samples[0].record(), samples[0].ctx))
			v.Live.Value, v.Live.Problem = l.value, l.problem
		}
	}
	return v, nil
}

// offerValues makes the fixed value a choice of the values that the system has. One
// that it does not have stays, and says so.
func offerValues(transforms []web.TransformChoice, values []web.Option) {
	at := slices.IndexFunc(transforms, func(t web.TransformChoice) bool { return t.Name == "constant" })
	if at < 0 || len(values) == 0 {
		return
	}
	for i := range transforms[at].Params {
		p := &transforms[at].Params[i]
		pairs := [][2]string{{"", "Choose a value"}}
		if p.Value != "" && !slices.ContainsFunc(values, func(o web.Option) bool { return o.Value == p.Value }) {
			pairs = append(pairs, [2]string{p.Value, p.Value + " (not in the list)"})
		}
		for _, o := range values {
			pairs = append(pairs, [2]string{o.Value, o.Label})
		}
		p.Options = options(p.Value, pairs...)
	}
}

func listOptions(d mapping.Document, chosen string) []web.Option {
	pairs := [][2]string{{"", "No list"}}
	for _, name := range listNames(d) {
		pairs = append(pairs, [2]string{name, name})
	}
	return options(chosen, pairs...)
}

func listNames(d mapping.Document) (out []string) {
	for name := range d.Lists {
		out = append(out, name)
	}
	return sorted(out)
}

// transformChoices are the named transforms; what is entered shows in the chosen one.
func transformChoices(a mapping.Applied, d mapping.Document) (out []web.TransformChoice) {
	for _, t := range mapping.Transforms() {
		c := web.TransformChoice{Name: t.Name, Label: t.Label, Help: t.Help, Chosen: t.Name == orText(a.Name, "copy")}
		for _, p := range t.Params {
			f := web.FormField{Key: paramKey(t.Name, p.Name), Label: p.Label, Help: p.Help, Required: p.Required, Lines: p.Lines, Suggestions: p.Options}
			if p.Name == "list" {
				f.Suggestions = listNames(d)
			}
			if c.Chosen {
				f.Value = a.Params[p.Name]
			}
			c.Params = append(c.Params, f)
		}
		out = append(out, c)
	}
	return out
}

// sourceRows lists the fields that can be picked, with the one that is picked even
// when no record has it.
func sourceRows(fields []declaredSource, chosen string) (out []web.SourceRow, more int) {
	if chosen != "" && !slices.ContainsFunc(fields, func(f declaredSource) bool { return f.Path == chosen }) {
		out = append(out, web.SourceRow{Path: chosen, Type: "not found", Present: "none of the newest records", Chosen: true})
	}
	for _, f := range fields {
		if len(out) >= shownSources && f.Path != chosen {
			more++
			continue
		}
		out = append(out, web.SourceRow{Path: f.Path, Label: f.label, Type: f.Type, Present: presence(f), Examples: trimmed(f.Examples), Chosen: f.Path == chosen})
	}
	return out, more
}

func trimmed(list []string) (out []string) {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// presence says how often a field holds something.
func presence(f declaredSource) string {
	if f.declared {
		return "not seen yet"
	}
	if f.Of == 0 {
		return "the hub's own record"
	}
	return fmt.Sprintf("%d of %d records", f.Present, f.Of)
}

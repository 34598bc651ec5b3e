package handlers

import (
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// fillInternal shows the internal ATS's words: picked from its own list where it
// told one.
func (s *Server) fillInternal(v *web.StatusesView, p profile, f *statusForm, words vocabulary) {
	own, _ := words.declared(staffing.SubjectSubmission)
	for _, stage := range staffing.Stages() {
		field := web.FormField{Key: "internal." + string(stage), Label: stage.Label(), Value: p.document.InternalStatus[stage]}
		if f != nil {
			field.Value = f.internal[string(stage)]
		}
		if len(own) > 0 {
			field.Options = ownWords(own, field.Value)
		}
		v.Internal = append(v.Internal, field)
	}
	ticked := p.document.Triggers
	if f != nil {
		ticked = append(slices.Clone(f.boxes), strings.Split(f.triggers, "\n")...)
	}
	var others []string
	for _, word := range ticked {
		if !slices.Contains(own, word) {
			others = append(others, word)
		}
	}
	for _, word := range own {
		v.Boxes = append(v.Boxes, web.Option{Value: word, Label: word, Selected: slices.Contains(ticked, word)})
	}
	v.Triggers = strings.Join(others, "\n")
}

// ownWords offers the system's words. One that it does not have stays chosen, and
// says so.
func ownWords(own []string, chosen string) []web.Option {
	pairs := [][2]string{{"", "Show nothing"}}
	if chosen != "" && !slices.Contains(own, chosen) {
		pairs = append(pairs, [2]string{chosen, chosen + " (not a status there)"})
	}
	for _, w := range own {
		pairs = append(pairs, [2]string{w, w})
	}
	return options(chosen, pairs...)
}

// inOrderOf keeps words that were there in their order; new ones follow.
func inOrderOf(before, now []string) (out []string) {
	for _, w := range before {
		if slices.Contains(now, w) {
			out = append(out, w)
		}
	}
	for _, w := range now {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// cellForm is one cell as it is opened, or as it was sent.
type cellForm struct {
	section section
	key     string
	keyOpen bool // the key is entered in the form
	mode    string
	applied mapping.Applied
	cel     string
	cell    mapping.Cell // as it stands in the profile; its key is empty when there is none
	typed   mapping.Cell // what would be saved

	keyError, celError, celAt, problem, conflict string
}

// showProfileCell opens the editor of one cell.
func (s *Server) showProfileCell(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	q := queryOf(r, "")
	f, err := openCell(p, q.text("section"), q.text("key"))
	if err != nil {
		return err
	}
	if from := q.text("source"); from != "" && f.cell.Key == "" {
		f.applied = mapping.Applied{Name: "copy", Source: from}
		if cel, err := f.applied.CEL(); err == nil { // else the field is picked, and the editor says what is wrong with it
			f.typed.CEL = cel
		}
	}
	return s.renderCell(w, r, http.StatusOK, p, f, p.edition())
}

// openCell reads a cell of the profile into a form.
func openCell(p profile, name, key string) (f cellForm, err error) {
	if f.section, err = sectionNamed(p, name); err != nil {
		return f, err
	}
	f.key, f.keyOpen, f.mode = key, key == "", "pick"
	cells := cellsOf(p.document, f.section.key)
	if at := slices.IndexFunc(cells, func(c mapping.Cell) bool { return c.Key == key }); at >= 0 {
		f.cell = cells[at]
	}
	if f.keyOpen && !f.section.open {
		return f, errNoPage
	}
	f.typed, f.cel = f.cell, f.cell.CEL
	f.typed.Key = key
	var ok bool
	if f.applied, ok = mapping.Recognise(f.cell.CEL); !ok && f.cell.CEL != "" {
		f.mode = "cel"
	}
	return f, nil
}

// read takes over what was sent, and makes the cell of it.
func (f *cellForm) read(r *http.Request) {
	if f.keyOpen {
		f.key = formText(r, "key")
	}
	f.mode, f.cel = formText(r, "mode"), formText(r, "cel")
	f.applied = mapping.Applied{Name: formText(r, "transform"), Source: formText(r, "source"), Params: map[string]string{}}
	for _, t := range mapping.Transforms() {
		for _, param := range t.Params {
			if v := formLines(r, paramKey(t.Name, param.Name)); t.Name == f.applied.Name && v != "" {
				f.applied.Params[param.Name] = v
			}
		}
	}
	f.typed = mapping.Cell{Key: f.key, CEL: f.cel, Default: formText(r, "default"), List: formText(r, "list"), Required: formText(r, "required") != "", Table: f.cell.Table}
	if f.mode != "cel" {
		f.mode = "pick"
		f.typed.CEL = f.pick()
	}
}

// pick writes the expression of what was picked. Nothing picked leaves the default
// alone.
func (f *cellForm) pick() string {
	chosen := slices.IndexFunc(mapping.Transforms(), func(t mapping.Transform) bool { return t.Name == f.applied.Name })
	if chosen < 0 || f.applied.Source == "" && !mapping.Transforms()[chosen].NoSource {
		if f.typed.Default == "" {
			f.problem = "Pick a field of the record first."
		}
		return ""
	}
	cel, err := f.applied.CEL()
	if err != nil {
		f.problem = sentence(staffing.MessageOf(err))
	}
	return cel
}

func paramKey(transform, param string) string { return "param." + transform + "." + param }

// saveProfileCell tries what was sent on the newest record, and saves it in the
// draft when that was asked for.
func (s *Server) saveProfileCell(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	p, err := s.profileOf(r.Context(), id)
	if err != nil {
		return err
	}
	f, err := openCell(p, formText(r, "section"), formText(r, "key"))
	if err != nil {
		return err
	}
	f.keyOpen = f.section.open && f.cell.Key == ""
	f.read(r)
	if f.keyOpen && f.key == "" {
		f.keyError = "Name the field of the other system."
	}
	ok, err := s.tryCell(r, p, &f)
	if err != nil {
		return err
	}
	if !ok || formText(r, "do") == "try" {
		status := http.StatusOK
		if !ok {
			status = http.StatusUnprocessableEntity
		}
		return s.renderCell(w, r, status, p, f, at)
	}
	saved, err := s.saveEdit(r.Context(), f.edit(id, viewer(r).Email, at))
	if f.conflict, f.problem = conflictOf(err), refusedBy(err); f.conflict != "" || f.problem != "" {
		return s.renderCell(w, r, statusOf(err), p, f, p.edition())
	}
	if err != nil {
		return err
	}
	return s.edited(w, r, saved, profileURL(id.String())+"?section="+f.section.key+"#c-"+f.key)
}

// edit is the change that the form asks for.
func (f cellForm) edit(id uuid.UUID, by string, at web.Edition) edit {
	return edit{connection: id, by: by, at: at, action: "profile.cell_saved", change: func(d mapping.Document) (mapping.Document, []string, error) {
		if slices.Contains(cellsOf(d, f.section.key), f.typed) {
			return d, nil, nil
		}
		after, err := withCell(d, f.section.key, f.typed)
		return after, []string{f.section.key + "." + f.key}, err
	}}
}

// withCell sets a cell; those of the status record too.
func withCell(d mapping.Document, section string, c mapping.Cell) (mapping.Document, error) {
	if section != statusSection {
		return d.WithCell(section, c)
	}
	cells := mapping.StatusCells{}
	if d.Status != nil {
		cells = *d.Status
	}
	if c.Key == "word" {
		cells.Word = c.CEL
	} else {
		cells.At = c.CEL
	}
	return d.WithStatusCells(cells), nil
}

// tryCell compiles the cell and runs it on the newest record; what is wrong goes
// beside the form's fields.
func (s *Server) tryCell(r *http.Request, p profile, f *cellForm) (ok bool, err error) {
	if f.problem != "" || f.keyError != "" {
		return false, nil
	}
	doc, err := s.withLists(r.Context(), p.connection.ID, p.document)
	if err != nil {
		return false, err
	}
	_, _, bad := mapping.CheckCell(doc, f.section.key, f.typed, nil, mapping.Sample{})
	if staffing.CodeOf(bad) == staffing.Internal {
		return false, bad
	}
	if bad == nil {
		return true, nil
	}
	text, at := celProblem(bad)
	if at.Line > 0 {
		f.celAt = fmt.Sprintf("Line %d, column %d", at.Line, at.Column)
	}
	if f.mode == "cel" && !strings.Contains(at.Cell, "(default)") {
		f.celError = text
	} else {
		f.problem = strings.TrimSpace(f.celAt + " " + text)
	}
	return false, nil
}

// removeProfileCell leaves a field without a source.
func (s *Server) removeProfileCell(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	p, err := s.profileOf(r.Context(), id)
	if err != nil {
		return err
	}
	f, err := openCell(p, formText(r, "section"), formText(r, "key"))
	if err != nil {
		return err
	}
	saved, err := s.saveEdit(r.Context(), edit{id, viewer(r).Email, at, "profile.cell_removed", func(d mapping.Document) (mapping.Document, []string, error) {
		if !slices.ContainsFunc(cellsOf(d, f.section.key), func(c mapping.Cell) bool { return c.Key == f.key }) {
			return d, nil, nil
		}
		if f.section.key == statusSection {
			after, err := withCell(d, statusSection, mapping.Cell{Key: f.key})
			return after, []string{statusSection + "." + f.key}, err
		}
		return d.WithoutCell(f.section.key, f.key), []string{f.section.key + "." + f.key}, nil
	}})
	if f.conflict = conflictOf(err); f.conflict != "" {
		return s.renderCell(w, r, statusOf(err), p, f, p.edition())
	}
	if err != nil {
		return err
	}
	return s.edited(w, r, saved, profileURL(id.String())+"?section="+f.section.key)
}

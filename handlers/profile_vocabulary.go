package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// vocabularyReader asks a system for its own words soon; the store then tells what
// came of it. Config.Profiles is one where the hub works.
type vocabularyReader interface {
	ReadVocabulary(ctx context.Context, connectionID uuid.UUID, by store.User) error
}

// vocabulary is what a system told of itself.
type vocabulary struct {
	state    store.Vocabulary
	fields   []store.VendorField
	statuses []store.VendorStatus
}

func (s *Server) vocabularyOf(ctx context.Context, id uuid.UUID) (v vocabulary, err error) {
	if v.state, err = optional(s.store.Vocabulary(ctx, id)); err != nil {
		return v, err
	}
	if v.fields, err = s.store.VendorFields(ctx, id); err != nil {
		return v, err
	}
	v.statuses, err = s.store.VendorStatuses(ctx, id)
	return v, err
}

func (v vocabulary) view() web.VocabularyView {
	s := v.state
	return web.VocabularyView{Tells: s.ConnectionID != uuid.Nil && (s.NextAt != nil || s.ReadAt != nil), Reading: s.Reading(), ReadAt: value(s.ReadAt), Error: sentence(s.Error),
		FailedAt: value(s.FailedAt), Fields: s.Fields, Statuses: s.Statuses}
}

// field finds a field of a map.
func (v vocabulary) field(section, key string) (store.VendorField, bool) {
	at := slices.IndexFunc(v.fields, func(f store.VendorField) bool { return f.Section == section && f.Key == key })
	if at < 0 {
		return store.VendorField{}, false
	}
	return v.fields[at], true
}

// declared gives the words of a subject that the system has now; gone says which it
// once had.
func (v vocabulary) declared(subject staffing.Subject) (now []string, gone map[string]bool) {
	gone = map[string]bool{}
	for _, s := range v.statuses {
		switch {
		case s.Subject != subject:
		case s.VanishedAt != nil:
			gone[foldWord(s.Word)] = true
		default:
			now = append(now, s.Word)
		}
	}
	return now, gone
}

// readProfileVocabulary asks the system for its own fields and statuses.
func (s *Server) readProfileVocabulary(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	reader, ok := s.cfg.Profiles.(vocabularyReader)
	if !ok {
		return staffing.Errorf(staffing.Unavailable, noProfiles)
	}
	tab := tabURL(id, formText(r, "tab"))
	if err := reader.ReadVocabulary(r.Context(), id, viewer(r)); err != nil {
		if refused(err) {
			return s.undone(w, r, tab, err)
		}
		return err
	}
	http.Redirect(w, r, tab, http.StatusSeeOther) //nolint:gosec // a page of ours, with an id that was parsed
	return nil
}

// showVocabularyFragment tells whether the system still is being asked. When it has
// answered, the page loads again with what it said.
func (s *Server) showVocabularyFragment(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	state, err := optional(s.store.Vocabulary(r.Context(), p.connection.ID))
	if err != nil {
		return err
	}
	if !state.Reading() {
		w.Header().Set("HX-Refresh", "true")
	}
	v, err := s.profileFrame(r, p, queryOf(r, "").text("tab"))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.VocabularyFragment(v, vocabulary{state: state}.view()))
}

// ignoreProfileField closes the gap of a field that nobody wants to read.
func (s *Server) ignoreProfileField(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	path, back := formText(r, "path"), profileURL(id.String())+"?section="+url.QueryEscape(formText(r, "section"))
	err = s.store.InTx(r.Context(), func(tx *store.Tx) error {
		if err := tx.IgnorePayloadKey(r.Context(), id, path, viewer(r).Email); err != nil {
			return err
		}
		return tx.Audit(r.Context(), viewer(r).Email, "field.ignored", string(staffing.SubjectConnection), id.String(), map[string]any{"path": path})
	})
	if staffing.CodeOf(err) == staffing.NotFound {
		return s.done(w, r, back, "The field is not told of any more.")
	}
	if err != nil {
		return err
	}
	return s.done(w, r, back, "The field is ignored from now on.")
}

// newFields lists the open gaps of fields that a map does not read.
func (s *Server) newFields(ctx context.Context, p profile, x section) (out []web.NewField, err error) {
	gaps, err := s.store.Gaps(ctx, p.connection.ID)
	if err != nil {
		return nil, err
	}
	examples, err := s.store.PayloadExamples(ctx, p.connection.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range gaps {
		if g.Kind == staffing.GapField && g.Field == x.key {
			out = append(out, web.NewField{Path: g.Value, Example: examples[g.Value], Count: g.Count, FirstAt: g.FirstAt, MapURL: newCellURL(p.id(), x.key, g.Value)})
		}
	}
	return out, nil
}

// newCellURL opens an editor for a cell that reads a new field; "" for a map that
// takes no further fields.
func newCellURL(connection, section, path string) string {
	below := map[string]string{"requisition": "custom_fields.", "placement": "billing_codes."}[section]
	if below == "" {
		return ""
	}
	return cellURL(connection, section, below+slugOf(path)) + "&" + url.Values{"source": {path}}.Encode()
}

// slugOf makes a key of the last name in a path.
func slugOf(path string) string {
	path = strings.TrimSuffix(path, "[0]")
	if at := strings.LastIndexAny(path, `."`); at == len(path)-1 || strings.HasSuffix(path, `"]`) || strings.HasSuffix(path, `")`) {
		path = strings.Trim(path[strings.LastIndex(strings.TrimRight(path, `"])`), `"`)+1:], `"])`)
	} else if at >= 0 {
		path = path[at+1:]
	}
	var out strings.Builder
	for _, c := range strings.ToLower(path) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' && out.Len() > 0:
			out.WriteRune(c)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "_"):
			out.WriteByte('_')
		}
	}
	return orText(strings.Trim(out.String(), "_"), "field")
}

// withVendor adds the system's own fields to what a map can fill: their labels,
// types and values, whether they must be filled, and those that nobody listed.
func withVendor(known []mapping.Target, section string, v vocabulary) []mapping.Target {
	if mapping.Inbound(section) {
		return known
	}
	out := slices.Clone(known)
	for _, f := range v.fields {
		if f.Section != section || f.VanishedAt != nil {
			continue
		}
		at := slices.IndexFunc(out, func(t mapping.Target) bool { return t.Key == f.Key })
		if at < 0 {
			at = len(out)
			out = append(out, mapping.Target{Key: f.Key})
		}
		if out[at].Label == "" || f.Label != f.Key {
			out[at].Label = f.Label
		}
		out[at].Type, out[at].Required, out[at].Options = f.Type, out[at].Required || f.Required, nil
		for _, o := range f.Values() {
			out[at].Options = append(out[at].Options, o.Value)
		}
	}
	return out
}

// sources gives the fields that cells of a map can read: those of records, with the
// labels that the system has for them, and those that it declares and no record had.
func (v vocabulary) sources(section string, found []mapping.SourceField) (out []declaredSource) {
	seen := map[string]bool{}
	for _, f := range found {
		d := declaredSource{SourceField: f}
		if known, ok := v.field(section, f.Path); ok {
			d.label = known.Label
		}
		seen[f.Path] = true
		out = append(out, d)
	}
	for _, f := range v.fields {
		if f.Section != section || f.VanishedAt != nil || seen[f.Key] || !strings.HasPrefix(f.Key, expr.Raw+".") {
			continue
		}
		d := declaredSource{SourceField: mapping.SourceField{Path: f.Key, Type: f.Type}, label: f.Label, declared: true}
		for _, o := range f.Values() {
			d.Examples = append(d.Examples, o.Label)
		}
		d.Examples = d.Examples[:min(len(d.Examples), 3)]
		out = append(out, d)
	}
	return out
}

// declaredSource is a field that cells can read, with what the system says of it.
type declaredSource struct {
	mapping.SourceField
	label    string
	declared bool // and seen in no record
}

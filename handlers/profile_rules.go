package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// freeForm is the form that takes expressions.
const freeForm = "free"

var ruleID = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,59}$`)

// showProfileRules lists the rules of a profile, and the hub's own.
func (s *Server) showProfileRules(w http.ResponseWriter, r *http.Request) error {
	return s.renderRules(w, r, http.StatusOK, web.RulesView{})
}

func (s *Server) renderRules(w http.ResponseWriter, r *http.Request, status int, v web.RulesView) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	for _, x := range p.document.Rules {
		v.Rows = append(v.Rows, ruleRow(p.id(), x))
	}
	for _, x := range rules.Baseline() {
		if !slices.ContainsFunc(p.document.Rules, func(o staffing.Rule) bool { return o.On == x.On && o.ID == x.ID }) {
			v.House = append(v.House, ruleRow(p.id(), x))
		}
	}
	for _, f := range rules.Forms() {
		v.Forms = append(v.Forms, web.RuleCard{Label: f.Label, Help: f.Help, URL: profileURL(p.id(), "rule") + "?form=" + f.Name})
	}
	if v.ProfileView, err = s.profileFrame(r, p, "rules"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileRulesPage(v))
}

func ruleRow(connection string, x staffing.Rule) web.RuleRow {
	row := web.RuleRow{ID: x.ID, On: string(x.On), Words: x.Assert, Severity: string(x.Severity), Message: x.Message,
		URL: profileURL(connection, "rule") + "?" + url.Values{"on": {string(x.On)}, "id": {x.ID}}.Encode()}
	if name, _, ok := rules.RecogniseForm(x); ok && name != freeForm {
		row.Form = formNamed(name).Label
	}
	return row
}

// formNamed finds a ready-made form; the free one for a name that is none.
func formNamed(name string) rules.Form {
	list := rules.Forms()
	if at := slices.IndexFunc(list, func(f rules.Form) bool { return f.Name == name }); at >= 0 {
		return list[at]
	}
	return rules.Form{Name: freeForm, Label: "A rule of your own", Help: "An expression that must hold.",
		On: []staffing.Subject{staffing.SubjectRequisition, staffing.SubjectSubmission, staffing.SubjectPlacement}}
}

// ruleForm is one rule as it is opened, or as it was sent.
type ruleForm struct {
	form     rules.Form
	wasOn    staffing.Subject
	wasID    string
	rule     staffing.Rule
	params   map[string]string
	keyError string
	problem  string
	field    string // which parameter the problem is about
	conflict string
}

func (f ruleForm) free() bool { return f.form.Name == freeForm }

// showProfileRule opens the editor of one rule, or a form for a new one.
func (s *Server) showProfileRule(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	q := queryOf(r, "")
	f := ruleForm{form: formNamed(q.text("form")), rule: staffing.Rule{Severity: staffing.SeverityError}}
	if id := q.text("id"); id != "" {
		at := slices.IndexFunc(p.document.Rules, func(x staffing.Rule) bool { return x.ID == id && string(x.On) == q.text("on") })
		if at < 0 {
			return staffing.Errorf(staffing.NotFound, "the profile has no such rule")
		}
		f = openRule(p.document.Rules[at])
	}
	return s.renderRule(w, r, http.StatusOK, p, f)
}

func openRule(x staffing.Rule) ruleForm {
	f := ruleForm{form: formNamed(freeForm), wasOn: x.On, wasID: x.ID, rule: x}
	if name, params, ok := rules.RecogniseForm(x); ok {
		f.form, f.params = formNamed(name), params
	}
	return f
}

func (s *Server) renderRule(w http.ResponseWriter, r *http.Request, status int, p profile, f ruleForm) error {
	v := web.RuleView{At: p.edition(), WasOn: string(f.wasOn), WasID: f.wasID, Form: f.form.Name, Label: f.form.Label, Help: f.form.Help, Free: f.free(),
		Key: f.rule.ID, KeyError: f.keyError, When: f.rule.When, Assert: f.rule.Assert, Message: f.rule.Message, Field: f.rule.Field, Error: f.problem, Conflict: f.conflict,
		Severity: options(string(f.rule.Severity), [2]string{string(staffing.SeverityError), "Blocks: the record waits"}, [2]string{string(staffing.SeverityWarning), "Warns: the record goes on"})}
	for _, on := range f.form.On {
		v.On = append(v.On, web.Option{Value: string(on), Label: words(string(on)), Selected: on == f.rule.On})
	}
	doc, err := s.withLists(r.Context(), p.connection.ID, p.document)
	if err != nil {
		return err
	}
	if !f.free() {
		v.Params = ruleParams(f, doc)
	}
	if v.ProfileView, err = s.profileFrame(r, p, "rules"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileRulePage(v))
}

func ruleParams(f ruleForm, d mapping.Document) (out []web.FormField) {
	for _, p := range f.form.Params {
		field := web.FormField{Key: "param." + p.Name, Label: p.Label, Help: p.Help, Required: p.Required, Value: f.params[p.Name], Lines: p.Type == "lines" || p.Type == "cel"}
		switch {
		case p.Type == "choice":
			var pairs [][2]string
			for _, o := range p.Options {
				pairs = append(pairs, [2]string{o, orText(words(o), "No")})
			}
			field.Options = options(field.Value, pairs...)
		case p.Type == "list":
			field.Suggestions = listNames(d)
		case p.Type == "field":
			field.Suggestions = ruleFields(f)
		default:
			field.Suggestions = p.Options
		}
		if f.field == p.Name && f.field != "" {
			field.Error = f.problem
		}
		out = append(out, field)
	}
	return out
}

// ruleFields are the fields that a ready-made rule can be about.
func ruleFields(f ruleForm) (out []string) {
	subject := f.rule.On
	if subject == "" && len(f.form.On) > 0 {
		subject = f.form.On[0]
	}
	prefix := map[staffing.Subject]string{staffing.SubjectRequisition: "req.", staffing.SubjectSubmission: "sub.", staffing.SubjectPlacement: "plc."}[subject]
	for _, x := range mapping.Sources(map[staffing.Subject]string{staffing.SubjectRequisition: "job", staffing.SubjectSubmission: "submission", staffing.SubjectPlacement: "bill"}[subject], mapping.Sample{}) {
		if field, ok := strings.CutPrefix(x.Path, prefix); ok {
			out = append(out, field)
		}
	}
	return out
}

// saveProfileRule makes the rule of the form and saves it in the draft.
func (s *Server) saveProfileRule(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	p, err := s.profileOf(r.Context(), id)
	if err != nil {
		return err
	}
	doc, err := s.withLists(r.Context(), id, p.document)
	if err != nil {
		return err
	}
	f := readRule(r)
	f.check(doc)
	if f.problem != "" || f.keyError != "" {
		return s.renderRule(w, r, http.StatusUnprocessableEntity, p, f)
	}
	saved, err := s.saveEdit(r.Context(), f.edit(id, viewer(r).Email, at))
	if f.conflict, f.problem = conflictOf(err), refusedBy(err); f.conflict != "" || f.problem != "" {
		return s.renderRule(w, r, statusOf(err), p, f)
	}
	if err != nil {
		return err
	}
	return s.edited(w, r, saved, profileURL(id.String(), "rules"))
}

func readRule(r *http.Request) ruleForm {
	f := ruleForm{form: formNamed(formText(r, "form")), wasOn: staffing.Subject(formText(r, "was_on")), wasID: formText(r, "was_id"), params: map[string]string{}}
	f.rule = staffing.Rule{ID: formText(r, "id"), On: staffing.Subject(formText(r, "on")), When: formText(r, "when"), Assert: formText(r, "assert"),
		Severity: staffing.Severity(formText(r, "severity")), Message: formText(r, "message"), Field: formText(r, "field")}
	for _, p := range f.form.Params {
		if v := formLines(r, "param."+p.Name); v != "" {
			f.params[p.Name] = v
		}
	}
	return f
}

// check makes the rule and compiles it; what is wrong goes beside the form's fields.
func (f *ruleForm) check(d mapping.Document) {
	if f.rule.ID != "" && !ruleID.MatchString(f.rule.ID) {
		f.keyError = "Use capital letters, digits and underscores, at most 60, a letter first."
	}
	if f.free() {
		f.rule.ID = orText(f.rule.ID, freeID(d))
	} else {
		built, err := rules.Build(f.form.Name, f.rule.On, f.params, f.rule.Severity, f.rule.Message)
		if err != nil {
			f.refuse(err)
			return
		}
		built.ID = orText(f.rule.ID, built.ID)
		f.rule = built
	}
	if _, err := rules.Compile([]staffing.Rule{f.rule}, d.Lists); err != nil {
		f.refuse(err)
	}
}

func (f *ruleForm) refuse(err error) {
	var coded *staffing.Error
	if errors.As(err, &coded) {
		f.field = coded.Field
	}
	f.problem = sentence(staffing.MessageOf(err))
}

// freeID numbers the rules that were given no id.
func freeID(d mapping.Document) string {
	for n := 1; ; n++ {
		id := "RULE_" + strconv.Itoa(n)
		if !slices.ContainsFunc(d.Rules, func(x staffing.Rule) bool { return x.ID == id }) {
			return id
		}
	}
}

// edit puts the rule into the draft, in the place of the one that was opened.
func (f ruleForm) edit(id uuid.UUID, by string, at web.Edition) edit {
	return edit{connection: id, by: by, at: at, action: "profile.rule_saved", change: func(d mapping.Document) (mapping.Document, []string, error) {
		same := f.wasOn == f.rule.On && f.wasID == f.rule.ID
		exists := slices.ContainsFunc(d.Rules, func(x staffing.Rule) bool { return x.On == f.rule.On && x.ID == f.rule.ID })
		if exists && !same {
			return d, nil, staffing.Errorf(staffing.Invalid, "another rule on a %s has the id %s; give this one another", f.rule.On, f.rule.ID)
		}
		if slices.Contains(d.Rules, f.rule) {
			return d, nil, nil
		}
		after := d
		if !same && f.wasID != "" {
			after = after.WithoutRule(f.wasOn, f.wasID)
		}
		return after.WithRule(f.rule), []string{"rules." + f.rule.ID}, nil
	}}
}

// ruleStays shows the rule that was not removed as it is now; the list of rules,
// when it is gone.
func (s *Server) ruleStays(w http.ResponseWriter, r *http.Request, rule removal, why error) error {
	p, err := s.profileOf(r.Context(), rule.connection)
	if err != nil {
		return err
	}
	words := sentence(staffing.MessageOf(why))
	at := slices.IndexFunc(p.document.Rules, func(x staffing.Rule) bool { return x.ID == rule.id && x.On == rule.on })
	if at < 0 {
		return s.renderRules(w, r, statusOf(why), web.RulesView{Error: words + " The rule " + rule.id + " is not there any more."})
	}
	f := openRule(p.document.Rules[at])
	f.conflict = words
	return s.renderRule(w, r, statusOf(why), p, f)
}

// removal names a rule that is to go.
type removal struct {
	connection uuid.UUID
	on         staffing.Subject
	id         string
}

// removeProfileRule takes a rule out of the draft.
func (s *Server) removeProfileRule(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	on, name := staffing.Subject(formText(r, "on")), formText(r, "id")
	saved, err := s.saveEdit(r.Context(), edit{id, viewer(r).Email, at, "profile.rule_removed", func(d mapping.Document) (mapping.Document, []string, error) {
		after := d.WithoutRule(on, name)
		if len(after.Rules) == len(d.Rules) {
			return d, nil, nil
		}
		return after, []string{"rules." + name}, nil
	}})
	if refused(err) {
		return s.ruleStays(w, r, removal{id, on, name}, err)
	}
	if err != nil {
		return err
	}
	return s.edited(w, r, saved, profileURL(id.String(), "rules"))
}

package handlers

import (
	"net/http"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// amendChoice is one change that people make to terms from a day on.
type amendChoice struct {
	name, label string
	kind        staffing.VersionKind
	field       string // that the value is of; empty: it takes none
}

var amendChoices = []amendChoice{
	{"extension", "Extension: another end date", staffing.VersionAmendment, "end_date"},
	{"bill_rate", "Bill rate", staffing.VersionAmendment, "bill_rate"},
	{"pay_rate", "Pay rate", staffing.VersionAmendment, "pay_rate"},
	{"hours_per_week", "Hours per week", staffing.VersionAmendment, "hours_per_week"},
	{"cost_centre", "Cost centres and their split", staffing.VersionAmendment, "cost_centre"},
	{"purchase_order", "Purchase order", staffing.VersionAmendment, "purchase_order"},
	{"start_date", "Start date", staffing.VersionAmendment, "start_date"},
	{"fee", "Placement fee", staffing.VersionAmendment, "fee"},
	{"early_end", "Early end: the last day", staffing.VersionEarlyEnd, "end_date"},
	{"cancellation", "Cancellation", staffing.VersionCancellation, ""},
	{"no_show", "No show: the worker never came", staffing.VersionNoShow, ""},
}

func amendOptions(chosen string) []web.Option {
	var pairs [][2]string
	for _, c := range amendChoices {
		pairs = append(pairs, [2]string{c.name, c.label})
	}
	return options(chosen, pairs...)
}

// amendable says that the page offers a change.
func amendable(state string) bool { return state != store.PlacementCancelled }

// amendmentOf reads the form.
func amendmentOf(r *http.Request) (staffing.Amendment, web.AmendForm, error) {
	f := web.AmendForm{Allowed: true, What: formText(r, "what"), Value: formText(r, "value"), From: formText(r, "from"), Reason: formText(r, "reason")}
	f.Whats = amendOptions(f.What)
	reason, err := reasonOf(r)
	for _, c := range amendChoices {
		if c.name != f.What {
			continue
		}
		f.Label = c.label
		a := staffing.Amendment{Kind: c.kind, EffectiveFrom: staffing.Date(f.From), Reason: reason}
		switch {
		case err != nil:
		case c.field != "" && f.Value == "":
			err = &staffing.Error{Code: staffing.Invalid, Field: "value", Message: "the new value is missing"}
		case c.field != "":
			a.Changes = map[string]string{c.field: f.Value}
		}
		return a, f, err
	}
	return staffing.Amendment{}, f, &staffing.Error{Code: staffing.Invalid, Field: "what", Message: "choose what changes"}
}

// amendPlacement shows what a change causes, and proposes it when somebody asked for
// that after seeing it.
func (s *Server) amendPlacement(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	a, form, err := amendmentOf(r)
	propose := formText(r, "do") == "propose"
	var out staffing.Amended
	switch {
	case err != nil:
	case propose:
		err = s.cfg.Desk.Amend(r.Context(), viewer(r), id, a)
	default:
		out, err = s.cfg.Desk.PreviewAmendment(r.Context(), viewer(r), id, a)
	}
	if refused(err) {
		form.Error = sentence(staffing.MessageOf(err))
		return s.renderPlacement(w, r, id, statusOf(err), func(v *web.PlacementView) { v.Amend = form })
	}
	if err != nil {
		return err
	}
	if propose {
		return s.done(w, r, "/placements/"+id.String(), "The change is kept as a version. Another person approves what it causes.")
	}
	p, err := s.store.Placement(r.Context(), id)
	if err != nil {
		return err
	}
	form.First = p.State != store.PlacementPosted
	addPreview(&form, out)
	return s.renderPlacement(w, r, id, http.StatusOK, func(v *web.PlacementView) { v.Amend = form })
}

func addPreview(f *web.AmendForm, out staffing.Amended) {
	f.Previewed = true
	for _, b := range out.Bills {
		f.Bills = append(f.Bills, web.BillCard{Kind: string(b.Kind), Bill: *billView(&b)})
	}
	for _, x := range out.Findings {
		f.Problems = append(f.Problems, sentence(x.Message))
		f.Blocked = f.Blocked || !f.First && x.Severity == staffing.SeverityError
	}
}

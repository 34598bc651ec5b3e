package handlers

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/currency"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// What the audit log calls limits and delegations.
const (
	subjectLimit      = "approval_limit"
	subjectDelegation = "delegation"
)

// deciders are the roles that approve, with their labels.
func deciders() (out [][2]string) {
	for _, r := range roles {
		if reviewing.Allows(r[0]) {
			out = append(out, r)
		}
	}
	return out
}

// showApprovals shows limits and delegations.
func (s *Server) showApprovals(w http.ResponseWriter, r *http.Request) error {
	return s.renderApprovals(w, r, http.StatusOK, nil)
}

func (s *Server) renderApprovals(w http.ResponseWriter, r *http.Request, status int, tune func(*web.ApprovalsView)) error {
	v := web.ApprovalsView{Limit: web.LimitForm{Roles: options("", deciders()...)}}
	limits, err := s.store.ApprovalLimits(r.Context())
	if err != nil {
		return err
	}
	for _, l := range limits {
		v.Limits = append(v.Limits, web.LimitRow{Role: l.Role, Currency: l.Currency, Amount: amount(l.Amount)})
	}
	delegations, err := s.store.Delegations(r.Context())
	if err != nil {
		return err
	}
	for _, d := range delegations {
		v.Delegations = append(v.Delegations, delegationView(d, viewer(r), s.now()))
	}
	if v.Delegate, err = s.delegateForm(r, "", "", ""); err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavPlacements, "Limits and delegates"); err != nil {
		return err
	}
	if tune != nil {
		tune(&v)
	}
	return s.render(w, r, status, web.ApprovalsPage(v))
}

func delegationView(d store.DelegationRow, by store.User, now time.Time) web.DelegationRow {
	out := web.DelegationRow{ID: d.ID.String(), From: d.FromName, To: d.ToName, Begin: d.FromAt.UTC(), Until: d.UntilAt.UTC(), State: delegationState(d.Delegation, now)}
	out.End = (out.State == "now" || out.State == "later") && (d.FromUser == by.ID || by.Role == admin)
	return out
}

func delegationState(d store.Delegation, now time.Time) string {
	switch {
	case d.EndedAt != nil:
		return "ended"
	case !d.UntilAt.After(now):
		return "over"
	case d.FromAt.After(now):
		return "later"
	default:
		return "now"
	}
}

// delegateForm offers the people who could decide for the viewer.
func (s *Server) delegateForm(r *http.Request, to, from, until string) (f web.DelegateForm, err error) {
	by := viewer(r)
	f = web.DelegateForm{Allowed: reviewing.Allows(by.Role), From: from, Until: until}
	users, err := s.store.Users(r.Context())
	if err != nil {
		return f, err
	}
	var people [][2]string
	for _, u := range users {
		if u.ID != by.ID && u.DisabledAt == nil && reviewing.Allows(u.Role) {
			people = append(people, [2]string{u.ID.String(), u.Name})
		}
	}
	f.People = options(to, people...)
	f.Allowed = f.Allowed && len(people) > 0
	return f, nil
}

// setLimit sets how much one decision of a role may be about.
func (s *Server) setLimit(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	role, code, text := formText(r, "role"), strings.ToUpper(formText(r, "currency")), formText(r, "amount")
	sum := figure(text)
	problem := ""
	switch _, err := currency.ParseISO(code); {
	case !reviewing.Allows(role):
		problem = "Choose a role that approves."
	case err != nil || len(code) != 3:
		problem = "The currency must be one of ISO 4217, for example USD."
	case sum == nil || sum.IsNegative():
		problem = "Give an amount of 0 or more."
	}
	if problem != "" {
		return s.renderApprovals(w, r, http.StatusUnprocessableEntity, func(v *web.ApprovalsView) {
			v.Limit = web.LimitForm{Roles: options(role, deciders()...), Currency: code, Amount: text, Error: problem}
		})
	}
	ctx := r.Context()
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetApprovalLimit(ctx, role, code, sum); err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, "approval_limit.set", subjectLimit, role+" "+code, map[string]any{"amount": sum.String()})
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/approvals", "The limit holds for every decision from now on.")
}

// dropLimit takes a limit away.
func (s *Server) dropLimit(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	ctx, role, code := r.Context(), formText(r, "role"), formText(r, "currency")
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetApprovalLimit(ctx, role, code, nil); err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, "approval_limit.removed", subjectLimit, role+" "+code, nil)
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/approvals", "Removed.")
}

// addDelegation names who decides for the viewer from a day to a day.
func (s *Server) addDelegation(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	to, from, until := formText(r, "to"), formText(r, "from"), formText(r, "until")
	form, err := s.delegateForm(r, to, from, until)
	if err != nil {
		return err
	}
	first, badFirst := time.Parse(time.DateOnly, from)
	last, badLast := time.Parse(time.DateOnly, until)
	last = last.AddDate(0, 0, 1)
	switch {
	case !slices.ContainsFunc(form.People, func(o web.Option) bool { return o.Value == to }):
		form.Error = "Choose somebody else of finance."
	case badFirst != nil || badLast != nil:
		form.Error = "Give the first and the last day, such as 2026-12-31."
	case !last.After(first) || !last.After(s.now()):
		form.Error = "The last day is before the first, or over."
	}
	if form.Error != "" {
		return s.renderApprovals(w, r, http.StatusUnprocessableEntity, func(v *web.ApprovalsView) { v.Delegate = form })
	}
	ctx, by := r.Context(), viewer(r)
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		d, err := tx.AddDelegation(ctx, store.Delegation{FromUser: by.ID, ToUser: uuid.MustParse(to), FromAt: first, UntilAt: last, CreatedBy: by.Email})
		if err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "delegation.added", subjectDelegation, d.ID.String(), map[string]any{"to": to, "from": from, "until": until})
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/approvals", "Your delegate can decide from that day on.")
}

// endDelegation takes a delegation back: one's own, or as an admin any.
func (s *Server) endDelegation(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), viewer(r)
	all, err := s.store.Delegations(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(d store.DelegationRow) bool { return d.ID == id })
	switch {
	case at < 0:
		return errNoPage
	case all[at].FromUser != by.ID && by.Role != admin:
		return staffing.Errorf(staffing.Forbidden, "only the person who named a delegate, or an admin, takes that back")
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.EndDelegation(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "delegation.ended", subjectDelegation, id.String(), nil)
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/approvals", "Taken back.")
}

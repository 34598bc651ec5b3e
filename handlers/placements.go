package handlers

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// showPlacement shows the bill that a placement will cause.
func (s *Server) showPlacement(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := s.store.Placement(r.Context(), id)
	if err != nil {
		return err
	}
	if err := s.noteView(r.Context(), viewer(r), p); err != nil {
		return err
	}
	return s.renderPlacement(w, r, id, http.StatusOK, nil)
}

// renderPlacement shows a placement as it stands now; tune adds what a refused
// form entered.
func (s *Server) renderPlacement(w http.ResponseWriter, r *http.Request, id uuid.UUID, status int, tune func(*web.PlacementView)) error {
	facts, err := s.placementFacts(r.Context(), id)
	if err != nil {
		return err
	}
	facts.viewer, facts.fields = viewer(r), s.cfg.Desk.Fields()
	v := placementView(facts)
	if v.Page, err = s.page(r, web.NavPlacements, orText(v.Worker, "Placement")); err != nil {
		return err
	}
	v.May.Retry = posting.Allows(facts.viewer.Role) // the retry of this page is another than that of failed records
	if tune != nil {
		tune(&v)
	}
	return s.render(w, r, status, web.PlacementPage(v))
}

// placementFacts collects what the page of a placement tells.
func (s *Server) placementFacts(ctx context.Context, id uuid.UUID) (f placementFacts, err error) {
	if f.placement, err = s.store.PlacementRow(ctx, id); err != nil {
		return f, err
	}
	if f.submission, err = s.store.Submission(ctx, f.placement.SubmissionID); err != nil {
		return f, err
	}
	if err := s.addBills(ctx, &f); err != nil {
		return f, err
	}
	if id := f.placement.RawID; id != nil {
		if f.raw, err = optional(s.store.RawRecord(ctx, *id)); err != nil {
			return f, err
		}
	}
	if f.effects, err = s.store.Effects(ctx, staffing.SubjectPlacement, id); err != nil {
		return f, err
	}
	if f.exchanges, err = s.store.ExchangesOf(ctx, staffing.SubjectPlacement, id, shownExchanges); err != nil {
		return f, err
	}
	if f.failures, err = s.store.LiveFailuresOf(ctx, staffing.SubjectPlacement, id.String()); err != nil {
		return f, err
	}
	if f.audit, _, err = s.store.AuditLog(ctx, store.AuditFilter{Subject: string(staffing.SubjectPlacement), ID: id.String(), Limit: 100}); err != nil {
		return f, err
	}
	if f.erp, err = optional(s.store.ConnectionByRole(ctx, staffing.RoleERP)); err != nil {
		return f, err
	}
	f.systems, err = s.systemNames(ctx)
	return f, err
}

// addBills adds bills, versions and what they are held against.
func (s *Server) addBills(ctx context.Context, f *placementFacts) (err error) {
	p := f.placement
	if f.bills, err = s.store.Bills(ctx, p.ID); err != nil {
		return err
	}
	if f.versions, err = s.store.PlacementVersions(ctx, p.ID); err != nil {
		return err
	}
	req, err := s.store.Requisition(ctx, p.RequisitionID)
	if err != nil {
		return err
	}
	f.requisition = req.Canonical.V
	if f.client, err = s.store.Client(ctx, p.ClientID); err != nil {
		return err
	}
	if p.ApprovedFor != nil {
		u, err := optional(s.store.User(ctx, *p.ApprovedFor))
		if err != nil {
			return err
		}
		f.standing = u.Name
	}
	return s.addMapped(ctx, f)
}

// approvePlacement approves exactly the content that the page showed. Who is
// refused sees the placement as it stands now, and why.
func (s *Server) approvePlacement(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "Approved. The billing record is on its way to the ERP.", func(ctx context.Context, id uuid.UUID) error {
		return s.cfg.Desk.Approve(ctx, viewer(r), id, formText(r, "hash"))
	})
}

// sendBackPlacement returns a placement with a reason.
func (s *Server) sendBackPlacement(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "Sent back.", func(ctx context.Context, id uuid.UUID) error {
		reason, err := reasonOf(r)
		if err != nil {
			return err
		}
		return s.cfg.Desk.SendBack(ctx, viewer(r), id, reason)
	})
}

func (s *Server) decide(w http.ResponseWriter, r *http.Request, message string, act func(context.Context, uuid.UUID) error) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	err = act(r.Context(), id)
	if refused(err) {
		return s.renderPlacement(w, r, id, statusOf(err), func(v *web.PlacementView) {
			v.Flash = &web.Flash{Kind: web.ToneBad, Text: sentence(staffing.MessageOf(err))}
		})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "/placements/"+id.String(), message)
}

// correctPlacement sets one term. A refused correction keeps what was entered.
func (s *Server) correctPlacement(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	field, text := formText(r, "field"), formText(r, "value")
	reason, err := reasonOf(r)
	if err == nil {
		err = s.cfg.Desk.Correct(r.Context(), viewer(r), id, field, text, reason)
	}
	if refused(err) {
		return s.renderPlacement(w, r, id, statusOf(err), func(v *web.PlacementView) {
			v.Correction = web.CorrectionForm{Fields: options(field, s.cfg.Desk.Fields()...), Value: text, Reason: formText(r, "reason"), Error: sentence(staffing.MessageOf(err))}
		})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "/placements/"+id.String(), "Corrected. Another person must approve it.")
}

// retryPosting posts an approved placement again. The job looks at the ERP first.
func (s *Server) retryPosting(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := s.retryPostingBy(r.Context(), viewer(r).Email, id); err != nil {
		return err
	}
	return s.done(w, r, "/placements/"+id.String(), "The placement is being posted again.")
}

// refused says that a person can do something about the error on the page that
// they came from.
func refused(err error) bool {
	switch staffing.CodeOf(err) {
	case staffing.Invalid, staffing.Conflict, staffing.Forbidden:
		return true
	default:
		return false
	}
}

const longReason = 500 // characters

// reasonOf reads the reason that some forms ask for.
func reasonOf(r *http.Request) (string, error) {
	reason := formText(r, "reason")
	if reason == "" {
		return "", &staffing.Error{Code: staffing.Invalid, Field: "reason", Message: "a reason is needed"}
	}
	if len([]rune(reason)) > longReason {
		return "", &staffing.Error{Code: staffing.Invalid, Field: "reason", Message: "the reason is longer than 500 characters"}
	}
	return reason, nil
}

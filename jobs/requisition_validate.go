package jobs

import (
	"context"

	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// validateRequisition maps the client's record and checks it. A clean requisition
// goes on to the internal ATS; another waits for a person with the reasons.
func (h *Hub) validateRequisition(ctx context.Context, r *run, a validateArgs) error {
	req, err := h.store.Requisition(ctx, a.ID)
	if err != nil {
		return err
	}
	r.at(req.ConnectionID)
	sys, err := h.systems.Open(ctx, req.ConnectionID) // in any state: nothing is called
	if err != nil {
		return err
	}
	raw, err := h.store.RawRecord(ctx, req.RawID)
	if err != nil {
		return err
	}
	client, err := h.store.Client(ctx, req.ClientID)
	if err != nil {
		return err
	}
	canonical, gaps, err := sys.Program.Requisition(raw.Raw, client.Domain())
	if err != nil {
		return h.unreadable(ctx, r, req, sys, err)
	}
	if canonical.ExternalID == "" {
		canonical.ExternalID = req.ExternalID
	}
	findings := sys.Rules.Check(ctx, staffing.SubjectRequisition, rules.Input{Requisition: &canonical, Client: client.Domain(), Now: h.now()})
	req.Canonical, req.Gaps, req.Findings = store.Doc(canonical), store.Doc(gaps), store.Doc(findings)
	req.ProfileVersion, req.State = sys.Version, store.RequisitionValid
	why := held(findings, gaps)
	if why != nil {
		req.State = store.RequisitionNeedsAttention
		return r.block(ctx, why, func(tx *store.Tx) error { return h.saveValidation(ctx, tx, req) })
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		if err := h.saveValidation(ctx, tx, req); err != nil {
			return err
		}
		if !wantsJob(req) {
			return nil
		}
		return h.enqueue(ctx, tx, syncArgs{idArgs: idArgs{req.ID}})
	})
}

func (h *Hub) saveValidation(ctx context.Context, tx *store.Tx, req store.Requisition) error {
	if err := tx.SaveValidation(ctx, req); err != nil {
		return err
	}
	return tx.NoteGaps(ctx, req.ConnectionID, req.Gaps.V)
}

// unreadable keeps a requisition whose record the profile cannot read at all: it
// waits with that sentence instead of standing as received for ever.
func (h *Hub) unreadable(ctx context.Context, r *run, req store.Requisition, sys *System, cause error) error {
	if staffing.CodeOf(cause) != staffing.Invalid {
		return cause
	}
	req.State, req.ProfileVersion = store.RequisitionNeedsAttention, sys.Version
	req.Findings = store.Doc([]staffing.Finding{{Rule: "UNREADABLE", Severity: staffing.SeverityError, Message: staffing.MessageOf(cause)}})
	return r.block(ctx, cause, func(tx *store.Tx) error { return h.saveValidation(ctx, tx, req) })
}

// wantsJob says that the internal ATS should know of the requisition: it is open
// or on hold, or a job is there that has to follow it.
func wantsJob(req store.Requisition) bool {
	if req.JobID != nil {
		return true
	}
	s := req.Canonical.V.Status
	return s == staffing.ReqOpen || s == staffing.ReqOnHold
}

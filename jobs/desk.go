package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// Desk is what finance does with a placement: correct, approve, send back. Every
// decision is in the audit log, in the same transaction.
type Desk struct{ hub *Hub }

// Desk gives the finance desk.
func (h *Hub) Desk() Desk { return Desk{h} }

// Fields lists the terms that [Desk.Correct] takes: name and label.
func (d Desk) Fields() [][2]string {
	out := make([][2]string, len(deskFields))
	for i, f := range deskFields {
		out[i] = [2]string{f.name, f.label}
	}
	return out
}

const maxReason = 500

// Correct sets one term by hand. Who corrects is an editor from then on and
// cannot approve; any approval ends.
func (d Desk) Correct(ctx context.Context, by store.User, id uuid.UUID, field, value, reason string) error {
	value, reason = strings.TrimSpace(value), strings.TrimSpace(reason)
	if reason == "" || len([]rune(reason)) > maxReason {
		return wrongTerm("reason", "A correction needs a reason of at most %d characters.", maxReason)
	}
	if !slices.ContainsFunc(deskFields, func(f deskField) bool { return f.name == field }) {
		return wrongTerm("field", "%q is not a term that can be corrected.", field)
	}
	f, err := d.hub.fileOf(ctx, id)
	if err != nil {
		return err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return err
		}
		if err := notPosted(ctx, tx, p); err != nil {
			return err
		}
		if p.Corrections.V == nil {
			p.Corrections.V = map[string]store.Correction{}
		}
		p.Corrections.V[field] = store.Correction{Value: text, By: by.Email, Reason: reason, At: tx.Now()}
		if err := d.hub.workOut(ctx, &p, f); err != nil {
			return err
		}
		if !slices.Contains(p.Editors, by.ID.String()) {
			p.Editors = append(p.Editors, by.ID.String())
		}
		p.SentBackReason = ""
		if err := tx.SaveTerms(ctx, p); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "placement.corrected", string(staffing.SubjectPlacement), id.String(), map[string]any{"field": field, "content": p.ContentHash})
	})
}

func notPosted(ctx context.Context, tx *store.Tx, p store.Placement) error {
	err := frozen(ctx, tx, p)
	if err == nil {
		return nil
	}
	return &staffing.Error{Code: staffing.Conflict, Message: "The bill of this placement is posted or on its way to the ERP; its terms cannot change here any more.", Err: err}
}

// Approve lets the bill go to the ERP. hash is the content that was reviewed: if
// it changed since the page was opened, nothing is approved. Who edited the terms
// cannot approve them.
func (d Desk) Approve(ctx context.Context, by store.User, id uuid.UUID, hash string) error {
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case slices.Contains(p.Editors, by.ID.String()):
			return staffing.Errorf(staffing.Forbidden, "You edited the terms of this placement; somebody else has to approve it.")
		case p.State == store.PlacementApproved || p.State == store.PlacementPosted:
			return staffing.Errorf(staffing.Conflict, "This placement is approved already.")
		case p.State != store.PlacementAwaitingReview:
			return staffing.Errorf(staffing.Conflict, "This placement cannot be approved while something blocks it.")
		case p.ContentHash != hash:
			return staffing.Errorf(staffing.Conflict, "The terms changed while you looked at them. Look again, then approve.")
		}
		if err := tx.Approve(ctx, id, by.ID, nil, hash); err != nil {
			return err
		}
		if err := tx.Audit(ctx, by.Email, "placement.approved", string(staffing.SubjectPlacement), id.String(), map[string]any{"content": hash, "version": p.Version}); err != nil {
			return err
		}
		return d.hub.Post(ctx, tx, id)
	})
}

// SendBack returns a placement to the account manager with a reason.
func (d Desk) SendBack(ctx context.Context, by store.User, id uuid.UUID, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" || len([]rune(reason)) > maxReason {
		return wrongTerm("reason", "Sending back needs a reason of at most %d characters.", maxReason)
	}
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockPlacement(ctx, id); err != nil {
			return err
		}
		if err := tx.SendBack(ctx, id, reason); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "placement.sent_back", string(staffing.SubjectPlacement), id.String(), nil)
	})
}

// fieldOf gives the field that an error is about, or "".
func fieldOf(err error) string {
	var e *staffing.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}

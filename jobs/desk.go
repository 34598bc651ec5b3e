package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/lib/pq"

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

// reasoned checks the reason that a person has to give.
func reasoned(what, reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || len([]rune(reason)) > maxReason {
		return "", wrongTerm("reason", "%s needs a reason of at most %d characters.", what, maxReason)
	}
	return reason, nil
}

func knownTerm(field string) error {
	if !slices.ContainsFunc(deskFields, func(f deskField) bool { return f.name == field }) {
		return wrongTerm("field", "%q is not a term that can be corrected.", field)
	}
	return nil
}

// Correct sets one term by hand. Who corrects is an editor from then on and
// cannot approve; any approval ends.
func (d Desk) Correct(ctx context.Context, by store.User, id uuid.UUID, field, value, reason string) error {
	reason, err := reasoned("A correction", reason)
	if err != nil {
		return err
	}
	if err := knownTerm(field); err != nil {
		return err
	}
	change := store.Change{Kind: staffing.VersionCorrection, Reason: reason, Author: by.Email}
	return d.edit(ctx, by, id, map[string]string{field: value}, change)
}

// edit sets terms of a placement whose first bill has not left yet.
func (d Desk) edit(ctx context.Context, by store.User, id uuid.UUID, terms map[string]string, change store.Change) error {
	f, err := d.hub.fileOf(ctx, id)
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
		if p.State == store.PlacementCancelled {
			return staffing.Errorf(staffing.Conflict, "This placement was taken back; there is nothing to correct.")
		}
		if err := setTerms(tx, &p, terms, change); err != nil {
			return err
		}
		if err := d.hub.workOut(ctx, tx, &p, f); err != nil {
			return err
		}
		p.Editors, p.SentBackReason, p.Change = with(p.Editors, by.ID), "", change
		if err := tx.SaveTerms(ctx, p); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "placement.corrected", string(staffing.SubjectPlacement), id.String(),
			map[string]any{"field": strings.Join(slices.Sorted(maps.Keys(terms)), ", "), "content": p.ContentHash})
	})
}

// setTerms notes what a person set as corrections.
func setTerms(tx *store.Tx, p *store.Placement, terms map[string]string, change store.Change) error {
	if p.Corrections.V == nil {
		p.Corrections.V = map[string]store.Correction{}
	}
	for field, value := range terms {
		text, err := json.Marshal(strings.TrimSpace(value))
		if err != nil {
			return err
		}
		p.Corrections.V[field] = store.Correction{Value: text, By: change.Author, Reason: change.Reason, At: tx.Now()}
	}
	return nil
}

// with adds a person to those who may not approve.
func with(editors pq.StringArray, id uuid.UUID) pq.StringArray {
	if slices.Contains(editors, id.String()) {
		return editors
	}
	return append(slices.Clone(editors), id.String())
}

// madeBy adds who chose customer and items of the client to those who made the map.
func madeBy(makers pq.StringArray, c store.Client) pq.StringArray {
	if c.BooksChosenBy == nil {
		return makers
	}
	return with(makers, *c.BooksChosenBy)
}

func notPosted(ctx context.Context, tx *store.Tx, p store.Placement) error {
	err := frozen(ctx, tx, p)
	if err == nil {
		return nil
	}
	return &staffing.Error{Code: staffing.Conflict, Message: "The bill of this placement is posted or on its way to the ERP; its terms cannot change here any more.", Err: err}
}

// Recheck holds the terms against rules and checks again, after a contract, a
// purchase order or a rule changed. It is no edit: an approval stands, and what
// comes out the same makes no version.
func (d Desk) Recheck(ctx context.Context, by store.User, id uuid.UUID) error {
	f, err := d.hub.fileOf(ctx, id)
	if err != nil {
		return err
	}
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return err
		}
		if p.State == store.PlacementApproved || p.State == store.PlacementPosted || p.State == store.PlacementCancelled {
			return staffing.Errorf(staffing.Conflict, "This placement is not under review.")
		}
		before := p
		if err := d.hub.workOut(ctx, tx, &p, f); err != nil {
			return err
		}
		if before.State == store.PlacementSentBack && p.State == store.PlacementAwaitingReview {
			p.State = before.State
		}
		if p.ContentHash != before.ContentHash {
			p.Change = store.Change{Kind: staffing.VersionAmendment, Reason: "Checked again.", Author: by.Email}
			err = tx.SaveTerms(ctx, p)
		} else {
			err = tx.SaveChecks(ctx, p)
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "placement.checked", string(staffing.SubjectPlacement), id.String(), map[string]any{"state": p.State})
	})
}

// Approve lets the first bill go to the ERP. hash is the content that was reviewed:
// if it changed since the page was opened, nothing is approved. Who edited the terms,
// or made the map that they come from, cannot approve them.
func (d Desk) Approve(ctx context.Context, by store.User, id uuid.UUID, hash string) error {
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, id)
		if err != nil {
			return err
		}
		instead, err := d.authority(ctx, tx, by, decision{bill: p.Bill.V, editors: p.Editors, makers: p.Makers})
		switch {
		case err != nil:
			return err
		case p.State == store.PlacementApproved || p.State == store.PlacementPosted:
			return staffing.Errorf(staffing.Conflict, "This placement is approved already.")
		case p.State != store.PlacementAwaitingReview:
			return staffing.Errorf(staffing.Conflict, "This placement cannot be approved while something blocks it.")
		case p.ContentHash != hash:
			return staffing.Errorf(staffing.Conflict, "The terms changed while you looked at them. Look again, then approve.")
		}
		if err := tx.Approve(ctx, id, by.ID, instead.user(), hash); err != nil {
			return err
		}
		if err := tx.Audit(ctx, by.Email, "placement.approved", string(staffing.SubjectPlacement), id.String(), instead.note(map[string]any{"content": hash, "version": p.Version})); err != nil {
			return err
		}
		return d.hub.Post(ctx, tx, id)
	})
}

// SendBack returns a placement to the account manager with a reason.
func (d Desk) SendBack(ctx context.Context, by store.User, id uuid.UUID, reason string) error {
	reason, err := reasoned("Sending back", reason)
	if err != nil {
		return err
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

package jobs

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// feedPlacements names the raw records of hires; no schedule reads them.
const feedPlacements staffing.Feed = "placements"

// extractPlacement reads what the client's system knows of a hire and puts it
// before finance: terms, findings, and the bill that it will cause. Terms that
// changed end an approval; a placement whose bill is on its way or posted does
// not change, and says so.
func (h *Hub) extractPlacement(ctx context.Context, r *run, a extractArgs) error {
	sub, err := h.store.Submission(ctx, a.ID)
	if err != nil {
		return err
	}
	if sub.ClientRef == nil {
		return staffing.Errorf(staffing.Conflict, "the submission has no reference of the client yet")
	}
	if !sub.Stage.Hired() {
		return h.hireEnded(ctx, r, sub)
	}
	f, err := h.loadFile(ctx, sub)
	if err != nil {
		return err
	}
	sys, err := r.open(ctx, sub.ConnectionID)
	if err != nil {
		return err
	}
	f.system = sys
	src, err := can[staffing.PlacementSource](sys, "be read for placements")
	if err != nil {
		return err
	}
	rec, err := src.Placement(ctx, staffing.SubmissionRef{ID: *sub.ClientRef, RequisitionID: f.req.ExternalID, Key: sub.ID.String()})
	if staffing.CodeOf(err) == staffing.NotFound {
		if known, err := h.termsAreHere(ctx, sub); err != nil || known {
			return err // some systems show a work order or offer for a while only
		}
		return &staffing.Error{Code: staffing.Unavailable, RetryAfter: notThereYet(r), Err: err,
			Message: "The client has hired, but its system shows no work order or offer yet; the hub looks again."}
	}
	if err != nil {
		return err
	}
	terms, gaps, err := sys.Program.Placement(rec.Raw, sub.Canonical.V, f.req.Canonical.V, f.client.Domain())
	if err != nil {
		return err
	}
	return h.saveTerms(ctx, r, f, rec, terms, gaps)
}

// termsAreHere says that the terms of a hire that still stands were read before.
func (h *Hub) termsAreHere(ctx context.Context, sub store.Submission) (bool, error) {
	p, err := h.store.PlacementOf(ctx, sub.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return false, nil
	}
	return p.RawID != nil && p.State != store.PlacementCancelled, err
}

// notThereYet grows from ten seconds to ten minutes with the age of the wait.
func notThereYet(r *run) time.Duration {
	return min(10*time.Second<<min(r.attempt, 6), longestWait)
}

// saveTerms keeps the record as it was read, and then what it says, each as long as
// the job is this attempt's.
func (h *Hub) saveTerms(ctx context.Context, r *run, f *file, rec staffing.Record, terms staffing.Placement, gaps []staffing.Gap) error {
	var raw int64
	err := h.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if err := tx.FenceJob(ctx, r.jobID, r.attempt); err != nil {
			return err
		}
		raw, err = h.keepRaw(ctx, tx, f, rec)
		return err
	})
	if err != nil {
		return err
	}
	var blocks error
	save := func(tx *store.Tx) error {
		p, err := tx.EnsurePlacement(ctx, f.sub)
		if err != nil || p.RawID != nil && *p.RawID > raw {
			return err // newer terms are here
		}
		if now, err := tx.Submission(ctx, f.sub.ID); err != nil || !now.Stage.Hired() {
			return err // the hire ended while its terms were read
		}
		before := p
		p.Extracted, p.Gaps, p.ProfileVersion, p.RawID = store.Doc(terms), store.Doc(gaps), f.system.Version, &raw
		p.Provenance = store.Doc(mapSources(f.system, terms))
		if p.Makers, err = tx.MapMakers(ctx, f.sub.ConnectionID, f.system.Version); err != nil {
			return err
		}
		if over, err := takenBackByHand(ctx, tx, before, terms); err != nil || over {
			return errors.Join(err, tx.NoteReading(ctx, p))
		}
		if p.State == store.PlacementPosted {
			return h.readAgain(ctx, tx, p, f, &blocks)
		}
		if err := h.workOut(ctx, tx, &p, f); err != nil {
			return err
		}
		same, err := sameContent(before, p)
		if err != nil {
			return err
		}
		if same && before.State != store.PlacementNeedsAttention {
			return tx.PlacementReadBy(ctx, p.ID, p.ProfileVersion) // the same terms again: a decision that was taken stands
		}
		if err := frozen(ctx, tx, before); err != nil {
			return err
		}
		if err := tx.NoteGaps(ctx, f.sub.ConnectionID, gaps); err != nil {
			return err
		}
		p.Change = changeOf(before, p)
		return tx.SaveTerms(ctx, p)
	}
	return h.commitTerms(ctx, r, save, &blocks)
}

// commitTerms commits what was read; what blocks it leaves it on the page of failed records.
func (h *Hub) commitTerms(ctx context.Context, r *run, save func(tx *store.Tx) error, blocks *error) error {
	err := h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := save(tx); err != nil {
			return err
		}
		if *blocks != nil {
			if err := tx.NoteFailure(ctx, r.failure(*blocks, store.FailureOpen, nil, r.args)); err != nil {
				return err
			}
		} else if err := tx.ResolveFailure(ctx, r.kind, r.subject, r.subjectID); err != nil {
			return err
		}
		return r.complete(ctx, tx)
	})
	r.done = err == nil
	return err
}

// frozen refuses changes to terms whose bill is on its way to the ERP or there.
func frozen(ctx context.Context, tx *store.Tx, p store.Placement) error {
	open, err := tx.BillingOpen(ctx, p.ID)
	if err != nil {
		return err
	}
	switch {
	case p.State == store.PlacementPosted:
		return staffing.Errorf(staffing.Conflict, "The placement's bill is posted as %s.", p.ERPNumber)
	case open:
		return &staffing.Error{Code: staffing.Conflict, RetryAfter: 15 * time.Second, Message: "The placement's bill is on its way to the ERP; its terms cannot change now."}
	}
	return nil
}

// keepRaw keeps the record, once, and gives its row. When other terms came in after
// this reading began, nobody knows which are newer: it is read again.
func (h *Hub) keepRaw(ctx context.Context, tx *store.Tx, f *file, rec staffing.Record) (int64, error) {
	if _, err := tx.EnsurePlacement(ctx, f.sub); err != nil { // one reading is kept at a time
		return 0, err
	}
	rec.ExternalID = first(rec.ExternalID, f.sub.ID.String())
	last, err := tx.LatestRaw(ctx, f.sub.ConnectionID, feedPlacements, rec.ExternalID)
	if err != nil && staffing.CodeOf(err) != staffing.NotFound {
		return 0, err
	}
	switch same := bytes.Equal(last.Raw, rec.Raw); {
	case same && err == nil:
		return last.ID, nil
	case last.ReceivedAt.After(f.began):
		return 0, staffing.Errorf(staffing.Conflict, "the terms were read twice at a time, and differ; they are read again")
	}
	id, _, err := tx.InsertRawIfChanged(ctx, f.sub.ConnectionID, feedPlacements, rec)
	return id, err
}

// file is what belongs to a placement.
type file struct {
	sub    store.Submission
	req    store.Requisition
	client store.Client
	system *System   // the client's
	began  time.Time // when the reading of the terms began
	erp    *System   // nil: none is connected yet
}

func (h *Hub) loadFile(ctx context.Context, sub store.Submission) (*file, error) {
	f := &file{sub: sub, began: h.store.Now()}
	var err error
	if f.req, err = h.store.Requisition(ctx, sub.RequisitionID); err != nil {
		return nil, err
	}
	if f.client, err = h.store.Client(ctx, sub.ClientID); err != nil {
		return nil, err
	}
	erp, err := h.store.ConnectionByRole(ctx, staffing.RoleERP)
	if staffing.CodeOf(err) == staffing.NotFound {
		return f, nil
	}
	if err == nil {
		f.erp, err = h.systems.Open(ctx, erp.ID)
	}
	return f, err
}

// fileOf loads what belongs to a placement that is there.
func (h *Hub) fileOf(ctx context.Context, id uuid.UUID) (*file, error) {
	p, err := h.store.Placement(ctx, id)
	if err != nil {
		return nil, err
	}
	sub, err := h.store.Submission(ctx, p.SubmissionID)
	if err != nil {
		return nil, err
	}
	f, err := h.loadFile(ctx, sub)
	if err != nil {
		return nil, err
	}
	f.system, err = h.systems.Open(ctx, sub.ConnectionID)
	return f, err
}

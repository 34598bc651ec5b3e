package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// write is one effect on an outside system.
type write struct {
	sys     *System
	kind    string // store.EffectJob, ...
	key     string // our reference, unique per connection and kind
	request []byte // vendor-native body, kept masked
	// find looks for the effect at the vendor by our reference. Nil: the write only
	// sets what may be set again, so there is nothing to look for.
	find func(ctx context.Context) (staffing.Receipt, error)
	put  func(ctx context.Context) (staffing.Receipt, error)
	// still is asked in the transaction after which the request may leave; an error
	// stops it. Nil: nothing can have changed.
	still func(tx *store.Tx) error
}

// once makes an effect happen exactly once, whatever crashes and repeats:
//
//  1. The intent is committed before anything is sent.
//  2. An effect that an earlier attempt sent and did not settle is looked for at
//     the vendor, and not before that attempt can have ended; only when it is not
//     there, it may be sent.
//  3. Of several workers, one marks it as sent, fenced by its job's attempt.
//  4. A lost answer leaves it unknown: the next attempt begins at 2.
//
// The caller settles it with [store.queries.SettleEffect] in the transaction that
// records the receipt with what it stands for.
func (r *run) once(ctx context.Context, w write) (staffing.Receipt, uuid.UUID, error) {
	e, err := r.intend(ctx, w)
	if err != nil {
		return staffing.Receipt{}, e.ID, err
	}
	open := e.State == store.EffectSent || e.State == store.EffectUnknown
	switch {
	case e.State == store.EffectDone:
		return receiptOf(e), e.ID, nil
	case open:
		rc, found, err := r.settle(ctx, w, e)
		if err != nil || found {
			return rc, e.ID, err
		}
	}
	if err := r.markSent(ctx, w, e.ID); err != nil {
		return staffing.Receipt{}, e.ID, err
	}
	rc, err := w.put(ctx)
	if err != nil {
		return rc, e.ID, r.failed(ctx, e.ID, err, open)
	}
	return rc, e.ID, nil
}

// intent is the effect as it is noted before anything is sent.
func (r *run) intent(w write) (store.Effect, error) {
	id, err := uuid.Parse(r.subjectID)
	if err != nil {
		return store.Effect{}, staffing.Errorf(staffing.Internal, "an effect needs a record of the hub: %w", err)
	}
	return store.Effect{ConnectionID: w.sys.Connection.ID, Kind: w.kind, Key: w.key, Subject: r.subject, SubjectID: id, Request: w.sys.mask(w.request)}, nil
}

func (r *run) intend(ctx context.Context, w write) (store.Effect, error) {
	e, err := r.intent(w)
	if err != nil {
		return e, err
	}
	return r.hub.store.IntendEffect(ctx, e)
}

// settle looks for an effect whose outcome is open. found is false when it is
// certain that it did not happen, and the effect is free to be sent.
func (r *run) settle(ctx context.Context, w write, e store.Effect) (rc staffing.Receipt, found bool, err error) {
	if e.SentAt != nil {
		if left := r.hub.settleAfter - r.hub.now().Sub(*e.SentAt); left > 0 {
			r.quiet = true
			return rc, false, &staffing.Error{Code: staffing.Unavailable, RetryAfter: left,
				Message: "An earlier attempt may still be under way at " + w.sys.Connection.Name + "; the hub looks for its result shortly."}
		}
	}
	if w.find != nil {
		rc, err = w.find(ctx)
		if err == nil {
			rc.Existed = true
			return rc, true, nil
		}
		if staffing.CodeOf(err) != staffing.NotFound {
			return rc, false, err
		}
	}
	return rc, false, r.hub.store.ReopenEffect(ctx, e.ID, e.Attempts)
}

func (r *run) markSent(ctx context.Context, w write, id uuid.UUID) error {
	return r.hub.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.FenceJob(ctx, r.jobID, r.attempt); err != nil {
			return err
		}
		if w.still != nil {
			if err := w.still(tx); err != nil {
				return err
			}
		}
		return tx.MarkEffectSent(ctx, id)
	})
}

// failed notes how a put ended without a receipt. It does so also when the
// attempt's time is over. What an earlier attempt left open stays open: a part of it
// may be at the vendor, and the whole counts as not found until then.
func (r *run) failed(ctx context.Context, id uuid.UUID, err error, open bool) error {
	state := store.EffectRefused
	if open || mayHaveWorked(err) {
		state = store.EffectUnknown
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if e := r.hub.store.FailEffect(ctx, id, state, err); e != nil {
		r.hub.log.Error("outcome of an effect not noted; it stays as sent and is looked for", "effect_id", id, "error", e)
	}
	return err
}

// mayHaveWorked says that a write can have taken effect. Besides an answer that the
// connector knows to be lost, that is an error that says nothing of the vendor:
// the time that ran out, or a fault behind the call.
func mayHaveWorked(err error) bool {
	return staffing.IsOutcomeUnknown(err) || staffing.CodeOf(err) == staffing.Internal ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func receiptOf(e store.Effect) staffing.Receipt {
	rc := staffing.Receipt{ID: e.VendorID, Number: e.VendorNumber, URL: e.VendorURL, Existed: true}
	if e.SettledAt != nil {
		rc.At = *e.SettledAt
	}
	return rc
}

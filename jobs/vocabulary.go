package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const (
	vocabularyEvery = 24 * time.Hour
	vocabularyRetry = time.Hour // after a failure
)

// vocabularyArgs ask for a vendor's own words to be read.
type vocabularyArgs struct {
	ConnectionID uuid.UUID `json:"connection_id"`
}

func (vocabularyArgs) Kind() string { return kindVocabulary }
func (a vocabularyArgs) about() (staffing.Subject, string) {
	return staffing.SubjectConnection, "vocabulary-" + a.ConnectionID.String()
}

// Tells says whether a connector can tell its fields or its statuses.
func Tells(c staffing.Checker) bool {
	_, fields := c.(staffing.FieldLister)
	_, statuses := c.(staffing.StatusLister)
	return fields || statuses
}

// startVocabulary makes the words of a fresh connection due, if it can tell any.
func (s *Systems) startVocabulary(ctx context.Context, tx *store.Tx, id uuid.UUID, c staffing.Checker) error {
	if !Tells(c) {
		return nil
	}
	return tx.StartVocabulary(ctx, id)
}

// enqueueVocabularies makes jobs of the connections whose words are due.
func (h *Hub) enqueueVocabularies(ctx context.Context, tx *store.Tx) error {
	due, err := tx.ClaimDueVocabularies(ctx, claimBatch, vocabularyEvery)
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := h.enqueue(ctx, tx, vocabularyArgs{id}); err != nil {
			return err
		}
	}
	return nil
}

// ReadVocabulary asks a vendor for its own words soon, for a person.
func (h *Hub) ReadVocabulary(ctx context.Context, connectionID uuid.UUID, by store.User) error {
	sys, err := h.systems.Open(ctx, connectionID)
	if err != nil {
		return err
	}
	if !Tells(sys.Connector) {
		return staffing.Errorf(staffing.Invalid, "%s (%s) cannot tell its fields or statuses", sys.Connection.Name, sys.Kind.Label)
	}
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.AskVocabulary(ctx, connectionID, h.now().Add(vocabularyEvery)); err != nil {
			return err
		}
		if err := tx.Audit(ctx, by.Email, "vocabulary.asked", string(staffing.SubjectConnection), connectionID.String(), nil); err != nil {
			return err
		}
		return h.enqueue(ctx, tx, vocabularyArgs{connectionID})
	})
	if err != nil {
		return err
	}
	return h.Wake(ctx)
}

// refreshVocabulary reads a vendor's fields and statuses and holds the profile
// against them. A failure is no failed step and none of the connection: it is told
// where the words are used, and tried again later.
func (h *Hub) refreshVocabulary(ctx context.Context, r *run, a vocabularyArgs) error {
	sys, err := h.systems.Open(ctx, a.ConnectionID)
	if err != nil {
		return err
	}
	words, err := askVendor(ctx, sys, h.now())
	if err != nil {
		if ctx.Err() != nil {
			return err // the hub is ending: the job is done after the next start
		}
		return r.finish(ctx, func(tx *store.Tx) error {
			return tx.FailVocabulary(ctx, a.ConnectionID, staffing.MessageOf(err), nextTry(h.now(), err))
		})
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		if err := tx.SaveVocabulary(ctx, a.ConnectionID, words.fields, words.statuses); err != nil {
			return err
		}
		return checkOptions(ctx, tx, a.ConnectionID)
	})
}

type vendorWords struct {
	fields   []staffing.VendorField
	statuses []staffing.DeclaredStatus
}

// errSilent says that a connector has no words to tell.
var errSilent = staffing.Errorf(staffing.Invalid, "this system cannot tell its fields or statuses")

func askVendor(ctx context.Context, sys *System, now time.Time) (w vendorWords, err error) {
	if !Tells(sys.Connector) {
		return w, errSilent
	}
	if sys.Connection.State != staffing.ConnectionActive {
		return w, staffing.Errorf(staffing.Forbidden, "The connection is paused or needs attention; its fields are read again when it works.")
	}
	if err := sys.resting(now); err != nil {
		return w, err
	}
	if lister, ok := sys.Connector.(staffing.FieldLister); ok {
		if w.fields, err = lister.Fields(ctx); err != nil {
			return w, err
		}
	}
	if lister, ok := sys.Connector.(staffing.StatusLister); ok {
		w.statuses, err = lister.DeclaredStatuses(ctx)
	}
	return w, err
}

// nextTry is nil for a connector that will never tell.
func nextTry(now time.Time, err error) *time.Time {
	if err == errSilent { //nolint:errorlint // the very value
		return nil
	}
	at := now.Add(max(vocabularyRetry, staffing.RetryAfterOf(err)))
	return &at
}

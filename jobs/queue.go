package jobs

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// The methods below are what pages, the API and webhooks ask of the queue. Each
// enqueues in the caller's transaction.

// Received enqueues the reading of a webhook delivery.
func (h *Hub) Received(ctx context.Context, tx *store.Tx, deliveryID int64) error {
	return h.enqueue(ctx, tx, receiveArgs{deliveryID})
}

// Validate enqueues another validation of a requisition.
func (h *Hub) Validate(ctx context.Context, tx *store.Tx, requisitionID uuid.UUID) error {
	return h.enqueue(ctx, tx, validateArgs{idArgs{requisitionID}})
}

// Deliver enqueues the delivery of a submission.
func (h *Hub) Deliver(ctx context.Context, tx *store.Tx, submissionID uuid.UUID) error {
	return h.enqueue(ctx, tx, deliverArgs{idArgs{submissionID}})
}

// Extract enqueues the extraction of a submission's placement.
func (h *Hub) Extract(ctx context.Context, tx *store.Tx, submissionID uuid.UUID) error {
	return h.enqueue(ctx, tx, extractArgs{idArgs{submissionID}})
}

// Post enqueues the posting of an approved placement.
func (h *Hub) Post(ctx context.Context, tx *store.Tx, placementID uuid.UUID) error {
	return h.enqueue(ctx, tx, postArgs{idArgs{placementID}})
}

// Retry enqueues the failed step again. A poll is made due instead: its schedule
// is a row.
func (h *Hub) Retry(ctx context.Context, tx *store.Tx, f store.Failure) error {
	if err := tx.RetryFailure(ctx, f.ID); err != nil {
		return err
	}
	switch f.Step {
	case kindPollRequisitions, kindPollStatuses, kindPollCandidates:
		if f.ConnectionID == nil {
			return staffing.Errorf(staffing.Invalid, "the failed poll names no connection")
		}
		return tx.PollNow(ctx, *f.ConnectionID)
	}
	return h.enqueueAgain(ctx, tx, f.Step, f.Args.V)
}

package jobs

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// checkArgs name a connection whose daily test is due.
type checkArgs struct{ idArgs }

func (checkArgs) Kind() string { return kindCheck }
func (a checkArgs) about() (staffing.Subject, string) {
	return staffing.SubjectConnection, a.ID.String()
}

// checkConnection tests a connection as the button does, so that a permission that
// was taken away or a credential that ends is seen before records fail. Refused
// credentials stop the connection; any other failure is only noted: the polls tell
// of it themselves.
func (h *Hub) checkConnection(ctx context.Context, r *run, a checkArgs) error {
	sys, err := r.open(ctx, a.ID)
	if err != nil {
		return err
	}
	report, err := sys.Connector.Check(ctx)
	if stopping(ctx) || staffing.CodeOf(err) == staffing.Unauthorized {
		return err
	}
	failed := ""
	if err != nil {
		failed = staffing.MessageOf(err)
	}
	return r.finish(ctx, func(tx *store.Tx) error { return tx.SaveCheck(ctx, a.ID, report, failed) })
}

// scheduleChecks enqueues the daily tests that are due.
func (h *Hub) scheduleChecks(ctx context.Context, tx *store.Tx) error {
	due, err := tx.ClaimDueChecks(ctx, claimBatch)
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := h.enqueue(ctx, tx, checkArgs{idArgs{id}}); err != nil {
			return err
		}
	}
	return nil
}

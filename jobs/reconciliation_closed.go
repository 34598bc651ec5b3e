package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// closedPeriod says that a change from a day on reaches into a month whose books are
// closed: who proposes and who approves it sees that. None: all its months are open.
func (h *Hub) closedPeriod(ctx context.Context, tx *store.Tx, effective staffing.Date) (found []staffing.Finding, err error) {
	if effective == "" {
		return found, nil
	}
	p, err := tx.ClosedPeriod(ctx, effective)
	if staffing.CodeOf(err) == staffing.NotFound {
		return found, nil
	}
	if err != nil {
		return nil, err
	}
	month := string(p.Month)
	if at, err := time.Parse(time.DateOnly, month); err == nil {
		month = at.Format("January 2006")
	}
	return append(found, staffing.Finding{Rule: "PERIOD_CLOSED", Severity: staffing.SeverityWarning, Field: "effective_from",
		Message: fmt.Sprintf("The change holds from %s on, and %s is closed (%s, by %s).", effective, month, orNothing(p.Note), p.ClosedBy)}), nil
}

func orNothing(note string) string {
	if note == "" {
		return "without a note"
	}
	return note
}

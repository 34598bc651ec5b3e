package jobs

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// rests gives a connection a maintenance window that is open now, for two hours.
func (b *bench) rests(connection uuid.UUID) {
	b.t.Helper()
	now := time.Now().UTC()
	b.settings(connection, fmt.Sprintf("daily %s-%s UTC", now.Add(-time.Minute).Format("15:04"), now.Add(2*time.Hour).Format("15:04")))
}

func (b *bench) settings(connection uuid.UUID, window string) {
	b.t.Helper()
	c, err := b.store.Connection(b.ctx, connection)
	b.must(err)
	b.must(b.store.UpdateConnectionSettings(b.ctx, connection, c.Name, map[string]string{connectors.MaintenanceWindow: window}, nil))
}

func TestAVendorInItsMaintenanceWindowIsLeftAlone(t *testing.T) {
	b := newBench(t)
	b.drained()
	b.rests(b.clientID)
	before := b.client.count("requisitions")
	b.requisition("R-1", "Welder")
	b.pollNow(b.clientID)
	b.eventually("the poll is put off until the window ends", func() string {
		f := b.feed(b.clientID, staffing.FeedRequisitions)
		if f.Lease != nil || f.NextPollAt.Before(time.Now().Add(time.Hour)) {
			return fmt.Sprintf("the next one comes at %s", f.NextPollAt)
		}
		if f.Failures > 0 || f.LastError != "" {
			return "it counts as a failure: " + f.LastError
		}
		return ""
	})
	if n := b.client.count("requisitions"); n != before {
		t.Errorf("the vendor was called %d times in its window", n-before)
	}
	b.settings(b.clientID, "")
	b.pollNow(b.clientID)
	b.synced("R-1")
}

func TestAStepWaitsOutTheMaintenanceWindowAndSaysSo(t *testing.T) {
	b := newBench(t)
	b.drained()
	b.rests(b.atsID)
	b.requisition("R-1", "Welder")
	b.pollNow(b.clientID)
	b.eventually("the step says what it waits for", func() string {
		list, _, err := b.store.Failures(b.ctx, store.FailureFilter{})
		b.must(err)
		for _, f := range list {
			if f.Step == "requisition.sync" && f.State == store.FailureRetrying && f.Code == staffing.RateLimited && f.NextAt.After(time.Now().Add(50*time.Minute)) {
				return ""
			}
		}
		return "nothing says so"
	})
	if n := b.ats.count("put job"); n != 0 {
		t.Errorf("the internal ATS was called %d times in its window", n)
	}
}

package jobs

import (
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// due makes the daily test of a connection due now.
func (b *bench) due(report staffing.Report) {
	b.t.Helper()
	b.client.mu.Lock()
	b.client.report = report
	b.client.mu.Unlock()
	b.must(b.store.MakeCheckDue(b.ctx, b.clientID))
	b.must(b.hub.Wake(b.ctx))
}

func (b *bench) check() (out store.Check) {
	b.t.Helper()
	list, err := b.store.Checks(b.ctx)
	b.must(err)
	for _, c := range list {
		if c.ConnectionID == b.clientID {
			return c
		}
	}
	return out
}

func TestTheDailyTestSeesAPermissionThatWasTakenAway(t *testing.T) {
	b := newBench(t)
	both := []staffing.Permission{{Name: "jobs:list", Granted: true}, {Name: "offers:list", Granted: true}, {Name: "users:list"}}
	ends := time.Now().Add(20 * 24 * time.Hour).Truncate(time.Second)
	b.due(staffing.Report{Account: "acme", Permissions: both, ExpiresAt: ends})
	b.eventually("the connection is tested", func() string {
		if c := b.check(); c.Account != "acme" || c.ExpiresAt == nil || !c.ExpiresAt.Equal(ends) || len(c.Lost()) != 0 {
			return "not yet, or not right"
		}
		return ""
	})
	fewer := []staffing.Permission{{Name: "jobs:list", Granted: true}, {Name: "offers:list"}, {Name: "users:list"}}
	b.due(staffing.Report{Account: "acme", Permissions: fewer})
	b.eventually("the loss is noted", func() string {
		if lost := b.check().Lost(); len(lost) != 1 || lost[0].Name != "offers:list" {
			return "not yet, or not right"
		}
		return ""
	})
	b.client.next("check", refuses(staffing.Unavailable))
	b.due(staffing.Report{})
	b.eventually("a test that gave no report is noted beside the last one", func() string {
		if c := b.check(); c.Error == "" || len(c.Lost()) != 1 {
			return "not yet, or not right"
		}
		return ""
	})
	b.noFailures()
}

func TestTheDailyTestStopsAConnectionWhoseCredentialsAreRefused(t *testing.T) {
	b := newBench(t)
	b.client.next("check", refuses(staffing.Unauthorized))
	b.due(staffing.Report{})
	b.eventually("the connection needs attention", func() string {
		c, err := b.store.Connection(b.ctx, b.clientID)
		b.must(err)
		return map[bool]string{false: "it is " + string(c.State)}[c.State == staffing.ConnectionNeedsAttention]
	})
}

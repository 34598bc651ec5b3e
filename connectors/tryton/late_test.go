package tryton_test

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/tryton"
	"github.com/tributary-hub/tributary/staffing"
)

// What cannot be had of a real server at will is held over the simulator alone.
func simulator(t *testing.T, opts sandbox.Options) (*sandbox.Server, *server) {
	t.Helper()
	sim := sandbox.New(nil, opts)
	web := httptest.NewServer(sim)
	t.Cleanup(web.Close)
	return sim, newServer(t, web.URL+"/staffing", "hub-Drafts26", "pays-Check26")
}

func TestACommitAfterTheClientGaveUpIsFoundLater(t *testing.T) {
	sim, s := simulator(t, sandbox.Options{})
	sink, _ := s.connect(t, nil)
	put(t, sink, s.bill(nil)) // the session and the client are there
	req := s.bill(nil)
	sim.SlowCommit(300 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	_, err := sink.PutBilling(ctx, req)
	if !staffing.IsOutcomeUnknown(err) || staffing.RetryAfterOf(err) < time.Second {
		t.Errorf("the error %v must leave the outcome open, and ask to wait before anybody looks", err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for sim.CountByReference(req.Key) == 0 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	sim.SlowCommit(0)
	if found, err := sink.FindBilling(t.Context(), req.Key); err != nil || !found.Existed {
		t.Errorf("find gives %+v, %v", found, err)
	}
	if again := put(t, sink, req); !again.Existed || sim.CountByReference(req.Key) != 1 {
		t.Errorf("put again gives %+v and %d invoices", again, sim.CountByReference(req.Key))
	}
}

func TestWithAUniqueIndexEightAtOnceMakeOneInvoice(t *testing.T) {
	sim, s := simulator(t, sandbox.Options{UniqueReference: true, CommitDelay: 20 * time.Millisecond})
	req := s.bill(nil)
	var all sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		sink, _ := s.connect(t, nil)
		all.Go(func() {
			rec, err := sink.PutBilling(context.Background(), req)
			if err != nil {
				t.Errorf("%v", err)
			}
			ids[i] = rec.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("receipts %v", ids)
			break
		}
	}
	if n := sim.CountByReference(req.Key); n != 1 {
		t.Errorf("%d invoices", n)
	}
}

func TestADatabaseThatIsAwayIsNoAnswer(t *testing.T) {
	sim, s := simulator(t, sandbox.Options{})
	sink, _ := s.connect(t, connectors.Settings{"tax": "Sales tax 6%"})
	req := s.bill(nil)
	put(t, sink, req)
	sim.DatabaseDown(true)
	for what, call := range map[string]func() error{
		"find":  func() error { _, err := sink.FindBilling(t.Context(), req.Key); return err },
		"put":   func() error { _, err := sink.PutBilling(t.Context(), req); return err },
		"check": func() error { c, _ := sink.(staffing.Checker); _, err := c.Check(t.Context()); return err },
	} {
		if err := call(); staffing.CodeOf(err) != staffing.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
	sim.DatabaseDown(false)
	if again := put(t, sink, req); !again.Existed {
		t.Errorf("afterwards: %+v", again)
	}
}

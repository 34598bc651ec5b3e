package teamtailor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/teamtailor"
	sandbox "github.com/tributary-hub/tributary/sandbox/teamtailor"
	"github.com/tributary-hub/tributary/staffing"
)

// opened is the connector on a simulated account, and every call that it made.
type opened struct {
	*harness
	*teamtailor.Connector
	lock  sync.Mutex
	calls []string
}

func open(t *testing.T, opts sandbox.Options, more connectors.Settings) *opened {
	t.Helper()
	o := &opened{harness: newHarness(t, opts)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.lock.Lock()
		o.calls = append(o.calls, r.Method+" "+r.URL.Path)
		o.lock.Unlock()
		o.account.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	o.Connector = connect(t, srv.URL+"/v1", more)
	return o
}

func connect(t *testing.T, base string, more connectors.Settings) *teamtailor.Connector {
	t.Helper()
	settings := connectors.Settings{"api_key": "sandbox-key", "base_url": base}
	for k, v := range more {
		settings[k] = v
	}
	c, err := teamtailor.Kind().Open(connectortest.NewDeps(teamtailor.Kind(), settings))
	if err != nil {
		t.Fatal(err)
	}
	out, ok := c.(*teamtailor.Connector)
	if !ok {
		t.Fatalf("%T", c)
	}
	return out
}

// drain reads a feed to its end.
func drain(t *testing.T, read func(context.Context, staffing.Cursor) (staffing.Page, error)) (records []staffing.Record, cur staffing.Cursor) {
	t.Helper()
	for range 100 {
		page, err := read(t.Context(), cur)
		if err != nil {
			t.Fatal(err)
		}
		records, cur = append(records, page.Records...), page.Next
		if !page.More {
			return records, cur
		}
	}
	t.Fatal("the feed has no end")
	return nil, nil
}

func TestARowThatGoesMeanwhileMakesNoOtherGetLost(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	ids := o.openJobs(40)
	page, err := o.Requisitions(t.Context(), nil)
	o.must(err)
	o.account.RemoveJob(ids[0]) // what follows moves up by one
	seen := map[string]bool{}
	for _, r := range page.Records {
		seen[r.ExternalID] = true
	}
	for page.More {
		if page, err = o.Requisitions(t.Context(), page.Next); err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			seen[r.ExternalID] = true
		}
	}
	for _, id := range ids {
		if !seen[id] {
			t.Errorf("job %s is lost", id)
		}
	}
}

func TestTheKeyGoesNowhereElse(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	o.openJobs(40) // the links to the next page name api.teamtailor.com, the account is on loopback
	if records, _ := drain(t, o.Requisitions); len(records) != 40 || len(o.calls) != 2 {
		t.Errorf("%d jobs in %v", len(records), o.calls)
	}
}

func TestDraftsAndArchivedJobsAreReadToo(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	for i, id := range o.openJobs(2) {
		o.must(o.account.EditJob(id, func(j map[string]any) { j["status"] = []string{"draft", "archived"}[i] }))
	}
	if records, _ := drain(t, o.Requisitions); len(records) != 2 {
		t.Errorf("%d of 2 jobs", len(records))
	}
}

func TestAnIncludeThatTheAccountRefusesIsNamedByTheTest(t *testing.T) {
	o := open(t, sandbox.Options{}, connectors.Settings{"include": "department,hiring-manager"})
	o.openJobs(1)
	if _, err := o.Check(t.Context()); err == nil || !strings.Contains(staffing.MessageOf(err), "hiring-manager") {
		t.Errorf("got %v", err)
	}
}

func TestStatusesHoldNothingPersonal(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	_, err := o.Submit(t.Context(), withoutResume(submission(t, o.job(), "ada@mail.example")))
	o.must(err)
	records, _ := drain(t, o.Statuses)
	if raw := string(records[0].Raw); len(records) != 1 || strings.Contains(raw, "ada") || strings.Contains(raw, "Our best") {
		t.Errorf("%s", raw)
	}
}

func openError(settings connectors.Settings) error {
	_, err := teamtailor.Kind().Open(connectors.Deps{Settings: settings})
	return err
}

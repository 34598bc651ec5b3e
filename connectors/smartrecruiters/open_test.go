package smartrecruiters_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/smartrecruiters"
	sandbox "github.com/tributary-hub/tributary/sandbox/smartrecruiters"
	"github.com/tributary-hub/tributary/staffing"
)

// opened is the connector on a simulated account with an API key, and every call
// that it made.
type opened struct {
	*harness
	*smartrecruiters.Connector
	lock  sync.Mutex
	calls []string
}

func open(t *testing.T, opts sandbox.Options, more connectors.Settings) *opened {
	t.Helper()
	o := &opened{harness: newHarness(t, opts)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.note(r)
		o.account.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	o.Connector = connect(t, srv.URL, more)
	return o
}

func (o *opened) note(r *http.Request) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.calls = append(o.calls, r.Method+" "+r.URL.Path)
}

func connect(t *testing.T, base string, more connectors.Settings) *smartrecruiters.Connector {
	t.Helper()
	settings := connectors.Settings{"api_key": "sandbox-smart-token", "base_url": base}
	for k, v := range more {
		settings[k] = v
	}
	c, err := smartrecruiters.Kind().Open(connectortest.NewDeps(smartrecruiters.Kind(), settings))
	if err != nil {
		t.Fatal(err)
	}
	opened, ok := c.(*smartrecruiters.Connector)
	if !ok {
		t.Fatalf("%T", c)
	}
	return opened
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

func TestSettingsThatDoNotGoTogetherAreRefused(t *testing.T) {
	for name, s := range map[string]connectors.Settings{
		"no credential":          {},
		"half an OAuth client":   {"client_id": "a"},
		"two credentials":        {"api_key": "k", "client_id": "a", "client_secret": "b"},
		"half a source":          {"api_key": "k", "source_type_id": "agency"},
		"a limit of no megabyte": {"api_key": "k", "resume_max_mb": "0"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := smartrecruiters.Kind().Open(connectors.Deps{Settings: s}); staffing.CodeOf(err) != staffing.Invalid {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestListsOfTheOlderGenerationAreReadByOffset(t *testing.T) {
	o := open(t, sandbox.Options{ByOffset: true}, nil)
	ids := o.openJobs(60)
	records, _ := drain(t, o.Requisitions)
	if len(records) != len(ids) || records[0].ExternalID != ids[0] || records[59].ExternalID != ids[59] {
		t.Errorf("%d of %d jobs", len(records), len(ids))
	}
}

func TestAWalkByOffsetIsRepeatedWhenItsPagesShift(t *testing.T) {
	o := open(t, sandbox.Options{ByOffset: true}, nil)
	o.openJobs(30)
	page, err := o.Requisitions(t.Context(), nil)
	if err != nil || !page.More {
		t.Fatalf("%v %v", page.More, err)
	}
	o.openJobs(1) // between two pages
	seen := map[string]bool{}
	for page.More {
		if page, err = o.Requisitions(t.Context(), page.Next); err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			seen[r.ExternalID] = true
		}
	}
	if len(seen) != 31 {
		t.Errorf("the second walk saw %d of 31 jobs", len(seen))
	}
}

func TestTemplatesAreNoRequisitions(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	id := o.openJobs(2)[0]
	o.must(o.account.EditJob(id, func(j *sandbox.Job) { j.Template = true }))
	if records, _ := drain(t, o.Requisitions); len(records) != 1 || records[0].ExternalID == id {
		t.Errorf("%+v", records)
	}
}

func TestClosedJobsCostNoFurtherCalls(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	o.must(o.account.EditJob(o.openJobs(1)[0], func(j *sandbox.Job) { j.Status = "CANCELLED" }))
	drain(t, o.Requisitions)
	if slices.ContainsFunc(o.calls, func(c string) bool { return strings.HasSuffix(c, "/positions") }) {
		t.Errorf("%v", o.calls)
	}
}

func TestACandidateOnTwoJobsHasTwoStatuses(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	jobs := o.openJobs(2)
	var who string
	for _, j := range jobs {
		var err error
		who, err = o.account.Apply(j, "Eve", "Moss", "eve@mail.example")
		o.must(err)
	}
	o.must(o.account.Move(who, jobs[0], "REJECTED", ""))
	records, _ := drain(t, o.Statuses)
	got := map[string]string{}
	for _, r := range records {
		got[r.ExternalID] = string(r.Raw)
	}
	if len(got) != 2 || !strings.Contains(got[who+":"+jobs[0]], `"REJECTED"`) || !strings.Contains(got[who+":"+jobs[1]], `"NEW"`) {
		t.Errorf("%v", got)
	}
	if strings.Contains(got[who+":"+jobs[0]], "eve@mail.example") {
		t.Error("the record holds what is personal")
	}
}

func TestSearchesOfCandidatesDoNotRunAtOnce(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	o.applyMany(5)
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			if _, err := o.Statuses(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := o.account.Crowded(); n > 0 {
		t.Errorf("%d searches ran beside another; the vendor allows one", n)
	}
}

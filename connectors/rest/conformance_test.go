package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/rest"
	sandbox "github.com/tributary-hub/tributary/sandbox/workable"
	"github.com/tributary-hub/tributary/staffing"
)

// The document of another connector, pasted into the settings of this one, passes
// the same suite.
func TestConformanceOfAPastedDocument(t *testing.T) {
	source, err := os.ReadFile("../workable/workable.yaml")
	if err != nil {
		t.Fatal(err)
	}
	connectortest.Run(t, rest.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return (&account{t: t, server: sandbox.New(sandbox.Options{})}).vendor(string(source))
	})
}

type account struct {
	t      *testing.T
	server *sandbox.Server
	mu     sync.Mutex
	people int
	short  string
}

func (a *account) vendor(source string) connectortest.Vendor {
	settings := func(token string) func(string) connectors.Settings {
		return func(base string) connectors.Settings {
			return connectors.Settings{"base_url": base + "/spi/v3", "document": source, "token": token, "webhook_secret": "sandbox-webhook-secret",
				"values": "recruiter_key: agency-1"}
		}
	}
	return connectortest.Vendor{
		Handler: a.server, Settings: settings("sandbox-token"), WrongSecret: settings("another-token"),
		AddRequisitions: func(n int) (ids []string) {
			for i := range n {
				ids = append(ids, a.server.OpenJob(fmt.Sprintf("Job %d", i)))
			}
			return ids
		},
		TouchRequisition: func(id string) { a.must(a.server.EditJob(id, func(j *sandbox.Job) { j.Title += "!" })) },
		AddStatuses:      a.apply,
		MoveStatus:       func(id string) { a.must(a.server.Move(id, "Offer", "offer")) },
		Placement: func() staffing.SubmissionRef {
			id := a.apply(1)[0]
			a.must(a.server.Hire(id, "2026-12-07"))
			return staffing.SubmissionRef{ID: id, RequisitionID: a.job()}
		},
		Submission:       a.submission,
		CountSubmissions: a.server.CountCandidates,
		Webhook: func() (header http.Header, body []byte) {
			a.server.SetWebhook(func(h http.Header, b []byte) { header, body = h, b })
			a.apply(1)
			a.server.SetWebhook(nil)
			return header, body
		},
		PageSize: 100,
	}
}

func (a *account) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) job() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.short == "" {
		a.short = a.server.OpenJob("Nurse")
	}
	return a.short
}

func (a *account) email() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.people++
	return fmt.Sprintf("person%d@mail.example", a.people)
}

func (a *account) apply(n int) (ids []string) {
	for range n {
		id, err := a.server.Apply(a.job(), "Eve", "Moss", a.email())
		a.must(err)
		ids = append(ids, id)
	}
	return ids
}

func (a *account) submission() staffing.SubmissionRequest {
	mail := a.email()
	fields, err := json.Marshal(map[string]any{"candidate": map[string]any{"firstname": "Ada", "lastname": "Grey", "email": mail}})
	a.must(err)
	return staffing.SubmissionRequest{Key: "key-" + mail, RequisitionID: a.job(), Fields: fields}
}

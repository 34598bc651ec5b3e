package jobdiva_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/jobdiva"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobdiva"
	"github.com/tributary-hub/tributary/staffing"
)

func settings(base string) connectors.Settings {
	return connectors.Settings{"client_id": "1001", "username": "api@firm.example", "password": "sandbox-password", "base_url": base}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, jobdiva.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		var n atomic.Int64
		account := sandbox.New(sandbox.Options{})
		return connectortest.Vendor{
			Handler:  account,
			Settings: settings,
			WrongSecret: func(base string) connectors.Settings {
				s := settings(base)
				s["password"] = "wrong-password"
				return s
			},
			AddCandidateEvents: func(n int) (ids []string) {
				for range n {
					id, _, _ := strings.Cut(submitted(account), "-")
					ids = append(ids, id+"/External Submittal")
				}
				return ids
			},
			Candidate: func() (string, []byte) {
				content := strings.Repeat("Ada Grey, engineer.\n", 5000)
				return strconv.FormatInt(account.AddCandidate("Ada", "Grey", strings.TrimSpace(content)), 10), []byte(strings.TrimSpace(content))
			},
			SubmissionRecord: func() string { return submitted(account) },
			Job: func() staffing.JobRequest {
				return staffing.JobRequest{Key: fmt.Sprintf("req_%d", n.Add(1)), Fields: []byte(`{"title":"Engineer","department":"Acme Corp","status":0}`)}
			},
			CountJobs: func() int { return len(account.Jobs()) },
			Status: func() staffing.StatusRequest {
				return staffing.StatusRequest{Key: fmt.Sprintf("ev_%d", n.Add(1)), SubmissionID: submitted(account), Status: "Client Interview"}
			},
			StatusOf: func(id string) string {
				submittal, _, _ := strings.Cut(id, "-")
				return account.Status(submittal)
			},
		}
	})
}

// submitted is a candidate whom a recruiter submitted to the client: the hub's name
// of the submittal, its job and its candidate.
func submitted(account *sandbox.Server) string {
	candidate := account.AddCandidate("Ada", "Grey", "")
	return fmt.Sprintf("%d-501-%d", account.Submit(501, candidate, nil), candidate)
}

// open serves the account and opens a connection to it.
func open(t *testing.T, account http.Handler, change func(*connectors.Deps)) *jobdiva.Connector {
	t.Helper()
	srv := httptest.NewServer(account)
	t.Cleanup(srv.Close)
	d := connectortest.NewDeps(jobdiva.Kind(), settings(srv.URL))
	if change != nil {
		change(&d)
	}
	c, err := jobdiva.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	j, ok := c.(*jobdiva.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return j
}

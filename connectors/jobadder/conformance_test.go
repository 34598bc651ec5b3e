package jobadder_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/jobadder"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobadder"
	"github.com/tributary-hub/tributary/staffing"
)

const hookSecret = "a-secret-of-the-sandbox-0123456789"

func settings(base string) connectors.Settings {
	return connectors.Settings{"client_id": "sandbox-client", "client_secret": "sandbox-secret", "refresh_token": "sandbox-refresh", "currency": "AUD",
		"webhook_secret": hookSecret, "token_url": base + "/connect/token"}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, jobadder.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		var n atomic.Int64
		account := sandbox.New(sandbox.Options{})
		account.AddCompany("Acme Corp")
		return connectortest.Vendor{
			Handler:  account,
			Settings: settings,
			WrongSecret: func(base string) connectors.Settings {
				s := settings(base)
				s["refresh_token"] = "wrong-refresh-token"
				return s
			},
			AddCandidateEvents: func(n int) (ids []string) {
				for range n {
					ids = append(ids, fmt.Sprintf("application/%d/103", submitted(account)))
				}
				return ids
			},
			Candidate: func() (string, []byte) {
				content := bytes.Repeat([]byte("%PDF-1.4 Ada\n"), 5000)
				id := account.AddCandidate(person(), sandbox.File{Name: "licence.pdf", Type: "License", Content: []byte("no")},
					sandbox.File{Name: "ada.pdf", Type: "Resume", Content: content})
				return strconv.FormatInt(id, 10), content
			},
			SubmissionRecord: func() string { return strconv.FormatInt(submitted(account), 10) },
			Job: func() staffing.JobRequest {
				return staffing.JobRequest{Key: fmt.Sprintf("req_%d", n.Add(1)), Fields: []byte(`{"jobTitle":"Engineer","_client":{"name":"acme corp"},"_status":"Active","_custom":{"14":"MSP"}}`)}
			},
			CountJobs: func() int { return len(account.Jobs()) },
			Status: func() staffing.StatusRequest {
				return staffing.StatusRequest{Key: fmt.Sprintf("ev_%d", n.Add(1)), SubmissionID: strconv.FormatInt(submitted(account), 10), Status: "Interview", Comment: "Monday at ten"}
			},
			StatusOf:     account.Status,
			Webhook:      func() (http.Header, []byte) { return account.Delivery("Bearer " + hookSecret) },
			UnsignedBody: true,
			PageSize:     200,
		}
	})
}

// submitted is a candidate whom a recruiter submitted to the client.
func submitted(account *sandbox.Server) int64 {
	return account.Apply(501, account.AddCandidate(person()), "Submitted to client")
}

func person() map[string]any {
	return map[string]any{"firstName": "Ada", "lastName": "Grey", "email": "ada@mail.example", "mobile": "0400 000 000", "skillTags": []string{"Go", "SQL"},
		"dateOfBirth": "1990-01-02", "status": map[string]any{"statusId": 1, "name": "Available"},
		"address": map[string]any{"city": "Sydney", "state": "NSW", "countryCode": "AU"}}
}

// open serves the account and opens a connection to it.
func open(t *testing.T, handler http.Handler, more connectors.Settings) *jobadder.Connector {
	t.Helper()
	c, _ := openDeps(t, handler, more)
	return c
}

func openDeps(t *testing.T, handler http.Handler, more connectors.Settings) (*jobadder.Connector, connectors.Deps) {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	s := settings(srv.URL)
	for k, v := range more {
		s[k] = v
	}
	d := connectortest.NewDeps(jobadder.Kind(), s)
	return again(t, d), d
}

// again opens the connector as another process would: with the same tokens.
func again(t *testing.T, d connectors.Deps) *jobadder.Connector {
	t.Helper()
	c, err := jobadder.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	j, ok := c.(*jobadder.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return j
}

package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// restHub is a server on a database of its own, with faked neighbours. Every
// answer that it gives is held against openapi.yaml.
type restHub struct {
	t        *testing.T
	store    *store.Store
	server   *Server
	contract *api.Contract
	systems  *restSystems
	queue    *restQueue
	desk     *restDesk
	profiles *restProfiles
	log      *bytes.Buffer
}

func newRestHub(t *testing.T) *restHub {
	t.Helper()
	contract, err := api.Load()
	noError(t, err)
	registry, err := restRegistry()
	noError(t, err)
	s := storetest.New(t)
	h := &restHub{t: t, store: s, contract: contract, systems: &restSystems{store: s}, queue: &restQueue{}, desk: &restDesk{store: s}, profiles: &restProfiles{fakeProfiles{store: s, limit: 25}}, log: &bytes.Buffer{}}
	h.systems.connector.report = staffing.Report{Account: "acme", Permissions: []staffing.Permission{{Name: "jobs.read", Purpose: "to read", Granted: true}}}
	h.server, err = New(Config{Store: s, Registry: registry, Systems: h.systems, Queue: h.queue, Desk: h.desk, Profiles: h.profiles, PublicURL: "https://hub.test", Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	noError(t, err)
	t.Cleanup(h.server.Close)
	return h
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// token issues a token of the name "robot".
func (h *restHub) token(scopes ...string) string {
	h.t.Helper()
	text, _ := h.issue(time.Now().Add(time.Hour), scopes...)
	return text
}

func (h *restHub) issue(until time.Time, scopes ...string) (string, store.APIToken) {
	h.t.Helper()
	ctx := context.Background()
	record, err := h.store.InsertAPIToken(ctx, store.APIToken{Name: "robot", Scopes: scopes, CreatedBy: "admin@example.com", ExpiresAt: until})
	noError(h.t, err)
	key, err := h.store.NamedSecret(ctx, apitoken.KeyName, apitoken.NewKey)
	noError(h.t, err)
	text, err := apitoken.Issue(key, apitoken.Token{ID: record.ID, Scopes: scopes, IssuedAt: time.Now().Add(-24 * time.Hour), ExpiresAt: until})
	noError(h.t, err)
	return text, record
}

// answer is what came back.
type restAnswer struct {
	status int
	body   []byte
	header http.Header
}

func (a restAnswer) problem(t *testing.T) (p api.Problem) {
	t.Helper()
	a.into(t, &p)
	return p
}

func (a restAnswer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("the answer %s cannot be read: %v", a.body, err)
	}
}

// call asks below /api/v1. A body that is a string is sent as it is.
func (h *restHub) call(method, path, token string, body any, change ...func(*http.Request)) restAnswer {
	h.t.Helper()
	var sent io.Reader
	if text, ok := body.(string); ok {
		sent = strings.NewReader(text)
	} else if body != nil {
		doc, err := json.Marshal(body)
		noError(h.t, err)
		sent = bytes.NewReader(doc)
	}
	r := httptest.NewRequest(method, api.Base+path, sent)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	out := restAnswer{status: w.Code, body: w.Body.Bytes(), header: w.Header()}
	h.hold(r, out)
	return out
}

// hold holds an answer against the contract.
func (h *restHub) hold(r *http.Request, a restAnswer) {
	h.t.Helper()
	o, ok := h.operation(r)
	if !ok {
		return
	}
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: &routers.Route{Spec: h.contract.Doc, Path: o.Pattern, PathItem: o.Item, Method: o.Method, Operation: o.Spec}},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		h.t.Errorf("%s %s: the answer breaks the contract: %v\n%s", r.Method, r.URL.Path, err, a.body)
	}
}

func (h *restHub) operation(r *http.Request) (api.Operation, bool) {
	i := slices.IndexFunc(h.contract.Operations, func(o api.Operation) bool { return o.Method == r.Method && restFits(o.Path, r.URL.Path) })
	if i < 0 {
		return api.Operation{}, false
	}
	return h.contract.Operations[i], true
}

// restFits says that a path has the form of a pattern. Fixed words win by order: the
// operations are sorted, and a brace comes after letters.
func restFits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i := range want {
		if len(want) != len(got) || (!strings.HasPrefix(want[i], "{") && want[i] != got[i]) {
			return false
		}
	}
	return true
}

// want fails unless the answer has that status.
func (h *restHub) want(a restAnswer, status int) restAnswer {
	h.t.Helper()
	if a.status != status {
		h.t.Fatalf("the status is %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// refused fails unless the answer is a problem with that code and field.
func (h *restHub) refused(a restAnswer, code staffing.Code, field string) {
	h.t.Helper()
	p := a.problem(h.t)
	if a.header.Get("Content-Type") != "application/problem+json" || string(p.Code) != string(code) || p.Field != field || p.Detail == "" {
		h.t.Errorf("got %d %s, want %s about %q", a.status, a.body, code, field)
	}
}

// audited gives the actions in the audit log, newest first, and fails if one is
// not by the token.
func (h *restHub) audited() (actions []string) {
	h.t.Helper()
	entries, _, err := h.store.AuditLog(context.Background(), store.AuditFilter{Limit: 100})
	noError(h.t, err)
	for _, e := range entries {
		if e.Actor != "token:robot" {
			h.t.Errorf("%s is audited as done by %s", e.Action, e.Actor)
		}
		actions = append(actions, e.Action)
	}
	return actions
}

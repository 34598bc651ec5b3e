package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// restWorld is one of everything.
type restWorld struct {
	client      store.Client
	connection  store.Connection
	requisition store.Requisition
	submission  store.Submission
	placement   store.Placement
	failure     store.Failure
	draft       store.Profile // of the connection, whose version 2 is in force
	preview     store.Preview // of the draft, done
	compared    store.Reconciliation
}

func newRestWorld(h *restHub) (w restWorld) {
	h.t.Helper()
	ctx := context.Background()
	w.client = storetest.Client(h.t, h.store)
	w.connection = storetest.Connection(h.t, h.store, staffing.RoleClient, storetest.Of(w.client.ID))
	noError(h.t, h.store.UpsertFeed(ctx, w.connection.ID, staffing.FeedRequisitions, time.Minute))
	w.requisition = storetest.Requisition(h.t, h.store, w.connection)
	w.submission = storetest.Submission(h.t, h.store, w.requisition)
	w.placement = storetest.Placement(h.t, h.store, w.submission)
	noError(h.t, h.store.NoteFailure(ctx, store.Failure{Step: "requisition.sync", Subject: staffing.SubjectRequisition, SubjectID: w.requisition.ID.String(),
		ConnectionID: &w.connection.ID, Code: staffing.Unavailable, Cause: "ats down", Message: "the internal ATS does not answer", State: store.FailureOpen,
		Args: store.Doc(json.RawMessage("{}"))}))
	failures, _, err := h.store.Failures(ctx, store.FailureFilter{})
	noError(h.t, err)
	w.failure = failures[0].Failure
	noError(h.t, h.store.InsertExchange(ctx, store.Exchange{ConnectionID: w.connection.ID, At: h.store.Now(), Method: "GET", Host: "vendor.test", Path: "/jobs", Status: 200}))
	noError(h.t, h.store.NoteGaps(ctx, w.connection.ID, []staffing.Gap{{Kind: staffing.GapStatus, Field: "requisition.status", Value: "Frozen", Message: "unknown status"}}))
	noError(h.t, h.store.CountRefusal(ctx, w.connection.ID.String(), "bad signature"))
	w.addProfile(h)
	w.addDesk(h)
	return w
}

// approve makes the placement one that finance has approved.
func (w restWorld) approve(h *restHub) {
	h.t.Helper()
	u := storetest.User(h.t, h.store, finance)
	noError(h.t, h.store.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.Approve(context.Background(), w.placement.ID, u.ID, nil, w.placement.ContentHash)
	}))
}

// restCase is how one operation is called well.
type restCase struct {
	path    func(w restWorld) string // nil: the pattern, which has no parameter
	body    func(w restWorld) any    // nil: none
	before  func(h *restHub, w restWorld)
	status  int    // 0: 200
	audited string // the action in the log; empty: it changes nothing
	queued  func(w restWorld) string
}

func restPath(format string, id func(w restWorld) uuid.UUID) func(w restWorld) string {
	return func(w restWorld) string { return strings.Replace(format, "{id}", id(w).String(), 1) }
}

func restBody(v any) func(restWorld) any { return func(restWorld) any { return v } }

func restCases() map[string]restCase {
	requisition := func(w restWorld) uuid.UUID { return w.requisition.ID }
	submission := func(w restWorld) uuid.UUID { return w.submission.ID }
	placement := func(w restWorld) uuid.UUID { return w.placement.ID }
	failure := func(w restWorld) uuid.UUID { return w.failure.ID }
	connection := func(w restWorld) uuid.UUID { return w.connection.ID }
	client := func(w restWorld) uuid.UUID { return w.client.ID }
	preview := func(w restWorld) uuid.UUID { return w.preview.ID }
	kind := func(path string) func(restWorld) string { return func(restWorld) string { return path } }
	reason := restBody(map[string]any{"reason": "as agreed by phone"})
	retry := func(w restWorld) string { return "retry " + w.requisition.ID.String() }
	wake := func(restWorld) string { return "wake" }
	return map[string]restCase{
		"listRequisitions":  {},
		"getRequisition":    {path: restPath("/requisitions/{id}", requisition)},
		"getRequisitionRaw": {path: restPath("/requisitions/{id}/raw", requisition)},
		"revalidateRequisition": {path: restPath("/requisitions/{id}/revalidate", requisition), status: 202, audited: "requisition.revalidated",
			queued: func(w restWorld) string { return "validate " + w.requisition.ID.String() }},
		"listSubmissions":       {},
		"getSubmission":         {path: restPath("/submissions/{id}", submission)},
		"getSubmissionTimeline": {path: restPath("/submissions/{id}/timeline", submission)},
		"retrySubmission": {path: restPath("/submissions/{id}/retry", submission), status: 202, audited: "submission.retried",
			queued: func(w restWorld) string { return "deliver " + w.submission.ID.String() }},
		"listPlacements":    {},
		"getPlacement":      {path: restPath("/placements/{id}", placement)},
		"sendBackPlacement": {path: restPath("/placements/{id}/send-back", placement), body: reason, audited: "placement.sent_back"},
		"retryPlacement": {path: restPath("/placements/{id}/retry", placement), status: 202, audited: "placement.retried",
			before: func(h *restHub, w restWorld) { w.approve(h) }, queued: func(w restWorld) string { return "post " + w.placement.ID.String() }},
		"listFailures":       {},
		"listCauses":         {},
		"retryCause":         {body: restBody(map[string]any{"cause": "ats down"}), status: 202, audited: "failure.cause_retried", queued: retry},
		"getFailure":         {path: restPath("/failures/{id}", failure)},
		"retryFailure":       {path: restPath("/failures/{id}/retry", failure), status: 202, audited: "failure.retried", queued: retry},
		"discardFailure":     {path: restPath("/failures/{id}/discard", failure), body: reason, audited: "failure.discarded"},
		"listConnections":    {},
		"createConnection":   {status: 201, audited: "connection.created", queued: wake, body: func(w restWorld) any { return newConnection(w) }},
		"getConnection":      {path: restPath("/connections/{id}", connection)},
		"updateConnection":   {path: restPath("/connections/{id}", connection), body: restBody(map[string]any{"name": "Renamed"}), audited: "connection.updated"},
		"testConnection":     {path: restPath("/connections/{id}/test", connection)},
		"pauseConnection":    {path: restPath("/connections/{id}/pause", connection), body: reason, audited: "connection.paused"},
		"resumeConnection":   {path: restPath("/connections/{id}/resume", connection), audited: "connection.resumed", queued: wake},
		"pollConnection":     {path: restPath("/connections/{id}/poll", connection), status: 202, audited: "connection.polled", queued: wake},
		"backfillConnection": {path: restPath("/connections/{id}/backfill", connection), body: restBody(map[string]any{"feed": "requisitions"}), status: 202, audited: "connection.backfilled", queued: wake},
		"listExchanges":      {path: restPath("/connections/{id}/exchanges", connection)},
		"listConnectors":     {},
		"getConnector":       {path: kind("/connectors/test")},
		"tryConnector": {path: kind("/connectors/test/try"), body: restBody(map[string]any{"settings": map[string]any{"base_url": "https://vendor.test"},
			"secrets": map[string]any{"api_key": "hunter2"}})},
		"listProfileVersions": {path: restPath("/connections/{id}/profile/versions", connection)},
		"getProfileVersion":   {path: restPath("/connections/{id}/profile/versions/1", connection)},
		"diffProfile":         {path: restPath("/connections/{id}/profile/diff", connection)},
		"getProfileDraft":     {path: restPath("/connections/{id}/profile/draft", connection)},
		"putProfileDraft": {path: restPath("/connections/{id}/profile/draft", connection), audited: "profile.saved", body: func(w restWorld) any {
			return map[string]any{"revision": w.draft.Revision, "yaml": "about: three\n"}
		}},
		"deleteProfileDraft": {path: restPath("/connections/{id}/profile/draft", connection), status: 204, audited: "profile.discarded"},
		"startPreview":       {path: restPath("/connections/{id}/profile/draft/preview", connection), status: 202, body: restBody(map[string]any{"records": 10})},
		"publishProfile": {path: restPath("/connections/{id}/profile/draft/publish", connection), audited: "profile.published", body: func(w restWorld) any {
			return map[string]any{"revision": w.draft.Revision, "note": "as agreed"}
		}},
		"rollBackProfile": {path: restPath("/connections/{id}/profile/roll-back", connection), audited: "profile.rolled_back",
			body: restBody(map[string]any{"version": 1, "note": "two does harm"})},
		"withdrawPublication": {path: restPath("/connections/{id}/profile/draft/publish", connection), status: 204, audited: "profile.request_withdrawn", before: func(h *restHub, w restWorld) {
			noError(h.t, h.store.InTx(context.Background(), func(tx *store.Tx) error {
				return tx.RequestPublication(context.Background(), w.connection.ID, w.draft.Revision, "am@example.com", "as agreed")
			}))
		}},
		"copyProfile": {path: restPath("/connections/{id}/profile/copy", connection), audited: "profile.reset", body: func(w restWorld) any {
			return map[string]any{"revision": w.draft.Revision}
		}},
		"getOlderRecords":      {path: restPath("/connections/{id}/profile/reprocess", connection)},
		"reprocessProfile":     {path: restPath("/connections/{id}/profile/reprocess", connection), status: 202, audited: "profile.reprocessed"},
		"listCodeListVersions": {path: restPath("/connections/{id}/lists/sites/versions", connection)},
		"getCodeListVersion":   {path: restPath("/connections/{id}/lists/sites/versions/1", connection)},
		"listShadowEvents":     {path: restPath("/connections/{id}/shadow/events", connection)},
		"updateClient":         {path: restPath("/clients/{id}", client), body: restBody(map[string]any{"name": "Renamed"}), audited: "client.updated"},
		"getPreview":           {path: restPath("/previews/{id}", preview)},
		"listPreviewRecords":   {path: restPath("/previews/{id}/records", preview)},
		"listSourceFields":     {path: restPath("/connections/{id}/source-fields", connection)},
		"listStatusWords":      {path: restPath("/connections/{id}/status-words", connection)},
		"listCodeLists":        {path: restPath("/connections/{id}/lists", connection)},
		"getCodeList":          {path: restPath("/connections/{id}/lists/sites", connection)},
		"putCodeList": {path: restPath("/connections/{id}/lists/sites", connection), audited: "profile.list_saved",
			body: restBody(map[string]any{"entries": map[string]any{"LDN": "London"}})},
		"deleteCodeList": {path: restPath("/connections/{id}/lists/sites", connection), status: 204, audited: "profile.list_deleted"},
		"getShadowScore": {path: restPath("/connections/{id}/shadow", connection)},
		"goShadow":       {path: restPath("/connections/{id}/shadow", connection), audited: "connection.went_shadow"},
		"goLive": {path: restPath("/connections/{id}/live", connection), audited: "connection.went_live", before: func(h *restHub, w restWorld) {
			noError(h.t, h.store.InTx(context.Background(), func(tx *store.Tx) error { return tx.SetMode(context.Background(), w.connection.ID, store.ModeShadow) }))
		}},
		"listClients":  {},
		"createClient": {body: restBody(map[string]any{"code": "NEW-1", "name": "Newcomer"}), status: 201, audited: "client.created"},
		"getClient":    {path: restPath("/clients/{id}", client)},
		"getOverview":  {},
		"listGaps":     {},
		"listAudit":    {},
		"verifyAudit":  {},
	}
}

func newConnection(w restWorld) map[string]any {
	return map[string]any{"kind": "test", "name": "Acme programme", "client_id": w.client.ID,
		"settings": map[string]any{"base_url": "https://vendor.test"}, "secrets": map[string]any{"api_key": "hunter2"}}
}

func TestEveryOperation(t *testing.T) {
	t.Parallel()
	contract, err := api.Load()
	noError(t, err)
	cases := restCases()
	maps.Copy(cases, restDeskCases())
	readers := newRestHub(t) // reading changes nothing: one hub will do
	readWorld := newRestWorld(readers)
	for _, o := range contract.Operations {
		if !strings.HasPrefix(o.Path, api.Base) {
			continue
		}
		c, ok := cases[o.ID]
		delete(cases, o.ID)
		if !ok {
			t.Errorf("the operation %s is not tested", o.ID)
			continue
		}
		if o.Method == http.MethodGet {
			tryOperation(readers, readWorld, o, c)
			continue
		}
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			h := newRestHub(t)
			tryOperation(h, newRestWorld(h), o, c)
		})
	}
	for id := range cases {
		t.Errorf("there is no operation %s", id)
	}
}

func tryOperation(h *restHub, w restWorld, o api.Operation, c restCase) {
	h.t.Helper()
	if c.before != nil {
		c.before(h, w)
	}
	path, body := o.Pattern, any(nil)
	if c.path != nil {
		path = c.path(w)
	}
	if c.body != nil {
		body = c.body(w)
	}
	refuseStrangers(h, o, path, body)
	if got := h.audited(); len(got) != 0 {
		h.t.Fatalf("what was refused left its mark: %v", got)
	}
	token := h.token(o.Scope)
	refuseNonsense(h, o, path, body, token)

	h.want(h.call(o.Method, path, token, body), max(c.status, http.StatusOK))
	if got := strings.Join(h.audited(), " "); got != c.audited {
		h.t.Errorf("%s: the audit log has %q, want %q", o.ID, got, c.audited)
	}
	if c.queued != nil && !h.queue.has(c.queued(w)) {
		h.t.Errorf("%s: the queue got %v, want %q", o.ID, h.queue.list, c.queued(w))
	}
}

// refuseStrangers calls with tokens that are none or not enough.
func refuseStrangers(h *restHub, o api.Operation, path string, body any) {
	h.t.Helper()
	h.refused(h.want(h.call(o.Method, path, "", body), http.StatusUnauthorized), staffing.Unauthorized, "")
	revoked, record := h.issue(time.Now().Add(time.Hour), o.Scope)
	noError(h.t, h.store.RevokeAPIToken(context.Background(), record.ID))
	h.refused(h.want(h.call(o.Method, path, revoked, body), http.StatusUnauthorized), staffing.Unauthorized, "")
	var others []string
	for _, s := range apitoken.Scopes() {
		if s.Name != o.Scope {
			others = append(others, s.Name)
		}
	}
	h.refused(h.want(h.call(o.Method, path, h.token(others...), body), http.StatusForbidden), staffing.Forbidden, "")
}

// refuseNonsense calls with ids, parameters and bodies that are wrong.
func refuseNonsense(h *restHub, o api.Operation, path string, body any, token string) {
	h.t.Helper()
	h.refused(h.want(h.call(o.Method, path+"?clinet_id=1", token, body), http.StatusUnprocessableEntity), staffing.Invalid, "clinet_id")
	switch {
	case strings.Contains(o.Pattern, "{id}"):
		with := func(id string) string { return atID(o.Pattern, path, id) }
		h.refused(h.want(h.call(o.Method, with(store.NewID().String()), token, body), http.StatusNotFound), staffing.NotFound, "")
		h.refused(h.want(h.call(o.Method, with("4711"), token, body), http.StatusUnprocessableEntity), staffing.Invalid, "id")
	case strings.Contains(o.Pattern, "{kind}"):
		h.refused(h.want(h.call(o.Method, strings.Replace(o.Pattern, "{kind}", "nothing", 1), token, body), http.StatusNotFound), staffing.NotFound, "")
	}
	if body == nil {
		return
	}
	h.refused(h.want(h.call(o.Method, path, token, `{"reason": `), http.StatusBadRequest), staffing.Invalid, "")
	h.refused(h.want(h.call(o.Method, path, token, ""), http.StatusUnprocessableEntity), staffing.Invalid, "body")
	h.refused(h.want(h.call(o.Method, path, token, `[]`), http.StatusUnprocessableEntity), staffing.Invalid, "body")
	h.refused(h.want(h.call(o.Method, path, token, body, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }), http.StatusUnsupportedMediaType), staffing.Invalid, "")
	h.refused(h.want(h.call(o.Method, path, token, body, func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }), http.StatusUnsupportedMediaType), staffing.Invalid, "")
	h.refused(h.want(h.call(o.Method, path, token, `{"reason": "`+strings.Repeat("x", int(max(o.MaxBody, operationBody)))+`"}`), http.StatusRequestEntityTooLarge), staffing.Invalid, "")
	var extended map[string]any
	doc, err := json.Marshal(body)
	noError(h.t, errors.Join(err, json.Unmarshal(doc, &extended)))
	extended["surprise"] = true
	h.refused(h.want(h.call(o.Method, path, token, extended), http.StatusUnprocessableEntity), staffing.Invalid, "surprise")
}

// atID gives the path with another id.
func atID(pattern, path, id string) string {
	parts := strings.Split(path, "/")
	parts[slices.Index(strings.Split(pattern, "/"), "{id}")] = id
	return strings.Join(parts, "/")
}

func TestTokensThatDoNotCount(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	ctx := context.Background()
	key, err := h.store.NamedSecret(ctx, apitoken.KeyName, apitoken.NewKey)
	noError(t, err)
	expired, _ := h.issue(time.Now().Add(-time.Hour), apitoken.ScopeRead)
	_, record := h.issue(time.Now().Add(-time.Hour), apitoken.ScopeRead)
	sign := func(id uuid.UUID, scope string) string {
		text, err := apitoken.Issue(key, apitoken.Token{ID: id, Scopes: []string{scope}, IssuedAt: time.Now().Add(-2 * time.Hour), ExpiresAt: time.Now().Add(time.Hour)})
		noError(t, err)
		return text
	}
	for name, token := range map[string]string{
		"an expired one": expired, "one without a record": sign(store.NewID(), apitoken.ScopeRead), "one whose record has expired": sign(record.ID, apitoken.ScopeRead),
		"words": "let me in", "another scheme's": "",
	} {
		a := h.call("GET", "/clients", token, nil, func(r *http.Request) {
			if token == "" {
				r.Header.Set("Authorization", "Basic cm9ib3Q6aHVudGVyMg==")
			}
		})
		if p := a.problem(t); a.status != http.StatusUnauthorized || p.Code != "unauthorized" || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: got %d %s", name, a.status, a.body)
		}
	}
	_, reader := h.issue(time.Now().Add(time.Hour), apitoken.ScopeRead)
	more := sign(reader.ID, apitoken.ScopeConnections)
	h.refused(h.want(h.call("POST", "/clients", more, map[string]any{"code": "X-1", "name": "X"}), http.StatusForbidden), staffing.Forbidden, "")
}

func TestAddressesOfNothing(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	token := h.token(apitoken.ScopeRead)
	h.refused(h.want(h.call("GET", "/nothing", token, nil), http.StatusNotFound), staffing.NotFound, "")
	h.refused(h.want(h.call("DELETE", "/clients", token, nil), http.StatusMethodNotAllowed), staffing.Invalid, "")
	h.refused(h.want(h.call("POST", "/placements/"+store.NewID().String()+"/approve", token, map[string]any{"hash": "x"}), http.StatusNotFound), staffing.NotFound, "")
}

func TestListsArePagedAndNarrowed(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	other := storetest.Requisition(t, h.store, storetest.Connection(t, h.store, staffing.RoleClient), func(r *staffing.Requisition) { r.Title = "Welder (night shift)" })
	token := h.token(apitoken.ScopeRead)
	list := func(path string) (ids []string, total int) {
		var page struct {
			Items []struct{ ID string }
			Total int
		}
		h.want(h.call("GET", path, token, nil), http.StatusOK).into(t, &page)
		for _, i := range page.Items {
			ids = append(ids, i.ID)
		}
		return ids, page.Total
	}
	for path, want := range map[string][]string{
		"/requisitions":                                            {other.ID.String(), w.requisition.ID.String()},
		"/requisitions?limit=1":                                    {other.ID.String()},
		"/requisitions?limit=1&offset=1":                           {w.requisition.ID.String()},
		"/requisitions?q=night+welder":                             {other.ID.String()},
		"/requisitions?client_id=" + w.client.ID.String():          {w.requisition.ID.String()},
		"/requisitions?state=synced":                               nil,
		"/requisitions?status=open&state=valid&q=network":          {w.requisition.ID.String()},
		"/submissions?requisition_id=" + w.requisition.ID.String(): {w.submission.ID.String()},
		"/submissions?stage=placed":                                nil,
		"/submissions?q=byron":                                     {w.submission.ID.String()},
		"/placements?state=posted":                                 nil,
		"/placements?state=posted&state=awaiting_review":           {w.placement.ID.String()},
		"/placements?q=byron":                                      {w.placement.ID.String()},
		"/failures?cause=ats+down":                                 {w.failure.ID.String()},
		"/failures?state=discarded":                                nil,
		"/failures?connection_id=" + other.ConnectionID.String():   nil,
	} {
		if got, _ := list(path); !slices.Equal(got, want) {
			t.Errorf("%s lists %v, want %v", path, got, want)
		}
	}
	if _, total := list("/requisitions?limit=1"); total != 2 {
		t.Errorf("the total is %d, want that of all pages", total)
	}
	for path, field := range map[string]string{
		"/requisitions?limit=0": "limit", "/requisitions?limit=many": "limit", "/requisitions?limit=201": "limit", "/requisitions?offset=-1": "offset",
		"/requisitions?state=gone": "state", "/submissions?client_id=4711": "client_id", "/placements?state=gone": "state.0", "/audit/verify?head=xyz": "head",
	} {
		h.refused(h.want(h.call("GET", path, token, nil), http.StatusUnprocessableEntity), staffing.Invalid, field)
	}
}

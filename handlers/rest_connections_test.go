package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// TestSecretsDoNotTravel drives every operation that a secret comes near, and
// looks for it in answers, audit log and log.
func TestSecretsDoNotTravel(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	write, read := h.token(apitoken.ScopeConnections), h.token(apitoken.ScopeRead)
	const first, second, third = "s3cret-one", "s3cret-two", "s3cret-three"
	body := newConnection(w)
	body["secrets"] = map[string]any{"api_key": first}
	var c api.Connection
	created := h.want(h.call("POST", "/connections", write, body), http.StatusCreated)
	created.into(t, &c)
	path := "/connections/" + c.ID.String()
	answers := []restAnswer{
		created,
		h.want(h.call("PATCH", path, write, map[string]any{"secrets": map[string]any{"spare_key": second}}), http.StatusOK),
		h.want(h.call("PATCH", path, write, map[string]any{"settings": map[string]any{"api_key": third}}), http.StatusUnprocessableEntity),
		h.want(h.call("PATCH", path, write, map[string]any{"secrets": map[string]any{"api_key": []string{third}}}), http.StatusUnprocessableEntity),
		h.want(h.call("PATCH", path, write, `{"secrets": {"api_key": "`+third+`"`), http.StatusBadRequest),
		h.want(h.call("POST", "/connectors/test/try", write, map[string]any{"settings": map[string]any{"base_url": third}, "secrets": map[string]any{"api_key": third}}), http.StatusUnprocessableEntity),
		h.call("GET", path, read, nil), h.call("GET", "/connections", read, nil), h.call("GET", "/audit", read, nil), h.call("GET", "/connectors", read, nil),
		h.call("GET", "/connectors/test?api_key="+third, read, nil),
	}
	everything := h.log.String()
	for _, a := range answers {
		everything += string(a.body)
	}
	for _, s := range []string{first, second, third, write, read} {
		if i := strings.Index(everything, s); i >= 0 {
			t.Errorf("a secret travels: %s", everything[max(0, i-200):min(len(everything), i+100)])
		}
	}
	h.call("GET", path, read, nil).into(t, &c)
	if !slices.Equal(c.SecretsSet, []string{"api_key", "spare_key"}) || c.Settings["base_url"] != "https://vendor.test" || c.Settings["region"] != "us" || len(c.Settings) != 2 {
		t.Errorf("the connection is told as %+v", c)
	}
}

func TestANewConnectionIsRead(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	var c api.Connection
	h.want(h.call("POST", "/connections", h.token(apitoken.ScopeConnections), newConnection(w)), http.StatusCreated).into(t, &c)
	if c.ClientID != w.client.ID || c.Role != staffing.RoleClient || c.ProfileVersion != 1 || len(c.Feeds) != 1 || c.Feeds[0].SecondsSinceSuccess != nil {
		t.Errorf("the connection is told as %+v", c)
	}
	if want := []api.Capability{api.Requisitions, api.Webhooks}; !slices.Equal(c.Capabilities, want) {
		t.Errorf("it can %v, want %v", c.Capabilities, want)
	}
	if c.WebhookURL != "https://hub.test/hooks/"+c.ID.String() {
		t.Errorf("its webhooks go to %q", c.WebhookURL)
	}
}

func TestConnectionsThatCannotBe(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeConnections)
	before, err := h.store.Connections(context.Background())
	noError(t, err)
	for name, c := range map[string]struct {
		change func(b map[string]any)
		field  string
	}{
		"of an unknown kind":            {func(b map[string]any) { b["kind"] = "nothing" }, "kind"},
		"without a name":                {func(b map[string]any) { b["name"] = "" }, "name"},
		"of nobody":                     {func(b map[string]any) { delete(b, "client_id") }, "client_id"},
		"of a client that is not there": {func(b map[string]any) { b["client_id"] = w.placement.ID }, "client_id"},
		"of a client, but the firm's":   {func(b map[string]any) { b["kind"] = "test-own" }, "client_id"},
		"without a required setting":    {func(b map[string]any) { delete(b, "settings") }, "settings"},
		"with a setting nobody knows":   {func(b map[string]any) { b["settings"] = map[string]any{"colour": "red"} }, "settings.colour"},
		"with a secret among settings":  {func(b map[string]any) { b["settings"] = map[string]any{"api_key": "x"} }, "settings.api_key"},
		"with a setting among secrets":  {func(b map[string]any) { b["secrets"] = map[string]any{"base_url": "x"} }, "secrets.base_url"},
		"with a value that is no option": {func(b map[string]any) {
			b["settings"] = map[string]any{"base_url": "https://vendor.test", "region": "mars"}
		}, "settings"},
		"with a number as setting": {func(b map[string]any) { b["settings"] = map[string]any{"base_url": 7} }, "settings.base_url"},
	} {
		body := newConnection(w)
		c.change(body)
		a := h.call("POST", "/connections", token, body)
		if a.status != http.StatusUnprocessableEntity || a.problem(t).Field != c.field {
			t.Errorf("%s: got %d %s, want a problem about %s", name, a.status, a.body, c.field)
		}
	}
	h.systems.refuse = &staffing.Error{Code: staffing.Invalid, Field: "api_key", Message: "the key is none"}
	h.refused(h.want(h.call("POST", "/connections", token, newConnection(w)), http.StatusUnprocessableEntity), staffing.Invalid, "secrets.api_key")
	after, err := h.store.Connections(context.Background())
	noError(t, err)
	if len(after) != len(before) || len(h.audited()) != 0 {
		t.Errorf("what was refused left its mark: %d connections, then %d", len(before), len(after))
	}
}

func TestAChangeKeepsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeConnections)
	var c api.Connection
	h.want(h.call("POST", "/connections", token, newConnection(w)), http.StatusCreated).into(t, &c)
	path := "/connections/" + c.ID.String()
	change := func(body map[string]any) {
		h.want(h.call("PATCH", path, token, body), http.StatusOK).into(t, &c)
	}
	change(map[string]any{"settings": map[string]any{"region": "eu"}, "secrets": map[string]any{"spare_key": "second"}})
	if c.Name != "Acme programme" || c.Settings["region"] != "eu" || c.Settings["base_url"] != "https://vendor.test" || len(c.SecretsSet) != 2 {
		t.Errorf("the connection is told as %+v", c)
	}
	change(map[string]any{"settings": map[string]any{"region": ""}, "secrets": map[string]any{"spare_key": ""}})
	if c.Settings["region"] != "us" || !slices.Equal(c.SecretsSet, []string{"api_key"}) {
		t.Errorf("an empty value must take the setting away: %+v", c)
	}
	saved, err := h.store.Connection(context.Background(), c.ID)
	noError(t, err)
	secrets, err := h.store.ConnectionSecrets(saved)
	noError(t, err)
	if len(secrets) != 1 || secrets["api_key"] != "hunter2" || !h.systems.has("forget "+c.ID.String()) {
		t.Errorf("%d secrets are stored; the opened connector must be forgotten", len(secrets))
	}
	h.refused(h.want(h.call("PATCH", path, token, map[string]any{"secrets": map[string]any{"api_key": ""}}), http.StatusUnprocessableEntity), staffing.Invalid, "settings")
	h.refused(h.want(h.call("PATCH", path, token, map[string]any{}), http.StatusUnprocessableEntity), staffing.Invalid, "body")

	elsewhere := map[string]any{"base_url": "https://other.test"}
	h.refused(h.want(h.call("PATCH", path, token, map[string]any{"settings": elsewhere}), http.StatusUnprocessableEntity), staffing.Invalid, "secrets.api_key")
	change(map[string]any{"settings": elsewhere, "secrets": map[string]any{"api_key": "third"}})
}

func TestARefusedSignInIsAReport(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	h.systems.connector.err = staffing.Errorf(staffing.Unauthorized, "the system refused the key")
	token := h.token(apitoken.ScopeConnections)
	for _, a := range []restAnswer{
		h.call("POST", "/connections/"+w.connection.ID.String()+"/test", token, nil),
		h.call("POST", "/connectors/test/try", token, map[string]any{"settings": map[string]any{"base_url": "https://vendor.test"}, "secrets": map[string]any{"api_key": "x"}}),
	} {
		var got api.TestReport
		h.want(a, http.StatusOK).into(t, &got)
		if got.Ok || got.Code != staffing.Unauthorized || got.Error != "the system refused the key" {
			t.Errorf("the report is %+v", got)
		}
	}
	h.systems.connector = restConnector{report: staffing.Report{Account: "acme", Permissions: []staffing.Permission{{Name: "jobs.write", Purpose: "to write", Detail: "Ask the admin."}}}}
	var got api.TestReport
	h.want(h.call("POST", "/connections/"+w.connection.ID.String()+"/test", token, nil), http.StatusOK).into(t, &got)
	if got.Ok || got.Account != "acme" || got.Permissions[0].Granted || got.Permissions[0].Detail != "Ask the admin." {
		t.Errorf("the report is %+v", got)
	}
}

func TestAPausedConnectionIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token, path := h.token(apitoken.ScopeConnections), "/connections/"+w.connection.ID.String()
	var c api.Connection
	h.want(h.call("POST", path+"/pause", token, map[string]any{"reason": "Maintenance."}), http.StatusOK).into(t, &c)
	if c.State != staffing.ConnectionPaused || c.StateReason != "Maintenance." {
		t.Errorf("the connection is told as %+v", c)
	}
	h.refused(h.want(h.call("POST", path+"/poll", token, nil), http.StatusConflict), staffing.Conflict, "")
	h.refused(h.want(h.call("POST", path+"/backfill", token, map[string]any{"feed": "requisitions"}), http.StatusConflict), staffing.Conflict, "")
	c = api.Connection{}
	h.want(h.call("POST", path+"/resume", token, nil), http.StatusOK).into(t, &c)
	if c.State != staffing.ConnectionActive || c.StateReason != "" {
		t.Errorf("the connection is told as %+v", c)
	}
	h.refused(h.want(h.call("POST", path+"/backfill", token, map[string]any{"feed": "statuses"}), http.StatusNotFound), staffing.NotFound, "")
	h.refused(h.want(h.call("POST", path+"/backfill", token, map[string]any{"feed": "gossip"}), http.StatusUnprocessableEntity), staffing.Invalid, "feed")
}

func TestAConnectionWithoutItsConnectorIsStillTold(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	gone := storetest.Connection(t, h.store, staffing.RoleERP, func(c *store.Connection) { c.Kind = "gone" })
	var c api.Connection
	a := h.want(h.call("GET", "/connections/"+gone.ID.String(), h.token(apitoken.ScopeRead), nil), http.StatusOK)
	a.into(t, &c)
	if len(c.Settings) != 0 || len(c.SecretsSet) != 0 {
		t.Errorf("nobody knows what of it is secret: %s", a.body)
	}
	h.refused(h.want(h.call("PATCH", "/connections/"+gone.ID.String(), h.token(apitoken.ScopeConnections), map[string]any{"name": "X"}), http.StatusConflict), staffing.Conflict, "")
}

func TestACatalogueEntrySaysWhatTheFormAsks(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	var got api.Connector
	h.want(h.call("GET", "/connectors/test", h.token(apitoken.ScopeRead), nil), http.StatusOK).into(t, &got)
	if len(got.Fields) < 4 || got.Fields[2].Key != "api_key" || !got.Fields[2].Secret || !got.Fields[2].Required || got.Limits.PerSecond != 2.5 || !got.TakesWebhooks {
		t.Errorf("the kind is told as %+v", got)
	}
}

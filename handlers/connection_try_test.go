package handlers

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/rest"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// trySystems opens connectors for real.
type trySystems struct {
	*fakeSystems
}

func (s trySystems) Try(kind connectors.Kind, settings connectors.Settings) (staffing.Checker, error) {
	return kind.Open(connectors.Deps{Settings: settings, Now: time.Now, Tokens: &connectors.MemoryTokens{},
		HTTP: httpx.New(httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Secrets: kind.Spec.Secrets(settings)})})
}

const triedDocument = `auth: {header: {Authorization: "Bearer {token}"}}
requisitions:
  call: {path: '"/jobs"'}
  records: body.jobs
  external_id: string(raw.id)
`

// tryBench is a connection to a system that is described by a document.
func tryBench(t *testing.T) (h *hub, conn store.Connection, asked *[]string) {
	t.Helper()
	asked = &[]string{}
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"jobs":[{"id":7,"title":"Nurse","contact":"jane.doe@client.example","echo":"top-secret-token"},{"id":8}]}`))
	}))
	t.Cleanup(vendor.Close)
	systems := trySystems{&fakeSystems{}}
	h = openHub(t, func(c *Config) {
		registry, err := connectors.NewRegistry(rest.Kind())
		if err != nil {
			t.Fatal(err)
		}
		c.Registry, c.Systems = registry, systems
	})
	conn = storetest.Connection(t, h.store, staffing.RoleClient, func(c *store.Connection) { c.Kind = "rest" })
	settings := map[string]string{"base_url": vendor.URL, "document": triedDocument}
	secrets := map[string]string{"token": "top-secret-token"}
	err := h.store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.UpdateConnectionSettings(t.Context(), conn.ID, conn.Name, settings, secrets)
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, conn, asked
}

func TestACallIsTriedWithADocumentThatIsNotSaved(t *testing.T) {
	t.Parallel()
	h, conn, asked := tryBench(t)
	b := h.as(admin)
	path := "/connections/" + conn.ID.String() + "/try"
	if got := b.get(path).must(t, 200).page(t).Find(`textarea[name="setting.document"]`).Text(); strings.TrimSpace(got) != strings.TrimSpace(triedDocument) {
		t.Errorf("the page opens with the document %q", got)
	}
	changed := strings.Replace(triedDocument, "/jobs", "/vacancies", 1)
	page := b.post(path, url.Values{"call": {"requisitions"}, "setting.document": {changed}, "setting.values": {""}}).must(t, 200)
	if len(*asked) != 1 || (*asked)[0] != "/vacancies Bearer top-secret-token" {
		t.Fatalf("the vendor was asked %q", *asked)
	}
	text := page.text()
	for _, want := range []string{"2 records came", "GET", "/vacancies", "Nurse", "Cursor after it"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q: %s", want, text)
		}
	}
	for _, secret := range []string{"top-secret-token", "jane.doe@client.example"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("the page shows %q", secret)
		}
	}
	if saved, err := h.store.Connection(t.Context(), conn.ID); err != nil || saved.Settings.V["document"] != strings.TrimSpace(triedDocument) && saved.Settings.V["document"] != triedDocument {
		t.Errorf("the try changed what is saved: %v", err)
	}
	if e := h.audited(b, "connection.tried"); e.Subject != string(staffing.SubjectConnection) {
		t.Errorf("the log says %+v", e)
	}
}

func TestATryTellsInWordsWhatIsWrong(t *testing.T) {
	t.Parallel()
	h, conn, asked := tryBench(t)
	b := h.as(accountManager)
	path := "/connections/" + conn.ID.String() + "/try"
	for name, tc := range map[string]struct {
		form url.Values
		want string
	}{
		"a document that is none":        {url.Values{"call": {"requisitions"}, "setting.document": {"requisitions: {calls: 1}"}}, `there is no key "calls" here`},
		"a call that the document lacks": {url.Values{"call": {"statuses"}, "setting.document": {triedDocument + "# changed"}}, "cannot do that"},
		"a cursor that is none":          {url.Values{"call": {"requisitions"}, "cursor": {"{"}, "setting.document": {triedDocument + "# changed"}}, "cursor is not JSON"},
		"a call that nobody knows":       {url.Values{"call": {"submit"}, "setting.document": {triedDocument + "# changed"}}, "no such call"},
	} {
		t.Run(name, func(t *testing.T) {
			if text := b.post(path, tc.form).must(t, 200).text(); !strings.Contains(text, tc.want) {
				t.Errorf("the page says %s", text)
			}
		})
	}
	if len(*asked) != 0 {
		t.Errorf("the vendor was asked %q", *asked)
	}
}

func TestOnlySettersTryACall(t *testing.T) {
	t.Parallel()
	h, conn, _ := tryBench(t)
	h.as(finance).get("/connections/"+conn.ID.String()+"/try").must(t, http.StatusForbidden)
}

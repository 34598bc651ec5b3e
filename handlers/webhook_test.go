package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// hooked opens a hub with a connection that takes webhooks.
func hooked(tb testing.TB, with ...func(*Config)) (*hub, store.Connection) {
	tb.Helper()
	h := openHub(tb, with...)
	c := storetest.Connection(tb, h.store, staffing.RoleClient)
	h.systems.put(c.ID, hookSystem{})
	return h, c
}

// deliver sends a good delivery; with changes it.
func (h *hub) deliver(path string, body io.Reader, with ...func(*http.Request)) answer {
	h.t.Helper()
	b := h.browser()
	r := b.request("POST", path, body)
	r.Header.Set("X-Proof-Signature", "good")
	r.Header.Set("X-Delivery-Id", "d-1")
	for _, f := range with {
		f(r)
	}
	return b.do(r)
}

func header(name, v string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, v) }
}

// refusedAs waits until a refusal is counted.
func (h *hub) refusedAs(connection, reason string, n int) {
	h.t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for {
		list, err := h.store.Refusals(context.Background(), connection)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, r := range list {
			if r.Reason == reason && r.Count >= n {
				return
			}
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%q is not counted %d times: %+v", reason, n, list)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func TestADeliveryIsKeptWithItsJob(t *testing.T) {
	t.Parallel()
	h, c := hooked(t)
	body := "{\"name\":\"a\x00b\"}\xff\\u0000"
	a := h.deliver("/hooks/"+c.ID.String(), strings.NewReader(body), header("X-Event-Name", "hired"), header("Authorization", "hunter2"), header("Cookie", "s=hunter2"),
		header("X-Api-Key", "hunter2"))
	a.must(t, http.StatusOK)
	if a.body != "{\"status\":\"accepted\"}\n" || len(h.queue.list()) != 1 || h.queue.list()[0] != "received 1" {
		t.Errorf("it answers %s and the queue holds %v", a.body, h.queue.list())
	}
	d, err := h.store.Delivery(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if string(d.Body) != body || d.DeliveryID != "d-1" || d.ConnectionID != c.ID || d.Headers.V.Get("X-Event-Name") != "hired" {
		t.Errorf("it keeps %+v", d)
	}
	for name, values := range d.Headers.V {
		if strings.Contains(strings.Join(values, ""), "hunter2") || strings.Contains(name, "Signature") {
			t.Errorf("it keeps the header %s", name)
		}
	}
	t.Run("once", func(t *testing.T) {
		a := h.deliver("/hooks/"+c.ID.String(), strings.NewReader("other"))
		if a.must(t, http.StatusOK); a.body != "{\"status\":\"received before\"}\n" || len(h.queue.list()) != 1 {
			t.Errorf("the second answers %s and the queue holds %v", a.body, h.queue.list())
		}
	})
	t.Run("also with an id that is longer than an index takes", func(t *testing.T) {
		for range 2 {
			h.deliver("/hooks/"+c.ID.String(), strings.NewReader("x"), header("X-Delivery-Id", strings.Repeat("é", 4000))).must(t, http.StatusOK)
		}
		if len(h.queue.list()) != 2 {
			t.Errorf("the queue holds %v", h.queue.list())
		}
	})
}

// packedSystem is a system that sends packed bodies.
type packedSystem struct{ hookSystem }

func (packedSystem) Unpacks(encoding string) bool { return encoding == "gzip" }

func TestAPackedDeliveryIsKeptAsItCameWhereItsReceiverReadsIt(t *testing.T) {
	t.Parallel()
	h, c := hooked(t)
	h.systems.put(c.ID, packedSystem{})
	body := "\x1f\x8b\x08\x00packed\xff"
	h.deliver("/hooks/"+c.ID.String(), strings.NewReader(body), header("Content-Encoding", "gzip")).must(t, http.StatusOK)
	h.deliver("/hooks/"+c.ID.String(), strings.NewReader(body), header("Content-Encoding", "br")).must(t, http.StatusUnsupportedMediaType)
	kept, err := h.store.Delivery(context.Background(), 1)
	if err != nil || string(kept.Body) != body {
		t.Errorf("kept is %q, %v", kept.Body, err)
	}
}

func TestADeliveryIsRefused(t *testing.T) {
	t.Parallel()
	big := func() io.Reader { return bytes.NewReader(make([]byte, hookBody+1)) }
	for name, c := range map[string]struct {
		path   string // {id}, {plain}: connections with and without webhooks
		body   io.Reader
		with   func(*http.Request)
		status int
		reason string
		as     string
	}{
		"with a bad signature":            {"/hooks/{id}", strings.NewReader("{}"), header("X-Proof-Signature", "bad"), 401, "bad signature", "{id}"},
		"without a signature":             {"/hooks/{id}", strings.NewReader("{}"), func(r *http.Request) { r.Header.Del("X-Proof-Signature") }, 401, "bad signature", "{id}"},
		"at an unknown connection":        {"/hooks/" + uuid.NewString(), strings.NewReader("{}"), nil, 404, "no such webhook", "unknown"},
		"at an id that is none":           {"/hooks/..%00;drop", strings.NewReader("{}"), nil, 404, "no such webhook", "unknown"},
		"at one that takes none":          {"/hooks/{plain}", strings.NewReader("{}"), nil, 404, "no such webhook", "unknown"},
		"when it is too large":            {"/hooks/{id}", big(), nil, 413, "too large", "{id}"},
		"when it is too large and hidden": {"/hooks/{id}", io.MultiReader(big()), nil, 413, "too large", "{id}"},
		"when it is compressed":           {"/hooks/{id}", strings.NewReader("{}"), header("Content-Encoding", "gzip"), 415, "compressed", "{id}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, hook := hooked(t)
			plain := storetest.Connection(t, h.store, staffing.RoleERP)
			h.systems.put(plain.ID, plainSystem{})
			names := strings.NewReplacer("{id}", hook.ID.String(), "{plain}", plain.ID.String())
			with := c.with
			if with == nil {
				with = func(*http.Request) {}
			}
			a := h.deliver(names.Replace(c.path), c.body, with).must(t, c.status)
			if a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("it answers %s", a.header.Get("Content-Type"))
			}
			if _, err := h.store.Delivery(context.Background(), 1); staffing.CodeOf(err) != staffing.NotFound || len(h.queue.list()) != 0 {
				t.Error("something was kept")
			}
			h.refusedAs(names.Replace(c.as), c.reason, 1)
		})
	}
}

func TestADeliveryWhoseJobFailsIsNotKept(t *testing.T) {
	t.Parallel()
	h, c := hooked(t)
	h.queue.err = errors.New("no queue")
	h.deliver("/hooks/"+c.ID.String(), strings.NewReader("{}")).must(t, http.StatusInternalServerError)
	h.queue.err = nil
	if a := h.deliver("/hooks/"+c.ID.String(), strings.NewReader("{}")).must(t, http.StatusOK); !strings.Contains(a.body, "accepted") {
		t.Errorf("the next try is told %s", a.body)
	}
}

func TestADeliveryWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	h, c := hooked(t)
	away := staffing.Errorf(staffing.Unavailable, "the database is not available")
	h.systems.err = away
	a := h.deliver("/hooks/"+c.ID.String(), strings.NewReader("{}")).must(t, http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") == "" {
		t.Error("the sender is not told when to come again")
	}
	h.refusedAs(c.ID.String(), "hub not ready, asked to deliver again", 1)
}

func TestADeliveryWhoseTableIsAway(t *testing.T) {
	t.Parallel()
	dsn := storetest.Database(t)
	h := openHubOn(t, storetest.Replica(t, dsn, nil))
	c := storetest.Connection(t, h.store, staffing.RoleClient)
	h.systems.put(c.ID, hookSystem{}) // the hub knows how to open it
	h.ok(h.store.DB().Close())
	a := h.deliver("/hooks/"+c.ID.String(), strings.NewReader("{}")).must(t, http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") == "" || len(h.queue.list()) != 0 {
		t.Error("the sender is not told when to come again, or a job was made")
	}
	h.browser().get("/").must(t, http.StatusSeeOther)
	b := h.browser()
	u, err := url.Parse(b.base)
	h.ok(err)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "tributary", Value: "x", Path: "/"}})
	if a := b.get("/").must(t, http.StatusServiceUnavailable); a.page(t).Find("h1").Text() != "The hub is not ready" {
		t.Errorf("a person reads %q", a.text())
	}
}

// deafSystems never answers, as a database behind a dead line.
type deafSystems struct {
	*fakeSystems
	release chan struct{}
}

func (d deafSystems) Connector(context.Context, uuid.UUID) (staffing.Checker, error) {
	<-d.release
	return nil, staffing.Errorf(staffing.Unavailable, "too late")
}

func TestADeliveryIsAnsweredInFiveSecondsWhateverHangs(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h, c := hooked(t, func(cfg *Config) { cfg.Systems = deafSystems{release: release} })
	defer close(release)
	began := time.Now()
	h.deliver("/hooks/"+c.ID.String(), strings.NewReader("{}")).must(t, http.StatusServiceUnavailable)
	if d := time.Since(began); d > hookTime+2*time.Second {
		t.Errorf("it took %s", d)
	}
}

func TestRefusalsOutliveADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	s, dsn := storetest.NewWithDSN(t)
	gone := storetest.Replica(t, dsn, nil)
	if err := gone.DB().Close(); err != nil {
		t.Fatal(err)
	}
	h := openHubOn(t, s)
	f := newRefusals(gone, h.server.log)
	for range 3 {
		f.count("k", "bad signature")
	}
	if f.flush() {
		t.Fatal("it says that it wrote to a closed database")
	}
	f.count("k", "bad signature")
	f.store = s
	if !f.flush() {
		t.Fatal("it did not write")
	}
	h.refusedAs("k", "bad signature", 4)
}

func TestRefusalsOfStrangersAreBounded(t *testing.T) {
	t.Parallel()
	f := newRefusals(nil, nil)
	for range 3 * refusalKeys {
		f.count(uuid.NewString(), "bad signature")
	}
	if len(f.open) > refusalKeys+1 {
		t.Errorf("%d kinds are kept", len(f.open))
	}
}

func FuzzDelivery(f *testing.F) {
	h, c := hooked(f)
	f.Add("{}", "d", "X-Event-Name", "v")
	f.Add("\x00\xff", "\x00", "X-Topic", "\\u0000")
	f.Fuzz(func(t *testing.T, body, id, name, v string) {
		r := httptest.NewRequest(http.MethodPost, "/hooks/"+c.ID.String(), strings.NewReader(body))
		r.Header["X-Proof-Signature"] = []string{"good"}
		r.Header["X-Delivery-Id"] = []string{id}
		r.Header[name] = append(r.Header[name], v)
		w := httptest.NewRecorder()
		h.server.ServeHTTP(w, r)
		switch {
		case w.Code == http.StatusOK:
		case w.Code == http.StatusUnsupportedMediaType && http.CanonicalHeaderKey(name) == "Content-Encoding":
		case w.Code == http.StatusUnauthorized && name == "X-Proof-Signature" && v != "good":
		default:
			t.Errorf("a good delivery gives %d: %s", w.Code, w.Body)
		}
	})
}

// greetingSystem is asked by its vendor whether it listens.
type greetingSystem struct{ hookSystem }

func (greetingSystem) Greet(h http.Header, _ []byte) http.Header {
	if asked := h.Get("X-Ask"); asked != "" {
		return http.Header{"X-Ask": {asked}}
	}
	return nil
}

func TestAVendorThatAsksWhetherItIsHeardIsAnswered(t *testing.T) {
	t.Parallel()
	h, c := hooked(t)
	h.systems.put(c.ID, greetingSystem{})
	path := "/hooks/" + c.ID.String()
	bad := header("X-Proof-Signature", "bad")
	a := h.deliver(path, strings.NewReader("{}"), bad, header("X-Ask", "abc")).must(t, http.StatusOK)
	if a.header.Get("X-Ask") != "abc" || a.body != "{\"status\":\"listening\"}\n" {
		t.Errorf("it answers %s with %v", a.body, a.header)
	}
	h.deliver(path, strings.NewReader("{}"), bad).must(t, http.StatusUnauthorized)
	if _, err := h.store.Delivery(context.Background(), 1); staffing.CodeOf(err) != staffing.NotFound || len(h.queue.list()) != 0 {
		t.Error("something was kept")
	}
	h.systems.put(c.ID, hookSystem{}) // one that is asked nothing
	h.deliver(path, strings.NewReader("{}"), bad, header("X-Ask", "abc")).must(t, http.StatusUnauthorized)
}

package main

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/world"
)

func newWorld(t *testing.T, o world.Options) *world.World {
	t.Helper()
	w, err := world.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// live lets the world live until the test ends or stop is called.
func live(t *testing.T, w *world.World) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

type placementList struct {
	Items []struct {
		ID        string
		State     string
		ERPNumber string `json:"erp_number"`
	}
}

// TestTheEightSteps walks the whole river as people do: an account manager
// connects the systems on the pages, the world lives, finance approves, and the
// books hold one bill. Everything goes over HTTP.
func TestTheEightSteps(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"by webhooks", "by polls"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			walk(t, mode == "by webhooks")
		})
	}
}

func walk(t *testing.T, webhooks bool) {
	t.Helper()
	in := install(t)
	in.start()
	w := newWorld(t, world.Options{Seed: 7, Speed: 15, Requisitions: 24})
	admin := in.person("admin")
	ids := admin.connect(w)
	for key, id := range ids {
		if status, body := admin.post("/connections/"+id+"/test", url.Values{}); status != http.StatusOK || !strings.Contains(body, "Permission") {
			t.Errorf("the test of %s says nothing good: %d", key, status)
		}
	}
	if webhooks {
		for _, s := range w.Systems() {
			if s.WebhookSecret != "" {
				w.SendWebhooks(s.Key, in.base+"/hooks/"+ids[s.Key], s.WebhookSecret)
			}
		}
	}
	live(t, w)
	finance := in.person("finance")
	var waiting placementList
	in.eventually(150*time.Second, "a placement awaits review", func() bool {
		if !webhooks {
			admin.pollAll(ids)
			time.Sleep(300 * time.Millisecond) // a person does not press faster
		}
		waiting = placementList{}
		in.api("/placements?state=awaiting_review", &waiting)
		return len(waiting.Items) > 0
	})
	approveOnce(t, in, w, finance, waiting.Items[0].ID)
	if took := in.stop(); took > 10*time.Second {
		t.Errorf("stopping took %s", took)
	}
}

// approveOnce approves on the page and expects the bill in the books, once, and
// its number on the page.
func approveOnce(t *testing.T, in *installation, w *world.World, finance *browser, id string) {
	t.Helper()
	status, page := finance.get("/placements/" + id)
	if status != http.StatusOK {
		t.Fatalf("the placement's page: %d", status)
	}
	form := url.Values{"hash": {hashOn(t, page)}}
	if status, body := finance.post("/placements/"+id+"/approve", form); status != http.StatusOK {
		t.Fatalf("approving: %d\n%s", status, body)
	}
	finance.post("/placements/"+id+"/approve", form) // twice is once
	var p struct {
		State     string
		ERPID     string `json:"erp_id"`
		ERPNumber string `json:"erp_number"`
		ERPURL    string `json:"erp_url"`
	}
	in.eventually(60*time.Second, "the bill is posted", func() bool {
		in.api("/placements/"+id, &p)
		return p.State == "posted"
	})
	if tally := w.Tally(); tally.Bills != 1 || len(tally.Twice) > 0 {
		t.Errorf("the books hold %d bills, twice: %v", tally.Bills, tally.Twice)
	}
	if _, page := finance.get("/placements/" + id); p.ERPNumber == "" || !strings.Contains(page, p.ERPNumber) {
		t.Errorf("the page does not show the bill's number %q", p.ERPNumber)
	}
}

var hashForm = regexp.MustCompile(`name="hash"[^>]*value="([0-9a-f]{64})"`)

func hashOn(t *testing.T, page string) string {
	t.Helper()
	m := hashForm.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page offers no approval")
	}
	return m[1]
}

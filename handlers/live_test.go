package handlers

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store/storetest"
)

// events opens the stream and gives its lines.
func (b *browser) events(ctx context.Context) <-chan string {
	b.t.Helper()
	resp, err := b.client.Do(b.request("GET", "/events", nil).WithContext(ctx))
	if err != nil {
		b.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		b.t.Fatalf("the stream gives %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer resp.Body.Close()
		for in := bufio.NewScanner(resp.Body); in.Scan(); {
			lines <- in.Text()
		}
	}()
	return lines
}

// expect reads until a line comes.
func expect(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	for deadline := time.After(15 * time.Second); ; {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the stream ended before %q", want)
			}
			if line == want {
				return
			}
		case <-deadline:
			t.Fatalf("%q did not come", want)
		}
	}
}

func TestAChangeReachesEveryOpenPage(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	one, two := h.as(finance).events(t.Context()), h.as(operator).events(t.Context())
	for _, lines := range []<-chan string{one, two} {
		expect(t, lines, "data: open")
	}
	storetest.Connection(t, h.store, staffing.RoleERP)
	for _, lines := range []<-chan string{one, two} {
		expect(t, lines, "data: now")
	}
}

func TestStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	lines := h.as(finance).events(t.Context())
	expect(t, lines, "data: open")
	h.server.Close()
	for deadline := time.After(5 * time.Second); ; {
		select {
		case _, open := <-lines:
			if !open {
				return
			}
		case <-deadline:
			t.Fatal("the stream stays open")
		}
	}
}

func TestNobodyIsAskedWhileNobodyLooks(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	p := newPulse(func(context.Context) (string, error) { asked <- struct{}{}; return "same", nil })
	go p.run(t.Context())
	_, leave := p.subscribe()
	<-asked
	leave()
	select {
	case <-asked: // one may have been on its way
	case <-time.After(2 * pulseEvery):
	}
	select {
	case <-asked:
		t.Error("it asks on")
	case <-time.After(2 * pulseEvery):
	}
}

func TestAnUnattendedPageKeepsNoSessionAlive(t *testing.T) {
	t.Parallel()
	clock := &movedClock{}
	h := openHubOn(t, storetest.NewAt(t, clock.now))
	b := h.as(finance)
	for range 3 {
		clock.move(sessionIdle / 2)
		if a := b.get("/fragments/overview"); a.status == http.StatusUnauthorized {
			if !strings.Contains(a.header.Get("HX-Redirect"), "/login") {
				t.Error("the page is not led to the sign-in")
			}
			return
		}
	}
	t.Error("fetching fragments keeps the session alive")
}

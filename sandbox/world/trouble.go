package world

import (
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/sandbox/fault"
)

// trouble makes a system misbehave as vendors do now and then: it is slow, busy,
// broken, it asks to wait, and it acts and then loses its answer. Signing in and
// the pages that people look at are spared.
func (w *World) trouble(faults *fault.Injector) {
	if w.opts.Trouble <= 0 {
		return
	}
	share := w.opts.Trouble / 5
	for i, r := range []fault.Rule{
		{Kind: fault.Latency, Delay: 2 * time.Second},
		{Kind: fault.Status500},
		{Kind: fault.Status429, RetryAfter: 2 * time.Second},
		{Kind: fault.LostResponse},
		{Kind: fault.TruncatedJSON},
	} {
		r.Match, r.Chance, r.Seed = api, share, w.opts.Seed+uint64(i)+uint64(len(w.servers))*10
		faults.Add(r)
	}
}

// api says that a call is the hub's work.
func api(r *http.Request) bool {
	for _, word := range []string{"/token", "/oauth", "/login", "/invoice"} {
		if strings.Contains(r.URL.Path, word) {
			return false
		}
	}
	return true
}

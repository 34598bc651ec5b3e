package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const (
	refusalWait = 2 * time.Second // between two tries to write the counts
	refusalKeys = 1000            // kinds of refusal that are kept in memory; strangers choose the addresses
)

// refusal is a kind of refused delivery.
type refusal struct{ connection, reason string }

// refusals counts refused deliveries in memory and writes the counts in the
// background: a flood of forgeries costs one statement per kind, and while the
// database is away nothing is forgotten.
type refusals struct {
	store *store.Store
	log   *slog.Logger
	mu    sync.Mutex
	open  map[refusal]int
	wake  chan struct{}
}

func newRefusals(s *store.Store, log *slog.Logger) *refusals {
	return &refusals{store: s, log: log, open: map[refusal]int{}, wake: make(chan struct{}, 1)}
}

// count notes one refusal. It never waits.
func (f *refusals) count(connection, reason string) {
	f.mu.Lock()
	k := refusal{connection, reason}
	if _, known := f.open[k]; !known && len(f.open) >= refusalKeys {
		k.connection = unknownConnection
	}
	f.open[k]++
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default: // the writer is awake already
	}
}

// run writes counts until ctx ends, and then once more.
func (f *refusals) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			f.flush()
			return
		case <-f.wake:
		}
		for !f.flush() {
			select {
			case <-ctx.Done():
				return // the database is away and the hub stops: these counts are lost, and only these
			case <-time.After(refusalWait):
			}
		}
	}
}

// flush writes what is open, and says whether all of it was written.
func (f *refusals) flush() bool {
	f.mu.Lock()
	batch := f.open
	f.open = map[refusal]int{}
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), hookTime)
	defer cancel()
	for k, n := range batch {
		if err := f.store.AddRefusals(ctx, k.connection, k.reason, n); err != nil {
			f.log.Warn("refused deliveries cannot be counted now", "err", err)
			f.keep(batch)
			return false
		}
		delete(batch, k)
	}
	return true
}

// keep puts counts back that could not be written.
func (f *refusals) keep(batch map[refusal]int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, n := range batch {
		f.open[k] += n
	}
}

// unknownConnection is what refusals at an address of nobody are counted under.
const unknownConnection = "unknown"

// refusedOf gives the connection that a refusal is counted for.
func refusedOf(r *http.Request, err error) string {
	if errors.Is(err, errNoHook) {
		return unknownConnection
	}
	return chi.URLParam(r, "connection_id")
}

// refusalReason names why a delivery was refused, in words that the connection's
// page shows after the count.
func refusalReason(err error) string {
	switch {
	case errors.Is(err, errBadProof):
		return "bad signature"
	case errors.Is(err, errNoHook):
		return "no such webhook"
	case errors.Is(err, errTooLarge):
		return "too large"
	case errors.Is(err, errEncoded):
		return "compressed"
	case errors.Is(err, errUnread):
		return "broken off"
	case staffing.CodeOf(err) == staffing.Unavailable:
		return "hub not ready, asked to deliver again"
	default:
		return "fault of the hub, asked to deliver again"
	}
}

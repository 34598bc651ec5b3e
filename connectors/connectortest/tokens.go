package connectortest

import (
	"context"
	"sync"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/sandbox/fault"
)

// watchedTokens is a TokenStore that learns which paths are called to fetch a
// token, and which values are secret because of it.
type watchedTokens struct {
	connectors.MemoryTokens
	faults  *fault.Injector
	mu      sync.Mutex
	during  []int // indexes of calls made while a token was fetched
	auth    map[string]bool
	values  []string
	fetches int
}

// Token implements connectors.TokenStore.
func (w *watchedTokens) Token(ctx context.Context, name string, fetch func(context.Context) (connectors.Token, error)) (connectors.Token, error) {
	return w.MemoryTokens.Token(ctx, name, func(ctx context.Context) (connectors.Token, error) {
		before := len(w.faults.Log())
		t, err := fetch(ctx)
		after := len(w.faults.Log())
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fetches++
		for i := before; i < after; i++ {
			w.during = append(w.during, i)
		}
		if err == nil {
			w.values = append(w.values, t.Value)
		}
		return t, err
	})
}

// learn takes what was seen so far: a path counts as authentication when it was
// called for tokens only.
func (w *watchedTokens) learn() {
	log := w.faults.Log()
	w.mu.Lock()
	defer w.mu.Unlock()
	fetching := map[int]bool{}
	for _, i := range w.during {
		fetching[i] = true
		w.auth[log[i].Path] = true
	}
	for i, c := range log {
		if !fetching[i] {
			delete(w.auth, c.Path)
		}
	}
}

func (w *watchedTokens) isAuth(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.auth[path]
}

func (w *watchedTokens) used() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fetches > 0
}

func (w *watchedTokens) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.values...)
}

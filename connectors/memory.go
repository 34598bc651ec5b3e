package connectors

import (
	"context"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// MemoryTokens is a TokenStore for one process: tests and the settings test of a
// connection that is not saved yet.
type MemoryTokens struct {
	mu     sync.Mutex
	tokens map[string]Token
	asking map[string]*sync.Mutex // by name: who fetches a token may need another one
}

// Token implements [TokenStore].
func (m *MemoryTokens) Token(ctx context.Context, name string, fetch func(context.Context) (Token, error)) (Token, error) {
	one := m.lock(name)
	one.Lock()
	defer one.Unlock()
	m.mu.Lock()
	kept, ok := m.tokens[name]
	m.mu.Unlock()
	if ok && time.Until(kept.ExpiresAt) > time.Minute {
		return kept, nil
	}
	t, err := fetch(ctx)
	if err != nil {
		return Token{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tokens == nil {
		m.tokens = map[string]Token{}
	}
	m.tokens[name] = t
	return t, nil
}

func (m *MemoryTokens) lock(name string) *sync.Mutex {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asking == nil {
		m.asking = map[string]*sync.Mutex{}
	}
	if m.asking[name] == nil {
		m.asking[name] = &sync.Mutex{}
	}
	return m.asking[name]
}

// Drop implements [TokenStore].
func (m *MemoryTokens) Drop(_ context.Context, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tokens[name].Value == value {
		delete(m.tokens, name)
	}
	return nil
}

// MemorySpool is a Spool for one process.
type MemorySpool struct {
	mu     sync.Mutex
	next   int64
	bodies map[staffing.Feed][]Spooled
}

// Append implements [Spool].
func (m *MemorySpool) Append(_ context.Context, feed staffing.Feed, body []byte) (Spooled, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next++
	s := Spooled{ID: m.next, Body: append([]byte(nil), body...), At: time.Now()}
	if m.bodies == nil {
		m.bodies = map[staffing.Feed][]Spooled{}
	}
	m.bodies[feed] = append(m.bodies[feed], s)
	return s, nil
}

// Pending implements [Spool].
func (m *MemorySpool) Pending(_ context.Context, feed staffing.Feed) ([]Spooled, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Spooled(nil), m.bodies[feed]...), nil
}

// Close forgets bodies, as the hub does when it saves their page.
func (m *MemorySpool) Close(ids ...int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for feed, list := range m.bodies {
		var keep []Spooled
		for _, s := range list {
			closed := false
			for _, id := range ids {
				closed = closed || s.ID == id
			}
			if !closed {
				keep = append(keep, s)
			}
		}
		m.bodies[feed] = keep
	}
}

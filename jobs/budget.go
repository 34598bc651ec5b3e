package jobs

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
)

// paced gives the connection its pace: one budget per credential, which all
// processes and all connections with that credential share. What is there stays as
// long as the credential does.
func (s *Systems) paced(ctx context.Context, kind connectors.Kind, settings connectors.Settings, o *opened) (*opened, error) {
	key, err := s.budgetKey(ctx, kind, settings)
	if err != nil || o != nil && o.budget == key {
		return o, err
	}
	l := kind.Limits.For(settings)
	pace := httpx.NewShared(s.store, key, httpx.Allowance{PerSecond: l.PerSecond, Burst: l.Burst}, l.Concurrency, s.log)
	return &opened{budget: key, pace: pace, breaker: httpx.NewBreaker(0, 0), lane: newLane(seatsFor(l, s.jobTimeout, s.workers))}, nil
}

// budgetKey names a credential without telling it: what is secret and what is an
// address, except what proves webhooks. It is keyed, so that nobody who reads the
// table can try passwords on it.
func (s *Systems) budgetKey(ctx context.Context, kind connectors.Kind, settings connectors.Settings) (string, error) {
	secret, err := s.store.NamedSecret(ctx, "budget-key", func() ([]byte, error) {
		fresh := make([]byte, 32)
		_, err := rand.Read(fresh)
		return fresh, err
	})
	if err != nil {
		return "", err
	}
	sum := hmac.New(sha256.New, secret)
	part := func(text string) { _, _ = io.WriteString(sum, text+"\x00") } // a hash takes everything
	part(kind.Name)
	for _, f := range kind.Spec {
		if (f.Secret || f.URL || f.Key == connectors.CallsPerSecond) && !strings.HasPrefix(f.Key, "webhook") {
			part(f.Key)
			part(settings[f.Key])
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

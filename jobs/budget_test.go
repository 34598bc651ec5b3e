package jobs

import (
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
)

func TestConnectionsWithOneCredentialShareItsBudget(t *testing.T) {
	b := newBench(t)
	kind := connectors.Kind{Name: "k", Limits: connectors.Limits{PerSecond: 0.01, Burst: 4},
		Spec: connectors.Spec{{Key: "api_key", Secret: true}, {Key: "webhook_secret", Secret: true}, {Key: "base_url", URL: true}, {Key: "source"}}}
	take := func(settings connectors.Settings) (n int) {
		o, err := b.hub.Systems().paced(b.ctx, kind, settings, nil)
		b.must(err)
		for {
			release, err := o.pace.Acquire(b.ctx)
			if err != nil {
				return n
			}
			release()
			n++
		}
	}
	first := connectors.Settings{"api_key": "a", "base_url": "https://one.test", "webhook_secret": "w"}
	if n := take(first); n != 4 {
		t.Errorf("a fresh credential made %d calls, want its burst of 4", n)
	}
	for name, c := range map[string]struct {
		settings connectors.Settings
		want     int
	}{
		"another process":                      {first, 0},
		"another connection, another web hook": {connectors.Settings{"api_key": "a", "base_url": "https://one.test", "webhook_secret": "v", "source": "7"}, 0},
		"another credential":                   {connectors.Settings{"api_key": "b", "base_url": "https://one.test"}, 4},
		"another account":                      {connectors.Settings{"api_key": "a", "base_url": "https://two.test"}, 4},
	} {
		if n := take(c.settings); n != c.want {
			t.Errorf("%s: %d calls, want %d", name, n, c.want)
		}
	}
}

func TestAPlainPollLeavesAReserveAndAWantedOneDoesNot(t *testing.T) {
	b := newBench(t)
	o, err := b.hub.Systems().paced(b.ctx, connectors.Kind{Name: "k", Limits: connectors.Limits{PerSecond: 0.01, Burst: 20}}, nil, nil)
	b.must(err)
	bulk := 0
	for ctx := httpx.WithBulk(b.ctx); ; bulk++ {
		release, err := o.pace.Acquire(ctx)
		if err != nil {
			break
		}
		release()
	}
	if release, err := o.pace.Acquire(b.ctx); err != nil || bulk != 18 {
		t.Errorf("plain polls took %d of 20 calls, and then somebody who waits got %v", bulk, err)
	} else {
		release()
	}
}

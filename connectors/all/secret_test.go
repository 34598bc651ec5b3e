package all_test

import (
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/all"
)

// What the hub makes is what the setting takes, and no two are the same.
func TestAMadeSecretFitsItsSetting(t *testing.T) {
	t.Parallel()
	registry, err := all.Registry()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, kind := range registry.Kinds() {
		for _, f := range kind.Spec {
			if f.Generate == nil {
				continue
			}
			n++
			one, other := f.Generate(), f.Generate()
			if _, err := (connectors.Spec{f}).Complete(connectors.Settings{f.Key: one}); err != nil || !f.Secret || len(one) < 32 || one == other {
				t.Errorf("%s makes %d characters for %s (%v)", kind.Name, len(one), f.Key, err)
			}
		}
	}
	if n == 0 {
		t.Error("no setting is made by the hub")
	}
}

package all_test

import (
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/all"
)

// The settings that are the hub's own do not keep a connector from opening.
func TestCommonSettingsAreNoneOfTheConnectors(t *testing.T) {
	t.Parallel()
	registry, err := all.Registry()
	if err != nil {
		t.Fatal(err)
	}
	kind, err := registry.Kind("greenhouse")
	if err != nil {
		t.Fatal(err)
	}
	settings := connectors.Settings{"client_id": "id", "client_secret": "secret", connectors.MaintenanceWindow: "Sat 22:00-02:00 UTC", connectors.CredentialExpires: "2027-01-31"}
	complete, err := kind.Spec.Complete(settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kind.Open(connectors.Deps{Settings: complete}); err != nil {
		t.Error(err)
	}
	if complete[connectors.MaintenanceWindow] == "" {
		t.Error("opening changed the settings")
	}
}

// Package connectortest is the conformance suite that every connector passes.
package connectortest

import (
	"testing"

	"github.com/tributary-hub/tributary/connectors"
)

// Run holds a connector against the suite. start gives a fresh vendor; it is
// called once per case.
func Run(t *testing.T, kind connectors.Kind, start func(t *testing.T) Vendor) {
	t.Helper()
	t.Run(kind.Name, func(t *testing.T) { _ = start(t) })
}

package document

import (
	"sync"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// Kind makes a Kind whose connector is the document src, which it ships. k is all
// but its Open. The spec has [BaseURL] and the settings that the document names.
// A document that does not parse is a fault of the program, told at every Open.
func Kind(k connectors.Kind, src []byte) connectors.Kind {
	parse := sync.OnceValues(func() (*Document, error) { return Parse(src) })
	k.Open = func(d connectors.Deps) (staffing.Checker, error) {
		doc, err := parse()
		if err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the document of %s cannot be read: %w", k.Label, err)
		}
		if d.Settings, err = k.Spec.Complete(d.Settings); err != nil {
			return nil, err
		}
		return Open(d, k.Spec, doc, nil)
	}
	return k
}

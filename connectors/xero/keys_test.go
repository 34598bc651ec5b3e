package xero_test

import (
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// knowsEveryKey holds the names in a body against the document: its schemas allow any
// name, so a misspelled one would pass the validation.
func (v *vendorContract) knowsEveryKey(what string, route *routers.Route, body []byte) {
	if route.Operation.RequestBody == nil {
		return
	}
	var in any
	if err := json.Unmarshal(body, &in); err != nil {
		v.t.Errorf("%s: %v", what, err)
		return
	}
	v.keys(what, route.Operation.RequestBody.Value.Content.Get("application/json").Schema, in)
}

func (v *vendorContract) keys(where string, schema *openapi3.SchemaRef, value any) {
	switch value := value.(type) {
	case map[string]any:
		for k, inner := range value {
			if schema.Value.Properties[k] == nil {
				v.t.Errorf("%s: the document has no %s", where, k)
				continue
			}
			v.keys(where+"."+k, schema.Value.Properties[k], inner)
		}
	case []any:
		for _, inner := range value {
			v.keys(where, schema.Value.Items, inner)
		}
	}
}

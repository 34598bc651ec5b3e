// Package api is the contract of the REST API: openapi.yaml, from which the types,
// the strict server interface and the embedded specification are generated. What
// the hub answers in its own types (package staffing) is named there as x-go-type.
package api

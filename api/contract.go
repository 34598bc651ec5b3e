package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tributary-hub/tributary/internal/apitoken"
)

// Base is where the operations that take an API token live.
const Base = "/api/v1"

// Contract is the specification in a form to serve by and to show.
type Contract struct {
	Doc        *openapi3.T // shared: not to be changed
	Title      string
	Version    string
	Intro      string // Markdown
	Tags       []Tag  // with their operations, in the order of openapi.yaml
	Operations []Operation
}

// Tag is a group of operations.
type Tag struct {
	Name        string
	Description string
	Operations  []Operation
}

// Operation is one method on one path.
type Operation struct {
	ID          string
	Method      string
	Path        string // whole, such as /api/v1/requisitions/{id}
	Pattern     string // as it stands in openapi.yaml
	Tag         string
	Summary     string
	Description string
	// Scope is what a token needs; empty where none is asked for.
	Scope   string
	MaxBody int64 // bytes of a request's body; 0: the server's own bound
	Spec    *openapi3.Operation
	Item    *openapi3.PathItem
}

// Load gives the embedded contract, read once. An operation without a known
// scope below [Base] is an error: nothing is open by forgetting.
func Load() (*Contract, error) { return load() }

var load = sync.OnceValues(func() (*Contract, error) {
	doc, err := GetSpec()
	if err != nil {
		return nil, fmt.Errorf("the API's specification cannot be read: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("the API's specification is not valid: %w", err)
	}
	c := &Contract{Doc: doc, Title: doc.Info.Title, Version: doc.Info.Version, Intro: doc.Info.Description}
	for pattern, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			o, err := operation(pattern, method, item, spec)
			if err != nil {
				return nil, err
			}
			c.Operations = append(c.Operations, o)
		}
	}
	slices.SortFunc(c.Operations, func(a, b Operation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	for _, t := range doc.Tags {
		tag := Tag{Name: t.Name, Description: t.Description}
		for _, o := range c.Operations {
			if o.Tag == t.Name {
				tag.Operations = append(tag.Operations, o)
			}
		}
		c.Tags = append(c.Tags, tag)
	}
	return c, nil
})

func operation(pattern, method string, item *openapi3.PathItem, spec *openapi3.Operation) (Operation, error) {
	o := Operation{ID: spec.OperationID, Method: method, Path: Base + pattern, Pattern: pattern, Summary: spec.Summary,
		Description: spec.Description, Spec: spec, Item: item}
	if len(spec.Tags) == 1 {
		o.Tag = spec.Tags[0]
	}
	if own := spec.Servers; own != nil && len(*own) > 0 {
		o.Path = strings.TrimSuffix((*own)[0].URL, "/") + pattern
	}
	o.Scope, _ = spec.Extensions["x-scope"].(string)
	if most, ok := spec.Extensions["x-max-body"].(float64); ok {
		o.MaxBody = int64(most)
	}
	if strings.HasPrefix(o.Path, Base+"/") && !apitoken.Known(o.Scope) {
		return o, fmt.Errorf("openapi.yaml: %s %s needs an x-scope that is known, not %q", method, pattern, o.Scope)
	}
	return o, nil
}

package handlers

import (
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
)

const mediaJSON = "application/json"

// knownQuery refuses parameters that nobody reads: a filter with a typing error
// would list everything.
func knownQuery(r *http.Request, o api.Operation) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return errUnread
	}
	for name := range query {
		known := slices.ContainsFunc(slices.Concat(o.Item.Parameters, o.Spec.Parameters), func(p *openapi3.ParameterRef) bool {
			return p.Value.In == openapi3.ParameterInQuery && p.Value.Name == name
		})
		if !known {
			return invalidField(name, "there is no parameter %q here", name)
		}
	}
	return nil
}

// rightContent refuses a body that is wrapped, or of a kind that the operation does
// not take: most take JSON only. The header keeps the bare name of the kind, which
// the generated code compares.
func rightContent(r *http.Request, o api.Operation) error {
	if o.Spec.RequestBody == nil {
		return nil
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return errEncoded
	}
	content := o.Spec.RequestBody.Value.Content
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || content[kind] == nil {
		known := strings.Join(slices.Sorted(maps.Keys(content)), " or ")
		return httpError{http.StatusUnsupportedMediaType, staffing.Errorf(staffing.Invalid, "the body must be %s", known)}
	}
	r.Header.Set("Content-Type", kind)
	return nil
}

// isJSON says that the body is JSON, or that there is none.
func isJSON(r *http.Request) bool {
	kind := r.Header.Get("Content-Type")
	return kind == "" || kind == mediaJSON
}

// contractError puts a breach of the contract into words and names the field. The
// cause quotes the value, which may be a secret: it goes nowhere.
func contractError(err error) error {
	if err == nil {
		return nil
	}
	var (
		large   *http.MaxBytesError
		refused *openapi3filter.RequestError
		schema  *openapi3.SchemaError
		parse   *openapi3filter.ParseError
	)
	if errors.As(err, &large) {
		return errTooLarge
	}
	if !errors.As(err, &refused) {
		return errUnread
	}
	var field []string
	if p := refused.Parameter; p != nil {
		field = append(field, p.Name)
	}
	switch {
	case errors.As(err, &schema):
		field = append(field, schema.JSONPointer()...)
		var unknown string
		if n, err := fmt.Sscanf(schema.Reason, "property %q is unsupported", &unknown); err == nil && n == 1 {
			return inField(append(field, unknown), "there is no such member")
		}
		return inField(field, breachOf(schema))
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		return inField(field, "it is required")
	case refused.Parameter != nil:
		return inField(field, "it does not have the expected form")
	case errors.As(err, &parse):
		return errUnread
	}
	return inField(field, "it does not have the expected form")
}

// breachOf says what is wrong with a value, without the value.
func breachOf(e *openapi3.SchemaError) string {
	switch {
	case e.SchemaField == "enum":
		var words []string
		for _, w := range e.Schema.Enum {
			if s, ok := w.(string); ok {
				words = append(words, s)
			}
		}
		return "it must be one of " + strings.Join(words, ", ")
	case e.SchemaField == "required":
		return "it is required"
	case e.SchemaField == "format" || e.SchemaField == "pattern" || e.Reason == "":
		return "it does not have the expected form"
	}
	return e.Reason // names the bound or the type
}

func inField(path []string, what string) error {
	field := strings.Join(path, ".")
	if field == "" {
		field = "body"
	}
	return invalidField(field, "%s: %s", field, what)
}

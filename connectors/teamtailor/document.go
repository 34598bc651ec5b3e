package teamtailor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// resource is one thing of a JSON:API document.
type resource struct {
	ID            string              `json:"id"`
	Type          string              `json:"type"`
	Attributes    row                 `json:"attributes"`
	Relationships map[string]relation `json:"relationships"`
}

// relation holds links only, unless the other side is included: then its ids.
type relation struct {
	Data json.RawMessage `json:"data"`
}

// ref names a resource.
type ref struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// row are attributes. Numbers stay json.Number, so that amounts do not pass through
// a float.
type row map[string]any

// UnmarshalJSON keeps numbers as they are written.
func (r *row) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return err
	}
	*r = m
	return nil
}

// answer is a JSON:API document.
type answer struct {
	Data     json.RawMessage `json:"data"`
	Included []resource      `json:"included"`
	Links    struct {
		Next string `json:"next"`
	} `json:"links"`
	Meta struct {
		Count *int `json:"record-count"`
	} `json:"meta"`
}

// many gives the resources of a list. null must not pass for an empty list, or a
// known candidate would be created anew.
func (a answer) many() ([]resource, error) {
	var list []resource
	if err := json.Unmarshal(a.Data, &list); err != nil {
		return nil, err
	}
	if list == nil {
		return nil, errors.New("null instead of a list")
	}
	for i, r := range list {
		if r.ID == "" {
			return nil, fmt.Errorf("resource %d has no id", i)
		}
	}
	return list, nil
}

func (a answer) one() (resource, error) {
	var r resource
	if err := json.Unmarshal(a.Data, &r); err != nil {
		return r, err
	}
	if r.ID == "" {
		return r, errors.New("a resource without an id")
	}
	return r, nil
}

// index finds what is included.
func (a answer) index() map[ref]resource {
	out := map[ref]resource{}
	for _, r := range a.Included {
		out[ref{r.ID, r.Type}] = r
	}
	return out
}

// refs gives whom a relationship names: one, several or none.
func (r resource) refs(name string) []ref {
	raw := r.Relationships[name].Data
	var many []ref
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	var one ref
	if json.Unmarshal(raw, &one) == nil && one.ID != "" {
		return []ref{one}
	}
	return nil
}

// related gives what a relationship names and the answer includes.
func (r resource) related(name string, in map[ref]resource) (out []resource) {
	for _, to := range r.refs(name) {
		if other, ok := in[to]; ok {
			out = append(out, other)
		}
	}
	return out
}

func (r resource) text(name string) string { return text(r.Attributes[name]) }

// flat gives id and attributes, with underscores for hyphens, so that expressions
// read them without quotes.
func (r resource) flat(only ...string) row {
	out := row{}
	for k, v := range r.Attributes {
		out[strings.ReplaceAll(k, "-", "_")] = v
	}
	if len(only) > 0 {
		maps.DeleteFunc(out, func(k string, _ any) bool { return !contains(only, k) })
	}
	out["id"] = r.ID
	return out
}

// first is the flat form of the one resource that is related; nil when there is none.
func (r resource) first(name string, in map[ref]resource, only ...string) any {
	for _, o := range r.related(name, in) {
		return o.flat(only...)
	}
	return nil
}

// changed is the last change; zero when it does not say.
func (r resource) changed() time.Time {
	for _, key := range []string{"updated-at", "created-at"} {
		if at, err := time.Parse(time.RFC3339, r.text(key)); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// fields gives custom field values by the id and by the name of their field.
func fields(values []resource, in map[ref]resource) (byID, byName row) {
	byID, byName = row{}, row{}
	for _, v := range values {
		for _, f := range v.related("custom-field", in) {
			byID[f.ID] = v.Attributes["value"]
			if name := named(f.text("name")); name != "" {
				byName[name] = v.Attributes["value"]
			}
		}
	}
	return byID, byName
}

func (r row) record(externalID string, at time.Time) (staffing.Record, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "record %s cannot be written as JSON: %w", externalID, err)
	}
	return staffing.Record{ExternalID: externalID, UpdatedAt: at, Raw: raw}, nil
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	default:
		return ""
	}
}

// named makes a key of a name: small letters and digits, with underscores between.
func named(label string) string {
	words := strings.FieldsFunc(strings.ToLower(label), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "_")
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

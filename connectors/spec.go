package connectors

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Field is one setting of a connector.
type Field struct {
	Key      string
	Label    string
	Help     string // where in the vendor's pages the value is found
	Required bool
	Secret   bool   // encrypted at rest, write-only in pages, masked everywhere
	Default  string //
	Pattern  string // regular expression that the whole value matches
	Options  []string
	URL      bool // an http(s) base URL without credentials, query or fragment
	// Multiline says that the value is a text of several lines, e.g. a document.
	Multiline bool
	Advanced  bool // most people leave it as it is
	// Check is a further check of a value that is not empty; nil: none.
	Check func(value string) error
	// Generate makes a fresh value of a secret that both sides are given, such as the
	// one that signs webhooks; nil: the value comes from the vendor.
	Generate func() string
}

// Spec is the ordered list of settings: the one source of the settings form,
// server-side validation, encryption, masking and documentation.
type Spec []Field

// Settings are a connection's values by field key, secrets included. They never
// print.
type Settings map[string]string

// String keeps secrets out of logs and error texts.
func (Settings) String() string { return "[settings]" }

// GoString keeps secrets out of %#v.
func (Settings) GoString() string { return "[settings]" }

// LogValue keeps secrets out of structured logs.
func (Settings) LogValue() slog.Value { return slog.StringValue("[settings]") }

// URL gives a base URL without a trailing slash.
func (s Settings) URL(key string) string { return strings.TrimRight(s[key], "/") }

// Secrets gives the values of the secret fields of spec, for masking.
func (s Spec) Secrets(v Settings) []string {
	var out []string
	for _, f := range s {
		if f.Secret && v[f.Key] != "" {
			out = append(out, v[f.Key])
		}
	}
	return out
}

// Complete fills in defaults, trims, and checks v against the spec. It reports
// every problem at once, each naming its field.
func (s Spec) Complete(v Settings) (Settings, error) {
	out := Settings{}
	known := map[string]bool{}
	var problems []error
	for _, f := range s {
		known[f.Key] = true
		val := strings.TrimSpace(v[f.Key])
		if val == "" {
			val = f.Default
		}
		if err := f.check(val); err != nil {
			problems = append(problems, err)
		}
		if val != "" {
			out[f.Key] = val
		}
	}
	for k := range v {
		if !known[k] {
			problems = append(problems, fmt.Errorf("there is no setting %q", k))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return out, nil
}

func (f Field) check(val string) error {
	switch {
	case val == "" && f.Required:
		return fmt.Errorf("%s is required", f.Label)
	case val == "":
		return nil
	case len(f.Options) > 0 && !contains(f.Options, val):
		return fmt.Errorf("%s must be one of %s", f.Label, strings.Join(f.Options, ", "))
	case f.Pattern != "" && !regexp.MustCompile("^(?:"+f.Pattern+")$").MatchString(val):
		return fmt.Errorf("%s does not have the expected form", f.Label)
	case f.URL:
		u, err := url.Parse(val)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("%s must be a plain http(s) address such as https://example.com", f.Label)
		}
	}
	if f.Check != nil {
		return f.Check(val)
	}
	return nil
}

func (s Spec) validate() error {
	seen := map[string]bool{}
	for _, f := range s {
		if f.Key == "" || f.Label == "" || f.Help == "" {
			return fmt.Errorf("setting %q needs key, label and help", f.Key)
		}
		if seen[f.Key] {
			return fmt.Errorf("setting %q stands twice", f.Key)
		}
		seen[f.Key] = true
		if _, err := regexp.Compile(f.Pattern); err != nil {
			return fmt.Errorf("setting %q: %w", f.Key, err)
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

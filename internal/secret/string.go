// Package secret keeps secrets from travelling: a [String] that never prints
// itself, and a [Box] that seals what the database stores.
package secret

import "log/slog"

const mask = "***"

// String holds a secret. Printed, logged or marshalled, also inside another
// value, it reads ***; only [String.Reveal] gives it. The zero value is empty.
type String struct {
	value *string // a pointer: fmt prints unexported fields without asking their methods
}

// New wraps a secret.
func New(s string) String {
	if s == "" {
		return String{}
	}
	return String{&s}
}

// Reveal gives the secret, to hand it to whoever needs it and to nobody else.
func (s String) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero says that there is none; encoding/json's omitzero asks it.
func (s String) IsZero() bool { return s.value == nil }

// String implements [fmt.Stringer].
func (s String) String() string { return mask }

// GoString implements [fmt.GoStringer], for %#v.
func (s String) GoString() string { return mask }

// LogValue implements [slog.LogValuer].
func (s String) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText implements [encoding.TextMarshaler], which YAML and map keys use.
func (s String) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON implements [json.Marshaler].
func (s String) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

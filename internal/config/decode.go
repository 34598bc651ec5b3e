package config

import (
	"encoding"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/secret"
)

// decode fills the fields of c by their tags and joins all problems.
func decode(c *Config, lookup func(string) (string, bool)) error {
	var problems []error
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		text, _ := lookup(tag.Get("env")) // unset is empty
		if text = strings.TrimSpace(text); text == "" {
			text = tag.Get("default")
		}
		if err := decodeField(v.Field(i), tag, text); err != nil {
			problems = append(problems, fmt.Errorf("%s %w", tag.Get("env"), err))
		}
	}
	return errors.Join(problems...)
}

func decodeField(field reflect.Value, tag reflect.StructTag, text string) error {
	switch {
	case text == "" && tag.Get("required") != "":
		return errors.New("must be set")
	case text == "":
		return nil
	}
	if words := strings.Fields(tag.Get("oneof")); len(words) > 0 && !slices.Contains(words, text) {
		return fmt.Errorf("is %q; it must be one of %s", text, strings.Join(words, ", "))
	}
	if err := checks[tag.Get("check")](text); err != nil {
		return err
	}
	return set(field, text, tag.Get("min"))
}

// set parses text into a field; the error says what the text should look like.
func set(field reflect.Value, text, least string) error {
	switch p := field.Addr().Interface().(type) {
	case *string:
		*p = text
	case *secret.String:
		*p = secret.New(text)
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("is %q; it must be true or false", text)
		}
		*p = b
	case *int:
		return setInt(p, text, least)
	case *time.Duration:
		return setDuration(p, text, least)
	case *[]netip.Prefix:
		return setPrefixes(p, text)
	case encoding.TextUnmarshaler:
		return p.UnmarshalText([]byte(text))
	default:
		return fmt.Errorf("has a type that cannot be read: %s", field.Type())
	}
	return nil
}

func setInt(p *int, text, least string) error {
	n, err := strconv.Atoi(text)
	low, _ := strconv.Atoi(least) // of our own tag; absent is zero
	if err != nil || n < low {
		return fmt.Errorf("is %q; it must be a whole number, at least %d", text, low)
	}
	*p = n
	return nil
}

func setDuration(p *time.Duration, text, least string) error {
	d, err := time.ParseDuration(text)
	low, _ := time.ParseDuration(least) // of our own tag; absent is zero
	if err != nil || d < low {
		return fmt.Errorf("is %q; it must be a time such as 45s or 2m, at least %s", text, low)
	}
	*p = d
	return nil
}

func setPrefixes(p *[]netip.Prefix, text string) error {
	var bad []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(part)
		if err != nil || prefix != prefix.Masked() {
			bad = append(bad, strconv.Quote(part))
			continue
		}
		*p = append(*p, prefix)
	}
	if len(bad) > 0 {
		return fmt.Errorf("names %s; each must be a network such as 10.1.0.0/16 or fd00::/8", strings.Join(bad, ", "))
	}
	return nil
}

// checks are the forms that a text can be asked to have, by the tag check.
var checks = map[string]func(string) error{
	"":     func(string) error { return nil },
	"addr": checkAddr,
	"url":  checkURL,
	"dsn":  checkDSN,
}

func checkAddr(text string) error {
	_, port, err := net.SplitHostPort(text)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || n > 65535 {
		return fmt.Errorf("is %q; it must be an address and a port, such as 127.0.0.1:8080 or :8080", text)
	}
	return nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("is %q; it must be http or https and a host, such as https://hub.example.com", text)
	}
	return nil
}

// checkDSN never quotes the text: it holds a password.
func checkDSN(text string) error {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" {
		return errors.New("cannot be read; it must look like postgres://user:password@host:5432/database")
	}
	return nil
}

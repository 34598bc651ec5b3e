package httpx

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
)

const masked = "***"

// masker takes secrets and personal data out of text. It is read-only once made.
type masker struct {
	secrets []string // longest first
	names   []string // lower case parts of sensitive names
	email   *regexp.Regexp
	phone   *regexp.Regexp
	pair    *regexp.Regexp // name and value in text that is no JSON
}

func newMasker(secrets, names []string) *masker {
	m := &masker{names: []string{"token", "secret", "passw", "pwd", "authorization", "session", "cookie", "credential", "assertion", "apikey", "accesskey", "privatekey"}}
	for _, n := range names {
		m.names = append(m.names, strings.ToLower(n))
	}
	m.email = regexp.MustCompile(`([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9])[A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+`)
	m.phone = regexp.MustCompile(`\+\d[\d ().\-/]{6,}\d|\(\d{2,4}\) ?\d[\d .\-/]{4,}\d|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b`)
	quoted := make([]string, len(m.names))
	for i, n := range m.names {
		quoted[i] = regexp.QuoteMeta(n)
	}
	m.pair = regexp.MustCompile(`(?i)([A-Za-z0-9_.-]*(?:` + strings.Join(quoted, "|") + `|[_-]key)[A-Za-z0-9_-]*["']?\s*(?:[:=>]\s*)["']?)(?:(?:Bearer|Basic)\s+)?([^\s"'<>&,;]+)`)
	return m.with(secrets...)
}

// with gives a masker that knows further secrets, in the forms in which they
// travel. Values of less than four characters would mask half of every text.
func (m *masker) with(secrets ...string) *masker {
	out := *m
	out.secrets = slices.Clone(m.secrets)
	for _, s := range secrets {
		if len(s) < 4 {
			continue
		}
		quoted, _ := json.Marshal(s) // a string always marshals
		out.secrets = append(out.secrets, s, url.QueryEscape(s), url.PathEscape(s), strings.Trim(string(quoted), `"`), html.EscapeString(s),
			base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)))
	}
	sort.Slice(out.secrets, func(i, j int) bool { return len(out.secrets[i]) > len(out.secrets[j]) })
	out.secrets = slices.Compact(out.secrets)
	return &out
}

// name says that values of this name are not shown.
func (m *masker) name(name string) bool {
	lower := strings.ToLower(name)
	if strings.Contains(lower, "idempotency") {
		return false // our own reference, needed to understand an exchange
	}
	if slices.ContainsFunc(m.names, func(n string) bool { return strings.Contains(lower, n) }) {
		return true
	}
	return lower == "key" || strings.HasSuffix(lower, "_key") || strings.HasSuffix(lower, "-key") || strings.HasSuffix(name, "Key")
}

// known masks the known secret values.
func (m *masker) known(s string) string {
	for _, secret := range m.secrets {
		s = strings.ReplaceAll(s, secret, masked)
	}
	return s
}

// text masks free text: secrets, name-and-value pairs, addresses, phone numbers.
func (m *masker) text(s string) string {
	s = m.pair.ReplaceAllString(m.known(s), "${1}"+masked)
	return m.personal(s)
}

func (m *masker) personal(s string) string {
	s = m.email.ReplaceAllString(s, "$1***@$2***")
	return m.phone.ReplaceAllStringFunc(s, lastTwo)
}

func lastTwo(s string) string {
	if len(s) < 4 {
		return masked
	}
	return masked + s[len(s)-2:]
}

func (m *masker) path(p string) string { return m.personal(m.known(p)) }

func (m *masker) query(raw string) string {
	if raw == "" {
		return ""
	}
	var parts []string
	for _, p := range strings.Split(raw, "&") {
		k, v, _ := strings.Cut(p, "=")
		name, err := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err != nil || err2 != nil || m.name(name) {
			parts = append(parts, m.known(k)+"="+masked)
			continue
		}
		parts = append(parts, m.known(k)+"="+m.personal(m.known(value)))
	}
	return strings.Join(parts, "&")
}

func (m *masker) header(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for k, list := range h {
		for _, v := range list {
			if m.name(k) {
				v = masked
			}
			out[k] = append(out[k], m.personal(m.known(v)))
		}
	}
	return out
}

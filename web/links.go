package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// to builds a link within the hub; every part is escaped as one path segment.
func to(parts ...string) templ.SafeURL {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(p))
	}
	return templ.SafeURL(b.String())
}

// withQuery adds one parameter to a path of the hub.
func withQuery(path, key, value string) templ.SafeURL {
	return templ.SafeURL(path + "?" + url.Values{key: {value}}.Encode())
}

// outside says that a link leaves the hub.
func outside(u string) bool {
	return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://")
}

// itoa is strconv.Itoa under a name that reads well in a template.
func itoa(n int) string { return strconv.Itoa(n) }

// statusWord says what an HTTP status means; 0 is no answer.
func statusWord(status int) word {
	switch {
	case status == 0:
		return word{"no answer", ToneBad}
	case status < 300:
		return word{itoa(status), ToneOK}
	case status < 400:
		return word{itoa(status), ToneInfo}
	default:
		return word{itoa(status), ToneBad}
	}
}

package phrase

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	word   kind = iota // identifier or keyword
	number             // 12 or 12.5
	str                // a text in quotes; its value is without them
	sign               // one character of punctuation
	hole               // {name:kind} of a template
)

type token struct {
	kind kind
	text string // of a text its value, else as it is written
	hole Hole
}

// maxTokens is more than any template could match.
const maxTokens = 4_000

// scan splits an expression into tokens; ok is false where it holds what no
// template makes (comments, raw texts, odd escapes).
func scan(s string, holes bool) (out []token, ok bool) {
	for s = strings.TrimLeft(s, " \t\r\n"); s != ""; s = strings.TrimLeft(s, " \t\r\n") {
		t, n := next(s, holes)
		if n == 0 || len(out) == maxTokens {
			return nil, false
		}
		out = append(out, t)
		s = s[n:]
	}
	return out, true
}

func next(s string, holes bool) (token, int) {
	switch c := s[0]; {
	case holes && c == '{':
		if h, n := parseHole(s); n > 0 {
			return token{kind: hole, hole: h}, n
		}
		return token{kind: sign, text: s[:1]}, 1
	case c == '"' || c == '\'':
		return quotedText(s)
	case isLetter(c):
		n := span(s, func(c byte) bool { return isLetter(c) || isDigit(c) })
		if n < len(s) && (s[n] == '"' || s[n] == '\'') {
			return token{}, 0 // r"..." and b"..."
		}
		return token{kind: word, text: s[:n]}, n
	case isDigit(c):
		n := span(s, func(c byte) bool { return isDigit(c) || c == '.' })
		return token{kind: number, text: s[:n]}, n
	case strings.HasPrefix(s, "//"), c >= utf8.RuneSelf, c < ' ':
		return token{}, 0
	}
	return token{kind: sign, text: s[:1]}, 1
}

func span(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// quotedText reads a text in quotes. Escapes that mean another thing to other
// languages (\x, octal) are not read.
func quotedText(s string) (token, int) {
	quote := s[0]
	if len(s) > 2 && s[1] == quote && s[2] == quote {
		return token{}, 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\n':
			return token{}, 0
		case '\\':
			if i+1 >= len(s) || s[i+1] == 'x' || s[i+1] == 'X' || isDigit(s[i+1]) {
				return token{}, 0
			}
			i++
		case quote:
			v, ok := unquote(s[:i+1])
			if !ok || !Writable(v) {
				return token{}, 0
			}
			return token{kind: str, text: v}, i + 1
		}
	}
	return token{}, 0
}

func unquote(s string) (string, bool) {
	if s[0] == '\'' {
		if strings.ContainsAny(s, "\"\\") {
			return "", false
		}
		return s[1 : len(s)-1], utf8.ValidString(s)
	}
	v, err := strconv.Unquote(s)
	return v, err == nil && utf8.ValidString(v)
}

// Quote writes a text as an expression has it; ok is false for a text with
// control characters other than line ends and tabs, or that is not UTF-8.
func Quote(s string) (quoted string, ok bool) {
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return "", false
		}
	}
	return strconv.Quote(s), utf8.ValidString(s)
}

// Balanced says that every bracket of an expression is closed in it, so that it
// can stand between brackets.
func Balanced(s string) bool {
	tokens, ok := scan(s, false)
	depth := 0
	for _, t := range tokens {
		switch {
		case t.kind == sign && strings.Contains("([{", t.text):
			depth++
		case t.kind == sign && strings.Contains(")]}", t.text):
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return ok && depth == 0
}

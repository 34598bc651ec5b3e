package phrase

import (
	"slices"
	"strconv"
	"strings"
)

// Path is the way to a value in a record, from a variable down. Steps are keys,
// positions in lists and named entries of lists.
type Path string

// Key goes to the entry of a map.
func (p Path) Key(name string) Path {
	if isName(name) {
		return p + "." + Path(name)
	}
	return p + "[" + Path(strconv.Quote(name)) + "]"
}

// At goes to an element of a list.
func (p Path) At(i int) Path { return p + "[" + Path(strconv.Itoa(i)) + "]" }

// Where goes to the first element of a list whose key holds that text.
func (p Path) Where(key, text string) Path {
	return p + ".filter(e, " + Path("e").Key(key) + " == " + Path(strconv.Quote(text)) + ")[0]"
}

// Writable says that a text can stand in an expression, and in a path.
func Writable(s string) bool {
	_, ok := Quote(s)
	return ok
}

// isName says that a key can be written after a dot.
func isName(s string) bool {
	if s == "" || !isLetter(s[0]) || span(s, func(c byte) bool { return isLetter(c) || isDigit(c) }) != len(s) {
		return false
	}
	return !slices.Contains(reserved(), s)
}

// reserved are the words that an expression cannot have as names.
func reserved() []string {
	return []string{"in", "true", "false", "null", "as", "break", "const", "continue", "else", "for", "function", "if",
		"import", "let", "loop", "package", "namespace", "return", "var", "void", "while"}
}

// pathLengths gives how many tokens a path at the start may take, longest first.
func pathLengths(t []token) []int {
	if len(t) == 0 || t[0].kind != word || !isName(t[0].text) {
		return nil
	}
	out := []int{1}
	for at := 1; ; {
		n := stepLength(t[at:])
		if n == 0 {
			break
		}
		at += n
		out = append(out, at)
	}
	if last := out[len(out)-1]; last < len(t) && t[last].kind == sign && t[last].text == "(" {
		out = out[:len(out)-1] // what stands there is a function
	}
	slices.Reverse(out)
	return out
}

func stepLength(t []token) int {
	is := func(i int, k kind, text string) bool {
		return i < len(t) && t[i].kind == k && (text == "" || t[i].text == text)
	}
	switch {
	case is(0, sign, ".") && is(1, word, "filter") && is(2, sign, "("):
		return filterLength(t, is)
	case is(0, sign, ".") && is(1, word, "") && isName(t[1].text):
		return 2
	case is(0, sign, "[") && is(1, str, "") && is(2, sign, "]"):
		return 3
	case is(0, sign, "[") && is(1, number, "") && is(2, sign, "]") && !strings.Contains(t[1].text, "."):
		return 3
	}
	return 0
}

// filterLength reads .filter(e, e.key == "text").
func filterLength(t []token, is func(int, kind, string) bool) int {
	if !is(3, word, "") || !is(4, sign, ",") || !is(5, word, t[3].text) {
		return 0
	}
	n := stepLength(t[6:])
	at := 6 + n
	if n == 0 || !is(at, sign, "=") || !is(at+1, sign, "=") || !is(at+2, str, "") || !is(at+3, sign, ")") {
		return 0
	}
	return at + 4
}

// render writes the tokens of a path.
func render(t []token) string {
	var b strings.Builder
	for i, k := range t {
		switch {
		case k.kind == str:
			b.WriteString(strconv.Quote(k.text))
		case k.kind == sign && k.text == "=":
			if t[i+1].text == "=" {
				b.WriteString(" == ")
			}
		case k.kind == sign && k.text == ",":
			b.WriteString(", ")
		default:
			b.WriteString(k.text)
		}
	}
	return b.String()
}

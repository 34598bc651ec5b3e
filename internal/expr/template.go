package expr

import (
	"context"
	"strings"
)

// Template is a text with {{ expression }} in it, for the messages of rules. It
// is safe for concurrent use.
type Template struct {
	texts []string   // one more than progs
	progs []*Program // between the texts
}

// CompileTemplate makes a template. Cell and vars are those of [Env.Compile].
func (e *Env) CompileTemplate(cell, source string, vars ...string) (*Template, error) {
	if len(source) > MaxSource {
		return nil, &Error{Cell: cell, Message: "the message is too long"}
	}
	t := &Template{}
	rest := source
	for {
		text, after, found := strings.Cut(rest, "{{")
		t.texts = append(t.texts, text)
		if !found {
			return t, nil
		}
		inner, tail, closed := cutTemplate(after)
		if !closed {
			return nil, &Error{Cell: cell, Message: "a {{ has no }} after it"}
		}
		p, err := e.Compile(cell, inner, vars...)
		if err != nil {
			return nil, err
		}
		t.progs = append(t.progs, p)
		rest = tail
	}
}

// cutTemplate finds the }} that ends an expression, not one inside its strings
// or maps.
func cutTemplate(s string) (inner, tail string, ok bool) {
	depth := 0
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == '}' && i+1 < len(s) && s[i+1] == '}':
			return s[:i], s[i+2:], true
		}
	}
	return "", "", false
}

// Uses says whether any expression of the template reads a variable.
func (t *Template) Uses(name string) bool {
	for _, p := range t.progs {
		if p.Uses(name) {
			return true
		}
	}
	return false
}

// Render fills the values in. One that cannot be worked out, or has no form as
// text, shows as "?": a message must not hide the finding that it explains.
func (t *Template) Render(ctx context.Context, v *Vars) string {
	var b strings.Builder
	for i, s := range t.texts {
		b.WriteString(s)
		if i >= len(t.progs) {
			break
		}
		value, err := t.progs[i].Eval(ctx, v)
		if err != nil {
			b.WriteByte('?')
			continue
		}
		b.WriteString(shown(value))
	}
	return b.String()
}

package bullhorn

import (
	"fmt"
	"strconv"
	"strings"
)

// want is one entry of a fields parameter: name[count](sub, sub).
type want struct {
	name  string
	count int // of a to-many list; 0: the vendor's five
	subs  []want
}

const (
	manyDefault = 5
	manyMost    = 15
)

// parseFields reads a fields parameter. An asterisk is refused: the vendor blocks
// it everywhere but in meta.
func parseFields(s string) ([]want, error) {
	p := &fieldParser{rest: s}
	list, err := p.list(0)
	if err != nil {
		return nil, err
	}
	if p.rest != "" {
		return nil, fmt.Errorf("cannot read the fields at %q", p.rest)
	}
	return list, nil
}

type fieldParser struct{ rest string }

func (p *fieldParser) list(depth int) (out []want, err error) {
	if depth > 3 {
		return nil, fmt.Errorf("fields are nested too deep")
	}
	for {
		w := want{name: p.word()}
		if w.name == "" {
			return nil, fmt.Errorf("a field name is missing at %q", p.rest)
		}
		if p.take("[") {
			n, err := strconv.Atoi(p.word())
			if err != nil || n < 1 || n > manyMost || !p.take("]") {
				return nil, fmt.Errorf("too many items asked of %s", w.name)
			}
			w.count = n
		}
		if p.take("(") {
			if w.subs, err = p.list(depth + 1); err != nil {
				return nil, err
			}
			if !p.take(")") {
				return nil, fmt.Errorf("a bracket is not closed after %s", w.name)
			}
		}
		out = append(out, w)
		if !p.take(",") {
			return out, nil
		}
	}
}

func (p *fieldParser) word() string {
	p.rest = strings.TrimLeft(p.rest, " ")
	n := 0
	for n < len(p.rest) && (p.rest[n] == '_' || p.rest[n] >= '0' && p.rest[n] <= '9' || p.rest[n]|0x20 >= 'a' && p.rest[n]|0x20 <= 'z') {
		n++
	}
	w := p.rest[:n]
	p.rest = strings.TrimLeft(p.rest[n:], " ")
	return w
}

func (p *fieldParser) take(s string) bool {
	rest, ok := strings.CutPrefix(p.rest, s)
	p.rest = rest
	return ok
}

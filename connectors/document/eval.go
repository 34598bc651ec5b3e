package document

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types/ref"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// scope is what expressions see at one moment. It is not changed, only extended.
type scope struct {
	call expr.Object
	raw  expr.Object
	bill expr.Object
	now  time.Time
}

func (s scope) vars() *expr.Vars {
	return &expr.Vars{Raw: s.raw, Bill: s.bill, Call: s.call, Now: s.now}
}

// with gives a scope with one variable more.
func (s scope) with(name string, v any) scope {
	call := maps.Clone(s.call)
	if call == nil {
		call = expr.Object{}
	}
	call[name] = v
	s.call = call
	return s
}

// over gives a scope for one record.
func (s scope) over(record expr.Object) scope {
	s.raw = record
	return s
}

// after gives a scope in which an answer can be read.
func (s scope) after(a answer) scope {
	header := expr.Object{}
	for k := range a.header {
		header[strings.ToLower(k)] = a.header.Get(k)
	}
	return s.with(expr.Body, a.body).with(expr.Header, header)
}

// value works an expression out; nothing when the document does not have it. An
// error is [staffing.Invalid]: the document does not fit what came.
func (s scope) value(ctx context.Context, e Expr) (ref.Val, error) {
	if !e.set() {
		return nil, nil
	}
	v, err := e.prog.Eval(ctx, s.vars())
	if err != nil {
		return nil, misfit(err)
	}
	if expr.IsNothing(v) {
		return nil, nil
	}
	return v, nil
}

func misfit(err error) error {
	return &staffing.Error{Code: staffing.Invalid, Message: "an expression of the document fails: " + clip(err.Error(), 300), Err: err}
}

// text works an expression out as text; "" for nothing.
func (s scope) text(ctx context.Context, e Expr) (string, error) {
	v, err := s.value(ctx, e)
	if v == nil || err != nil {
		return "", err
	}
	t, ok := expr.Text(v)
	if !ok {
		return "", staffing.Errorf(staffing.Invalid, "the expression of %s gives a list or a map, where a text is needed", e.prog.Cell())
	}
	return t, nil
}

// holds works a condition out; otherwise counts when the document has none.
func (s scope) holds(ctx context.Context, e Expr, otherwise bool) (bool, error) {
	if !e.set() {
		return otherwise, nil
	}
	ok, err := e.prog.Bool(ctx, s.vars())
	if err != nil {
		return false, misfit(err)
	}
	return ok, nil
}

// native works a value out in the form that goes into JSON.
func (s scope) native(ctx context.Context, e Expr) (any, error) {
	v, err := s.value(ctx, e)
	if v == nil || err != nil {
		return nil, err
	}
	out, err := expr.Native(v)
	if err != nil {
		return nil, misfit(err)
	}
	return out, nil
}

// tree fills a body in. What is absent in a map is left out.
func (s scope) tree(ctx context.Context, t Tree) (any, error) {
	if t.leaf.set() {
		return s.native(ctx, t.leaf)
	}
	if t.list {
		out := []any{}
		for _, item := range t.items {
			v, err := s.tree(ctx, item)
			if err != nil {
				return nil, err
			}
			if v != nil {
				out = append(out, v)
			}
		}
		return out, nil
	}
	out := map[string]any{}
	for i, key := range t.keys {
		v, err := s.tree(ctx, t.items[i])
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[key] = v
		}
	}
	return out, nil
}

// texts works out the values of a form, a query or headers. A list gives several;
// nothing gives none.
func (s scope) texts(ctx context.Context, list map[string]Expr) (map[string][]string, error) {
	out := map[string][]string{}
	for name, e := range list {
		v, err := s.value(ctx, e)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		items, many := expr.Items(v)
		if !many {
			items = []ref.Val{v}
		}
		for _, item := range items {
			t, ok := expr.Text(item)
			if !ok {
				return nil, staffing.Errorf(staffing.Invalid, "the expression of %s gives a map, where a text is needed", e.prog.Cell())
			}
			out[name] = append(out[name], t)
		}
	}
	return out, nil
}

// moment reads a time: RFC 3339, or a number of seconds or milliseconds since
// 1970. Zero for nothing.
func (s scope) moment(ctx context.Context, e Expr) (time.Time, error) {
	t, err := s.text(ctx, e)
	if t == "" || err != nil {
		return time.Time{}, err
	}
	at, ok := parseMoment(t)
	if !ok {
		return time.Time{}, staffing.Errorf(staffing.Invalid, "the expression of %s gives %q, which is no time", e.prog.Cell(), clip(t, 40))
	}
	return at, nil
}

func parseMoment(t string) (time.Time, bool) {
	if n, err := strconv.ParseInt(t, 10, 64); err == nil {
		const inMillis = 100_000_000_000 // seconds of the year 5138
		if n >= inMillis || n <= -inMillis {
			return time.UnixMilli(n).UTC(), true
		}
		return time.Unix(n, 0).UTC(), true
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", time.DateOnly} {
		if at, err := time.Parse(form, t); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// object reads raw JSON as a variable; nothing for nothing.
func object(raw json.RawMessage, what string) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	v, err := expr.DecodeAny(raw)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "%s cannot be read: %w", what, err)
	}
	return v, nil
}

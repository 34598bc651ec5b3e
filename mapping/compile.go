package mapping

import (
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Compile checks the whole document and makes a program of it. The error is
// [staffing.Invalid] with every [Problem] as its cause. Rules are compiled by
// package rules.
func Compile(d Document) (*Program, error) {
	env, err := expr.New(d.Lists)
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Internal, Message: "the expression language cannot be set up", Err: err}
	}
	c := &compiler{env: env, doc: d, types: &coercers{env.Places()}}
	checkTables(d, &c.problems)
	checkPoll(d, &c.problems)
	p := &Program{doc: d, tables: newTables(d), clean: env.Cleaner(), sections: map[string]*section{}}
	for _, k := range sectionKinds() {
		p.sections[k.name] = c.kind(k, *k.of(&d))
	}
	if s := d.Status; s != nil {
		p.statusWord = c.program(secStatus+".word", s.Word, expr.Raw)
		if s.At != "" {
			p.statusAt = c.program(secStatus+".at", s.At, expr.Raw)
		}
	}
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	return p, nil
}

type compiler struct {
	env      *expr.Env
	doc      Document
	types    *coercers
	problems Problems
}

func (c *compiler) program(name, source string, vars ...string) *expr.Program {
	p, err := c.env.Compile(name, source, vars...)
	if err != nil {
		c.problems.addErr(name, err)
	}
	return p
}

func (c *compiler) kind(k sectionKind, cells []Cell) *section {
	if k.to == nil {
		return c.outbound(k.name, cells, k.vars)
	}
	return c.inbound(k, cells)
}

func (c *compiler) inbound(k sectionKind, cells []Cell) *section {
	s := c.section(k.name, cells, k.vars)
	for i := range s.cells {
		to, problem := c.types.resolve(k.to, cells[i].Key)
		if problem != "" {
			c.problems.add(s.cells[i].name, "%s", problem)
		}
		s.cells[i].to = to
	}
	return s
}

func (c *compiler) outbound(name string, cells []Cell, vars []string) *section {
	s := c.section(name, cells, vars)
	for i := range s.cells {
		s.cells[i].path = vendorPath(cells[i].Key)
		if slices.Contains(s.cells[i].path, "") {
			c.problems.add(s.cells[i].name, "a part of the path is empty")
		}
	}
	return s
}

// section compiles what inbound and outbound maps have in common.
func (c *compiler) section(name string, cells []Cell, vars []string) *section {
	s := &section{name: name, uses: map[string]bool{}}
	for _, src := range cells {
		out := cell{name: name + "." + src.Key, required: src.Required, list: src.List}
		if src.CEL != "" {
			out.value = c.program(out.name, src.CEL, vars...)
		}
		if src.Default != "" {
			out.fallback = c.program(out.name+" (default)", src.Default, vars...)
		}
		if src.CEL == "" && src.Default == "" {
			c.problems.add(out.name, "the cell has no expression")
		}
		c.lookups(&out, src)
		for _, v := range vars {
			s.uses[v] = s.uses[v] || out.value != nil && out.value.Uses(v) || out.fallback != nil && out.fallback.Uses(v)
		}
		s.cells = append(s.cells, out)
		if src.Key == "description" {
			s.cleaned = out.value != nil && out.value.Cleans() && src.Default == "" && src.List == ""
		}
	}
	c.conflicts(name, cells)
	return s
}

func (c *compiler) lookups(out *cell, src Cell) {
	if src.List != "" {
		codes, ok := c.doc.Lists[src.List]
		if !ok {
			c.problems.add(out.name, "there is no code list %s", quote(src.List))
		}
		out.codes = expr.NewCodes(codes)
	}
	switch {
	case src.Table == "":
	case src.Table != secReqStatus:
		c.problems.add(out.name, "there is no table %s; known is %s", quote(src.Table), secReqStatus)
	case out.name != secRequisition+".status":
		c.problems.add(out.name, "only requisition.status can use the table %s", secReqStatus)
	case src.List != "":
		c.problems.add(out.name, "a cell uses a list or a table, not both")
	default:
		out.status = true
	}
}

// conflicts refuses a path that stands twice, or of which one is inside another.
func (c *compiler) conflicts(name string, cells []Cell) {
	seen := map[string]bool{}
	for _, s := range cells {
		if seen[s.Key] {
			c.problems.add(name+"."+s.Key, "the cell stands twice")
		}
		seen[s.Key] = true
	}
	for _, s := range cells {
		for i := range s.Key {
			if s.Key[i] == '.' && seen[s.Key[:i]] && !mergeable(s.Key[:i]) {
				c.problems.add(name+"."+s.Key, "it is a part of %s, which has a cell of its own", quote(s.Key[:i]))
			}
		}
	}
}

// mergeable says that a cell gives a whole map and other cells single keys of it.
func mergeable(key string) bool {
	return strings.HasSuffix(key, "custom_fields") || strings.HasSuffix(key, "billing_codes")
}

func checkPoll(d Document, problems *Problems) {
	feeds := []staffing.Feed{staffing.FeedRequisitions, staffing.FeedStatuses, staffing.FeedCandidates}
	for feed, every := range d.Poll {
		if !slices.Contains(feeds, feed) || every <= 0 {
			problems.add(secPoll+"."+string(feed), "there is no such feed, or its cadence is not positive")
		}
	}
}

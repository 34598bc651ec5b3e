package rules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Set is a compiled set of rules. It is safe for concurrent use; a nil Set finds
// nothing.
type Set struct{ rules []compiled }

type compiled struct {
	rule         staffing.Rule
	when, assert *expr.Program
	message      *expr.Template
}

// Compile makes a set of rules, in their order. Lists are the code lists of the
// profile. The error is [staffing.Invalid] and names every rule that is wrong;
// each cause is an *expr.Error with line and column.
func Compile(rules []staffing.Rule, lists map[string]map[string]string) (*Set, error) {
	env, err := expr.New(lists)
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Internal, Message: "the expression language cannot be set up", Err: err}
	}
	out := &Set{}
	var problems []error
	seen := map[key]bool{}
	for i, r := range rules {
		if seen[keyOf(r)] {
			problems = append(problems, fmt.Errorf("rules.%s: the rule stands twice on a %s", r.ID, r.On))
		}
		seen[keyOf(r)] = true
		c, errs := compile(env, i, r)
		problems = append(problems, errs...)
		out.rules = append(out.rules, c)
	}
	if len(problems) > 0 {
		msg := "a rule is wrong: " + problems[0].Error()
		if len(problems) > 1 {
			msg = fmt.Sprintf("%d things are wrong with the rules, the first: %v", len(problems), problems[0])
		}
		return nil, &staffing.Error{Code: staffing.Invalid, Message: msg, Err: errors.Join(problems...)}
	}
	return out, nil
}

func compile(env *expr.Env, i int, r staffing.Rule) (compiled, []error) {
	out := compiled{rule: r}
	var errs []error
	name := "rules." + r.ID
	if strings.TrimSpace(r.ID) == "" {
		name = fmt.Sprintf("rules[%d]", i)
		errs = append(errs, fmt.Errorf("%s: a rule needs an id", name))
	}
	vars, ok := subjects()[r.On]
	if !ok {
		errs = append(errs, fmt.Errorf("%s: a rule is on requisition, submission or placement, not %q", name, r.On))
	}
	if r.Severity != staffing.SeverityError && r.Severity != staffing.SeverityWarning {
		errs = append(errs, fmt.Errorf("%s: a severity is error or warning, not %q", name, r.Severity))
	}
	if strings.TrimSpace(r.Message) == "" {
		errs = append(errs, fmt.Errorf("%s: a rule needs a message for a person", name))
	}
	if !ok {
		return out, errs
	}
	var err error
	if strings.TrimSpace(r.When) != "" {
		if out.when, err = env.Compile(name+".when", r.When, vars...); err != nil {
			errs = append(errs, err)
		}
	}
	if out.assert, err = env.Compile(name+".assert", r.Assert, vars...); err != nil {
		errs = append(errs, err)
	}
	if out.message, err = env.CompileTemplate(name+".message", r.Message, vars...); err != nil {
		errs = append(errs, err)
	}
	return out, errs
}

// subjects are what a rule may be on, with the variables that it has there.
func subjects() map[staffing.Subject][]string {
	common := []string{expr.Client, expr.Facts, expr.Now}
	return map[staffing.Subject][]string{
		staffing.SubjectRequisition: append([]string{expr.Req}, common...),
		staffing.SubjectSubmission:  append([]string{expr.Sub, expr.Req}, common...),
		staffing.SubjectPlacement:   append([]string{expr.Plc, expr.Sub, expr.Req}, common...),
	}
}

// Input is what rules see. What is nil is absent in expressions.
type Input struct {
	Requisition *staffing.Requisition
	Submission  *staffing.Submission
	Placement   *staffing.Placement
	Client      staffing.Client
	// Facts is what the hub knows and the records do not say; see [Baseline] for
	// the names that the baseline reads.
	Facts map[string]any
	Now   time.Time
}

// Check gives a finding for each rule on that subject which the record breaks,
// in the order of the rules.
func (s *Set) Check(ctx context.Context, on staffing.Subject, in Input) []staffing.Finding {
	if s == nil {
		return nil
	}
	vars := in.vars()
	var out []staffing.Finding
	for i := range s.rules {
		if s.rules[i].rule.On != on {
			continue
		}
		if f, broken := s.rules[i].check(ctx, vars); broken {
			out = append(out, f)
		}
	}
	return out
}

// Rules gives the rules of the set in their order.
func (s *Set) Rules() []staffing.Rule {
	if s == nil {
		return nil
	}
	out := make([]staffing.Rule, len(s.rules))
	for i := range s.rules {
		out[i] = s.rules[i].rule
	}
	return out
}

func (in Input) vars() *expr.Vars {
	v := &expr.Vars{Client: expr.Record(in.Client), Now: in.Now.UTC()}
	if in.Requisition != nil {
		v.Req = expr.Record(*in.Requisition)
	}
	if in.Submission != nil {
		v.Sub = expr.Record(*in.Submission)
	}
	if in.Placement != nil {
		v.Plc = expr.Record(*in.Placement)
	}
	v.Facts, _ = expr.From(in.Facts).(expr.Object)
	return v
}

func (c *compiled) check(ctx context.Context, vars *expr.Vars) (staffing.Finding, bool) {
	if c.when != nil {
		applies, err := c.when.Bool(ctx, vars)
		if err != nil {
			return c.broken(err), true
		}
		if !applies {
			return staffing.Finding{}, false
		}
	}
	holds, err := c.assert.Bool(ctx, vars)
	if err != nil {
		return c.broken(err), true
	}
	if holds {
		return staffing.Finding{}, false
	}
	return staffing.Finding{Rule: c.rule.ID, Severity: c.rule.Severity, Message: c.message.Render(ctx, vars), Field: c.rule.Field}, true
}

// broken is the finding about a rule that cannot be worked out. It blocks,
// whatever the rule's own severity: nobody knows whether the record is good.
func (c *compiled) broken(err error) staffing.Finding {
	detail := err.Error()
	var e *expr.Error
	if errors.As(err, &e) {
		detail = e.Detail()
	}
	return staffing.Finding{Rule: c.rule.ID, Severity: staffing.SeverityError, Field: c.rule.Field,
		Message: fmt.Sprintf("the rule %s could not be evaluated: %s", c.rule.ID, detail)}
}

// key is what makes a rule one: the same code may stand on two subjects.
type key struct {
	on staffing.Subject
	id string
}

func keyOf(r staffing.Rule) key { return key{r.On, r.ID} }

// Merge puts a profile's rules on top of a base: a rule with the same id on the
// same subject takes the place of the base's, others follow in their order. A
// profile switches a rule of the base off with one whose when is false.
func Merge(base, profile []staffing.Rule) []staffing.Rule {
	out := slices.Clone(base)
	for _, r := range profile {
		if i := slices.IndexFunc(out, func(b staffing.Rule) bool { return keyOf(b) == keyOf(r) }); i >= 0 {
			out[i] = r
			continue
		}
		out = append(out, r)
	}
	return out
}

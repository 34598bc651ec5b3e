package mapping

import (
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

func (c *differ) rules(before, after []staffing.Rule) {
	was, is := rulesByKey(before), rulesByKey(after)
	for _, key := range ruleKeys(after) {
		r := is[key]
		old, had := was[key]
		if !had {
			c.add(secRules, r.ID, "%s: new, %s: %s", ruleName(r), effect(r), brief(r.Assert))
			continue
		}
		c.rule(old, r)
	}
	for _, key := range ruleKeys(before) {
		if _, still := is[key]; !still {
			c.add(secRules, was[key].ID, "%s: removed, was: %s", ruleName(was[key]), brief(was[key].Assert))
		}
	}
	if moved(ruleKeys(before), ruleKeys(after)) {
		c.add(secRules, "", "The rules stand in another order")
	}
}

// rule says what changed in one rule, in one sentence.
func (c *differ) rule(was, is staffing.Rule) {
	one := &differ{}
	one.value(secRules, "", "condition", was.When, is.When)
	one.value(secRules, "", "check", was.Assert, is.Assert)
	one.value(secRules, "", "effect", effect(was), effect(is))
	one.value(secRules, "", "message", was.Message, is.Message)
	one.value(secRules, "", "field", was.Field, is.Field)
	var words []string
	for _, x := range one.changes {
		words = append(words, x.Words)
	}
	if len(words) > 0 {
		c.add(secRules, is.ID, "%s: %s", ruleName(is), strings.Join(words, "; "))
	}
}

func ruleName(r staffing.Rule) string { return "Rule " + r.ID + " on a " + string(r.On) }

// effect gives a severity in words.
func effect(r staffing.Rule) string {
	switch r.Severity {
	case staffing.SeverityError:
		return "blocks"
	case staffing.SeverityWarning:
		return "warns"
	}
	return string(r.Severity)
}

func ruleKeys(rules []staffing.Rule) []string {
	var out []string
	for _, r := range rules {
		out = append(out, string(r.On)+" "+r.ID)
	}
	return out
}

func rulesByKey(rules []staffing.Rule) map[string]staffing.Rule {
	out := map[string]staffing.Rule{}
	for _, r := range rules {
		out[string(r.On)+" "+r.ID] = r
	}
	return out
}

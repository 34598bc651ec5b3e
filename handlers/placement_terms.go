package handlers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// askedTerms are what the requisition says about terms: the limit of the rate, or the
// client's rate card.
func askedTerms(r staffing.Requisition) map[string]string {
	out := map[string]string{"start_date": string(r.StartDate), "end_date": string(r.EndDate), "purchase_order": r.PurchaseOrder,
		"cost_centre": strings.ReplaceAll(allocations(r.CostCentres), ",", ", "), "hours_per_week": decimalText(r.HoursPerWeek),
		"bill_rate": rateRange(r.BillRate), "pay_rate": rateRange(r.PayRate)}
	if r.WorkerType != "" {
		out["worker_type"] = words(string(r.WorkerType))
	}
	if r.NTE != nil {
		out["bill_rate"] = "at most " + rate(r.NTE)
	}
	return out
}

// termSource says where a term came from; a person's correction is told by itself.
func termSource(from store.Provenance, name string) string {
	key := map[string]string{"cost_centre": "cost_centres", "currency": "bill_rate.currency"}[name]
	if key == "" {
		key = name
	}
	var paths []string
	version := 0
	for field, s := range from {
		if s.Person != "" || field != key && !strings.HasPrefix(field, key+".") && !strings.HasPrefix(key, field+".") {
			continue
		}
		if s.Path != "" {
			paths = append(paths, pathsOf(s.Path)...)
		} else if s.Default != "" {
			paths = append(paths, "default "+s.Default)
		}
		version = max(version, s.ProfileVersion)
	}
	if len(paths) == 0 {
		return ""
	}
	slices.Sort(paths)
	text := strings.Join(slices.Compact(paths), "; ")
	if len([]rune(text)) > longSource {
		text = string([]rune(text)[:longSource]) + "…"
	}
	if version > 0 {
		text += fmt.Sprintf(" · profile version %d", version)
	}
	return text
}

// readPath finds what an expression of the map reads.
var readPath = regexp.MustCompile(`\b(?:raw|req|sub)(?:\.[A-Za-z_]\w*|\["[^"]*"\])+`)

// pathsOf gives the fields that an expression reads; one that reads none is told
// itself.
func pathsOf(cel string) []string {
	if found := readPath.FindAllString(cel, -1); len(found) > 0 {
		return found
	}
	return []string{cel}
}

// checksView lists the checks, what fails first.
func checksView(list []staffing.Check) (out []web.Check) {
	for _, result := range []staffing.CheckResult{staffing.CheckFail, staffing.CheckWarn, staffing.CheckPass} {
		for _, c := range list {
			if c.Result == result {
				out = append(out, web.Check{Result: string(result), Message: sentence(c.Message)})
			}
		}
	}
	return out
}

// versionsView tells of each version what it changed, newest first.
func versionsView(list []store.PlacementVersion, fields [][2]string) (out []web.TermsVersion) {
	for i, v := range list {
		x := web.TermsVersion{Number: v.Version, Kind: string(v.Kind), From: string(v.EffectiveFrom), Author: v.Author, At: v.CreatedAt, Reason: v.Reason}
		if i+1 < len(list) {
			x.Changes = termChanges(list[i+1].Terms.V, v.Terms.V, fields)
		}
		for _, f := range v.Findings.V {
			x.Problems = append(x.Problems, sentence(f.Message))
		}
		out = append(out, x)
	}
	return out
}

// termChanges tells in words what differs between two states of the terms.
func termChanges(before, after staffing.Placement, fields [][2]string) (out []string) {
	for _, f := range fields {
		old, now := term(before, f[0]), term(after, f[0])
		if old != now {
			out = append(out, f[1]+": "+orText(old, "nothing")+" → "+orText(now, "nothing"))
		}
	}
	return out
}

// invoiceView says which invoice the first bill leads to: what for, for which days, due
// when, taxed where.
func invoiceView(p staffing.Placement, b *staffing.Bill, c store.Client) []web.Field {
	if b == nil {
		return nil
	}
	what := "A fixed fee of " + b.Currency + " " + amount(b.Total)
	if p.WorkerType != staffing.Permanent {
		var parts []string
		for _, l := range b.Lines {
			part := group(l.Quantity.String()) + " " + billUnit(l.Unit, l.Quantity) + " at " + amount(l.UnitPrice)
			if l.CostCentre != "" && len(b.Lines) > 1 {
				part += " on " + l.CostCentre
			}
			parts = append(parts, part)
		}
		what = strings.Join(parts, ", ")
	}
	out := []web.Field{{Label: "What for", Value: what}}
	if b.PeriodFrom != "" && p.WorkerType != staffing.Permanent {
		out = append(out, web.Field{Label: "Period", Value: string(b.PeriodFrom) + " to " + string(b.PeriodTo)})
	}
	contact := strings.TrimSpace(p.BillingContact.Name + " " + p.BillingContact.Email)
	out = append(out, web.Field{Label: "Goes to", Value: orText(strings.TrimSpace(orText(p.BillTo, b.ClientName)+" "+orText(contact, c.BillingContactEmail)), b.ClientName)})
	days := p.NetDays
	if days == nil {
		days = c.NetDays
	}
	if days != nil {
		out = append(out, web.Field{Label: "Due", Value: fmt.Sprintf("%d days after its date", *days)})
	}
	out = append(out, web.Field{Label: "Without tax", Value: b.Currency + " " + amount(b.Total)})
	where := prefixed("by the rules of ", orText(p.TaxRegion, c.TaxRegion))
	if c.TaxPercent == nil {
		return append(out, web.Field{Label: "Tax", Value: orText(where, "no tax region is known")})
	}
	tax := b.Tax(*c.TaxPercent)
	return append(out, web.Field{Label: "Tax", Value: b.Currency + " " + amount(tax) + ", " + c.TaxPercent.String() + " % " + orText(where, "by the contract")},
		web.Field{Label: "With tax", Value: b.Currency + " " + amount(b.Total.Add(tax))})
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

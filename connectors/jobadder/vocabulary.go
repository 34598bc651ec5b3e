package jobadder

import (
	"context"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Fields gives the custom fields of jobs, candidates and applications as the account
// set them up. A map names them by number, which stays when the label changes.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	var out []staffing.VendorField
	for _, home := range []struct{ path, section string }{{"/jobs", "job"}, {"/candidates", "candidate"}, {"/applications", "offered"}} {
		p, err := c.list(ctx, home.path+"/fields/custom", nil)
		if err != nil {
			return nil, err
		}
		for _, r := range p.items {
			if f, ok := field(home.section, r); ok {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func field(section string, r row) (staffing.VendorField, bool) {
	written := section == "job"
	kind := map[string]string{"Text": "text", "List": "choice", "Date": "date", "Lookup": "record", "Url": "link"}[r.text("type")]
	if kind == "" {
		kind = "text"
	}
	if r.text("fieldId") == "" || written && (kind == "record" || kind == "link") { // these cannot be written
		return staffing.VendorField{}, false
	}
	f := staffing.VendorField{Section: section, Key: `raw._custom["` + r.text("fieldId") + `"]`, Label: r.text("name"), Type: kind}
	if written {
		f.Key, f.Required = "_custom."+r.text("fieldId"), r.bool("mandatory")
	}
	if strings.TrimSpace(f.Label) == "" {
		f.Label = "Custom field " + r.text("fieldId")
	}
	values, _ := r["values"].([]any) // absent: no pick list
	for _, v := range values {
		s, _ := v.(string) // anything else is no value
		if s != "" && !slices.ContainsFunc(f.Options, func(o staffing.FieldOption) bool { return o.Value == s }) {
			f.Options = append(f.Options, staffing.FieldOption{Value: s, Label: s})
		}
	}
	return f, true
}

// DeclaredStatuses gives the statuses of applications in the order of the account's
// workflow.
func (c *Connector) DeclaredStatuses(ctx context.Context) ([]staffing.DeclaredStatus, error) {
	p, err := c.list(ctx, "/applications/lists/status", nil)
	if err != nil {
		return nil, err
	}
	rows := slices.Clone(p.items)
	slices.SortStableFunc(rows, func(a, b row) int {
		return int(a.object("workflow").int("stageIndex") - b.object("workflow").int("stageIndex"))
	})
	var out []staffing.DeclaredStatus
	seen := map[string]bool{}
	for _, r := range rows {
		word := strings.TrimSpace(r.text("name"))
		if word == "" || seen[strings.ToLower(word)] {
			continue
		}
		seen[strings.ToLower(word)] = true
		label := word
		if stage := r.object("workflow").text("stage"); stage != "" && stage != word {
			label += " (" + stage + ")"
		}
		out = append(out, staffing.DeclaredStatus{Subject: staffing.SubjectSubmission, Word: word, Label: label})
	}
	return out, nil
}

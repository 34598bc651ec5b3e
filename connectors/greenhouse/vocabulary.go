package greenhouse

import (
	"cmp"
	"context"
	"net/url"
	"regexp"
	"slices"

	"github.com/tributary-hub/tributary/staffing"
)

// fieldHome is where the hub meets a custom field of one of the vendor's field
// types: as the path of the object that holds it.
type fieldHome struct {
	section string
	path    string
	written bool // a map writes it, so its key is no expression
}

// fieldHomes leave out what no record of the hub has (forms, referrals, users).
func fieldHomes() map[string]fieldHome {
	return map[string]fieldHome{
		"job":         {section: "requisition", path: "raw.custom_fields"},
		"opening":     {section: "requisition", path: "raw._openings[0].custom_fields"},
		"candidate":   {section: "submission", path: "custom_fields", written: true},
		"application": {section: "placement", path: "raw.application.custom_fields"},
		"offer":       {section: "placement", path: "raw.offer.custom_fields"},
	}
}

// fieldTypes are the vendor's types of values in words; one that is not here holds
// no value.
func fieldTypes() map[string]string {
	return map[string]string{"short_text": "text", "long_text": "long text", "rich_text": "long text", "url": "text", "yes_no": "yes or no",
		"single_select": "choice", "multi_select": "several choices", "currency": "amount", "currency_range": "range of amounts", "number": "number",
		"number_range": "range of numbers", "date": "date", "date_of_birth": "date", "user": "user"}
}

// Fields gives the account's custom fields that are in use, with the options of
// pick lists. The name_key never changes, so it is what a map names.
// https://harvestdocs.greenhouse.io/reference/get_v3-custom-fields
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	rows, err := c.all(ctx, "custom_fields", url.Values{"active": {"true"}})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.int("sort_order"), b.int("sort_order")) })
	var lists []int64
	kept := rows[:0]
	for _, r := range rows {
		home, kind := fieldHomes()[r.text("field_type")], fieldTypes()[r.text("value_type")]
		if home.section == "" || kind == "" || r.text("name_key") == "" {
			continue
		}
		kept = append(kept, r)
		if isPickList(r) {
			lists = append(lists, r.int("id"))
		}
	}
	options, err := c.options(ctx, lists)
	if err != nil {
		return nil, err
	}
	out := make([]staffing.VendorField, 0, len(kept))
	for _, r := range kept {
		out = append(out, vendorField(r, options[r.int("id")]))
	}
	return out, nil
}

func isPickList(r row) bool {
	return r.text("value_type") == "single_select" || r.text("value_type") == "multi_select"
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func vendorField(r row, options []staffing.FieldOption) staffing.VendorField {
	home, key := fieldHomes()[r.text("field_type")], r.text("name_key")
	f := staffing.VendorField{Section: home.section, Key: home.path + "." + key, Label: r.text("name"), Type: fieldTypes()[r.text("value_type")],
		Required: r.bool("required"), Options: options}
	if f.Label == "" {
		f.Label = key
	}
	if home.written {
		return f
	}
	if !plainKey.MatchString(key) {
		f.Key = home.path + `["` + key + `"]`
	}
	f.Key += ".value"
	if r.text("value_type") == "currency" {
		f.Key += ".amount"
	}
	return f
}

// options gives the options that can be picked, by the id of their field.
// https://harvestdocs.greenhouse.io/reference/get_v3-custom-field-options
func (c *Connector) options(ctx context.Context, fields []int64) (map[int64][]staffing.FieldOption, error) {
	rows, err := c.byIDs(ctx, "custom_field_options", "custom_field_ids", fields, url.Values{"active": {"true"}})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.int("sort_order"), b.int("sort_order")), cmp.Compare(a.int("id"), b.int("id")))
	})
	out := map[int64][]staffing.FieldOption{}
	for _, r := range rows {
		if name := r.text("name"); name != "" {
			id := r.int("custom_field_id")
			out[id] = append(out[id], staffing.FieldOption{Value: name, Label: name})
		}
	}
	return out, nil
}

// DeclaredStatuses gives the stages of all jobs by name, the earliest first, then
// what the default profile calls the states of an application and of a job.
// https://harvestdocs.greenhouse.io/reference/get_v3-job-interview-stages
func (c *Connector) DeclaredStatuses(ctx context.Context) ([]staffing.DeclaredStatus, error) {
	rows, err := c.all(ctx, "job_interview_stages", url.Values{"active": {"true"}, "fields": {"id,name,sort_order"}})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.int("sort_order"), b.int("sort_order")), cmp.Compare(a.text("name"), b.text("name")))
	})
	var out []staffing.DeclaredStatus
	seen := map[string]bool{}
	add := func(subject staffing.Subject, word, label string) {
		if key := string(subject) + "/" + word; word != "" && !seen[key] {
			seen[key] = true
			out = append(out, staffing.DeclaredStatus{Subject: subject, Word: word, Label: label})
		}
	}
	for _, r := range rows {
		add(staffing.SubjectSubmission, r.text("name"), r.text("name"))
	}
	for _, word := range []string{"Hired", "Rejected", "Withdrawn"} {
		add(staffing.SubjectSubmission, word, word)
	}
	for _, w := range [][2]string{{"draft", "Draft"}, {"open", "Open"}, {"closed", "Closed"}, {"closed and filled", "Closed with a hire"}} {
		add(staffing.SubjectRequisition, w[0], w[1])
	}
	return out, nil
}

package lever

import (
	"context"
	"regexp"

	"github.com/tributary-hub/tributary/staffing"
)

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Fields gives the custom fields of requisitions. A field of the type object has
// one level of fields below it. Fields of offers have no list.
// https://hire.lever.co/developer/documentation#requisition-fields
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	rows, err := c.all(ctx, "requisition_fields", nil)
	if err != nil {
		return nil, err
	}
	out := []staffing.VendorField{}
	for _, r := range rows {
		key := step("raw._requisition.customFields", r.text("id"))
		if r.text("type") != "object" {
			out = append(out, vendorField(r, key, r.text("text")))
			continue
		}
		for _, sub := range r.objects("subfields") {
			if id := sub.text("id"); id != "" {
				out = append(out, vendorField(sub, step(key, id), r.text("text")+": "+sub.text("text")))
			}
		}
	}
	return out, nil
}

// step goes one key down in an expression.
func step(path, key string) string {
	if plainKey.MatchString(key) {
		return path + "." + key
	}
	return path + `["` + key + `"]`
}

func vendorField(r row, key, label string) staffing.VendorField {
	kinds := map[string]string{"number": "number", "text": "text", "date": "date", "dropdown": "choice"}
	f := staffing.VendorField{Section: "requisition", Key: key, Label: label, Type: kinds[r.text("type")], Required: r["isRequired"] == true}
	if f.Type == "" {
		f.Type = "text"
	}
	if f.Label == "" {
		f.Label = r.text("id")
	}
	for _, o := range r.objects("options") {
		if s := o.text("text"); s != "" {
			f.Options = append(f.Options, staffing.FieldOption{Value: s, Label: s})
		}
	}
	return f
}

// DeclaredStatuses gives the account's stages in the order of its pipeline, what the
// default profile calls the ways out of it, and the states of postings.
func (c *Connector) DeclaredStatuses(ctx context.Context) ([]staffing.DeclaredStatus, error) {
	rows, err := c.all(ctx, "stages", nil)
	if err != nil {
		return nil, err
	}
	var out []staffing.DeclaredStatus
	seen := map[string]bool{}
	add := func(subject staffing.Subject, word string) {
		if key := string(subject) + "/" + word; word != "" && !seen[key] {
			seen[key] = true
			out = append(out, staffing.DeclaredStatus{Subject: subject, Word: word, Label: word})
		}
	}
	for _, r := range rows {
		add(staffing.SubjectSubmission, r.text("text"))
	}
	for _, word := range []string{"Hired", "Rejected", "Withdrawn", "Offer declined", "Deleted"} {
		add(staffing.SubjectSubmission, word)
	}
	for _, word := range []string{"draft", "pending", "rejected", "published", "internal", "on hold", "closed", "closed and filled", "deleted"} {
		add(staffing.SubjectRequisition, word)
	}
	return out, nil
}

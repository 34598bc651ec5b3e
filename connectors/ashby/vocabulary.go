package ashby

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// fieldHome is where the hub meets a custom field of one of the vendor's objects.
type fieldHome struct{ section, path string }

// fieldHomes leave out what no record of the hub has: employees, talent projects,
// and candidates, whose fields take a call of their own.
func fieldHomes() map[string]fieldHome {
	return map[string]fieldHome{
		"Job":         {"requisition", "raw._custom."},
		"Application": {"placement", "raw.application._custom."},
		"Offer":       {"placement", "raw.offer._custom."},
		"Opening":     {"placement", "raw.opening._custom."},
	}
}

func fieldTypes() map[string]string {
	return map[string]string{"MultiValueSelect": "several choices", "NumberRange": "range of numbers", "String": "text", "Date": "date", "ValueSelect": "choice",
		"Number": "number", "Currency": "amount", "Boolean": "yes or no", "LongText": "long text", "CompensationRange": "range of amounts"}
}

// Fields gives the account's custom fields, by the name that the connector makes of
// their title. https://developers.ashbyhq.com/reference/customfieldlist
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	list, err := c.all(ctx, request{method: "customField.list", what: "custom fields"})
	if err != nil {
		return nil, err
	}
	out := []staffing.VendorField{}
	for _, r := range list {
		home, ok := fieldHomes()[r.text("objectType")]
		name := snake(r.text("title"))
		if !ok || name == "" || r["isArchived"] == true {
			continue
		}
		f := staffing.VendorField{Section: home.section, Key: home.path + name, Label: r.text("title"),
			Type: fieldTypes()[r.text("fieldType")], Required: r["isRequired"] == true}
		if f.Type == "" {
			f.Type = "text"
		}
		for _, v := range r.objects("selectableValues") {
			if v["isArchived"] != true && v.text("value") != "" {
				f.Options = append(f.Options, staffing.FieldOption{Value: v.text("value"), Label: v.text("label")})
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// DeclaredStatuses gives the stages of all interview plans by title, the earliest
// first, then what the default profile calls the ways out, and the states of jobs.
func (c *Connector) DeclaredStatuses(ctx context.Context) ([]staffing.DeclaredStatus, error) {
	plans, err := c.all(ctx, request{method: "interviewPlan.list", what: "interview plans"})
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
	for _, plan := range plans {
		stages, err := c.all(ctx, request{method: "interviewStage.list", body: map[string]any{"interviewPlanId": plan.text("id")}, what: "interview stages"})
		if err != nil {
			return nil, err
		}
		for _, s := range stages {
			if s.text("type") != "Archived" && s.text("type") != "Hired" { // told by the application's status
				add(staffing.SubjectSubmission, s.text("title"))
			}
		}
	}
	for _, word := range []string{"Lead", "Hired", "Rejected", "Withdrawn", "Archived"} {
		add(staffing.SubjectSubmission, word)
	}
	for _, word := range []string{"Draft", "Open", "Closed", "Closed and filled", "Archived"} {
		add(staffing.SubjectRequisition, word)
	}
	return out, nil
}

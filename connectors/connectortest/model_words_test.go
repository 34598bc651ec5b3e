package connectortest_test

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// Fields implements staffing.FieldLister.
func (c *model) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	err := c.get(ctx, "/me", nil, &struct{}{})
	if err != nil && c.flaw == "takes a failure for no fields" {
		return nil, nil
	}
	list := []staffing.VendorField{{Section: "submission", Key: "shift", Label: "Shift", Type: "choice", Options: []staffing.FieldOption{{Value: "Day", Label: "Day"}}},
		{Section: "requisition", Key: "raw.nte", Label: "Not to exceed", Type: "amount"}}
	switch c.flaw {
	case "lists a field twice":
		list = append(list, list[0])
	case "lists a field of no map":
		list[1].Section = "jobs"
	case "lists a value twice":
		list[0].Options = append(list[0].Options, list[0].Options[0])
	}
	return list, err
}

// DeclaredStatuses implements staffing.StatusLister.
func (c *model) DeclaredStatuses(ctx context.Context) ([]staffing.DeclaredStatus, error) {
	list := []staffing.DeclaredStatus{{Subject: staffing.SubjectSubmission, Word: "Review", Label: "Review"}}
	if c.flaw == "declares a word twice" {
		list = append(list, staffing.DeclaredStatus{Subject: staffing.SubjectSubmission, Word: "review", Label: "Review"})
	}
	return list, c.get(ctx, "/me", nil, &struct{}{})
}

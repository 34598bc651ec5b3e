package greenhouse_test

import (
	"slices"
	"strings"
	"testing"

	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

func field(t *testing.T, list []staffing.VendorField, section, key string) staffing.VendorField {
	t.Helper()
	at := slices.IndexFunc(list, func(f staffing.VendorField) bool { return f.Section == section && f.Key == key })
	if at < 0 {
		t.Fatalf("there is no field %s of %s in %+v", key, section, list)
	}
	return list[at]
}

func TestFieldsAreTheCustomFieldsInUseWithTheirOptions(t *testing.T) {
	e := setup(t, sandbox.Options{}, nil)
	e.account.DefineField(sandbox.FieldSpec{FieldType: "candidate", Key: "shift", Name: "Preferred shift", ValueType: "single_select", Required: true, Options: []string{"Day", "Night"}})
	e.account.DefineField(sandbox.FieldSpec{FieldType: "form", Key: "survey", Name: "Survey", ValueType: "short_text"})
	e.account.DefineField(sandbox.FieldSpec{FieldType: "candidate", Key: "old", Name: "Old", ValueType: "short_text"})
	if err := e.account.RetireField("candidate", "old"); err != nil {
		t.Fatal(err)
	}
	list, err := e.Fields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shift := field(t, list, "submission", "custom_fields.shift")
	want := []staffing.FieldOption{{Value: "Day", Label: "Day"}, {Value: "Night", Label: "Night"}}
	if shift.Label != "Preferred shift" || shift.Type != "choice" || !shift.Required || !slices.Equal(shift.Options, want) {
		t.Errorf("%+v", shift)
	}
	field(t, list, "requisition", "raw.custom_fields.cost_center.value")
	field(t, list, "placement", "raw.offer.custom_fields.bill_rate.value.amount")
	for _, f := range list {
		if strings.Contains(f.Key, "survey") || strings.Contains(f.Key, "old") {
			t.Errorf("%s is offered", f.Key)
		}
	}
	if err := e.account.RetireOption("candidate", "shift", "Night"); err != nil {
		t.Fatal(err)
	}
	if list, err = e.Fields(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := field(t, list, "submission", "custom_fields.shift").Options; len(o) != 1 || o[0].Value != "Day" {
		t.Errorf("after Night was taken off the list: %+v", o)
	}
}

func TestDeclaredStatusesAreTheStagesOfAllJobsInOrder(t *testing.T) {
	e := setup(t, sandbox.Options{}, nil)
	e.account.OpenJob(sandbox.JobSpec{Title: "Nurse", Stages: []string{"Application Review", "Agency Screen", "Offer"}})
	list, err := e.DeclaredStatuses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var submissions, requisitions []string
	for _, s := range list {
		if s.Subject == staffing.SubjectSubmission {
			submissions = append(submissions, s.Word)
		} else {
			requisitions = append(requisitions, s.Word)
		}
	}
	if got := strings.Join(submissions, ", "); got != "Application Review, Agency Screen, Offer, Hired, Rejected, Withdrawn" {
		t.Errorf("stages: %s", got)
	}
	if got := strings.Join(requisitions, ", "); got != "draft, open, closed, closed and filled" {
		t.Errorf("states of jobs: %s", got)
	}
}

func TestAMissingScopeForFieldsIsNamed(t *testing.T) {
	e := setup(t, sandbox.Options{Scopes: []string{"harvest:jobs:list"}}, nil)
	_, err := e.Fields(t.Context())
	if staffing.CodeOf(err) != staffing.Forbidden || !strings.Contains(staffing.MessageOf(err), "harvest:custom_fields:list") {
		t.Errorf("%v", err)
	}
}

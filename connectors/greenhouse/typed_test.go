package greenhouse_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"
	"testing"

	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

func TestEveryCustomFieldOfAnOfferIsInThePlacement(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	app := b.apply(t, job, "Ada", "ada@mail.example")
	field := func(kind string, value any) sandbox.CustomField {
		return sandbox.CustomField{Name: "A " + kind, Type: kind, Value: value}
	}
	b.must(t, b.account.MakeOffer(app, sandbox.OfferSpec{StartsOn: "2026-12-07", CustomFields: map[string]sandbox.CustomField{
		"rate":     field("currency", map[string]any{"amount": json.Number("92.5"), "unit": "usd", "frequency": "hourly"}),
		"band":     field("currency_range", map[string]any{"min_value": "80.0", "max_value": "95.5", "unit": "USD"}),
		"hours":    field("number_range", map[string]any{"min_value": "20", "max_value": "40"}),
		"week":     field("number", json.Number("37.5")),
		"remote":   field("yes_no", true),
		"onsite":   field("yes_no", "No"),
		"code":     field("short_text", " 4100 "),
		"terms":    field("long_text", "Net 30"),
		"kind":     field("single_select", "Contract"),
		"sites":    field("multi_select", []any{"Basel", "Bern", "Basel"}),
		"until":    field("date", "06/30/2027"),
		"from":     field("date", "2026-12-07T00:00:00Z"),
		"approver": field("user", map[string]any{"id": 7, "name": "Maria Hall", "email": "maria@client.example"}),
		"nothing":  field("short_text", ""),
		"none":     field("currency", nil),
		"empty":    field("multi_select", []any{}),
	}}))
	rec, err := b.Placement(context.Background(), staffing.SubmissionRef{ID: strconv.FormatInt(app, 10)})
	b.must(t, err)
	fields, _ := raw(t, rec)["_fields"].(map[string]any)
	for key, want := range map[string]string{
		"rate": `{"value":"92.5","currency":"USD","frequency":"hourly"}`, "band": `{"min":"80.0","max":"95.5","currency":"USD"}`,
		"hours": `{"min":"20","max":"40"}`, "week": `{"value":"37.5"}`, "remote": `{"value":true}`, "onsite": `{"value":false}`,
		"code": `{"value":"4100"}`, "terms": `{"value":"Net 30"}`, "kind": `{"value":"Contract"}`, "sites": `{"value":["Basel","Bern"]}`,
		"until": `{"value":"2027-06-30"}`, "from": `{"value":"2026-12-07"}`, "approver": `{"value":"Maria Hall"}`, "nothing": `null`, "none": `null`, "empty": `null`,
	} {
		var expected map[string]any
		b.must(t, json.Unmarshal([]byte(want), &expected))
		got, _ := fields[key].(map[string]any)
		if got != nil {
			if got["label"] == "" || got["type"] == "" {
				t.Errorf("%s has neither label nor type: %v", key, got)
			}
			delete(got, "label")
			delete(got, "type")
		}
		if !reflect.DeepEqual(got, expected) {
			t.Errorf("%s is %v, want %s", key, got, want)
		}
	}
}

func TestSeatsAreCountedAsOpenFilledAndGivenUp(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job", Openings: 3, TargetStart: "2027-02-01"})
	b.account.AddOpening(job) // without a target
	b.account.GiveUpOpening(job)
	b.must(t, b.account.Hire(b.apply(t, job, "Ada", "ada@mail.example"), "2026-12-07"))
	records, _ := readAll(t, b.Requisitions, nil)
	req, gaps, err := program(t).Requisition(records[0].Raw, acme())
	noGaps(t, gaps, err)
	if req.Openings != 2 || req.OpeningsTotal != 3 || req.StartDate != "2027-02-01" {
		t.Errorf("open %d of %d from %s, want 2 of 3 from 2027-02-01", req.Openings, req.OpeningsTotal, req.StartDate)
	}
	if n := dig(raw(t, records[0]), "_headcount.given_up"); n != "1" {
		t.Errorf("given up %s, want 1", n)
	}
}

func TestARésuméThatGreenhouseWouldNotTakeIsRefusedBeforeAnything(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	huge := resume("cv.pdf", "x")
	huge.Size = 21 << 20
	for name, tc := range map[string]struct {
		file *staffing.File
		says string
	}{
		"a picture":     {resume("cv.png", "x"), "the résumé is a .png file; Greenhouse takes pdf, doc, docx, rtf, txt"},
		"no type":       {resume("cv", "x"), "the name of the résumé does not say its type; Greenhouse takes pdf, doc, docx, rtf, txt"},
		"too large":     {huge, "the résumé is larger than 20 MB"},
		"an empty file": {resume("cv.pdf", ""), "the résumé is an empty file"},
	} {
		req := submission(job, "ada@mail.example")
		req.Resume = tc.file
		before := b.requests()
		_, err := b.Submit(context.Background(), req)
		if staffing.CodeOf(err) != staffing.Invalid || err.Error() != tc.says || b.requests() != before {
			t.Errorf("%s: %v after %d calls, want %q and no call", name, err, b.requests()-before, tc.says)
		}
	}
	req := submission(job, "ada@mail.example")
	req.Resume = resume("CV.DOCX", "x")
	if _, err := b.Submit(context.Background(), req); err != nil {
		t.Errorf("a capital ending: %v", err)
	}
}

package setu_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

// The standard's privacy rule: name and place of residence, no contact data.
func TestAnOfferNamesThePersonAndNoMore(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	req := submission(t, o.job(), "W-1")
	var fields map[string]any
	o.must(json.Unmarshal(req.Fields, &fields))
	fields["email"], fields["phone"] = "piet@mail.example", "06-1"
	req.Fields, _ = json.Marshal(fields) // plain values
	rec, err := o.sink().Submit(context.Background(), req)
	o.must(err)
	raw, err := json.Marshal(o.client.Offer(rec.ID))
	o.must(err)
	for _, part := range []string{`"formattedName":"Piet van der Berg"`, `"city":"Weesp"`, `"descriptions":"CV"`, `"requestForQuotationId"`, `"value":38.5`, `"toBeBilled":true`} {
		if !strings.Contains(string(raw), part) {
			t.Errorf("the offer has no %s\n%s", part, raw)
		}
	}
	if strings.Contains(string(raw), "piet@") || strings.Contains(string(raw), "06-1") {
		t.Errorf("the offer has contact data: %s", raw)
	}
}

func TestResumesAreLeftOutWhereTheContractSaysSo(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, func(s connectors.Settings) { s["resume"] = "leave out" })
	req := submission(t, o.job(), "W-1")
	req.Resume = file("piet.docx", resume)
	rec, err := o.sink().Submit(context.Background(), req)
	o.must(err)
	if raw, _ := json.Marshal(o.client.Offer(rec.ID)); strings.Contains(string(raw), "attachments") {
		t.Errorf("%s", raw)
	}
}

func TestAResumeIsCheckedBeforeAnythingIsSent(t *testing.T) {
	for name, tc := range map[string]struct {
		file *staffing.File
		want string
	}{
		"a Word file":           {file("piet.docx", resume), "FILE_TYPE"},
		"too large by its size": {&staffing.File{Name: "piet.pdf", Size: 6 << 20}, "FILE_TOO_LARGE"},
		"too large when read":   {&staffing.File{Name: "piet.pdf", Open: file("", make([]byte, 6<<20)).Open}, "FILE_TOO_LARGE"},
		"empty":                 {file("piet.pdf", nil), "RESUME_REQUIRED"},
	} {
		o := setup(t, sandbox.Options{}, nil, nil)
		req := submission(t, o.job(), "W-1")
		req.Resume = tc.file
		_, err := o.sink().Submit(context.Background(), req)
		if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), tc.want) || o.client.CountOffers() != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIncompleteOfferIsRefused(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	for _, fields := range []string{`{}`, `{"name":"P"}`, `[]`, `{"name":"P","worker_id":"1","bill_rate":{"amount":"1","currency":"EUR","unit":"hour"}}`,
		`{"name":"P","worker_id":"1","start_date":"2027-01-11","bill_rate":{"amount":"1","currency":"EUR","unit":"each"}}`,
		`{"name":"P","worker_id":"1","start_date":"2027-01-11","bill_rate":{"amount":"0","currency":"EUR","unit":"hour"}}`} {
		req := staffing.SubmissionRequest{Key: "k", RequisitionID: o.job(), Fields: json.RawMessage(fields)}
		if _, err := o.sink().Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", fields, err)
		}
	}
}

// The standard forbids 202: whoever answers it may have the offer or not.
func TestAcceptedIsNoAnswer(t *testing.T) {
	o := setup(t, sandbox.Options{Accepted: true}, nil, nil)
	_, err := o.sink().Submit(context.Background(), submission(t, o.job(), "W-1"))
	if !staffing.IsOutcomeUnknown(err) {
		t.Errorf("%v", err)
	}
	if rec, err := o.sink().Submit(context.Background(), submission(t, o.job(), "W-1")); err != nil || !rec.Existed {
		t.Errorf("the next try finds it: %+v %v", rec, err)
	}
}

// Not everything that says 404 knows what it was asked for.
func TestAWebPageThatSays404IsNoAnswer(t *testing.T) {
	o := setup(t, sandbox.Options{}, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte("<html>no such site</html>")) // the caller may be gone
		})
	}, nil)
	_, err := o.sink().Submit(context.Background(), submission(t, "RFQ1", "W-1"))
	if staffing.CodeOf(err) != staffing.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestARefusalDoesNotNameTheCandidate(t *testing.T) {
	o := setup(t, sandbox.Options{}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"code":"400","description":"Piet van der Berg is unknown"}`)) // the caller may be gone
		})
	}, nil)
	_, err := o.sink().Submit(context.Background(), submission(t, o.job(), "W-1"))
	if staffing.CodeOf(err) != staffing.Invalid || strings.Contains(err.Error(), "Piet") || !strings.Contains(err.Error(), "is unknown") {
		t.Errorf("%v", err)
	}
}

// A client that orders before there is an assignment: the order is the hire's terms.
func TestAnOrderForTheOfferIsAPlacementToo(t *testing.T) {
	for _, xml := range []bool{false, true} {
		o := setup(t, sandbox.Options{XMLList: xml}, nil, nil)
		src, _ := o.conn.(staffing.PlacementSource) // it is one
		rec, err := o.sink().Submit(context.Background(), submission(t, o.job(), "W-1"))
		o.must(err)
		ref := staffing.SubmissionRef{ID: rec.ID, RequisitionID: o.job()}
		if _, err := src.Placement(context.Background(), ref); staffing.CodeOf(err) != staffing.NotFound {
			t.Errorf("before the order: %v", err)
		}
		o.client.Publish(sandbox.Order{ID: "PO123789", Offer: rec.ID})
		got, err := src.Placement(context.Background(), ref)
		if err != nil || got.ExternalID != rec.ID || !strings.Contains(string(got.Raw), "PO123789") {
			t.Errorf("XML %v: %s %v", xml, got.Raw, err)
		}
		if p := o.orders(nil); len(p.Records) != 1 {
			t.Errorf("the order for an offer is no requisition: %+v", p.Records)
		}
	}
}

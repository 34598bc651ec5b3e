package setu

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// worker is a submission read from the outbound map's fields.
type worker struct {
	Name           string         `json:"name"`
	ID             string         `json:"worker_id"`
	City           string         `json:"city"`
	Country        string         `json:"country"`
	AvailableFrom  staffing.Date  `json:"available_from"`
	AvailableUntil staffing.Date  `json:"available_until"`
	Start          staffing.Date  `json:"start_date"`
	End            staffing.Date  `json:"end_date"`
	Bill           *staffing.Rate `json:"bill_rate"`
	Pay            *staffing.Rate `json:"pay_rate"`
	order          string
}

// id is the offer's.
func (w worker) id() string { return offerID(w.order, w.ID) }

func (c *Connector) worker(req staffing.SubmissionRequest) (worker, error) {
	w := worker{order: req.RequisitionID}
	if err := json.Unmarshal(req.Fields, &w); err != nil {
		return w, staffing.Errorf(staffing.Invalid, "the outbound map does not give the fields of a human resource: %w", err)
	}
	bad := func(field, why string) (worker, error) {
		return w, &staffing.Error{Code: staffing.Invalid, Field: field, Message: why}
	}
	switch {
	case w.order == "":
		return w, staffing.Errorf(staffing.Invalid, "the staffing order's id is missing")
	case strings.TrimSpace(w.Name) == "":
		return bad("name", "the standard needs the candidate's name")
	case w.ID == "":
		return bad("worker_id", "the standard needs your own id of the candidate")
	case (w.Bill != nil || w.Pay != nil) && w.Start == "":
		return bad("start_date", "a rate needs the day from which it holds: the start date is missing")
	}
	return w, c.checkResume(req.Resume)
}

// types are the files that may be attached, by ending. The standard has a code list
// of MIME types for attachments; of documents with text it has pdf only.
func mimeOf(f *staffing.File) string {
	if strings.EqualFold(path.Ext(f.Name), ".pdf") {
		return "application/pdf"
	}
	return ""
}

func (c *Connector) checkResume(f *staffing.File) error {
	switch {
	case f == nil || c.set["resume"] != "attach":
		return nil
	case mimeOf(f) == "":
		return badResume("FILE_TYPE: of documents the standard takes .pdf only")
	case f.Size > c.resume:
		return badResume(c.tooLarge())
	}
	return nil
}

func (c *Connector) tooLarge() string {
	return fmt.Sprintf("FILE_TOO_LARGE: the résumé is larger than the %d MB that this connection allows", c.resume>>20)
}

func badResume(why string) error {
	return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: why}
}

// attachments gives the résumé as the attachment "CV"; nil for none.
func (c *Connector) attachments(ctx context.Context, f *staffing.File) ([]any, error) {
	if f == nil || c.set["resume"] != "attach" {
		return nil, nil
	}
	in, err := f.Open(ctx)
	if err != nil {
		return nil, explain(err, "the résumé cannot be read from where it is kept")
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, c.resume+1))
	switch {
	case err != nil:
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé broke off while it was read: %w", err)
	case int64(len(content)) > c.resume:
		return nil, badResume(c.tooLarge())
	case len(content) == 0:
		return nil, badResume("RESUME_REQUIRED: the résumé is an empty file")
	}
	return []any{obj{"content": obj{"value": base64.StdEncoding.EncodeToString(content), "mimeType": mimeOf(f)}, "descriptions": "CV"}}, nil
}

// offer writes the HumanResource message of version 2. The privacy rule of the
// standard decides what stands in it: the name, the place of residence, no contact
// data.
func (c *Connector) offer(w worker, attachments []any) (obj, error) {
	supplier := obj{"id": ids(c.set["supplier_id"], "Customer")}
	if kvk := c.set["supplier_kvk"]; kvk != "" {
		supplier["legalId"] = obj{"value": kvk, "schemeAgencyId": "KvK"}
	}
	communication := obj{}
	if w.City != "" {
		communication["address"] = residence(w)
	}
	out := obj{
		"documentId":  obj{"value": w.id(), "schemeAgencyId": "Supplier"},
		"supplier":    supplier,
		"customer":    obj{"id": ids(c.set["customer_id"], "Customer")},
		"person":      obj{"id": ids(w.ID, "Supplier"), "name": obj{"formattedName": strings.TrimSpace(w.Name)}, "communication": communication},
		"staffingIds": obj{"requestForQuotationId": obj{"value": w.order, "schemeAgencyId": "Customer"}},
	}
	profiles := obj{}
	if w.AvailableFrom != "" {
		profiles["personAvailability"] = obj{"availabilityDates": []any{w.availability()}}
	}
	if attachments != nil {
		profiles["attachments"] = attachments
	}
	if len(profiles) > 0 {
		out["profiles"] = profiles
	}
	rates, err := c.rates(w)
	if len(rates) > 0 {
		out["payRates"] = rates
	}
	return out, err
}

func ids(value, agency string) []any {
	return []any{obj{"value": value, "schemeAgencyId": agency}}
}

func residence(w worker) obj {
	a := obj{"city": w.City}
	if w.Country != "" {
		a["countryCode"] = obj{"value": w.Country}
	}
	return a
}

func (w worker) availability() obj {
	a := obj{"startDateTime": string(w.AvailableFrom) + "T00:00:00"}
	if w.AvailableUntil != "" {
		a["endDateTime"] = string(w.AvailableUntil) + "T00:00:00"
	}
	return a
}

func (c *Connector) rates(w worker) (out []any, err error) {
	for _, side := range []struct {
		rate *staffing.Rate
		bill bool
	}{{w.Bill, true}, {w.Pay, false}} {
		if side.rate == nil {
			continue
		}
		interval, ok := intervals()[side.rate.Unit]
		if !ok || !plausible(*side.rate) {
			return nil, noSuchRate(*side.rate)
		}
		period := obj{"start": string(w.Start)}
		if w.End != "" {
			period["end"] = string(w.End)
		}
		out = append(out, obj{"rateType": "TimeInterval", "code": c.set["rate_code"], "intervalCode": interval,
			"amount": obj{"value": json.Number(side.rate.Amount.String()), "currency": obj{"value": side.rate.Currency}},
			"period": obj{"datePeriod": period}, "toBeBilled": side.bill, "toBePaid": !side.bill})
	}
	return out, nil
}

func noSuchRate(r staffing.Rate) error {
	return &staffing.Error{Code: staffing.Invalid, Field: "bill_rate", Message: fmt.Sprintf("the standard has no rate such as %s: it knows amounts per hour, day, week, month and year, and fixed ones", r)}
}

func plausible(r staffing.Rate) bool {
	return len(r.Currency) == 3 && r.Amount.Cmp(decimal.Zero) > 0 && len(r.Amount.String()) < 20
}

func intervals() map[staffing.Unit]obj {
	out := map[staffing.Unit]obj{}
	for unit, code := range map[staffing.Unit]string{staffing.Hour: "HourlyConsolidated", staffing.Day: "Daily", staffing.Week: "Weekly", staffing.Month: "Monthly", staffing.Year: "Yearly", staffing.Flat: "FlatFee"} {
		out[unit] = obj{"value": code}
	}
	return out
}

package xero

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/shopspring/decimal"
)

// write makes one document by PUT. The same Idempotency-Key gives the first answer
// again; with another body it is refused.
func (s *Server) write(w http.ResponseWriter, r *http.Request, name string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) > 128 {
		s.invalid(w, 10, "ValidationException", "Idempotency-Key has more than 128 characters")
		return
	}
	if before, ok := s.kept[key]; ok && key != "" {
		if before.body != string(body) {
			s.invalid(w, 10, "ValidationException", "Idempotency-Key was used with another request")
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, before.answer) // the caller is gone: nobody to tell
		return
	}
	var in map[string][]object
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&in) != nil || len(in[name]) != 1 {
		s.invalid(w, 17, "PostDataInvalidException", "The data could not be read")
		return
	}
	doc := in[name][0]
	if len(s.refusals) > 0 {
		doc["HasErrors"], doc["StatusAttributeString"], doc["ValidationErrors"] = true, "ERROR", []object{{"Message": s.refusals[0]}}
		doc["InvoiceID"] = "00000000-0000-0000-0000-000000000000"
		s.refusals = s.refusals[1:]
		s.envelope(w, name, []object{doc})
		return
	}
	if err := s.make(name, doc); err != nil {
		s.invalid(w, 10, "ValidationException", err.Error())
		return
	}
	s.papers[name] = append(s.papers[name], doc)
	var said bytes.Buffer
	_ = json.NewEncoder(&said).Encode(s.wrapped(name, []object{doc})) // plain values: it cannot fail
	s.kept[key] = kept{string(body), said.String()}
	if s.drop > 0 {
		s.drop--
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(said.Bytes()) // the caller is gone: nobody to tell
}

// refusal is a sentence of the vendor's.
type refusal string

// Error gives the sentence.
func (r refusal) Error() string { return string(r) }

// make checks a document as the vendor would and works out its sums.
func (s *Server) make(name string, d object) error {
	idField, numberField, kind := "InvoiceID", "InvoiceNumber", "ACCREC"
	if name == "CreditNotes" {
		idField, numberField, kind = "CreditNoteID", "CreditNoteNumber", "ACCRECCREDIT"
	}
	if d["Type"] != kind {
		return refusal("Type is not valid for this endpoint")
	}
	for _, have := range s.papers[name] {
		if have[numberField] == d[numberField] && have["Status"] != "DELETED" && have["Status"] != "VOIDED" {
			return refusal("Invoice # must be unique.")
		}
	}
	contact, _ := d["Contact"].(object)
	known := s.named("Contacts", "ContactID", text(contact["ContactID"]))
	if known == nil || known["ContactStatus"] != "ACTIVE" {
		return refusal("The Contact could not be found or is archived")
	}
	date, err := time.Parse(time.DateOnly, text(d["Date"]))
	if err != nil {
		return refusal("Date is not a valid date")
	}
	sub, err := s.lines(d)
	if err != nil {
		return err
	}
	d["Contact"], d[idField] = inShort(known), s.uuid()
	d["Date"], d["DateString"] = msDate(date), date.Format("2006-01-02T15:04:05")
	if due, err := time.Parse(time.DateOnly, text(d["DueDate"])); err == nil {
		d["DueDate"], d["DueDateString"] = msDate(due), due.Format("2006-01-02T15:04:05")
	}
	tax := json.Number("0")
	d["SubTotal"], d["TotalTax"], d["Total"] = json.Number(sub.String()), tax, json.Number(sub.String())
	d["HasErrors"], d["UpdatedDateUTC"] = false, msDate(s.opts.Now())
	return nil
}

func (s *Server) named(list, field, value string) object {
	for _, o := range s.lists[list] {
		if value != "" && o[field] == value {
			return o
		}
	}
	return nil
}

// lines checks and rounds each line, and gives the sum. It may not be negative.
func (s *Server) lines(d object) (sum decimal.Decimal, err error) {
	list, _ := d["LineItems"].([]any)
	for _, raw := range list {
		line, ok := raw.(object)
		if !ok {
			return sum, refusal("LineItems is not a list of lines")
		}
		amount, err := s.line(line)
		if err != nil {
			return sum, err
		}
		sum = sum.Add(amount)
	}
	if len(list) == 0 {
		return sum, refusal("One or more line items must be specified")
	}
	if sum.IsNegative() {
		return sum, refusal("The document total must be greater than or equal to zero")
	}
	return sum, nil
}

func (s *Server) line(line object) (decimal.Decimal, error) {
	if s.named("Accounts", "Code", text(line["AccountCode"])) == nil {
		return decimal.Zero, refusal(fmt.Sprintf("Account code '%s' is not a valid code for this document.", text(line["AccountCode"])))
	}
	if item := text(line["ItemCode"]); item != "" && s.named("Items", "Code", item) == nil {
		return decimal.Zero, refusal(fmt.Sprintf("Item code '%s' is not valid", item))
	}
	if tax := text(line["TaxType"]); tax != "" && s.named("TaxRates", "TaxType", tax) == nil {
		return decimal.Zero, refusal(fmt.Sprintf("The TaxType code '%s' does not exist or cannot be used for this type of transaction.", tax))
	}
	var figures [2]decimal.Decimal
	for i, name := range []string{"Quantity", "UnitAmount"} {
		n, isNumber := line[name].(json.Number)
		d, err := decimal.NewFromString(n.String())
		if !isNumber || err != nil || !d.Equal(d.Round(4)) {
			return decimal.Zero, refusal(name + " is not a number of at most four decimal places")
		}
		figures[i] = d
	}
	amount := figures[0].Mul(figures[1]).Round(2)
	line["LineAmount"], line["TaxAmount"], line["LineItemID"] = json.Number(amount.String()), json.Number("0"), s.uuid()
	if line["Tracking"] == nil {
		line["Tracking"] = []any{}
	}
	return amount, s.tracking(line)
}

func (s *Server) tracking(line object) error {
	list, _ := line["Tracking"].([]any)
	if len(list) > 2 {
		return refusal("A line may have at most two tracking categories")
	}
	for _, raw := range list {
		t, _ := raw.(object)
		cat := s.named("TrackingCategories", "Name", text(t["Name"]))
		options, _ := cat["Options"].([]object)
		found := false
		for _, o := range options {
			found = found || o["Name"] == t["Option"]
		}
		if !found {
			return refusal("The tracking option '" + text(t["Option"]) + "' could not be found")
		}
	}
	return nil
}

// masterData is what a small firm has set up.
func masterData() map[string][]object {
	const base = "10000000-0000-4000-8000-00000000000"
	return map[string][]object{
		"Contacts": {
			{"ContactID": base + "1", "AccountNumber": "ACME", "Name": "Acme Corp.", "ContactStatus": "ACTIVE"},
			{"ContactID": base + "2", "Name": "Globex", "ContactStatus": "ACTIVE"},
			{"ContactID": base + "3", "AccountNumber": "OLD", "Name": "Old Client", "ContactStatus": "ARCHIVED"},
		},
		"Accounts": {
			{"AccountID": base + "4", "Code": "200", "Name": "Sales", "Type": "REVENUE", "Class": "REVENUE", "Status": "ACTIVE", "TaxType": "NONE"},
			{"AccountID": base + "5", "Code": "210", "Name": "Placement fees", "Type": "REVENUE", "Class": "REVENUE", "Status": "ACTIVE", "TaxType": "NONE"},
			{"AccountID": base + "6", "Code": "299", "Name": "Closed", "Type": "REVENUE", "Class": "REVENUE", "Status": "ARCHIVED", "TaxType": "NONE"},
		},
		"Items":    {{"ItemID": base + "7", "Code": "TEMP-HOUR", "Name": "Temporary staff, hour", "IsSold": true, "IsPurchased": false}},
		"TaxRates": {{"Name": "Tax Exempt", "TaxType": "NONE", "Status": "ACTIVE", "EffectiveRate": 0}},
		"TrackingCategories": {{"TrackingCategoryID": base + "8", "Name": "Cost centre", "Status": "ACTIVE", "Options": []object{
			{"TrackingOptionID": base + "9", "Name": "CC-4100", "Status": "ACTIVE"}, {"TrackingOptionID": "10000000-0000-4000-8000-000000000010", "Name": "CC-4200", "Status": "ACTIVE"}}}},
	}
}

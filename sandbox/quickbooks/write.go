package quickbooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/shopspring/decimal"
)

// write makes one estimate. A known request id gives its first answer again.
func (s *Server) write(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("requestid")
	if before, ok := s.kept[id]; ok && id != "" {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		_, _ = w.Write(before) // the caller is gone: nobody to tell
		return
	}
	var e object
	dec := json.NewDecoder(r.Body)
	dec.UseNumber()
	if err := dec.Decode(&e); err != nil || len(id) > 50 {
		refuse(w, http.StatusBadRequest, Fault{"ValidationFault", "2010", "Request has invalid or unsupported property", "The body or the request id cannot be read", ""})
		return
	}
	if len(s.faults) > 0 {
		refuse(w, http.StatusOK, s.faults[0])
		s.faults = s.faults[1:]
		return
	}
	if err := s.make(e); err != nil {
		var f Fault
		errors.As(err, &f)
		f.Type = "ValidationFault"
		refuse(w, http.StatusBadRequest, f)
		return
	}
	s.estimates = append(s.estimates, e)
	var said bytes.Buffer
	_ = json.NewEncoder(&said).Encode(object{"Estimate": e, "time": s.now()}) // plain values: it cannot fail
	s.kept[id] = said.Bytes()
	if s.drop > 0 {
		s.drop--
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_, _ = w.Write(said.Bytes()) // the caller is gone: nobody to tell
}

// make checks an estimate as the vendor would and works out its sums.
func (s *Server) make(e object) error {
	if n := text(e["DocNumber"]); len(n) > 21 {
		return Fault{Code: "2050", Message: "String length is either shorter or longer than supported by specification", Detail: "Max:21", Element: "DocNumber"}
	}
	for _, have := range s.estimates {
		if have["DocNumber"] == e["DocNumber"] {
			return Fault{Code: "6140", Message: "Duplicate Document Number Error", Detail: "You must specify a different number."}
		}
	}
	customer := s.named("Customer", e["CustomerRef"])
	if customer == nil {
		return Fault{Code: "2500", Message: "Invalid Reference Id", Detail: "Customer", Element: "CustomerRef"}
	}
	currency, _ := e["CurrencyRef"].(object)
	if s.opts.MultiCurrency != (currency != nil) || s.opts.MultiCurrency && currency["value"] != valueOf(customer["CurrencyRef"]) {
		return Fault{Code: "6000", Message: "A business validation error has occurred", Detail: "The currency of the transaction is invalid for the customer", Element: "CurrencyRef"}
	}
	if _, err := time.Parse(time.DateOnly, text(e["TxnDate"])); err != nil {
		return Fault{Code: "2030", Message: "Invalid Number", Detail: "TxnDate", Element: "TxnDate"}
	}
	sum, err := s.linesOf(e)
	if err != nil {
		return err
	}
	lines, _ := e["Line"].([]any)
	e["Line"] = append(lines, object{"Amount": json.Number(sum.String()), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": object{}})
	e["Id"], e["SyncToken"], e["domain"], e["sparse"] = s.id(), "0", "QBO", false
	e["TotalAmt"], e["TxnTaxDetail"] = json.Number(sum.String()), object{"TotalTax": 0}
	e["MetaData"] = object{"CreateTime": s.now(), "LastUpdatedTime": s.now()}
	e["CurrencyRef"] = object{"value": "USD", "name": "United States Dollar"}
	if currency != nil {
		e["CurrencyRef"] = currency
	}
	return nil
}

func (s *Server) named(list string, reference any) object {
	ref, _ := reference.(object)
	for _, o := range s.lists[list] {
		if o["Id"] == ref["value"] && o["Active"] == true {
			for _, name := range []string{"DisplayName", "Name", "FullyQualifiedName"} { // the last that it has
				if text(o[name]) != "" {
					ref["name"] = o[name]
				}
			}
			return o
		}
	}
	return nil
}

func (s *Server) linesOf(e object) (sum decimal.Decimal, err error) {
	list, _ := e["Line"].([]any)
	for _, raw := range list {
		line, _ := raw.(object)
		detail, _ := line["SalesItemLineDetail"].(object)
		if line["DetailType"] != "SalesItemLineDetail" || detail == nil {
			return sum, Fault{Code: "2020", Message: "Required param missing, need to supply the required value for the API", Detail: "SalesItemLineDetail"}
		}
		amount, err := s.line(line, detail)
		if err != nil {
			return sum, err
		}
		sum = sum.Add(amount)
	}
	if len(list) == 0 || sum.IsNegative() {
		return sum, Fault{Code: "6000", Message: "A business validation error has occurred", Detail: "Transaction amount must be 0 or greater"}
	}
	return sum, nil
}

func (s *Server) line(line, detail object) (decimal.Decimal, error) {
	if s.named("Item", detail["ItemRef"]) == nil {
		return decimal.Zero, Fault{Code: "2500", Message: "Invalid Reference Id", Detail: "Item elements id", Element: "ItemRef"}
	}
	if detail["ClassRef"] != nil {
		if s.opts.NoClasses {
			delete(detail, "ClassRef") // ignored without a word
		} else if s.named("Class", detail["ClassRef"]) == nil {
			return decimal.Zero, Fault{Code: "2500", Message: "Invalid Reference Id", Detail: "Class", Element: "ClassRef"}
		}
	}
	var figures [3]decimal.Decimal
	for i, v := range []any{detail["Qty"], detail["UnitPrice"], line["Amount"]} {
		n, isNumber := v.(json.Number)
		d, err := decimal.NewFromString(n.String())
		if !isNumber || err != nil {
			return decimal.Zero, Fault{Code: "2030", Message: "Invalid Number", Detail: "Amount"}
		}
		figures[i] = d
	}
	if !figures[0].Mul(figures[1]).Round(2).Equal(figures[2]) {
		return decimal.Zero, Fault{Code: "6070", Message: "Amount calculation incorrect in the request", Detail: "Amount is not equal to UnitPrice * Qty. Supplied value:" + figures[2].String()}
	}
	return figures[2], nil
}

// masterData is what a small firm has set up.
func masterData() map[string][]object {
	usd, eur := object{"value": "USD"}, object{"value": "EUR"}
	return map[string][]object{
		"Customer": {
			{"Id": "66", "DisplayName": "Acme Corp.", "Active": true, "CurrencyRef": usd},
			{"Id": "67", "DisplayName": "O'Brien & Söhne", "Active": true, "CurrencyRef": eur},
			{"Id": "68", "DisplayName": "Old Client", "Active": false, "CurrencyRef": usd},
		},
		"Item": {
			{"Id": "21", "Name": "Temporary staff", "FullyQualifiedName": "Temporary staff", "Active": true, "Type": "Service"},
			{"Id": "22", "Name": "Placement fee", "FullyQualifiedName": "Placement fee", "Active": true, "Type": "Service"},
		},
		"Class": {
			{"Id": "5000000000000000410", "Name": "CC-4100", "FullyQualifiedName": "Clients:CC-4100", "Active": true},
			{"Id": "5000000000000000420", "Name": "CC-4200", "FullyQualifiedName": "CC-4200", "Active": true},
		},
		"TaxCode": {{"Id": "5", "Name": "20.0% S", "Active": true}},
	}
}

func valueOf(reference any) any {
	ref, _ := reference.(object)
	return ref["value"]
}

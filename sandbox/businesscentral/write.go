package businesscentral

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// write makes one draft with its lines and dimensions, or nothing.
func (s *Server) write(w http.ResponseWriter, r *http.Request, list string) {
	var d object
	dec := json.NewDecoder(r.Body)
	dec.UseNumber()
	if err := dec.Decode(&d); err != nil {
		refuse(w, http.StatusBadRequest, Fault{"BadRequest", "The request body must be a JSON object"})
		return
	}
	if len(s.refusals) > 0 {
		refuse(w, http.StatusBadRequest, s.refusals[0])
		s.refusals = s.refusals[1:]
		return
	}
	if s.broken > 0 {
		s.broken--
		refuse(w, http.StatusOK, Fault{"Internal_ServerError", "The stream was broken off"})
		return
	}
	if err := s.make(list, d); err != nil {
		refuse(w, http.StatusBadRequest, Fault{"Application_DialogException", err.Error()})
		return
	}
	s.documents[list] = append(s.documents[list], d)
	if s.drop > 0 {
		s.drop--
		panic(http.ErrAbortHandler)
	}
	answer(w, http.StatusCreated, withoutLines(d))
}

// header are the properties of a document that may be written, with their lengths; 0:
// none.
func header(list string) map[string]int {
	out := map[string]int{"externalDocumentNumber": 35, "postingDate": 0, "customerNumber": 20, "currencyCode": 10}
	if list == "salesInvoices" {
		out["invoiceDate"], out["customerPurchaseOrderReference"], out["salesInvoiceLines"] = 0, 35, 0
	} else {
		out["creditMemoDate"], out["salesCreditMemoLines"] = 0, 0
	}
	return out
}

// make checks a document as the vendor would and works out its sums.
func (s *Server) make(list string, d object) error {
	if err := check(d, header(list)); err != nil {
		return err
	}
	customer := s.named("customers", "number", text(d["customerNumber"]))
	if customer == nil || customer["blocked"] == "All" {
		return Fault{Message: "The Customer does not exist or is blocked. Identification fields and values: No.='" + text(d["customerNumber"]) + "'"}
	}
	places, known := map[string]int32{"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}[text(d["currencyCode"])]
	if !known {
		return Fault{Message: "The field Currency Code of table Sales Header contains a value that cannot be found in the related table (Currency)."}
	}
	lines, _ := d[strings.TrimSuffix(list, "s")+"Lines"].([]any)
	sum := decimal.Zero
	for i, raw := range lines {
		line, _ := raw.(object)
		amount, err := s.line(line, places)
		if err != nil {
			return err
		}
		sum = sum.Add(amount)
		line["id"], line["sequence"] = s.uuid(), 10000*(i+1)
	}
	if sum.IsNegative() {
		return Fault{Message: "The total amount for the invoice must be 0 or greater."}
	}
	d["id"], d["number"], d["status"] = s.uuid(), fmt.Sprintf("S-%d", 102000+s.next), "Draft"
	d["externalDocumentNumber"] = strings.ToUpper(text(d["externalDocumentNumber"])) // it is a code
	d["customerName"] = customer["displayName"]
	d["totalAmountExcludingTax"], d["totalTaxAmount"], d["totalAmountIncludingTax"] = json.Number(sum.String()), 0, json.Number(sum.String())
	d["lastModifiedDateTime"] = s.opts.Now().UTC().Format(time.RFC3339Nano)
	d["@odata.etag"] = fmt.Sprintf(`W/"JzQ0O%dtest;"`, s.next)
	return nil
}

// check holds the names and lengths of texts.
func check(o object, known map[string]int) error {
	for k, v := range o {
		limit, ok := known[k]
		if !ok {
			return Fault{Message: "The property '" + k + "' does not exist on type. Make sure to only use property names that are defined by the type."}
		}
		if t := text(v); limit > 0 && len([]rune(t)) > limit {
			return Fault{Message: fmt.Sprintf("The length of the string is %d, but it must be less than or equal to %d characters. Value: %s", len(t), limit, t)}
		}
		if strings.HasSuffix(k, "Date") {
			if _, err := time.Parse(time.DateOnly, text(v)); err != nil {
				return Fault{Message: "Cannot convert " + k + " to Edm.Date"}
			}
		}
	}
	return nil
}

func (s *Server) named(list, field, value string) object {
	for _, o := range s.lists[list] {
		if o[field] == value {
			return o
		}
	}
	return nil
}

func (s *Server) line(line object, places int32) (decimal.Decimal, error) {
	if err := check(line, map[string]int{"lineType": 0, "lineObjectNumber": 20, "description": 100, "unitOfMeasureCode": 10, "quantity": 0, "unitPrice": 0, "dimensionSetLines": 0}); err != nil {
		return decimal.Zero, err
	}
	list, ok := map[string]string{"Account": "accounts", "Item": "items", "Resource": "resources"}[text(line["lineType"])]
	if !ok || s.named(list, "number", text(line["lineObjectNumber"])) == nil {
		return decimal.Zero, Fault{Message: "The " + map[string]string{"Account": "G/L Account", "Item": "Item", "Resource": "Resource"}[text(line["lineType"])] + " does not exist. Identification fields and values: No.='" + text(line["lineObjectNumber"]) + "'"}
	}
	var figures [2]decimal.Decimal
	for i, name := range []string{"quantity", "unitPrice"} {
		n, isNumber := line[name].(json.Number)
		d, err := decimal.NewFromString(n.String())
		if !isNumber || err != nil || !d.Equal(d.Round(5)) {
			return decimal.Zero, Fault{Message: "The value of " + name + " cannot be rounded to five places"}
		}
		figures[i] = d
	}
	amount := figures[0].Mul(figures[1]).Round(places)
	line["amountExcludingTax"] = json.Number(amount.String())
	return amount, s.dimensions(line)
}

// dimensions checks those of a line and adds the default that the company has.
func (s *Server) dimensions(line object) error {
	list, _ := line["dimensionSetLines"].([]any)
	for _, raw := range list {
		dim, _ := raw.(object)
		at := s.named("dimensions", "code", text(dim["code"]))
		if at == nil || !slices.ContainsFunc(s.lists["values of "+text(at["id"])], func(o object) bool { return o["code"] == dim["valueCode"] }) {
			return Fault{Message: "The Dimension Value does not exist. Identification fields and values: Dimension Code='" + text(dim["code"]) + "',Code='" + text(dim["valueCode"]) + "'"}
		}
	}
	if len(list) == 0 {
		line["dimensionSetLines"] = []any{object{"code": "DEPARTMENT", "valueCode": "ADM"}}
	}
	return nil
}

// masterData is what a small firm has set up.
func masterData() map[string][]object {
	const base = "10000000-0000-4000-8000-00000000000"
	department := base + "7"
	return map[string][]object{
		"customers": {
			{"id": base + "1", "number": "ACME", "displayName": "Acme Corp.", "blocked": "_x0020_"},
			{"id": base + "2", "number": "C00020", "displayName": "O'Brien Ltd", "blocked": "Ship"},
			{"id": base + "3", "number": "OLD", "displayName": "Old Client", "blocked": "All"},
		},
		"accounts": {
			{"id": base + "4", "number": "40100", "displayName": "Temporary staff", "category": "Income", "blocked": false},
			{"id": base + "5", "number": "40200", "displayName": "Placement fees", "category": "Income", "blocked": false},
			{"id": base + "6", "number": "40900", "displayName": "Closed", "category": "Income", "blocked": true},
		},
		"items":     {{"id": base + "8", "number": "TEMP-HOUR", "displayName": "Temporary staff, hour", "blocked": false}},
		"resources": {{"number": "NURSE"}},
		"dimensions": {
			{"id": department, "code": "DEPARTMENT", "displayName": "Department"},
		},
		"values of " + department: {{"id": base + "9", "code": "CC-4100", "displayName": "Wards"}, {"code": "CC-4200", "displayName": "Laboratory"}, {"code": "ADM", "displayName": "Administration"}},
	}
}

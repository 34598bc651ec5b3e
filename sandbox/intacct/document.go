package intacct

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"
)

const (
	invoice    = "accounts-receivable/invoice"
	adjustment = "accounts-receivable/adjustment"
)

// schema says what a client may and must send, out of the vendor's OpenAPI document.
type schema struct {
	number         string
	may, must      []string
	mayLine        []string
	dateField      string
	amountOf       func(line map[string]any) (string, bool)
	numberedPrefix string
}

func schemas() map[string]schema {
	return map[string]schema{
		invoice: {
			number: "invoiceNumber", dateField: "invoiceDate", numberedPrefix: "SI-",
			may:     []string{"invoiceNumber", "state", "referenceNumber", "description", "invoiceDate", "dueDate", "currency", "customer", "term", "contacts", "attachment", "lines", "invoiceSummary", "customerMessage", "taxSolution"},
			must:    []string{"invoiceDate", "dueDate"},
			mayLine: []string{"txnAmount", "memo", "glAccount", "accountLabel", "dimensions", "allocation", "taxEntries"},
			amountOf: func(l map[string]any) (string, bool) {
				v, ok := l["txnAmount"].(string)
				return v, ok
			},
		},
		adjustment: {
			number: "adjustmentNumber", dateField: "createdDate", numberedPrefix: "ADJ-",
			may:     []string{"adjustmentNumber", "state", "documentNumber", "description", "createdDate", "glPostingDate", "txnCurrency", "baseCurrency", "exchangeRate", "customer", "attachment", "lines", "adjustmentSummary", "taxSolution"},
			must:    []string{"createdDate"},
			mayLine: []string{"txnCurrency", "memo", "glAccount", "accountLabel", "dimensions", "exchangeRate", "taxEntries"},
			amountOf: func(l map[string]any) (string, bool) {
				m, _ := l["txnCurrency"].(map[string]any)
				v, ok := m["amount"].(string)
				return v, ok
			},
		},
	}
}

var twoPlaces = regexp.MustCompile(`^-?[0-9]+(\.[0-9]{1,2})?$`)

func (s *Server) all() []Document {
	out := s.docs.List(func(Document) bool { return true })
	slices.SortFunc(out, func(a, b Document) int { return int(a.Key - b.Key) })
	return out
}

// body reads what was sent, digits as they stand.
func (d Document) body() map[string]any {
	var out map[string]any
	dec := json.NewDecoder(bytes.NewReader(d.Body))
	dec.UseNumber()
	if dec.Decode(&out) != nil || out == nil {
		return map[string]any{}
	}
	return out
}

func (d *Document) setBody(m map[string]any) {
	if b, err := json.Marshal(m); err == nil {
		d.Body = b
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, object string) {
	if s.fault != "" {
		answer(w, http.StatusOK, faultBody("operationFailed", "POST request on objects/"+object+" was unsuccessful.", s.fault))
		s.fault = ""
		return
	}
	var body map[string]any
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	dec.UseNumber()
	if dec.Decode(&body) != nil {
		refuse(w, http.StatusBadRequest, "invalidRequest", "Payload contains errors", "The request body is not valid JSON")
		return
	}
	sch := schemas()[object]
	number, _ := body[sch.number].(string)
	if why := s.objection(object, sch, body, number); why != "" {
		refuse(w, http.StatusBadRequest, "invalidRequest", "Payload contains errors", why)
		return
	}
	status, _ := body["state"].(string)
	if status == "" || s.opts.PostsDrafts {
		status = "posted" // the document's default
	}
	key, _ := s.docs.Insert(func(id int64) Document {
		d := Document{Key: id, Object: object, Number: number, State: status, Created: s.opts.Now().UTC()}
		if s.opts.Sequencing || number == "" {
			d.Number = sch.numberedPrefix + strconv.FormatInt(id, 10)
		}
		d.setBody(body)
		return d
	})
	answer(w, http.StatusCreated, result(map[string]string{"key": strconv.FormatInt(key, 10), "id": strconv.FormatInt(key, 10), "href": fmt.Sprintf("/objects/%s/%d", object, key)}))
}

// objection says what Sage Intacct would not take; "": nothing.
func (s *Server) objection(object string, sch schema, body map[string]any, number string) string {
	for name := range body {
		if !slices.Contains(sch.may, name) {
			return "'" + name + "' is not a valid field, or is read-only"
		}
	}
	for _, name := range sch.must {
		if v, _ := body[name].(string); v == "" {
			return "'" + name + "' is required"
		}
	}
	if st := fmt.Sprint(body["state"]); body["state"] != nil && st != "draft" && st != "posted" {
		return "'state' must be draft or posted"
	}
	if day, _ := body[sch.dateField].(string); day < s.opts.ClosedBefore {
		return "The period of the date " + day + " is closed"
	}
	if id := refID(body["customer"]); !s.has("accounts-receivable/customer", id) {
		return "customer.id: there is no customer " + id
	}
	if !s.opts.Sequencing && number != "" && slices.ContainsFunc(s.all(), func(d Document) bool { return d.Object == object && d.Number == number }) {
		return "Another record with the value " + number + " for the field " + sch.number + " exists"
	}
	list, _ := body["lines"].([]any)
	if len(list) == 0 {
		return "'lines' is required"
	}
	for i, v := range list {
		line, _ := v.(map[string]any)
		if why := s.objectionToLine(sch, line); why != "" {
			return fmt.Sprintf("lines[%d]: %s", i, why)
		}
	}
	return ""
}

func (s *Server) objectionToLine(sch schema, line map[string]any) string {
	for name := range line {
		if !slices.Contains(sch.mayLine, name) {
			return "'" + name + "' is not a valid field, or is read-only"
		}
	}
	if v, ok := sch.amountOf(line); !ok || !twoPlaces.MatchString(v) {
		return "the amount must be a text with at most two decimals"
	}
	if id := refID(line["glAccount"]); !s.has("general-ledger/account", id) {
		return "glAccount.id: there is no GL account " + id
	}
	dims, _ := line["dimensions"].(map[string]any)
	if refID(dims["location"]) == "" {
		return "dimensions.location.id is required"
	}
	for name, v := range dims {
		if !s.has(dimensionObject(name), refID(v)) {
			return "dimensions." + name + ".id: there is no " + name + " " + refID(v)
		}
	}
	return ""
}

func dimensionObject(name string) string {
	if name == "project" {
		return "projects/project"
	}
	return "company-config/" + name
}

func (s *Server) read(w http.ResponseWriter, object, key string) {
	id, err := strconv.ParseInt(key, 10, 64)
	d, ok := s.docs.Get(id)
	if err != nil || !ok || d.Object != object {
		refuse(w, http.StatusNotFound, "invalidRequest", "There is no record with the key "+key)
		return
	}
	answer(w, http.StatusOK, result(shownOf(d)))
}

// shownOf writes a document as it is read: what was sent, and what Sage Intacct adds.
func shownOf(d Document) map[string]any {
	object, key := d.Object, strconv.FormatInt(d.Key, 10)
	sch, out, sum := schemas()[object], d.body(), decimal.Zero
	list, _ := out["lines"].([]any)
	for i, v := range list {
		line, _ := v.(map[string]any)
		amount, _ := sch.amountOf(line)
		a, err := decimal.NewFromString(amount)
		if err == nil {
			sum = sum.Add(a)
		}
		line["lineNumber"], line["isSubtotal"] = i+1, nil
	}
	out["key"], out["id"], out["state"], out[sch.number] = key, key, d.State, d.Number
	out["href"], out["webURL"] = "/objects/"+object+"/"+key, "https://www.intacct.com/ia/acct/ur.phtml?.r="+key
	out["audit"] = map[string]any{"createdDateTime": d.Created.Format("2006-01-02T15:04:05Z")}
	if object == invoice {
		out["totalTxnAmount"], out["totalTxnAmountDue"] = sum.String(), sum.String()
	} else if cur, ok := out["txnCurrency"].(map[string]any); ok {
		cur["totalEntered"] = sum.String()
	}
	return out
}

func refID(v any) string {
	m, _ := v.(map[string]any)
	id, _ := m["id"].(string)
	return id
}

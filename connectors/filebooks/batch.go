package filebooks

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// own are the columns of every bill, in their order.
var own = []string{"reference", "kind", "corrects", "line", "client_code", "client_name", "date", "period_from", "period_to", "purchase_order",
	"description", "quantity", "unit", "unit_price", "amount", "currency", "cost_centre"}

// numbers are the columns that hold digits and nothing else.
var numbers = map[string]bool{"line": true, "quantity": true, "unit_price": true, "amount": true}

// bill is one bill on its way, and as it stands in a JSON batch.
type bill struct {
	staffing.Bill
	Lines  []line            `json:"lines"` // in place of the bill's own
	Fields map[string]string `json:"fields,omitempty"`
}

// line says by itself what it sells.
type line struct {
	staffing.BillLine
	Item string `json:"item,omitempty"`
}

// itemColumn may be set by the bill map; without it, it is the bill's own.
const itemColumn = "item"

// newBill puts a bill and what its map made together. What the map says that the lines
// sell goes before the bill's own.
func newBill(b staffing.Bill, fields map[string]string) bill {
	out := bill{Bill: b, Fields: fields}
	if fields[itemColumn] != "" {
		out.Item = fields[itemColumn]
	}
	for _, l := range b.Lines {
		out.Lines = append(out.Lines, line{l, out.Item})
	}
	return out
}

// control are the totals by which an import knows that a file is whole.
type control struct {
	File   string                     `json:"file"`
	Bills  int                        `json:"bills"`
	Lines  int                        `json:"lines"`
	Sums   map[string]decimal.Decimal `json:"sums"` // of the amounts, by currency
	SHA256 string                     `json:"sha256"`
	Refs   []string                   `json:"references"`
}

// format makes and reads batches.
type format struct {
	kind    string // csv, json
	comma   rune
	columns []string // of the settings; empty: own and then the map's
}

func (c *Connector) format() format {
	f := format{kind: c.set["format"], comma: ','}
	if f.comma = []rune(c.set["delimiter"])[0]; c.set["delimiter"] == "tab" {
		f.comma = '\t'
	}
	for _, name := range strings.Split(c.set["columns"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			f.columns = append(f.columns, name)
		}
	}
	return f
}

// add puts a bill behind those that a batch has; base nil: it is the first.
func (f format) add(base []byte, b bill) ([]byte, error) {
	if f.kind == "json" {
		return addJSON(base, b)
	}
	names := f.names(b)
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = f.comma
	if base != nil {
		header, err := csvReader(base, f.comma).Read()
		if err != nil || !slices.Equal(header, names) {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "columns", Message: "the batch has other columns than this bill; name the columns in the connection's settings"}
		}
	} else if err := w.Write(names); err != nil {
		return nil, err
	}
	for i, l := range b.Lines {
		if err := w.Write(f.row(names, b, i, l)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return append(slices.Clone(base), out.Bytes()...), w.Error()
}

// names are the columns of a bill.
func (f format) names(b bill) []string {
	if len(f.columns) > 0 {
		return f.columns
	}
	out := slices.Clone(own)
	var more []string
	for name := range b.Fields {
		if !slices.Contains(own, name) {
			more = append(more, name)
		}
	}
	for _, name := range []string{"customer", itemColumn, "work_order", "work_site"} { // of the default map and the bill, also when they are empty
		if !slices.Contains(more, name) {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	return append(out, more...)
}

func (f format) row(names []string, b bill, i int, l line) []string {
	values := map[string]string{"reference": b.Reference, "kind": string(b.Kind), "corrects": b.Corrects, "line": strconv.Itoa(i + 1),
		"client_code": b.ClientCode, "client_name": b.ClientName, "date": string(b.Date), "period_from": string(b.Period().From), "period_to": string(b.Period().To),
		"purchase_order": b.PurchaseOrder, "description": l.Description, "quantity": l.Quantity.String(), "unit": string(l.Unit),
		"unit_price": l.UnitPrice.String(), "amount": places(l.Amount), "currency": b.Currency, "cost_centre": l.CostCentre, itemColumn: l.Item}
	out := make([]string, len(names))
	for j, name := range names {
		v, known := values[name]
		if !known {
			v = b.Fields[name]
		}
		if out[j] = v; !numbers[name] {
			out[j] = harmless(v)
		}
	}
	return out
}

// places writes an amount with two places at least.
func places(d decimal.Decimal) string {
	return d.StringFixed(max(2, -d.Exponent()))
}

var plainNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// harmless keeps a text from being a formula where a person opens the file in a
// spreadsheet.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) && !plainNumber.MatchString(s) {
		return "'" + s
	}
	return s
}

type document struct {
	Format string `json:"format"`
	Bills  []bill `json:"bills"`
}

func addJSON(base []byte, b bill) ([]byte, error) {
	doc := document{Format: "tributary bills 1"}
	if base != nil && json.Unmarshal(base, &doc) != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "the batch that is there cannot be read")
	}
	doc.Bills = append(doc.Bills, b)
	return json.MarshalIndent(doc, "", " ")
}

// total works the control totals out of a batch as it stands, so that they are of what
// is written and not of what was meant.
func (f format) total(name string, content []byte) (control, error) {
	sum := sha256.Sum256(content)
	out := control{File: name, Sums: map[string]decimal.Decimal{}, SHA256: hex.EncodeToString(sum[:])}
	add := func(ref, currency string, amount decimal.Decimal) {
		if !slices.Contains(out.Refs, ref) {
			out.Refs, out.Bills = append(out.Refs, ref), out.Bills+1
		}
		out.Lines++
		out.Sums[currency] = out.Sums[currency].Add(amount)
	}
	if f.kind == "json" {
		var doc document
		if err := json.Unmarshal(content, &doc); err != nil {
			return control{}, unreadable(name, err)
		}
		for _, b := range doc.Bills {
			for _, l := range b.Lines {
				add(b.Reference, b.Currency, l.Amount)
			}
		}
		return out, nil
	}
	rows, err := csvReader(content, f.comma).ReadAll()
	if err != nil || len(rows) == 0 {
		return control{}, unreadable(name, err)
	}
	at := map[string]int{}
	for i, column := range rows[0] {
		at[column] = i
	}
	for _, need := range []string{"reference", "currency", "amount"} {
		if _, ok := at[need]; !ok {
			return control{}, &staffing.Error{Code: staffing.Invalid, Field: "columns", Message: "the columns must have reference, currency and amount: by them a bill is found, and totals are made"}
		}
	}
	for _, row := range rows[1:] {
		amount, err := decimal.NewFromString(row[at["amount"]])
		if err != nil {
			return control{}, unreadable(name, err)
		}
		add(row[at["reference"]], row[at["currency"]], amount)
	}
	return out, nil
}

func unreadable(name string, err error) error {
	return staffing.Errorf(staffing.Unavailable, "the batch %s cannot be read: %w", name, err)
}

func csvReader(content []byte, comma rune) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma = comma
	return r
}

// flat reads what the bill map made: texts, numbers and truth values, one level deep.
func flat(raw json.RawMessage) (map[string]string, error) {
	var values map[string]any
	if len(raw) > 0 {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&values); err != nil {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "bill", Message: "the bill map gives no object", Err: err}
		}
	}
	out := map[string]string{}
	for name, v := range values {
		switch v := v.(type) {
		case string:
			out[name] = v
		case json.Number, bool:
			out[name] = fmt.Sprint(v)
		case nil:
		default:
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "bill", Message: "the column " + name + " of the bill map is no text and no number"}
		}
		if slices.Contains(own, name) {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "bill", Message: "the column " + name + " is the bill's own; the bill map must not set it"}
		}
	}
	return out, nil
}

package netsuite

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// paper is a kind of transaction.
type paper struct {
	record string // as the record API calls it
	kind   string // as SuiteQL calls it
	words  string
	sign   int64 // of its amounts against the bill's
}

var (
	orderPaper  = paper{"salesOrder", "SalesOrd", "sales order", 1}
	creditPaper = paper{"returnAuthorization", "RtnAuth", "return authorization", -1}
)

// paperOf says what a bill becomes: a sales order, or a return authorization when it
// takes money back. Both wait for approval and touch no ledger until then; a credit
// memo or an invoice would be booked at once.
func paperOf(b staffing.Bill) paper {
	if b.Total.IsNegative() {
		return creditPaper
	}
	return orderPaper
}

// pending is the only status that the connector ever sends: Pending Approval. B
// would be an approval.
const pending = "A"

type object = map[string]any

func ref(id string) object { return object{"id": id} }

// draft is the body of the transaction.
func (c *Connector) draft(p paper, req staffing.BillingRequest, f fields, bk books) object {
	lines := make([]object, 0, len(req.Bill.Lines))
	for _, l := range req.Bill.Lines {
		lines = append(lines, c.line(p, l, f, bk))
	}
	out := object{}
	for name, v := range f.CustomFields {
		out[name] = v
	}
	maps.Copy(out, object{
		"entity": ref(bk.customer), "tranDate": string(req.Bill.Date), "currency": ref(bk.currency),
		"orderStatus": ref(pending), "memo": cut(f.memo(req.Bill)), "item": object{"items": lines},
	})
	if r := f.reference(req.Bill); r != "" {
		out["otherRefNum"] = r
	}
	if id := c.set["subsidiary_id"]; id != "" {
		out["subsidiary"] = ref(id)
	}
	return out
}

func (c *Connector) line(p paper, l staffing.BillLine, f fields, bk books) object {
	amount := l.Amount.Mul(decimal.NewFromInt(p.sign))
	quantity, rate, note := priceLine(l, amount)
	text := l.Description
	if f.Description != "" {
		text = f.Description
	}
	if note != "" {
		text += " (" + note + ")"
	}
	out := object{
		"item": ref(bk.items[c.item(l.Unit, f)]), "quantity": json.Number(quantity.String()), "rate": json.Number(rate.String()),
		"amount": json.Number(amount.String()), "description": text, "price": ref(c.set["price_level"]),
	}
	for dim, code := range c.dimensions(l, f) {
		out[dim] = ref(bk.places[dim][code])
	}
	return out
}

// dimensions gives what a line is booked on: its cost centre, and what the bill map
// says of the others.
func (c *Connector) dimensions(l staffing.BillLine, f fields) map[string]string {
	out := map[string]string{}
	for dim, code := range map[string]string{"department": f.Department, "class": f.Class, "location": f.Location} {
		if dim == c.set["cost_centre"] && l.CostCentre != "" {
			code = l.CostCentre
		}
		if code != "" {
			out[dim] = code
		}
	}
	return out
}

// priceLine gives a quantity that is never negative and a rate whose product is the
// amount to the smallest unit. They are the line's own where these give it; else one
// piece at the amount, and a note says what the figures were.
func priceLine(l staffing.BillLine, amount decimal.Decimal) (quantity, rate decimal.Decimal, note string) {
	quantity, rate = l.Quantity.Abs(), l.UnitPrice.Abs()
	if amount.IsNegative() {
		rate = rate.Neg()
	}
	places := max(-amount.Exponent(), 0)
	exact := quantity.Mul(rate)
	if exact.Round(places).Equal(amount) && exact.RoundBank(places).Equal(amount) {
		return quantity, rate, ""
	}
	return decimal.NewFromInt(1), amount, fmt.Sprintf("%s %s at %s", l.Quantity, l.Unit, l.UnitPrice)
}

// record is what is read back.
type record struct {
	ID       string `json:"id"`
	External string `json:"externalId"`
	Number   string `json:"tranId"`
	Status   named  `json:"status"`
	Order    named  `json:"orderStatus"`
	Entity   named  `json:"entity"`
	Currency struct {
		ID   string `json:"id"`
		Name string `json:"refName"`
	} `json:"currency"`
	Date     string           `json:"tranDate"`
	PO       string           `json:"otherRefNum"`
	Subtotal *decimal.Decimal `json:"subtotal"`
	Total    decimal.Decimal  `json:"total"`
	Tax      decimal.Decimal  `json:"taxTotal"`
	Created  time.Time        `json:"createdDate"`
	Changed  string           `json:"lastModifiedDate"`
	Item     struct {
		HasMore bool `json:"hasMore"`
		Items   []struct {
			Amount     decimal.Decimal `json:"amount"`
			Department named           `json:"department"`
			Class      named           `json:"class"`
			Location   named           `json:"location"`
		} `json:"items"`
	} `json:"item"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"refName"`
}

// state is the status in words.
func (r record) state() string {
	if r.Order.ID == pending || r.Status.ID == pending && r.Order.ID == "" {
		return "Pending Approval"
	}
	if r.Status.Name != "" {
		return r.Status.Name
	}
	return r.Status.ID + r.Order.Name
}

// readRecord reads a transaction that was found or made. Not there means that it went
// in between.
func (c *Connector) readRecord(ctx context.Context, f found) (record, error) {
	var out record
	err := c.get(ctx, f.paper.record+"/"+f.id, &out)
	switch {
	case httpx.StatusOf(err) == http.StatusNotFound:
		return record{}, staffing.Errorf(staffing.Conflict, "the %s %s is gone from NetSuite, or the hub's role may not see it", f.paper.words, f.id)
	case err != nil:
		return record{}, explain(err, "the %s could not be read back", f.paper.words)
	case out.ID != f.id:
		return record{}, staffing.Errorf(staffing.Unavailable, "NetSuite's answer is not the %s %s", f.paper.words, f.id)
	}
	return out, nil
}

// expected is what a transaction is held against.
type expected struct {
	req     staffing.BillingRequest
	fields  fields
	books   books // of a new one; what was there before is not looked up again
	existed bool
}

func (c *Connector) settle(ctx context.Context, f found, want expected) (staffing.Receipt, error) {
	rec, err := c.readRecord(ctx, f)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := c.compare(f, rec, want); err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(f, rec, want.existed), nil
}

// compare holds what NetSuite keeps against what was asked for, field by field. What
// was there before may be approved or billed by now; what is new must wait.
func (c *Connector) compare(f found, r record, want expected) error {
	b := want.req.Bill
	pairs := []struct{ field, got, want string }{
		{"reference", r.External, want.req.Key},
		{"kind", f.paper.words, paperOf(b).words},
		{"date", r.Date, string(b.Date)},
		{"purchase_order", strings.TrimSpace(r.PO), want.fields.reference(b)},
		{"lines", r.shape(), wanted(f.paper, b)},
	}
	if !want.existed {
		centres := c.wantedCentres(want)
		pairs = append(pairs, struct{ field, got, want string }{"state", r.state(), "Pending Approval"},
			struct{ field, got, want string }{"customer", r.Entity.ID, want.books.customer},
			struct{ field, got, want string }{"currency", r.Currency.ID, want.books.currency},
			struct{ field, got, want string }{"cost_centres", r.centres(c.set["cost_centre"], centres), strings.Join(centres, ", ")})
	}
	if r.Subtotal != nil {
		pairs = append(pairs, struct{ field, got, want string }{"total", r.Subtotal.String(), b.Total.Mul(decimal.NewFromInt(f.paper.sign)).String()})
	}
	for _, d := range pairs {
		if d.got != d.want {
			return &staffing.Error{Code: staffing.Conflict, Field: d.field,
				Message: fmt.Sprintf("the %s %s in NetSuite differs from the bill: its %s is %q and should be %q", f.paper.words, first(r.Number, f.id), d.field, cut(d.got), cut(d.want))}
		}
	}
	return nil
}

// shape and wanted write lines in a form that compares.
func (r record) shape() string {
	var out []string
	for _, l := range r.Item.Items {
		out = append(out, l.Amount.String())
	}
	if r.Item.HasMore {
		out = append(out, "more")
	}
	return strings.Join(out, ", ")
}

// centres and wantedCentres are the internal ids that lines are booked on. Lines that
// were sent without one may have got one from the customer or the item.
func (r record) centres(dim string, want []string) string {
	out := slices.Clone(want)
	for i, l := range r.Item.Items {
		if i < len(out) && out[i] != "" {
			out[i] = map[string]named{"department": l.Department, "class": l.Class, "location": l.Location}[dim].ID
		}
	}
	return strings.Join(out, ", ")
}

func (c *Connector) wantedCentres(want expected) []string {
	var out []string
	for _, l := range want.req.Bill.Lines {
		out = append(out, want.books.places[c.set["cost_centre"]][c.dimensions(l, want.fields)[c.set["cost_centre"]]])
	}
	return out
}

func wanted(p paper, b staffing.Bill) string {
	var out []string
	for _, l := range b.Lines {
		out = append(out, l.Amount.Mul(decimal.NewFromInt(p.sign)).String())
	}
	return strings.Join(out, ", ")
}

func (c *Connector) receipt(f found, r record, existed bool) staffing.Receipt {
	out := staffing.Receipt{ID: f.paper.record + "/" + f.id, Number: first(r.Number, f.id), At: r.Created, Existed: existed,
		Extra: map[string]string{"state": r.state(), "kind": f.paper.words, "currency": r.Currency.Name, "total": r.Total.String(), "tax": r.Tax.String(), "changed": r.Changed}}
	if pattern := c.set["order_url"]; pattern != "" {
		out.URL = strings.ReplaceAll(pattern, "{id}", f.id)
	}
	if out.At.IsZero() {
		out.At = c.now()
	}
	return out
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

package setu

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	hrNS      = "http://ns.hr-xml.org/2007-04-15"
	setuNS    = "http://ns.setu.nl/2020-01"
	offerType = "application/x.setu.human-resource-v1.4+xml"
)

// oldCaller submits in version 1.4, ordersOnly reads placements where no assignment
// can be read.
type (
	oldCaller  struct{ c *Connector }
	ordersOnly struct{ c *Connector }
)

// Submit revises the offer, and posts it when the client has none: version 1.x has no
// call that reads an offer, and revising one with what it says changes nothing.
func (s oldCaller) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	found, err := s.FindSubmission(ctx, req)
	if staffing.CodeOf(err) != staffing.NotFound {
		return found, err
	}
	w, err := s.c.worker(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := s.c.sendOffer(ctx, http.MethodPost, w); err != nil {
		return staffing.Receipt{}, w.mask(explain(err, "the client's system did not confirm the offer"))
	}
	return s.c.receipt(w, false), nil
}

// FindSubmission sends the offer as a revision of itself: 404 says that there is
// none, and then nothing was written.
func (s oldCaller) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	w, err := s.c.worker(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := s.c.sendOffer(ctx, http.MethodPut, w); err != nil {
		return staffing.Receipt{}, w.mask(explain(absent(err), "the client's system was asked for the offer"))
	}
	return s.c.receipt(w, true), nil
}

// Placement reads the order that answers the offer out of the list.
func (s ordersOnly) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	return s.c.ordered(ctx, ref.ID)
}

// sendOffer posts or revises. In version 1.x 202 is allowed: the client has the
// message and looks at it later. A web page is no answer of the interface.
func (c *Connector) sendOffer(ctx context.Context, method string, w worker) error {
	body, err := c.offerXML(w)
	if err != nil {
		return err
	}
	address := c.set.URL("base_url") + "/offer"
	if method == http.MethodPut {
		address += "/" + url.PathEscape(w.id())
	}
	h := http.Header{"Content-Type": {"application/xml"}, "messageVersion": {offerType}, "Accept": {"application/xml, application/json"}}
	resp, err := c.do(ctx, httpx.Request{Method: method, URL: address, Header: h, Body: body})
	return notAPage(resp, err)
}

// notAPage tells an answer from a web page, because answers of version 1.x need no
// body that could be looked at.
func notAPage(resp *httpx.Response, err error) error {
	if err == nil && strings.Contains(resp.Header.Get("Content-Type"), "html") {
		return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "the answer is a web page: a maintenance page or a proxy stands in between"}
	}
	return err
}

// node is an element to be written; an empty one is written too, where the schema
// requires it.
type node struct {
	name  string
	attrs []string
	text  string
	kids  []node
}

func tag(name string, kids ...node) node { return node{name: name, kids: kids} }

func leaf(name, text string) node { return node{name: name, text: text} }

func ownedBy(name, owner, value string) node {
	return node{name: name, attrs: []string{"idOwner", owner}, kids: []node{leaf("IdValue", value)}}
}

func (n node) write(w *xml.Encoder) error {
	start := xml.StartElement{Name: xml.Name{Local: n.name}}
	for i := 0; i+1 < len(n.attrs); i += 2 {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: n.attrs[i]}, Value: n.attrs[i+1]})
	}
	if err := w.EncodeToken(start); err != nil {
		return err
	}
	if err := w.EncodeToken(xml.CharData(n.text)); err != nil {
		return err
	}
	for _, k := range n.kids {
		if err := k.write(w); err != nil {
			return err
		}
	}
	return w.EncodeToken(start.End())
}

// offerXML writes the HumanResource message of version 1.4, its elements in the
// order of the schema, under the same privacy rule as version 2.
func (c *Connector) offerXML(w worker) ([]byte, error) {
	rates, err := c.ratesXML(w)
	if err != nil {
		return nil, err
	}
	kids := []node{
		ownedBy("HumanResourceId", "StaffingCompany", w.ID),
		{name: "HumanResourceStatus", attrs: []string{"status", "new"}},
		tag("ReferenceInformation", ownedBy("StaffingSupplierId", "StaffingCustomer", c.set["supplier_id"]),
			ownedBy("StaffingCustomerId", "StaffingCustomer", c.set["customer_id"]), ownedBy("OrderId", "StaffingCustomer", w.order)),
		w.information(),
	}
	kids = append(append(kids, rates...), tag("Profile"), tag("Preferences"),
		tag("UserArea", tag("nl:HumanResourceAdditionalNL", leaf("nl:SETUVersionId", "1.4"), ownedBy("nl:OfferId", "StaffingCompany", w.id()))))
	root := node{name: humanResource, attrs: []string{"xmlns", hrNS, "xmlns:nl", setuNS}, kids: kids}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	if err = root.write(enc); err == nil {
		err = enc.Close()
	}
	if err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the offer cannot be written as XML: %w", err)
	}
	return out.Bytes(), nil
}

func (w worker) information() node {
	out := tag("ResourceInformation", tag("PersonName", leaf("FormattedName", strings.TrimSpace(w.Name))),
		tag("EntityContactInfo", leaf("EntityName", ""), tag("ContactMethod")))
	if w.City != "" && len(w.Country) == 2 { // the schema wants the country where there is an address
		out.kids = append(out.kids, tag("PostalAddress", leaf("CountryCode", w.Country), leaf("Municipality", w.City)))
	}
	if w.AvailableFrom != "" {
		dates := tag("AvailabilityDate", leaf("AvailabilityStartDate", string(w.AvailableFrom)))
		if w.AvailableUntil != "" {
			dates.kids = append(dates.kids, leaf("AvailabilityEndDate", string(w.AvailableUntil)))
		}
		out.kids = append(out.kids, dates)
	}
	return out
}

func (c *Connector) ratesXML(w worker) (out []node, err error) {
	periods := map[staffing.Unit]string{staffing.Hour: "hourly", staffing.Day: "daily", staffing.Week: "weekly", staffing.Month: "monthly", staffing.Year: "yearly", staffing.Flat: "flatfee"}
	for _, side := range []struct {
		rate *staffing.Rate
		kind string
	}{{w.Bill, "bill"}, {w.Pay, "pay"}} {
		if side.rate == nil {
			continue
		}
		period, ok := periods[side.rate.Unit]
		if !ok || !plausible(*side.rate) {
			return nil, noSuchRate(*side.rate)
		}
		r := node{name: "Rates", attrs: []string{"rateType", side.kind, "rateStatus", "proposed"}, kids: []node{
			{name: "Amount", attrs: []string{"rateAmountPeriod", period, "currency", side.rate.Currency}, text: side.rate.Amount.String()},
			leaf("Class", "TimeInterval"), leaf("StartDate", string(w.Start))}}
		if w.End != "" {
			r.kids = append(r.kids, leaf("EndDate", string(w.End)))
		}
		out = append(out, r)
	}
	return out, nil
}

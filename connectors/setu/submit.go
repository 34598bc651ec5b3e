package setu

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const setuVersion = "2.0"

// Submit posts an offer under an id that is made of order and worker, so the same
// offer has the same address: it is looked for there first, and a lost answer costs
// no second one.
func (s caller) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	c := s.c
	w, err := c.worker(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := s.FindSubmission(ctx, req)
	if staffing.CodeOf(err) != staffing.NotFound {
		return found, err
	}
	attachments, err := c.attachments(ctx, req.Resume)
	if err != nil {
		return staffing.Receipt{}, err
	}
	body, err := c.offer(w, attachments)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := c.post(ctx, w.id(), body); err != nil {
		return staffing.Receipt{}, w.mask(err)
	}
	return c.receipt(w, false), nil
}

// FindSubmission reads the offer at its address.
func (s caller) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	w, err := s.c.worker(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	there, err := s.c.read(ctx, "human-resource", w.id())
	if err != nil {
		return staffing.Receipt{}, err
	}
	if got := text(at(there, "documentId", "value")); got != w.id() {
		return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "the client's system answered with another human resource than it was asked for")
	}
	return s.c.receipt(w, true), nil
}

func (c *Connector) receipt(w worker, existed bool) staffing.Receipt {
	return staffing.Receipt{ID: w.id(), Number: w.id(), At: c.now().UTC(), Existed: existed, Extra: map[string]string{"worker_id": w.ID}}
}

// post creates a human resource. 201 says that it was accepted; the standard
// forbids 202, which says that nobody knows yet.
func (c *Connector) post(ctx context.Context, id string, body obj) error {
	h := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "setuVersionId": {setuVersion}}
	resp, err := c.do(ctx, httpx.Request{Method: http.MethodPost, URL: c.resource("human-resource", id), Header: h, Body: body})
	if err != nil {
		return explain(err, "the client's system did not confirm the offer")
	}
	if resp.Status != http.StatusCreated {
		return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true,
			Message: "the client's system answered the offer with another status than 201: whether it has the offer is not known"}
	}
	if len(strings.TrimSpace(string(resp.Body))) > 0 && !json.Valid(resp.Body) {
		return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "the client's system answered the offer with something that is no JSON"}
	}
	return nil
}

// Placement reads the assignment that the firm's back office has put up under the
// offer's own id; where there is none and the client has a list of orders, the order
// that answers the offer.
func (s caller) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	v, err := s.c.read(ctx, assignmentPath, ref.ID)
	if err == nil {
		return message{v: v}.record(ref.ID, nil)
	}
	if staffing.CodeOf(err) != staffing.NotFound || s.c.set["orders_url"] == "" {
		return staffing.Record{}, err
	}
	return s.c.ordered(ctx, ref.ID)
}

// ordered finds the order that answers an offer.
func (c *Connector) ordered(ctx context.Context, offer string) (staffing.Record, error) {
	list, err := c.orders(ctx)
	if err != nil {
		return staffing.Record{}, err
	}
	for _, m := range list {
		if _, word := m.submission(); m.offer() == offer && word == "ordered" {
			return m.record(offer, nil)
		}
	}
	return staffing.Record{}, staffing.Errorf(staffing.NotFound, "the client's system has neither an assignment nor an order for this offer yet")
}

const assignmentPath = "assignment"

// mask takes the candidate's name out of the vendor's words: error texts carry no
// personal data.
func (w worker) mask(err error) error {
	var coded *staffing.Error
	if !errors.As(err, &coded) || len(strings.TrimSpace(w.Name)) < 3 {
		return err
	}
	e := *coded
	e.Message = strings.ReplaceAll(e.Message, strings.TrimSpace(w.Name), "[candidate]")
	e.Err = nil // its text repeats the message
	return &e
}

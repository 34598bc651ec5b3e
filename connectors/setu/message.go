package setu

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The messages that the hub reads, by the name of their root in XML.
const (
	staffingOrder = "StaffingOrder"
	humanResource = "HumanResource"
	assignment    = "Assignment"
)

func known(name string) bool {
	return name == staffingOrder || name == humanResource || name == assignment
}

// offerSpace is the name space of the ids that the hub gives offers.
var offerSpace = uuid.MustParse("3b0f4b53-7f0e-5c46-9d53-6f1f5f6f7a01")

// offerID is the UUID of an offer, which the sender chooses. It is made from the
// order and the worker, because an Assignment names these two and not the offer.
func offerID(order, worker string) string {
	return uuid.NewSHA1(offerSpace, []byte(order+"\x00"+worker)).String()
}

// kind tells what a message is. JSON has no root name: what is required in one kind
// and unknown in the others tells it.
func (m message) kind() string {
	switch {
	case m.name != "":
		return m.name
	case m.v["orderType"] != nil:
		return staffingOrder
	case m.v["assignedWorker"] != nil:
		return assignment
	case m.v["person"] != nil:
		return humanResource
	}
	return ""
}

// orderID is the order's own id: of several, the client's.
func (m message) orderID() string {
	if id := text(at(m.v, "documentId", "value")); id != "" {
		return id
	}
	return owned(m.v["OrderId"], "StaffingCustomer")
}

// owned takes the id of one owner out of an EntityIdType that may repeat; without
// such an owner the first id.
func owned(v any, owner string) string {
	ids := many(v)
	for _, id := range ids {
		if text(id["@idOwner"]) == owner && text(id["IdValue"]) != "" {
			return text(id["IdValue"])
		}
	}
	for _, id := range ids {
		if s := text(id["IdValue"]); s != "" {
			return s
		}
	}
	return ""
}

// offer is the id of our offer that an order answers; empty: none.
func (m message) offer() string {
	return first(text(at(m.v, "staffingIds", "quoteId", "value")), owned(at(m.v, "UserArea", "StaffingOrderAdditionalNL", "OfferId"), "StaffingCompany"),
		owned(at(m.v, "ReferenceInformation", "HumanResourceId"), "StaffingCompany"))
}

func (m message) orderType() string {
	return strings.ToLower(first(text(m.v["orderType"]), text(at(m.v, "OrderClassification", "@orderType"))))
}

func (m message) orderStatus() string {
	return strings.ToLower(text(at(m.v, "OrderClassification", "@orderStatus")))
}

// requisition says whether an order asks for candidates: a request for quotation
// does, and an order that answers no offer.
func (m message) requisition() bool {
	return m.kind() == staffingOrder && (m.orderType() != "order" || m.offer() == "")
}

// submission gives the id of our offer that a message speaks of, and a word for
// what it says. In status messages of version 1.x everything but the offer's id and
// the status is a dummy.
func (m message) submission() (id, word string) {
	switch m.kind() {
	case staffingOrder:
		word = "ordered"
		if s := m.orderStatus(); s == "cancelled" || s == "closed" || s == "rejected" {
			word = "order cancelled"
		}
		return m.offer(), word
	case humanResource:
		return first(owned(at(m.v, "UserArea", "HumanResourceAdditionalNL", "OfferId"), "StaffingCompany"), owned(m.v["HumanResourceId"], "StaffingCompany")),
			strings.ToLower(text(at(m.v, "HumanResourceStatus", "@status")))
	case assignment:
		return m.assigned(), strings.TrimSpace("assignment " + strings.ToLower(text(m.v["@assignmentStatus"])))
	}
	return "", ""
}

// assigned finds the offer of an assignment by its order and its worker.
func (m message) assigned() string {
	order := first(text(at(m.v, "staffingIds", "requestForQuotationId", "value")), owned(at(m.v, "ReferenceInformation", "OrderId"), "StaffingCustomer"))
	worker := owned(at(m.v, "ReferenceInformation", "HumanResourceId"), "StaffingCompany")
	for _, id := range many(at(m.v, "assignedWorker", "workerId")) {
		if worker == "" || text(id["schemeAgencyId"]) == "Supplier" {
			worker = text(id["value"])
		}
	}
	if order == "" || worker == "" {
		return ""
	}
	return offerID(order, worker)
}

// record writes a message for the hub, with the few names that the mapping needs
// beside the message's own.
func (m message) record(id string, extra obj) (staffing.Record, error) {
	out := obj{"_id": id}
	for k, v := range m.v {
		if !strings.HasPrefix(k, "_") {
			out[k] = v
		}
	}
	if positions := many(m.v["StaffingPosition"]); len(positions) > 1 {
		out["StaffingPosition"], out["StaffingPositions"] = positions[0], positions // the mapping reads the first
	}
	for k, v := range extra {
		out[k] = v
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Invalid, "a message cannot be written as JSON: %w", err)
	}
	return staffing.Record{ExternalID: id, Raw: raw}, nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

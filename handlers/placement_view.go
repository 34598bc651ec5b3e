package handlers

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// placementFacts is what the page of a placement is made of.
type placementFacts struct {
	placement  store.PlacementRow
	submission store.Submission
	raw        store.RawRecord
	effects    []store.Effect
	exchanges  []store.Exchange
	failures   []store.Failure
	audit      []store.AuditEntry // newest first
	erp        store.Connection
	systems    map[uuid.UUID]string
	viewer     store.User
	fields     [][2]string

	bills       []store.Bill               // oldest first
	mapped      map[uuid.UUID]web.Document // by bill
	versions    []store.PlacementVersion   // newest first
	requisition staffing.Requisition
	client      store.Client
	standing    string // whose delegate the approver was
}

// placementStates are the tabs of the queue.
var placementStates = []string{store.PlacementAwaitingReview, store.PlacementNeedsAttention, store.PlacementSentBack, store.PlacementApproved, store.PlacementPosted, store.PlacementCancelled}

func placementSince(p store.Placement) time.Time {
	switch {
	case p.State == store.PlacementPosted && p.PostedAt != nil:
		return *p.PostedAt
	case p.State == store.PlacementApproved && p.ApprovedAt != nil:
		return *p.ApprovedAt
	default:
		return p.UpdatedAt
	}
}

func placementView(f placementFacts) web.PlacementView {
	p, c := f.placement, f.placement.Canonical.V
	v := web.PlacementView{ID: p.ID.String(), Worker: c.WorkerName, Title: orText(c.JobTitle, p.RequisitionTitle), Client: p.ClientName, WorkerType: string(c.WorkerType),
		SubmissionID: p.SubmissionID.String(), RequisitionID: p.RequisitionID.String(), Requisition: p.RequisitionTitle, State: p.State, Since: placementSince(p.Placement),
		Version: p.Version, ContentHash: p.ContentHash, ApproveBlocked: approveBlocked(p.Placement, f.viewer),
		ApprovedBy: value(p.ApproverName), ApprovedAt: value(p.ApprovedAt),
		CanCorrect: openTerms(p.State), CanSendBack: p.State == store.PlacementAwaitingReview || p.State == store.PlacementNeedsAttention,
		Bill: billView(p.Bill.V), Terms: termsView(f), Posting: postingView(f), Findings: findingsView(p.Findings.V), Gaps: gapsView(p.Gaps.V),
		History: placementHistory(f), Effects: effectsView(f.effects, f.systems), Exchanges: exchangesView(f.exchanges, f.systems),
		Correction: web.CorrectionForm{Fields: options("", f.fields...)}, Checks: checksView(p.Checks.V), Bills: billCards(f), Versions: versionsView(f.versions, f.fields),
		Invoice: invoiceView(c, p.Bill.V, f.client), Amend: web.AmendForm{Allowed: amendable(p.State), Whats: amendOptions("")},
		ERPRefusal: p.ERPError, ERPField: p.ERPErrorField, Standing: f.standing}
	if p.State == store.PlacementSentBack {
		v.SentBackReason, v.SentBackBy = p.SentBackReason, sentBackBy(f.audit)
	}
	if v.Bill == nil {
		v.BillProblem = billProblem(p.Placement, f)
	}
	if c.BillRate != nil && c.PayRate != nil && c.BillRate.Unit == c.PayRate.Unit && c.BillRate.Currency == c.PayRate.Currency {
		v.Margin, v.Markup = percent(staffing.Margin(c.BillRate.Amount, c.PayRate.Amount)), percent(staffing.Markup(c.BillRate.Amount, c.PayRate.Amount))
	}
	v.CanRetryPost = p.State == store.PlacementApproved && v.Posting.Error != ""
	if f.raw.ID != 0 {
		v.Source = web.Document{Title: "Payload", Note: "received " + f.raw.ReceivedAt.UTC().Format("2006-01-02 15:04 UTC"), Body: string(f.raw.Raw)}
	}
	return v
}

// openTerms says that the terms may still be corrected.
func openTerms(state string) bool {
	return state == store.PlacementAwaitingReview || state == store.PlacementNeedsAttention || state == store.PlacementSentBack
}

// approveBlocked says why the viewer cannot approve; empty: they can. The desk
// and the database decide again.
func approveBlocked(p store.Placement, viewer store.User) string {
	switch {
	case p.State == store.PlacementApproved || p.State == store.PlacementPosted || p.State == store.PlacementCancelled:
		return ""
	case slices.Contains(p.Editors, viewer.ID.String()):
		return "You edited this placement, so another person must approve it."
	case slices.Contains(p.Makers, viewer.ID.String()):
		return "You made the map that its terms come from, or chose the client's customer or items, so another person must approve it."
	case p.State == store.PlacementSentBack:
		return "It was sent back. It can be approved when its terms are corrected."
	case p.State != store.PlacementAwaitingReview:
		return "It needs attention first: " + orText(lowerFirst(firstProblem(p.State, p.Findings.V, p.Gaps.V)), "a term is missing") + "."
	case p.Bill.V == nil:
		return "There is no bill to approve."
	default:
		return ""
	}
}

// lowerFirst fits a message into a sentence; it ends without a full stop.
func lowerFirst(s string) string {
	s = strings.TrimRight(s, ". ")
	if len(s) < 2 || strings.ToUpper(s[1:2]) == s[1:2] {
		return s // an abbreviation such as PO
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func billProblem(p store.Placement, f placementFacts) string {
	_, err := staffing.FirstBill(p.ID.String(), "", f.placement.ClientName, p.Canonical.V)
	if err != nil {
		return sentence(staffing.MessageOf(err))
	}
	return ""
}

func billView(b *staffing.Bill) *web.Bill {
	if b == nil {
		return nil
	}
	out := &web.Bill{Reference: b.Reference, ClientCode: b.ClientCode, ClientName: b.ClientName, Currency: b.Currency, Date: string(b.Date),
		PurchaseOrder: b.PurchaseOrder, Total: amount(b.Total)}
	for _, l := range b.Lines {
		out.Lines = append(out.Lines, web.BillLine{Description: l.Description, Quantity: group(l.Quantity.String()), Unit: billUnit(l.Unit, l.Quantity),
			UnitPrice: amount(l.UnitPrice), Amount: amount(l.Amount), CostCentre: l.CostCentre})
	}
	return out
}

func billUnit(u staffing.Unit, n decimal.Decimal) string {
	if u == staffing.Flat || u == staffing.Each || u == "" || n.Equal(decimal.NewFromInt(1)) {
		return string(u)
	}
	return string(u) + "s"
}

// postingView says where the billing record stands.
func postingView(f placementFacts) web.Posting {
	p := f.placement
	out := web.Posting{System: f.erp.Name, Number: orText(p.ERPNumber, value(p.ERPID)), URL: p.ERPURL, At: value(p.PostedAt)}
	if p.ERPConnectionID != nil {
		out.System = f.systems[*p.ERPConnectionID]
	}
	if len(f.failures) > 0 && p.State == store.PlacementApproved {
		out.Error = sentence(f.failures[0].Message)
	}
	return out
}

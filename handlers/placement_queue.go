package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// listPlacements shows finance's queue.
func (s *Server) listPlacements(w http.ResponseWriter, r *http.Request) error {
	v, err := s.placementList(r)
	if err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavPlacements, "Placements"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.PlacementsPage(v))
}

// showPlacementsFragment shows the list again, after a change.
func (s *Server) showPlacementsFragment(w http.ResponseWriter, r *http.Request) error {
	v, err := s.placementList(r)
	if err != nil {
		return err
	}
	v.Page = s.bare(r, web.NavPlacements, "Placements")
	return s.render(w, r, http.StatusOK, web.PlacementsFragment(v))
}

// deskAges are the ages that the queue can be narrowed to, in days.
var deskAges = [][2]string{{"1", "Older than 1 day"}, {"3", "Older than 3 days"}, {"7", "Older than 7 days"}, {"30", "Older than 30 days"}}

var deskFindings = [][2]string{{store.FindingsNone, "None"}, {store.FindingsWarnings, "Warnings"}, {store.FindingsBlocking, "Blocking"}}

var deskSorts = [][2]string{{string(store.DeskOldest), "Oldest first"}, {string(store.DeskNewest), "Newest first"}, {string(store.DeskHighest), "Highest amount"},
	{string(store.DeskLowest), "Lowest amount"}, {string(store.DeskFindings), "Most findings"}}

// deskFilter reads the queue's filters from the address. What is no filter does not
// narrow.
func (s *Server) deskFilter(q listQuery) store.DeskFilter {
	f := store.DeskFilter{ClientID: q.id("client"), State: q.text("tab"), Search: q.text("q"), Findings: q.text("findings"), Order: store.DeskOrder(q.text("sort")),
		Min: figure(q.text("min")), Max: figure(q.text("max")), Limit: rowsPerPage, Offset: q.offset()}
	if !slices.Contains(placementStates, f.State) {
		f.State = store.PlacementAwaitingReview
	}
	if !slices.Contains(store.DeskOrders(), f.Order) {
		f.Order = store.DeskOldest
		if f.State == store.PlacementPosted {
			f.Order = store.DeskNewest
		}
	}
	if days, err := strconv.Atoi(q.text("age")); err == nil && days > 0 && days < 10_000 {
		f.Before = s.now().Add(-time.Duration(days) * 24 * time.Hour)
	}
	return f
}

// figure reads an amount as people type it; nil: none.
func figure(text string) *decimal.Decimal {
	d, err := decimal.NewFromString(strings.ReplaceAll(text, ",", ""))
	if err != nil || len(text) > 20 || d.Exponent() < -6 || d.Exponent() > 15 {
		return nil
	}
	return &d
}

func (s *Server) placementList(r *http.Request) (v web.PlacementsView, err error) {
	q := queryOf(r, "/placements")
	f := s.deskFilter(q)
	rows, total, err := s.store.DeskQueue(r.Context(), f)
	if err != nil {
		return v, err
	}
	counts, err := s.store.DeskCounts(r.Context())
	if err != nil {
		return v, err
	}
	v = web.PlacementsView{Tab: f.State, Tabs: placementCounts(counts), Q: q.text("q"), Min: amountText(f.Min), Max: amountText(f.Max),
		Findings: options(q.text("findings"), deskFindings...), Ages: options(q.text("age"), deskAges...), Sorts: options(string(f.Order), deskSorts...),
		Filtered: q.filtered("q", "client", "findings", "age", "min", "max"), Pager: q.pager(total), Query: q.raw()}
	for _, row := range rows {
		v.Rows = append(v.Rows, deskRowView(row, viewer(r)))
	}
	v.Clients, err = s.clientOptions(r, q.text("client"))
	return v, err
}

func amountText(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func placementCounts(n map[string]int) web.PlacementCounts {
	return web.PlacementCounts{AwaitingReview: n[store.PlacementAwaitingReview], NeedsAttention: n[store.PlacementNeedsAttention], SentBack: n[store.PlacementSentBack],
		Approved: n[store.PlacementApproved], Posted: n[store.PlacementPosted], Cancelled: n[store.PlacementCancelled]}
}

func deskRowView(d store.DeskRow, viewer store.User) web.PlacementRow {
	c := d.Terms.V
	row := web.PlacementRow{ID: d.ID.String(), URL: "/placements/" + d.PlacementID.String(), Kind: string(d.Kind), Worker: c.WorkerName, Title: orText(d.RequisitionTitle, c.JobTitle),
		Client: d.ClientName, Rate: rate(c.BillRate), StartDate: string(c.StartDate), State: d.State, Since: deskSince(d), Errors: d.Errors, Warnings: d.Warnings,
		Problem: deskProblem(d), Edited: barred(d, viewer), ERPNumber: d.ERPNumber, ERPURL: d.ERPURL}
	if d.Kind != staffing.BillFirst {
		row.URL += "#bill-" + d.ID.String()
	}
	if c.WorkerType == staffing.Permanent {
		row.Rate = rate(c.Fee)
	}
	if b := d.Bill.V; b != nil {
		row.Currency, row.Amount = b.Currency, amount(b.Total)
	}
	if whyNotInBatch(d, viewer) == "" {
		row.Pick = d.ID.String() + ":" + d.ContentHash
	}
	return row
}

// barred says that four eyes keep somebody from approving a row.
func barred(d store.DeskRow, viewer store.User) bool {
	return slices.Contains(d.Editors, viewer.ID.String()) || slices.Contains(d.Makers, viewer.ID.String())
}

func deskProblem(d store.DeskRow) string {
	switch {
	case d.ERPError != "":
		return "The ERP refused it: " + d.ERPError
	case d.State == store.PlacementSentBack && d.Reason != "":
		return d.Reason
	default:
		return firstProblem(d.State, d.Findings.V, d.Gaps.V)
	}
}

func deskSince(d store.DeskRow) time.Time {
	switch {
	case d.State == store.PlacementPosted && d.PostedAt != nil:
		return *d.PostedAt
	case d.State == store.PlacementApproved && d.ApprovedAt != nil:
		return *d.ApprovedAt
	default:
		return d.UpdatedAt
	}
}

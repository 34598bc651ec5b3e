package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

var serial atomic.Int64 // makes names unique within a test run

func unique(prefix string) string { return fmt.Sprintf("%s-%d", prefix, serial.Add(1)) }

// Client adds a client. with changes what is added.
func Client(tb testing.TB, s *store.Store, with ...func(*store.Client)) store.Client {
	tb.Helper()
	name := unique("Acme")
	c := store.Client{Code: strings.ToUpper(name), Name: name, Currency: "USD", Timezone: "America/New_York"}
	for _, f := range with {
		f(&c)
	}
	c, err := s.InsertClient(context.Background(), c)
	must(tb, err)
	return c
}

// Connection adds an active connection of that role, of kind "test", with the
// secret api_key. One of a client gets a new client unless with sets ClientID.
func Connection(tb testing.TB, s *store.Store, role staffing.Role, with ...func(*store.Connection)) store.Connection {
	tb.Helper()
	c := store.Connection{Kind: "test", Role: role, Name: unique(string(role)), Settings: store.Doc(map[string]string{"base_url": "https://vendor.test"})}
	for _, f := range with {
		f(&c)
	}
	if role == staffing.RoleClient && c.ClientID == nil {
		id := Client(tb, s).ID
		c.ClientID = &id
	}
	c, err := s.InsertConnection(context.Background(), c, map[string]string{"api_key": "hunter2"})
	must(tb, err)
	return c
}

// Requisition adds an open, valid requisition of a client's connection, as the
// poll and the validation leave it.
func Requisition(tb testing.TB, s *store.Store, c store.Connection, with ...func(*staffing.Requisition)) store.Requisition {
	tb.Helper()
	ctx := context.Background()
	number := unique("REQ")
	req := staffing.Requisition{ExternalID: number, Number: number, Title: "Network Engineer", Status: staffing.ReqOpen, RawStatus: "Open",
		Openings: 2, AcceptingSubmissions: true, WorkerType: staffing.Contract, StartDate: "2026-04-06", EndDate: "2026-10-02"}
	for _, f := range with {
		f(&req)
	}
	raw, err := json.Marshal(map[string]any{"id": req.ExternalID, "title": req.Title, "status": req.RawStatus})
	must(tb, err)
	var r store.Requisition
	must(tb, s.InTx(ctx, func(tx *store.Tx) error {
		rawID, _, err := tx.InsertRawIfChanged(ctx, c.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: req.ExternalID, Raw: raw})
		if err != nil {
			return err
		}
		id, err := tx.ReceiveRequisition(ctx, *c.ClientID, c.ID, req.ExternalID, rawID)
		if err != nil {
			return err
		}
		if r, err = tx.Requisition(ctx, id); err != nil {
			return err
		}
		r.State, r.Canonical, r.ProfileVersion = store.RequisitionValid, store.Doc(req), 1
		return tx.SaveValidation(ctx, r)
	}))
	r, err = s.Requisition(ctx, r.ID)
	must(tb, err)
	return r
}

// Submission adds a pending submission of a new candidate for the requisition,
// from the internal ATS that is connected (or one that it connects).
func Submission(tb testing.TB, s *store.Store, r store.Requisition, with ...func(*store.Submission)) store.Submission {
	tb.Helper()
	ctx := context.Background()
	ats, err := s.ConnectionByRole(ctx, staffing.RoleInternalATS)
	if staffing.CodeOf(err) == staffing.NotFound {
		ats, err = Connection(tb, s, staffing.RoleInternalATS), nil
	}
	must(tb, err)
	person := staffing.Candidate{ExternalID: unique("cand"), FirstName: "Ada", LastName: "Byron", Email: "ada@example.com"}
	sub := store.Submission{ClientID: r.ClientID, RequisitionID: r.ID, ConnectionID: r.ConnectionID, ATSConnectionID: ats.ID,
		ATSSubmissionID: unique("sub"), ATSStatus: "Submitted", StageAt: s.Now()}
	sub.CandidateID, err = s.EnsureCandidate(ctx, ats.ID, person.ExternalID)
	must(tb, err)
	must(tb, s.SaveCandidate(ctx, sub.CandidateID, person))
	for _, f := range with {
		f(&sub)
	}
	must(tb, s.InTx(ctx, func(tx *store.Tx) error {
		sub.ID, _, err = tx.EnsureSubmission(ctx, sub)
		return err
	}))
	sub.State, sub.ProfileVersion = store.SubmissionPending, 1
	sub.Canonical = store.Doc(staffing.Submission{Key: sub.ID.String(), Internal: sub.ATSSubmissionID, Candidate: person, Status: sub.ATSStatus,
		Offered: staffing.Offered{BillRate: hourly("95"), PayRate: hourly("61.75")}})
	must(tb, s.SaveSubmissionCheck(ctx, sub))
	sub, err = s.Submission(ctx, sub.ID)
	must(tb, err)
	return sub
}

// Deliver keeps a client's receipt for the submission.
func Deliver(tb testing.TB, s *store.Store, sub store.Submission) store.Submission {
	tb.Helper()
	ctx := context.Background()
	must(tb, s.InTx(ctx, func(tx *store.Tx) error {
		ref := unique("app")
		return tx.SaveDelivery(ctx, sub.ID, staffing.Receipt{ID: ref, URL: "https://vendor.test/applications/" + ref})
	}))
	sub, err := s.Submission(ctx, sub.ID)
	must(tb, err)
	return sub
}

// Placement adds the placement of the submission, ready for finance's review: 40
// hours at 95 USD on one cost centre. with changes the terms.
func Placement(tb testing.TB, s *store.Store, sub store.Submission, with ...func(*staffing.Placement)) store.Placement {
	tb.Helper()
	ctx := context.Background()
	terms := staffing.Placement{ExternalID: unique("WO"), Status: "Active", WorkerType: staffing.Contract, WorkerName: "Ada Byron", JobTitle: "Network Engineer",
		StartDate: "2026-04-06", EndDate: "2026-10-02", BillRate: hourly("95"), PayRate: hourly("61.75"), Purchase: "PO-4711",
		CostCentres: []staffing.Allocation{{Code: "CC-100", Percent: decimal.NewFromInt(100)}}}
	for _, f := range with {
		f(&terms)
	}
	var p store.Placement
	must(tb, s.InTx(ctx, func(tx *store.Tx) error {
		client, err := tx.Client(ctx, sub.ClientID)
		if err != nil {
			return err
		}
		if p, err = tx.EnsurePlacement(ctx, sub); err != nil {
			return err
		}
		bill, err := staffing.FirstBill(p.ID.String(), client.Code, client.Name, terms)
		if err != nil {
			return err
		}
		p.State, p.ProfileVersion = store.PlacementAwaitingReview, 1
		p.Extracted, p.Canonical, p.Bill = store.Doc(terms), store.Doc(terms), store.Doc(&bill)
		if p.ContentHash, err = store.HashContent(terms, &bill); err != nil {
			return err
		}
		return tx.SaveTerms(ctx, p)
	}))
	p, err := s.Placement(ctx, p.ID)
	must(tb, err)
	return p
}

// User adds a person of that role: account_manager, finance, operator or admin.
// No password fits unless with sets PasswordHash.
func User(tb testing.TB, s *store.Store, role string, with ...func(*store.User)) store.User {
	tb.Helper()
	name := unique(role)
	u := store.User{Email: name + "@example.com", Name: name, Role: role, PasswordHash: "none"}
	for _, f := range with {
		f(&u)
	}
	u, err := s.InsertUser(context.Background(), u)
	must(tb, err)
	return u
}

func hourly(amount string) *staffing.Rate {
	return &staffing.Rate{Amount: decimal.RequireFromString(amount), Currency: "USD", Unit: staffing.Hour}
}

// Of makes a connection one of the client, for [Connection].
func Of(client uuid.UUID) func(*store.Connection) {
	return func(c *store.Connection) { c.ClientID = &client }
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

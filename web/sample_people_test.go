package web_test

import (
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

func submissionRows() []web.SubmissionRow {
	return []web.SubmissionRow{
		{ID: "s1", Candidate: "Ines Carvalho", Requisition: "Data engineer", Client: "Meridian Health", Rate: "USD 104.00 / hour", Stage: staffing.OfferAccepted, RawStatus: "Offer - Accepted", State: "delivered", StageAt: ago(12 * time.Second), UpdatedAt: ago(12 * time.Second)},
		{ID: "s2", Candidate: "Noor Haddad", Requisition: "Data engineer", Client: "Meridian Health", Rate: "USD 99.50 / hour", Stage: staffing.Interview, RawStatus: "Onsite", State: "delivered", StageAt: ago(30 * time.Hour), UpdatedAt: ago(30 * time.Hour)},
		{ID: "s3", Candidate: "Kofi Mensah", Requisition: "Payments analyst", Client: "Vantage Bank", Stage: staffing.InternalSubmittal, State: "needs_attention", StageAt: ago(2 * time.Hour), UpdatedAt: ago(2 * time.Hour)},
		{ID: "s4", Candidate: "Lena Hoffmann", Requisition: "ICU nurse, nights", Client: "Meridian Health", Rate: "USD 74.00 / hour", Stage: staffing.RejectedClient, RawStatus: "Not a fit", State: "delivered", StageAt: ago(100 * time.Hour), UpdatedAt: ago(100 * time.Hour)},
	}
}

func submissions(p web.Page, board bool) web.SubmissionsView {
	p.Title = "Submissions"
	v := web.SubmissionsView{
		Page: p, Board: board, ListURL: "/submissions", BoardURL: "/submissions?view=board", Clients: clientOptions(),
		Stages: []web.Option{{Value: "interview", Label: "Interview"}}, States: []web.Option{{Value: "pending", Label: "Being delivered"}, {Value: "delivered", Label: "Delivered"}},
		Rows: submissionRows(), Pager: web.Pager{Page: 1, Pages: 1, Total: 4},
	}
	for _, s := range staffing.Stages() {
		c := web.BoardColumn{Stage: s, URL: "/submissions?stage=" + string(s)}
		for _, r := range v.Rows {
			if r.Stage == s {
				c.Cards, c.Total = append(c.Cards, r), c.Total+1
			}
		}
		if s == staffing.Interview {
			c.Total = 67
		}
		v.Columns = append(v.Columns, c)
	}
	return v
}

func submission(p web.Page) web.SubmissionView {
	p.Title = "Ines Carvalho"
	return web.SubmissionView{
		Page: p, ID: "s1", Candidate: "Ines Carvalho", Requisition: "Data engineer", RequisitionID: "r1", PlacementID: "p1", Client: "Meridian Health",
		Stage: staffing.OfferAccepted, RawStatus: "Offer - Accepted", State: "delivered", StageAt: ago(12 * time.Second), CreatedAt: ago(26 * time.Hour), DeliveredAt: ago(26 * time.Hour),
		ClientSystem: "Harbor ATS", ClientRef: "771-A", ClientURL: "https://ats.example/applications/771", InternalSystem: "Bridge ATS", InternalID: "5501", InternalStatus: "Placed", CanRetry: true,
		Groups: []web.FieldGroup{{Title: "Candidate", Fields: []web.Field{{Label: "Title", Value: "Senior data engineer"}, {Label: "City", Value: "Minneapolis"}, {Label: "Right to represent", Value: "2026-03-10"}}}, {Title: "Offered", Fields: []web.Field{{Label: "Bill rate", Value: "USD 104.00 / hour"}, {Label: "Pay rate", Value: "USD 78.00 / hour"}, {Label: "Start", Value: "2026-04-01"}}}},
		Timeline: []web.StageEvent{
			{Stage: staffing.ClientSubmitted, RawStatus: "Submitted", Move: staffing.MoveForward, Source: "hub", OccurredAt: ago(26 * time.Hour), ReceivedAt: ago(26 * time.Hour), SyncedAt: ago(26 * time.Hour)},
			{Stage: staffing.Interview, RawStatus: "Onsite", Move: staffing.MoveForward, Source: "client", OccurredAt: ago(20 * time.Hour), Original: "2026-03-11T11:20:00-07:00", ReceivedAt: ago(19 * time.Hour), SyncedAt: ago(19 * time.Hour)},
			{RawStatus: "Pending VP nod", Move: staffing.MoveUnmapped, Source: "client", OccurredAt: ago(6 * time.Hour), ReceivedAt: ago(6 * time.Hour)},
			{Stage: staffing.ClientReview, RawStatus: "Screen", Move: staffing.MoveLate, Source: "client", OccurredAt: ago(22 * time.Hour), ReceivedAt: ago(2 * time.Hour)},
			{Stage: staffing.OfferAccepted, RawStatus: "Offer - Accepted", Move: staffing.MoveForward, Source: "client", OccurredAt: ago(time.Minute), ReceivedAt: ago(12 * time.Second)},
		},
		Effects: effects(), Exchanges: exchanges(),
		Gaps: []web.Gap{{Kind: "status", Field: "status", Value: "Pending VP nod", Message: "The status “Pending VP nod” is in no status table.", Do: "Give it a stage in the status table of this connection."}},
	}
}

func placements(p web.Page) web.PlacementsView {
	p.Title = "Placements"
	return web.PlacementsView{
		Page: p, Tab: "awaiting_review", Tabs: web.PlacementCounts{AwaitingReview: 3, NeedsAttention: 2, SentBack: 1, Approved: 1, Posted: 135}, Clients: clientOptions(), Query: "tab=awaiting_review",
		Rows: []web.PlacementRow{
			{ID: "p1", URL: "/placements/p1", Kind: "first", Worker: "Ines Carvalho", Title: "Data engineer", Client: "Meridian Health", Currency: "USD", Amount: "4,160.00", Rate: "USD 104.00 / hour", StartDate: "2026-04-01", State: "awaiting_review", Since: ago(10 * time.Second), Warnings: 1, Problem: "The rate differs from the one that was agreed at submission."},
			{ID: "p3", URL: "/placements/p3", Kind: "first", Worker: "Samuel Ortiz", Title: "Payments analyst", Client: "Vantage Bank", Currency: "GBP", Amount: "12,800.00", Rate: "fee", StartDate: "2026-05-04", State: "awaiting_review", Since: ago(3 * time.Hour), Pick: "p3:hash"},
			{ID: "p4", URL: "/placements/p4", Kind: "first", Worker: "Grace Kim", Title: "ICU nurse, nights", Client: "Meridian Health", Rate: "USD 74.00 / hour", State: "awaiting_review", Since: ago(50 * time.Hour), Errors: 1, Edited: true, Problem: "The placement has no start date."},
		},
		Pager: web.Pager{Page: 1, Pages: 1, Total: 3},
	}
}

func placement(p web.Page) web.PlacementView {
	p.Title = "Ines Carvalho"
	return web.PlacementView{
		Page: p, ID: "p1", Worker: "Ines Carvalho", Title: "Data engineer", Client: "Meridian Health", WorkerType: "contract", SubmissionID: "s1", RequisitionID: "r1", Requisition: "MH-20418 Data engineer",
		State: "awaiting_review", Since: ago(10 * time.Second), Version: 2, ContentHash: "9f2c4be1", CanCorrect: true, CanSendBack: true, Margin: "25.0 %", Markup: "33.3 %",
		Bill: &web.Bill{Reference: "trb-plc-01hx9", ClientCode: "MERIDIAN", ClientName: "Meridian Health", Currency: "USD", Date: "2026-04-01", PurchaseOrder: "PO-55102", Total: "4,160.00",
			Lines: []web.BillLine{{Description: "First period: Ines Carvalho, Data engineer", Quantity: "24", Unit: "hours", UnitPrice: "104.00", Amount: "2,496.00", CostCentre: "4410"}, {Description: "First period: Ines Carvalho, Data engineer", Quantity: "16", Unit: "hours", UnitPrice: "104.00", Amount: "1,664.00", CostCentre: "4420"}}},
		Terms: []web.Term{
			{Field: "bill_rate", Label: "Bill rate", Agreed: "USD 102.00 / hour", Extracted: "USD 104.00 / hour", Current: "USD 104.00 / hour", Differs: true},
			{Field: "pay_rate", Label: "Pay rate", Agreed: "USD 78.00 / hour", Current: "USD 78.00 / hour", CorrectedBy: "Jon Reyes", Reason: "as in the offer letter", CorrectedAt: ago(5 * time.Minute)},
			{Field: "start_date", Label: "Start", Agreed: "2026-04-01", Extracted: "2026-04-01", Current: "2026-04-01"},
			{Field: "purchase_order", Label: "Purchase order", Extracted: "PO-55102", Current: "PO-55102"},
		},
		Findings:   []web.Finding{{Rule: "RATE_DIFFERS", Severity: "warning", Message: "The bill rate is USD 104.00, agreed were USD 102.00.", Field: "bill_rate", Do: "Ask the account manager which one holds, or send the placement back."}},
		Source:     web.Document{Title: "Work order", Body: `{"work_order":"WO-4411","rate":{"amount":"104.00","currency":"USD"}}`},
		History:    []web.Event{{At: ago(30 * time.Second), Title: "Terms read from the client's system", Actor: "Meridian · Harbor ATS", Tone: web.ToneInfo, Icon: "download"}, {At: ago(5 * time.Minute), Title: "Pay rate corrected", Detail: "USD 78.00 / hour: as in the offer letter", Actor: "Jon Reyes", Tone: web.ToneWarn, Icon: "edit"}},
		Exchanges:  exchanges()[:1],
		Correction: web.CorrectionForm{Fields: []web.Option{{Value: "bill_rate", Label: "Bill rate"}, {Value: "start_date", Label: "Start"}}},
	}
}

func posted(p web.Page) web.PlacementView {
	v := placement(p)
	v.Title, v.Worker, v.ID, v.State = "Forklift operator", "Tomasz Wrona", "p2", "posted"
	v.Page.Title = "Tomasz Wrona"
	v.CanCorrect, v.CanSendBack = false, false
	v.ApproveBlocked = "It is posted already."
	v.ApprovedBy, v.ApprovedAt = "Finn Okafor", ago(6*time.Minute)
	v.Posting = web.Posting{System: "Ledger ERP", Number: "INV-2026-00418", URL: "https://erp.example/invoice/418", At: ago(4 * time.Minute)}
	return v
}

func failures(p web.Page) web.FailuresView {
	p.Title = "Failed records"
	return web.FailuresView{
		Page: p, Causes: causes(), Query: "state=", States: []web.Option{{Value: "open", Label: "Waits for a person"}, {Value: "discarded", Label: "Discarded"}}, Connections: []web.Option{{Value: "k1", Label: "Meridian · Harbor ATS"}},
		Rows: []web.FailureRow{
			failureRow(),
			{ID: "f2", Step: "requisition.poll", Subject: "Polaris · Northgate VMS, requisitions", Connection: "Polaris · Northgate VMS", Code: "unavailable", Message: "The system answered 503 and asks to come back in 15 minutes.", State: "retrying", Attempts: 4, LastAt: ago(3 * time.Minute), NextAt: clock().Add(11 * time.Minute)},
			{ID: "f3", Step: "placement.post", Subject: "Placement of Ana Ruiz", Connection: "Ledger ERP", Code: "forbidden", Message: "The ERP user may not create invoices for the company Firm UK.", State: "open", Attempts: 1, LastAt: ago(2 * time.Hour)},
		},
		Pager: web.Pager{Page: 1, Pages: 1, Total: 14},
	}
}

func failureRow() web.FailureRow {
	return web.FailureRow{ID: "f1", Step: "submission.deliver", Subject: "Submission of Kofi Mensah for Payments analyst", Connection: "Meridian · Harbor ATS", Code: "invalid", Message: "The client requires a security id, and the candidate has none.", State: "open", Attempts: 2, LastAt: ago(20 * time.Minute)}
}

func failure(p web.Page) web.FailureView {
	p.Title = "Submission of Kofi Mensah"
	return web.FailureView{
		Page: p, FailureRow: failureRow(), SubjectURL: "/submissions/s3", ConnectionID: "k1", Cause: "submission.deliver/invalid/security-id", SameCause: 9,
		Do: "Add the security id to the candidate in the internal ATS, then retry.", FirstAt: ago(50 * time.Hour),
		Payload: web.Document{Title: "Fields of the submission", Body: `{"first_name":"Kofi","security_id":null}`}, Exchanges: exchanges(), Effects: effects()[1:],
	}
}

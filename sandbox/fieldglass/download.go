package fieldglass

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"
)

// serveDownload runs one of the four downloads.
func (s *Server) serveDownload(a answerer, r *http.Request, name string) {
	q := r.URL.Query()
	allowed := []string{"object_ref"}
	if name == JobSeekerStatus || name == WorkOrders {
		allowed = append(allowed, "__p1")
	}
	switch {
	case r.Method != http.MethodGet:
		a.status(http.StatusBadRequest, "-1", name+" is a download")
		return
	case !knownOnly(q, allowed...):
		a.status(http.StatusBadRequest, "-1", "Unknown parameter")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name {
	case PostingChanges, PostingFull:
		s.downloadPostings(a, name, q.Get("object_ref"))
	case JobSeekerStatus:
		s.downloadSeekers(a, q.Get("object_ref"), q.Get("__p1"))
	default:
		s.downloadOrders(a, q.Get("object_ref"), q.Get("__p1"))
	}
}

// downloadPostings gives one posting, or what changed since the last run, or all.
// Giving the changes moves the cursor, before anybody knows whether the answer
// arrives. One posting alone moves nothing.
func (s *Server) downloadPostings(a answerer, name, ref string) {
	m, _ := s.meta.Get(1) // it is always there
	old := s.now().AddDate(0, 0, -s.opts.FullDays)
	list := s.postings.List(func(p posting) bool {
		switch {
		case p.Status == "Pending Approval":
			return false
		case ref != "":
			return p.Ref == ref
		case name == PostingChanges:
			return p.Seq > m.Cursor
		}
		return p.Status != "Closed" || p.ClosedAt.After(old)
	})
	if ref != "" && len(list) == 0 {
		a.status(http.StatusOK, "255", "Object ID "+ref+" is invalid")
		return
	}
	if s.tooMany(a, len(list)) {
		return
	}
	if name == PostingChanges && ref == "" && len(list) > 0 {
		s.meta.Update(1, func(m *meta) {
			for _, p := range list {
				m.Cursor = max(m.Cursor, p.Seq)
			}
		})
	}
	out := make([]element, len(list))
	for i, p := range list {
		out[i] = s.document(p)
	}
	a.roots("StaffingOrder", out)
}

func (s *Server) tooMany(a answerer, n int) bool {
	if n <= s.opts.MaxRecords {
		return false
	}
	a.status(http.StatusOK, "104", "Too many records: "+strconv.Itoa(n)+" found, "+strconv.Itoa(s.opts.MaxRecords)+" allowed")
	return true
}

// downloadSeekers is the download that the tenant built on the job seeker object.
func (s *Server) downloadSeekers(a answerer, posting, since string) {
	var after time.Time
	if since != "" {
		var err error
		if after, err = time.ParseInLocation(time.DateOnly, since, s.opts.Zone); err != nil {
			a.status(http.StatusBadRequest, "-1", "Parameter 1 is not a date (YYYY-MM-DD)")
			return
		}
	}
	if _, ok := s.posting(posting); posting != "" && !ok {
		a.status(http.StatusOK, "255", "Object ID "+posting+" is invalid")
		return
	}
	list := s.seekers.List(func(k seeker) bool {
		return !k.Held && (posting == "" || k.Posting == posting) && !k.UpdatedAt.Before(after)
	})
	if s.tooMany(a, len(list)) {
		return
	}
	out := make([]element, len(list))
	for i, k := range list {
		out[i] = element{{"JobSeekerId", k.Ref}, {"ExternalReferenceId", none(k.External)}, {"JobPostingId", k.Posting}, {"Status", k.Status},
			{"Reason", none(k.Reason)}, {"LastModified", k.UpdatedAt.In(s.opts.Zone).Format("2006-01-02T15:04:05.000")}, {"WorkOrderId", none(k.WorkOrder)},
			{"WorkOrderRevision", none(s.revisionOf(k.WorkOrder))}}
	}
	if s.opts.StatusCSV && len(out) > 0 {
		a.send(http.StatusOK, "text/csv; charset=utf-8", asCSV(out))
		return
	}
	a.roots("JobSeeker", out)
}

// asCSV writes rows under the headings that people see.
func asCSV(rows []element) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{{"Job Seeker ID", "External Reference ID", "Job Posting ID", "Status", "Reason", "Last Modified", "Work Order ID", "Work Order Revision"}}
	for _, row := range rows {
		var line []string
		for _, m := range row {
			text, _ := m.value.(string) // nothing: empty
			line = append(line, text)
		}
		lines = append(lines, line)
	}
	_ = w.WriteAll(lines) // a buffer takes everything
	return out.Bytes()
}

// revisionOf gives the revision of a work order as the tenant's download writes it.
func (s *Server) revisionOf(ref string) string {
	o, ok := s.orders.Get(s.number("WO", ref))
	if !ok {
		return ""
	}
	return strconv.Itoa(o.Revision)
}

func (s *Server) downloadOrders(a answerer, ref, jobSeeker string) {
	list := s.orders.List(func(o order) bool {
		return (ref == "" || o.Ref == ref) && (jobSeeker == "" || o.JobSeeker == jobSeeker)
	})
	if ref != "" && len(list) == 0 {
		a.status(http.StatusOK, "255", "Object ID "+ref+" is invalid")
		return
	}
	if s.tooMany(a, len(list)) {
		return
	}
	out := make([]element, len(list))
	for i, o := range list {
		out[i] = s.orderDocument(o)
	}
	a.roots("StaffingOrder", out)
}

// orderDocument writes a work order in the vendor's schema InSiteWorkOrder, with
// the dates, codes and site that the tenant added to its download.
func (s *Server) orderDocument(o order) element {
	p, _ := s.posting(o.Posting) // a work order comes from one
	spec := o.Spec
	dates := element{{"StartDate", none(spec.StartDate)}, {"ExpectedEndDate", none(spec.EndDate)}}
	var rates []element
	for _, side := range []string{"bill", "pay"} {
		for _, r := range o.Rates {
			amount := r.Bill
			if side == "pay" {
				amount = r.Pay
			}
			rates = append(rates, element{{"@rateStatus", "agreed"}, {"@rateType", side}, {"PayRate", money(p.Spec, amount)}, {"Class", r.Class}})
		}
	}
	return element{
		{"@xmlns", "workOrder"}, {"@xmlns:xsi", xsi}, {"@xsi:schemaLocation", "workOrder InSiteWorkOrder.xsd"},
		{"AssignmentType", element{
			{"Assignment", element{{"@idOwner", s.opts.BuyerCode},
				{"AssignmentId", element{{"@revisionNumber", strconv.Itoa(o.Revision)}, {"@idOwner", s.opts.BuyerCode}, {"@validFrom", spec.StartDate},
					{"@validTo", spec.EndDate}, {"IdValue", o.Ref}, {"Status", o.Status}}},
				{"ReferenceInformation", element{
					{"StaffingCustomerId", element{{"@idOwner", ""}, {"@validFrom", ""}, {"@validTo", ""}, {"IdValue", s.opts.BuyerCode}}},
					{"UserArea", element{{"JobSeekerId", o.JobSeeker}, {"ModificationType", nil}, {"Comments", nil}, {"CustomFields", nil}}}}},
				{"ContractInformation", element{{"ContactMethod", element{{"InternetEmailAddress", nil}}}}}}},
			{"PositionHeader", element{{"PositionTitle", p.Spec.Title}}},
			{"PositionDateRange", dates},
			{"Departments", departments(spec.CostCentres)},
			{"WorkSite", site(spec.Site)},
			{"ReportToPerson", element{{"ContactInfo", element{{"PersonName", element{{"FormattedName", none(spec.ManagerName)}}}}}}},
			{"Rates", rates},
			{"InvoiceInfo", element{{"HoursPerWeek", none(spec.HoursPerWeek)}, {"ExternalReqNumber", none(spec.ExternalNumber)}, {"PurchaseOrderNumber", none(spec.PurchaseOrder)}}},
		}},
	}
}

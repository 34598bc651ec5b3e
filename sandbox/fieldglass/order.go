package fieldglass

import (
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// WorkOrderSpec is a work order as the client's people enter it. What is left empty
// is taken from the job posting and from the rates that the supplier asked.
type WorkOrderSpec struct {
	StartDate      string // YYYY-MM-DD
	EndDate        string
	BillRate       string // straight time, a decimal
	PayRate        string
	HoursPerWeek   string
	PurchaseOrder  string
	ExternalNumber string
	CostCentres    []CostCentre
	Site           Site
	ManagerName    string
}

// order is a work order as it is kept.
type order struct {
	ID        int64
	Ref       string
	JobSeeker string
	Posting   string
	Revision  int
	Status    string // Created, Accepted, Declined, Activated, Confirmed (Worker Closed), No Show, Closed
	Spec      WorkOrderSpec
	Rates     []ClassRate
}

// IssueWorkOrder makes the work order of a job seeker and sends it to the supplier
// for acceptance. The job seeker becomes "Work Order Created".
func (s *Server) IssueWorkOrder(jobSeeker string, spec WorkOrderSpec) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.active(jobSeeker)
	if err != nil {
		return "", err
	}
	if k.WorkOrder != "" {
		return "", fmt.Errorf("job seeker %s has the work order %s", jobSeeker, k.WorkOrder)
	}
	p, _ := s.posting(k.Posting) // a job seeker is on one
	o := order{JobSeeker: k.Ref, Posting: k.Posting, Status: "Created"}
	if err := o.set(spec, k, p.Spec); err != nil {
		return "", err
	}
	_, o = s.orders.Insert(func(id int64) order {
		o.ID, o.Ref = id, s.ref("WO", id)
		return o
	})
	s.seekers.Update(k.ID, func(k *seeker) { k.WorkOrder = o.Ref })
	s.moveSeeker(k.ID, "Work Order Created", "")
	return o.Ref, nil
}

// set fills in what spec leaves open, and the rates of all classes.
func (o *order) set(spec WorkOrderSpec, k seeker, p PostingSpec) error {
	fill := func(field *string, values ...string) {
		for _, v := range values {
			if *field == "" {
				*field = v
			}
		}
	}
	fill(&spec.StartDate, k.AvailableFrom, p.StartDate)
	fill(&spec.EndDate, p.EndDate)
	fill(&spec.HoursPerWeek, p.HoursPerWeek)
	fill(&spec.PurchaseOrder, p.PurchaseOrder)
	fill(&spec.ExternalNumber, p.ExternalNumber)
	fill(&spec.ManagerName, p.ManagerName)
	if spec.CostCentres == nil {
		spec.CostCentres = p.CostCentres
	}
	if spec.Site == (Site{}) {
		spec.Site = p.Site
	}
	for _, r := range k.Rates {
		if r.Class == "ST" {
			fill(&spec.BillRate, r.Bill)
			fill(&spec.PayRate, r.Pay)
		}
	}
	fill(&spec.BillRate, p.BillMax)
	fill(&spec.PayRate, p.PayMax)
	for _, date := range []string{spec.StartDate, spec.EndDate} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			return fmt.Errorf("the date %q is not YYYY-MM-DD", date)
		}
	}
	o.Spec, o.Rates = spec, nil
	for _, c := range p.classes() {
		bill, err1 := times(spec.BillRate, c.factor)
		pay, err2 := times(spec.PayRate, c.factor)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("the rates %q and %q are not both decimals", spec.BillRate, spec.PayRate)
		}
		o.Rates = append(o.Rates, ClassRate{c.name, bill, pay})
	}
	return nil
}

// class is a rate class of a posting.
type class struct{ name, factor string }

func (p PostingSpec) classes() []class {
	out := []class{{"ST", ""}}
	if p.OvertimeFactor != "" {
		out = append(out, class{"OT", p.OvertimeFactor})
	}
	if p.DoubleTimeFactor != "" {
		out = append(out, class{"DT", p.DoubleTimeFactor})
	}
	return out
}

// times multiplies an amount; an empty amount is 0.00, an empty factor is 1.
func times(amount, factor string) (string, error) {
	if amount == "" {
		return "0.00", nil
	}
	a, err := decimal.NewFromString(amount)
	if err != nil || factor == "" {
		return a.StringFixed(2), err
	}
	f, err := decimal.NewFromString(factor)
	return a.Mul(f).StringFixed(2), err
}

// AcceptWorkOrder is the supplier's word on its page; the job seeker becomes "Work
// Order Accepted".
func (s *Server) AcceptWorkOrder(id string) error {
	return s.moveOrder(id, "Created", "Accepted", "Work Order Accepted")
}

// DeclineWorkOrder is the supplier's other word.
func (s *Server) DeclineWorkOrder(id string) error {
	return s.moveOrder(id, "Created", "Declined", "Work Order Declined")
}

// ActivateWorkOrder is the client's last word: the job seeker becomes "Hired", and
// with the last opening the posting closes as filled.
func (s *Server) ActivateWorkOrder(id string) error {
	return s.moveOrder(id, "Accepted", "Activated", "Hired")
}

// Hire issues, accepts and activates a work order in one go.
func (s *Server) Hire(jobSeeker string, spec WorkOrderSpec) (string, error) {
	id, err := s.IssueWorkOrder(jobSeeker, spec)
	if err == nil {
		err = s.AcceptWorkOrder(id)
	}
	if err == nil {
		err = s.ActivateWorkOrder(id)
	}
	return id, err
}

func (s *Server) moveOrder(id, from, to, jobSeeker string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.orders.Get(s.number("WO", id))
	if !ok || o.Status != from {
		return fmt.Errorf("work order %s is %q, not %s", id, o.Status, from)
	}
	s.orders.Update(o.ID, func(o *order) { o.Status = to })
	s.moveSeeker(s.number("JS", o.JobSeeker), jobSeeker, "")
	if p, _ := s.posting(o.Posting); to == "Activated" && p.Status != "Closed" && s.hiredOn(p.Ref) >= p.Spec.Openings {
		s.close(p, "Filled")
	}
	return nil
}

func (s *Server) hiredOn(posting string) int {
	return len(s.seekers.List(func(k seeker) bool { return k.Posting == posting && hired(k.Status) }))
}

// ReviseWorkOrder makes a new revision, e.g. of rate or end date; the state stays.
func (s *Server) ReviseWorkOrder(id string, change func(*WorkOrderSpec)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.orders.Get(s.number("WO", id))
	if !ok {
		return fmt.Errorf("there is no work order %s", id)
	}
	k, _ := s.seekers.Get(s.number("JS", o.JobSeeker)) // a work order is for one
	p, _ := s.posting(o.Posting)                       // likewise
	change(&o.Spec)
	if err := o.set(o.Spec, k, p.Spec); err != nil {
		return err
	}
	o.Revision++
	s.orders.Put(o.ID, o)
	s.seekers.Update(k.ID, func(k *seeker) { k.UpdatedAt = s.now() })
	s.push("Work Order Revised", element{{"WorkOrderId", o.Ref}, {"JobSeekerId", o.JobSeeker}, {"Revision", strconv.Itoa(o.Revision)}})
	return nil
}

// WorkOrder is a work order as the demo world looks at it.
type WorkOrder struct {
	ID, JobSeekerID, PostingID, Status string
	Revision                           int
	Spec                               WorkOrderSpec
	Rates                              []ClassRate
}

// WorkOrderList lists all work orders, oldest first.
func (s *Server) WorkOrderList() []WorkOrder {
	list := s.orders.List(nil)
	out := make([]WorkOrder, len(list))
	for i, o := range list {
		out[i] = WorkOrder{ID: o.Ref, JobSeekerID: o.JobSeeker, PostingID: o.Posting, Status: o.Status, Revision: o.Revision, Spec: o.Spec, Rates: o.Rates}
	}
	return out
}

package fieldglass

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// PostingSpec is a job posting as the client's people enter it. Dates are
// YYYY-MM-DD, amounts decimals in texts.
type PostingSpec struct {
	Title        string
	Description  string // HTML
	BusinessUnit string
	ServiceType  string // default "Temp"
	JobType      string // default "Full Time"
	Openings     int    // default 1
	// MaxSubmissions is how many job seekers the supplier may submit; 0: no limit.
	MaxSubmissions int
	StartDate      string
	EndDate        string
	RespondBy      string // RequiredResponseDate
	Site           Site
	CostCentres    []CostCentre
	PurchaseOrder  string
	ExternalNumber string // the client's own requisition number
	ManagerUser    string
	ManagerName    string // "Doe, Alex"
	Currency       string // default "USD"
	Period         string // default "Hr"
	HoursPerWeek   string // default "40.00"
	// RateSide says which rate the supplier fills in: "bill" (default) or "pay".
	RateSide         string
	BillMin, BillMax string // straight time; BillMax is the rate not to exceed
	PayMin, PayMax   string
	OvertimeFactor   string // of OT to ST, e.g. "1.500"; empty: no such class
	DoubleTimeFactor string // of DT
	PayRateRequired  bool
	BillCanExceed    bool
	ResumeOptional   bool
	Fields           []Field
	Quals            []Qual
	// SecurityIDPattern is a regular expression; empty: no security id is asked for.
	SecurityIDPattern     string
	SecurityIDInstruction string
	Undistributed         bool // the supplier does not see it yet
}

// Site is the place of work.
type Site struct{ Code, Address, City, State, PostalCode string }

// CostCentre is a cost centre with its share in percent, e.g. "100.000".
type CostCentre struct{ Code, Name, Percent string }

// Field is a custom field.
type Field struct {
	Name      string
	Type      string // string, date, numeric or pickList
	Class     string // "JobSeeker" (default): the supplier answers it; "JobPosting": Value says it
	Mandatory bool
	Items     []string // of a pick list
	OpenList  bool     // answers that are not on the list are taken as well
	Value     string
}

// Qual is a qualification asked for; Type is Boolean, Ratings, Years, "Ratings and
// Years" or Certification.
type Qual struct {
	Name      string
	Type      string
	Mandatory bool
}

// posting is a job posting as it is kept.
type posting struct {
	ID           int64
	Ref          string
	Spec         PostingSpec
	Status       string // Pending Approval, Submitted, Halted, Closed
	ClosedReason string
	CreatedAt    time.Time
	SubmittedAt  time.Time
	ClosedAt     time.Time
	Seq          int64
}

// Posting is a job posting as the demo world looks at it.
type Posting struct {
	ID           string // e.g. ACMEJP00000101
	Title        string
	Status       string // the vendor's word
	ClosedReason string
	Openings     int
	Filled       int
	JobSeekers   int // submitted so far
	CreatedAt    time.Time
	Spec         PostingSpec
}

// OpenPosting enters a job posting and distributes it to the supplier, unless it
// says otherwise, and gives its id. An error names what cannot be.
func (s *Server) OpenPosting(spec PostingSpec) (string, error) {
	spec.fill()
	if err := spec.check(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, p := s.postings.Insert(func(id int64) posting {
		p := posting{ID: id, Ref: s.ref("JP", id), Spec: spec, Status: "Submitted", CreatedAt: s.now(), SubmittedAt: s.now()}
		if spec.Undistributed {
			p.Status, p.SubmittedAt = "Pending Approval", time.Time{}
		}
		return p
	})
	s.changed(p.ID, func(*posting) {})
	return p.Ref, nil
}

func (p *PostingSpec) fill() {
	for _, d := range []struct {
		field *string
		value string
	}{{&p.ServiceType, "Temp"}, {&p.JobType, "Full Time"}, {&p.Currency, "USD"}, {&p.Period, "Hr"}, {&p.HoursPerWeek, "40.00"}, {&p.RateSide, "bill"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	p.Openings = max(p.Openings, 1)
	for i := range p.Fields {
		if p.Fields[i].Class == "" {
			p.Fields[i].Class = "JobSeeker"
		}
		if p.Fields[i].Type == "" {
			p.Fields[i].Type = "string"
		}
	}
}

func (p *PostingSpec) check() error {
	if p.Title == "" {
		return fmt.Errorf("a job posting needs a title")
	}
	for name, date := range map[string]string{"start": p.StartDate, "end": p.EndDate, "response": p.RespondBy} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			return fmt.Errorf("the %s date %q is not YYYY-MM-DD", name, date)
		}
	}
	for _, amount := range []string{p.BillMin, p.BillMax, p.PayMin, p.PayMax, p.OvertimeFactor, p.DoubleTimeFactor, p.HoursPerWeek} {
		if _, err := decimal.NewFromString(amount); amount != "" && err != nil {
			return fmt.Errorf("%q is not a decimal", amount)
		}
	}
	return nil
}

// changed changes a posting, so that the changes download gives it again.
func (s *Server) changed(id int64, change func(*posting)) {
	s.seq++
	s.postings.Update(id, func(p *posting) {
		change(p)
		p.Seq = s.seq
	})
	if p, ok := s.postings.Get(id); ok && p.Status != "Pending Approval" {
		s.push("Job Posting "+p.Status, element{{"JobPostingId", p.Ref}, {"Status", p.Status}})
	}
}

// posting gives a posting by the id people see.
func (s *Server) posting(ref string) (posting, bool) { return s.postings.Get(s.number("JP", ref)) }

// UpdatePosting changes what a posting asks for; an error says that there is none
// or that it cannot be so.
func (s *Server) UpdatePosting(id string, change func(*PostingSpec)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.posting(id)
	if !ok {
		return fmt.Errorf("there is no job posting %s", id)
	}
	change(&p.Spec)
	p.Spec.fill()
	if err := p.Spec.check(); err != nil {
		return err
	}
	s.changed(p.ID, func(old *posting) { old.Spec = p.Spec })
	return nil
}

// DistributePosting shows the supplier a posting that was entered undistributed.
func (s *Server) DistributePosting(id string) error {
	return s.move(id, "Pending Approval", "Submitted", func(p *posting) { p.SubmittedAt = s.now() })
}

// HaltPosting takes no job seekers for now.
func (s *Server) HaltPosting(id string) error { return s.move(id, "Submitted", "Halted", nil) }

// ResumePosting takes job seekers again.
func (s *Server) ResumePosting(id string) error { return s.move(id, "Halted", "Submitted", nil) }

func (s *Server) move(id, from, to string, change func(*posting)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.posting(id)
	if !ok || p.Status != from {
		return fmt.Errorf("job posting %s is %q, not %s", id, p.Status, from)
	}
	s.changed(p.ID, func(p *posting) {
		p.Status = to
		if change != nil {
			change(p)
		}
	})
	return nil
}

// ClosePosting closes a posting with the client's reason, e.g. "Position
// Cancelled". Job seekers that are still in review become "Position Closed".
func (s *Server) ClosePosting(id, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.posting(id)
	if !ok || p.Status == "Closed" {
		return fmt.Errorf("job posting %s is %q, so it cannot be closed", id, p.Status)
	}
	s.close(p, reason)
	return nil
}

func (s *Server) close(p posting, reason string) {
	s.changed(p.ID, func(p *posting) { p.Status, p.ClosedReason, p.ClosedAt = "Closed", reason, s.now() })
	for _, k := range s.seekers.List(func(k seeker) bool { return k.Posting == p.Ref && inReview(k.Status) }) {
		s.moveSeeker(k.ID, "Position Closed", reason)
	}
}

// Postings lists all job postings, oldest first.
func (s *Server) Postings() []Posting { return s.views(nil) }

// OpenPostings lists the postings that take job seekers, oldest first.
func (s *Server) OpenPostings() []Posting {
	return s.views(func(p posting) bool { return p.Status == "Submitted" })
}

func (s *Server) views(keep func(posting) bool) []Posting {
	s.mu.Lock()
	defer s.mu.Unlock()
	submitted, filled := map[string]int{}, map[string]int{}
	for _, k := range s.seekers.List(nil) {
		submitted[k.Posting]++
		if hired(k.Status) {
			filled[k.Posting]++
		}
	}
	list := s.postings.List(keep)
	out := make([]Posting, len(list))
	for i, p := range list {
		out[i] = Posting{ID: p.Ref, Title: p.Spec.Title, Status: p.Status, ClosedReason: p.ClosedReason, Openings: p.Spec.Openings, Filled: filled[p.Ref],
			JobSeekers: submitted[p.Ref], CreatedAt: p.CreatedAt, Spec: p.Spec}
	}
	return out
}

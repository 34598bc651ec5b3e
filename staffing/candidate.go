package staffing

import (
	"context"
	"io"

	"github.com/shopspring/decimal"
)

// Candidate is the canonical form of a person the firm represents: no more than
// a submission needs.
type Candidate struct {
	ExternalID     string         `json:"external_id"` // id in the internal ATS
	FirstName      string         `json:"first_name"`
	LastName       string         `json:"last_name"`
	Email          string         `json:"email,omitempty"`
	Phone          string         `json:"phone,omitempty"`
	Title          string         `json:"title,omitempty"`
	Company        string         `json:"company,omitempty"`
	City           string         `json:"city,omitempty"`
	Region         string         `json:"region,omitempty"`
	Country        string         `json:"country,omitempty"`
	Skills         []string       `json:"skills,omitempty"`
	Summary        string         `json:"summary,omitempty"`
	AvailableFrom  Date           `json:"available_from,omitempty"`
	DoNotSubmit    bool           `json:"do_not_submit,omitempty"`
	RightToRepr    *Instant       `json:"right_to_represent,omitempty"` // when the candidate consented
	SecurityID     string         `json:"security_id,omitempty"`
	CustomFields   map[string]any `json:"custom_fields,omitempty"`
	ResumeFileID   string         `json:"resume_file_id,omitempty"`
	ResumeFileName string         `json:"resume_file_name,omitempty"`
}

// Name gives first and last name.
func (c Candidate) Name() string {
	if c.FirstName == "" {
		return c.LastName
	}
	if c.LastName == "" {
		return c.FirstName
	}
	return c.FirstName + " " + c.LastName
}

// File is a document that is streamed, not kept.
type File struct {
	Name        string
	ContentType string
	Size        int64 // bytes; -1 when the source does not say
	// Open starts a fresh read. The caller closes it.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Offered is the rate and date at which the firm puts a candidate forward.
type Offered struct {
	BillRate  *Rate `json:"bill_rate,omitempty"`
	PayRate   *Rate `json:"pay_rate,omitempty"`
	StartDate Date  `json:"start_date,omitempty"`
	EndDate   Date  `json:"end_date,omitempty"`
}

// Submission is the canonical form of one candidate for one requisition.
type Submission struct {
	Key       string         `json:"key"`       // the hub's own id, sent to the client as external reference
	Internal  string         `json:"internal"`  // id of the submission in the internal ATS
	Candidate Candidate      `json:"candidate"` //
	Offered   Offered        `json:"offered"`
	Comments  string         `json:"comments,omitempty"`
	Answers   map[string]any `json:"answers,omitempty"` // to the requisition's questions, by name
	Status    string         `json:"status,omitempty"`  // the word of the internal ATS that triggered it
}

// Margin is the share of the bill rate that stays with the firm, or zero.
func (o Offered) Margin() decimal.Decimal {
	if o.BillRate == nil || o.PayRate == nil {
		return decimal.Zero
	}
	return Margin(o.BillRate.Amount, o.PayRate.Amount)
}

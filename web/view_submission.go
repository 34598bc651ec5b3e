package web

import (
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// SubmissionsView is the list or board at /submissions. Its form sends q, client,
// stage, state, view and page.
type SubmissionsView struct {
	Page
	Board    bool // view=board
	ListURL  string
	BoardURL string
	Q        string
	Clients  []Option
	Stages   []Option
	States   []Option
	Filtered bool
	Rows     []SubmissionRow // of the list
	Columns  []BoardColumn   // of the board, in the order of the stages
	Pager    Pager
}

// BoardColumn is one stage of the board.
type BoardColumn struct {
	Stage staffing.Stage
	Total int // may be more than Cards
	Cards []SubmissionRow
	URL   string // the list of this stage
}

// SubmissionRow is a submission in a list or on a card.
type SubmissionRow struct {
	ID          string
	Candidate   string
	Requisition string
	Client      string
	Rate        string
	Stage       staffing.Stage
	RawStatus   string // the client's own word
	State       string // pending, needs_attention, delivered
	StageAt     time.Time
	UpdatedAt   time.Time
}

// SubmissionView is the detail at /submissions/{id}.
type SubmissionView struct {
	Page
	ID             string
	Candidate      string
	Requisition    string
	RequisitionID  string
	PlacementID    string // empty: none
	Client         string
	Stage          staffing.Stage
	RawStatus      string
	State          string
	StageAt        time.Time
	CreatedAt      time.Time
	DeliveredAt    time.Time
	ClientSystem   string
	ClientRef      string
	ClientURL      string
	InternalSystem string
	InternalID     string
	InternalStatus string
	Groups         []FieldGroup // candidate, offered terms, answers
	Timeline       []StageEvent // by the client's clock, oldest first
	Effects        []Effect
	Findings       []Finding
	Gaps           []Gap
	Exchanges      []Exchange
	CanRetry       bool // it waits or failed: POST /submissions/{id}/retry makes sense
}

// StageEvent is one entry of a submission's timeline.
type StageEvent struct {
	Stage      staffing.Stage // empty: unmapped
	RawStatus  string
	Move       staffing.Move
	Source     string // hub, client, internal_ats
	OccurredAt time.Time
	Original   string // the vendor's own spelling of the time
	ReceivedAt time.Time
	SyncedAt   time.Time // zero: the internal ATS does not show it (yet)
}

package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a submission's way to the client.
const (
	SubmissionPending        = "pending"
	SubmissionNeedsAttention = "needs_attention"
	SubmissionDelivered      = "delivered"
)

// Candidate is a person as the hub keeps them: what a submission needs.
type Candidate struct {
	ID           uuid.UUID                `db:"id"`
	ConnectionID uuid.UUID                `db:"connection_id"`
	ExternalID   string                   `db:"external_id"`
	Canonical    JSON[staffing.Candidate] `db:"canonical"`
	CreatedAt    time.Time                `db:"created_at"`
	UpdatedAt    time.Time                `db:"updated_at"`
}

// EnsureCandidate gives the id of the candidate of that external id, made if
// need be.
func (q queries) EnsureCandidate(ctx context.Context, connectionID uuid.UUID, externalID string) (id uuid.UUID, err error) {
	return id, q.get(ctx, &id, "candidate", `insert into candidates (id, connection_id, external_id, created_at, updated_at) values ($1, $2, $3, $4, $4)
		on conflict (connection_id, external_id) do update set updated_at = excluded.updated_at returning id`, NewID(), connectionID, clean(externalID), q.now())
}

// SaveCandidate keeps what the internal ATS says of a candidate.
func (q queries) SaveCandidate(ctx context.Context, id uuid.UUID, c staffing.Candidate) error {
	return q.execOne(ctx, staffing.NotFound, "candidate", `update candidates set canonical = $2, updated_at = $3 where id = $1`, id, Doc(c), q.now())
}

// Submission is one candidate for one requisition.
type Submission struct {
	ID              uuid.UUID                 `db:"id"`
	ClientID        uuid.UUID                 `db:"client_id"`
	RequisitionID   uuid.UUID                 `db:"requisition_id"`
	CandidateID     uuid.UUID                 `db:"candidate_id"`
	ATSConnectionID uuid.UUID                 `db:"ats_connection_id"`
	ATSSubmissionID string                    `db:"ats_submission_id"`
	ATSStatus       string                    `db:"ats_status"`
	ConnectionID    uuid.UUID                 `db:"connection_id"`
	State           string                    `db:"state"`
	Canonical       JSON[staffing.Submission] `db:"canonical"`
	Findings        JSON[[]staffing.Finding]  `db:"findings"`
	Gaps            JSON[[]staffing.Gap]      `db:"gaps"`
	ProfileVersion  int                       `db:"profile_version"`
	ClientRef       *string                   `db:"client_ref"`
	ClientURL       string                    `db:"client_url"`
	Extra           JSON[map[string]string]   `db:"extra"`
	Stage           staffing.Stage            `db:"stage"`
	StageAt         time.Time                 `db:"stage_at"`
	RawStatus       string                    `db:"raw_status"`
	CreatedAt       time.Time                 `db:"created_at"`
	UpdatedAt       time.Time                 `db:"updated_at"`
	DeliveredAt     *time.Time                `db:"delivered_at"`
}

// EnsureSubmission makes the submission of a candidate for a requisition, once;
// created says whether this call made it.
func (t *Tx) EnsureSubmission(ctx context.Context, s Submission) (id uuid.UUID, created bool, err error) {
	var rows []uuid.UUID
	now := t.now()
	err = t.list(ctx, &rows, "submission", `
		insert into submissions (id, client_id, requisition_id, candidate_id, ats_connection_id, ats_submission_id, ats_status, connection_id, stage_at, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) on conflict do nothing returning id`,
		NewID(), s.ClientID, s.RequisitionID, s.CandidateID, s.ATSConnectionID, clean(s.ATSSubmissionID), clean(s.ATSStatus), s.ConnectionID, s.StageAt, now)
	if err != nil {
		return id, false, err
	}
	if len(rows) == 1 {
		return rows[0], true, nil
	}
	err = t.get(ctx, &id, "submission", `select id from submissions where (requisition_id = $1 and candidate_id = $2) or (ats_connection_id = $3 and ats_submission_id = $4)
		order by created_at limit 1`, s.RequisitionID, s.CandidateID, s.ATSConnectionID, clean(s.ATSSubmissionID))
	return id, false, err
}

// Submission gives one submission.
func (q queries) Submission(ctx context.Context, id uuid.UUID) (s Submission, err error) {
	return s, q.get(ctx, &s, "submission", `select * from submissions where id = $1`, id)
}

// LockSubmission gives one submission and keeps its row until the transaction ends.
func (t *Tx) LockSubmission(ctx context.Context, id uuid.UUID) (s Submission, err error) {
	return s, t.get(ctx, &s, "submission", `select * from submissions where id = $1 for update`, id)
}

// SubmissionByClientRef gives the submission that the client system calls ref.
func (q queries) SubmissionByClientRef(ctx context.Context, connectionID uuid.UUID, ref string) (s Submission, err error) {
	return s, q.get(ctx, &s, "submission", `select * from submissions where connection_id = $1 and client_ref = $2`, connectionID, clean(ref))
}

// SubmissionByATS gives the submission that the internal ATS calls id.
func (q queries) SubmissionByATS(ctx context.Context, connectionID uuid.UUID, atsID string) (s Submission, err error) {
	return s, q.get(ctx, &s, "submission", `select * from submissions where ats_connection_id = $1 and ats_submission_id = $2`, connectionID, clean(atsID))
}

// SaveSubmissionCheck keeps what mapping and rules made of a submission before it
// is sent.
func (q queries) SaveSubmissionCheck(ctx context.Context, s Submission) error {
	return q.execOne(ctx, staffing.NotFound, "submission", `update submissions set state = case when state = 'delivered' then state else $2 end,
		canonical = $3, findings = $4, gaps = $5, profile_version = $6, updated_at = $7 where id = $1`,
		s.ID, s.State, s.Canonical, s.Findings, s.Gaps, s.ProfileVersion, q.now())
}

// SaveDelivery keeps the client's receipt.
func (t *Tx) SaveDelivery(ctx context.Context, id uuid.UUID, rc staffing.Receipt) error {
	return t.execOne(ctx, staffing.NotFound, "submission", `update submissions set state = 'delivered', client_ref = $2, client_url = $3, extra = $4,
		delivered_at = coalesce(delivered_at, $5), updated_at = $5 where id = $1`, id, clean(rc.ID), clean(rc.URL), Doc(rc.Extra), t.now())
}

// SetATSStatus notes the word that the internal ATS shows now.
func (q queries) SetATSStatus(ctx context.Context, id uuid.UUID, status string) error {
	return q.exec(ctx, "submission", `update submissions set ats_status = $2, updated_at = $3 where id = $1`, id, clean(status), q.now())
}

// LiveSubmissions counts the submissions of a requisition that are delivered, or
// on their way, and neither rejected nor withdrawn, except the one named.
func (q queries) LiveSubmissions(ctx context.Context, requisitionID, except uuid.UUID) (n int, err error) {
	return n, q.get(ctx, &n, "submissions", `select count(*) from submissions s where s.requisition_id = $1 and s.id <> $2 and (s.state = 'delivered' or `+underWay+`)
		and s.stage not in ('rejected_internal', 'rejected_client', 'withdrawn', 'offer_declined', 'closed_not_selected', 'non_compliant')`, requisitionID, except)
}

// DeliveriesInFlight counts submissions to a connection whose outcome is not
// recorded yet: a status may speak of one of them before its receipt is here. In a
// transaction, no receipt of theirs comes before its end.
func (q queries) DeliveriesInFlight(ctx context.Context, connectionID uuid.UUID) (n int, err error) {
	return n, q.get(ctx, &n, "effects", `select count(*) from (select 1 from effects
		where connection_id = $1 and kind = 'submission.put' and state in ('intended', 'sent', 'unknown') for share) flying`, connectionID)
}

// SubmissionFilter narrows a list. Zero values do not narrow.
type SubmissionFilter struct {
	ClientID      uuid.UUID
	RequisitionID uuid.UUID
	State         string
	Stage         string
	Search        string // words of candidate name or requisition title
	Limit         int
	Offset        int
}

// SubmissionRow is a submission in a list.
type SubmissionRow struct {
	Submission
	ClientName       string `db:"client_name"`
	RequisitionTitle string `db:"requisition_title"`
	CandidateName    string `db:"candidate_name"`
}

const submissionRow = `select s.*, c.name client_name, r.title requisition_title,
	trim(coalesce(p.canonical->>'first_name', '') || ' ' || coalesce(p.canonical->>'last_name', '')) candidate_name
	from submissions s join clients c on c.id = s.client_id join requisitions r on r.id = s.requisition_id join candidates p on p.id = s.candidate_id`

func (f SubmissionFilter) where() where {
	w := where{}
	w.eq("s.client_id", f.ClientID, f.ClientID != uuid.Nil)
	w.eq("s.requisition_id", f.RequisitionID, f.RequisitionID != uuid.Nil)
	w.eq("s.state", f.State, f.State != "")
	w.eq("s.stage", f.Stage, f.Stage != "")
	for _, word := range strings.Fields(f.Search) {
		w.add("(r.title || ' ' || coalesce(p.canonical->>'first_name', '') || ' ' || coalesce(p.canonical->>'last_name', '')) ilike ?", "%"+likeEscape(word)+"%")
	}
	return w
}

// Submissions lists submissions, newest change first, and counts all that match.
func (q queries) Submissions(ctx context.Context, f SubmissionFilter) (out []SubmissionRow, total int, err error) {
	w := f.where()
	count := `select count(*) from submissions s join requisitions r on r.id = s.requisition_id join candidates p on p.id = s.candidate_id`
	if err := q.get(ctx, &total, "submissions", count+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "submissions", submissionRow+w.sql()+` order by s.updated_at desc, s.id`+w.page(f.Limit, f.Offset), w.args...)
}

// SubmissionRow gives one submission with the names beside it.
func (q queries) SubmissionRow(ctx context.Context, id uuid.UUID) (s SubmissionRow, err error) {
	return s, q.get(ctx, &s, "submission", submissionRow+` where s.id = $1`, id)
}

// BoardRow is a submission on the board.
type BoardRow struct {
	SubmissionRow
	StageTotal int `db:"stage_total"` // how many of this stage match
	Nth        int `db:"nth"`         // 1 is the newest of its stage
}

// SubmissionBoard gives the newest submissions of each stage, at most perStage,
// in one query. The filter's stage and page are not looked at.
func (q queries) SubmissionBoard(ctx context.Context, f SubmissionFilter, perStage int) (out []BoardRow, err error) {
	f.Stage = ""
	w := f.where()
	w.args = append(w.args, perStage)
	return out, q.list(ctx, &out, "board", `select * from (select b.*, count(*) over (partition by b.stage) stage_total,
			row_number() over (partition by b.stage order by b.stage_at desc, b.id) nth from (`+submissionRow+w.sql()+`) b) n
		where nth <= `+fmt.Sprintf("$%d", len(w.args))+` order by stage_at desc, id`, w.args...)
}

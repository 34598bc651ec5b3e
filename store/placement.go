package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a placement on its way to the ERP.
const (
	PlacementNeedsAttention = "needs_attention"
	PlacementAwaitingReview = "awaiting_review"
	PlacementSentBack       = "sent_back"
	PlacementApproved       = "approved"
	PlacementPosted         = "posted"
	PlacementCancelled      = "cancelled" // taken back before anything was posted
)

// Correction is a field that a person set.
type Correction struct {
	Value  json.RawMessage `json:"value"`
	By     string          `json:"by"`
	Reason string          `json:"reason"`
	At     time.Time       `json:"at"`
}

// Placement is an engagement as the hub keeps it.
type Placement struct {
	ID              uuid.UUID                   `db:"id"`
	ClientID        uuid.UUID                   `db:"client_id"`
	SubmissionID    uuid.UUID                   `db:"submission_id"`
	RequisitionID   uuid.UUID                   `db:"requisition_id"`
	Version         int                         `db:"version"`
	State           string                      `db:"state"`
	Extracted       JSON[staffing.Placement]    `db:"extracted"`
	Corrections     JSON[map[string]Correction] `db:"corrections"`
	Canonical       JSON[staffing.Placement]    `db:"canonical"` // what the first bill is of; later terms: [queries.CurrentTerms]
	Provenance      JSON[Provenance]            `db:"provenance"`
	Checks          JSON[[]staffing.Check]      `db:"checks"`
	Bill            JSON[*staffing.Bill]        `db:"bill"`
	ContentHash     string                      `db:"content_hash"`
	Findings        JSON[[]staffing.Finding]    `db:"findings"`
	Gaps            JSON[[]staffing.Gap]        `db:"gaps"`
	ProfileVersion  int                         `db:"profile_version"`
	RawID           *int64                      `db:"raw_id"`
	Editors         pq.StringArray              `db:"editors"`
	Makers          pq.StringArray              `db:"makers"` // who wrote or published the map; like editors they cannot approve
	SentBackReason  string                      `db:"sent_back_reason"`
	ApprovedBy      *uuid.UUID                  `db:"approved_by"`
	ApprovedAt      *time.Time                  `db:"approved_at"`
	ApprovedHash    *string                     `db:"approved_hash"`
	ApprovedFor     *uuid.UUID                  `db:"approved_for"` // whose delegate the approver was
	ERPConnectionID *uuid.UUID                  `db:"erp_connection_id"`
	ERPID           *string                     `db:"erp_id"`
	ERPNumber       string                      `db:"erp_number"`
	ERPURL          string                      `db:"erp_url"`
	ERPError        string                      `db:"erp_error"` // the ERP refused the bill with these words
	ERPErrorField   string                      `db:"erp_error_field"`
	CreatedAt       time.Time                   `db:"created_at"`
	UpdatedAt       time.Time                   `db:"updated_at"`
	PostedAt        *time.Time                  `db:"posted_at"`
	NextReadAt      time.Time                   `db:"next_read_at"` // see [Tx.ClaimDueReadings]

	// Change says why [Tx.SaveTerms] makes another version; it is kept there only.
	Change Change `db:"-"`
}

// Provenance says for each term where it came from.
type Provenance map[string]staffing.Source

// HashContent gives the fingerprint of what finance reviews: terms and bill.
func HashContent(p staffing.Placement, b *staffing.Bill) (string, error) {
	doc, err := json.Marshal(struct {
		P staffing.Placement `json:"p"`
		B *staffing.Bill     `json:"b"`
	}{p, b})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:]), nil
}

// EnsurePlacement makes the placement of a submission, once, and locks it.
func (t *Tx) EnsurePlacement(ctx context.Context, s Submission) (p Placement, err error) {
	if err := t.exec(ctx, "placement", `insert into placements (id, client_id, submission_id, requisition_id, state, created_at, updated_at)
		values ($1, $2, $3, $4, 'needs_attention', $5, $5) on conflict (submission_id) do nothing`,
		NewID(), s.ClientID, s.ID, s.RequisitionID, t.now()); err != nil {
		return p, err
	}
	return p, t.get(ctx, &p, "placement", `select * from placements where submission_id = $1 for update`, s.ID)
}

// LockPlacement gives one placement and keeps its row until the transaction ends.
func (t *Tx) LockPlacement(ctx context.Context, id uuid.UUID) (p Placement, err error) {
	return p, t.get(ctx, &p, "placement", `select * from placements where id = $1 for update`, id)
}

// Placement gives one placement.
func (q queries) Placement(ctx context.Context, id uuid.UUID) (p Placement, err error) {
	return p, q.get(ctx, &p, "placement", `select * from placements where id = $1`, id)
}

// SaveTerms keeps changed terms of a placement that the caller has locked, as a
// version of their own where the content is another. Any approval ends. A posted
// placement does not change here: see [Tx.AddVersion].
func (t *Tx) SaveTerms(ctx context.Context, p Placement) error {
	if p.Makers == nil {
		p.Makers = pq.StringArray{}
	}
	if err := t.execOne(ctx, staffing.Conflict, "placement", `update placements set version = version + case when content_hash = $7 then 0 else 1 end, state = $2, extracted = $3, corrections = $4, canonical = $5,
			bill = $6, content_hash = $7, findings = $8, gaps = $9, profile_version = $10, raw_id = $11, editors = $12::uuid[],
			approved_by = null, approved_at = null, approved_hash = null, approved_for = null, sent_back_reason = $13, updated_at = $14,
			provenance = $15, checks = $16, makers = $17::uuid[], erp_error = '', erp_error_field = ''
		where id = $1 and state <> 'posted'`,
		p.ID, p.State, p.Extracted, p.Corrections, p.Canonical, p.Bill, p.ContentHash, p.Findings, p.Gaps, p.ProfileVersion, p.RawID,
		p.Editors, clean(p.SentBackReason), t.now(), p.Provenance, p.Checks, p.Makers); err != nil {
		return err
	}
	return t.keepVersion(ctx, p.ID, p.Change, p.Canonical.V, p.Provenance.V, nil)
}

// Approve records finance's approval of exactly the content with that hash, of the
// first bill. forUser is whose delegate the approver is; nil: nobody's. The database
// refuses an editor, who made the map, an amount above the limit, and a delegate who
// is none ([staffing.Forbidden]); changed content is a [staffing.Conflict].
func (t *Tx) Approve(ctx context.Context, id, user uuid.UUID, forUser *uuid.UUID, hash string) error {
	return t.execOne(ctx, staffing.Conflict, "placement", `update placements set state = 'approved', approved_by = $2, approved_at = $4, approved_hash = content_hash,
			approved_for = $5, sent_back_reason = '', erp_error = '', erp_error_field = '', updated_at = $4
		where id = $1 and state = 'awaiting_review' and content_hash = $3`, id, user, hash, t.now(), forUser)
}

// SendBack returns a placement to the account manager with a reason.
func (t *Tx) SendBack(ctx context.Context, id uuid.UUID, reason string) error {
	return t.execOne(ctx, staffing.Conflict, "placement", `update placements set state = 'sent_back', sent_back_reason = $2,
			approved_by = null, approved_at = null, approved_hash = null, approved_for = null, updated_at = $3
		where id = $1 and state in ('awaiting_review', 'needs_attention')`, id, clean(reason), t.now())
}

// SavePosting keeps the ERP's receipt. The same receipt again changes nothing;
// another one for a posted placement is a [staffing.Conflict].
func (t *Tx) SavePosting(ctx context.Context, id, erp uuid.UUID, rc staffing.Receipt) error {
	return t.execOne(ctx, staffing.Conflict, "placement", `update placements set state = 'posted', erp_connection_id = $2, erp_id = $3, erp_number = $4, erp_url = $5,
		posted_at = coalesce(posted_at, $6), updated_at = coalesce(posted_at, $6)
		where id = $1 and (state = 'approved' or (state = 'posted' and erp_connection_id = $2 and erp_id = $3))`, id, erp, clean(rc.ID), clean(rc.Number), clean(rc.URL), t.now())
}

// SaveChecks keeps what checks and rules say now of terms that did not change, and
// the state that follows.
func (t *Tx) SaveChecks(ctx context.Context, p Placement) error {
	return t.execOne(ctx, staffing.Conflict, "placement", `update placements set state = $2, findings = $3, checks = $4, updated_at = $5
		where id = $1 and state in ('awaiting_review', 'needs_attention', 'sent_back')`, p.ID, p.State, p.Findings, p.Checks, t.now())
}

// RefusePosting brings an approved placement back to the desk after the ERP refused
// its bill: its words, the field they are of, and a finding beside the others.
func (t *Tx) RefusePosting(ctx context.Context, id uuid.UUID, words, field string, findings []staffing.Finding) error {
	return t.execOne(ctx, staffing.Conflict, "placement", `update placements set state = 'awaiting_review', approved_by = null, approved_at = null, approved_hash = null,
			approved_for = null, erp_error = $2, erp_error_field = $3, findings = $4, updated_at = $5
		where id = $1 and state = 'approved'`, id, clean(words), clean(field), Doc(findings), t.now())
}

// PlacementFilter narrows a list. Zero values do not narrow.
type PlacementFilter struct {
	ClientID uuid.UUID
	States   []string
	Search   string // words of worker, job title or ERP number
	Newest   bool   // the last changed first; else the oldest, as a queue
	Limit    int
	Offset   int
}

// PlacementRow is a placement in a list.
type PlacementRow struct {
	Placement
	ClientName       string  `db:"client_name"`
	RequisitionTitle string  `db:"requisition_title"`
	ApproverName     *string `db:"approver_name"`
}

const placementRow = `select p.*, c.name client_name, r.title requisition_title, u.name approver_name
	from placements p join clients c on c.id = p.client_id join requisitions r on r.id = p.requisition_id left join users u on u.id = p.approved_by`

// Placements lists placements, oldest first within the queue, and counts all that
// match.
func (q queries) Placements(ctx context.Context, f PlacementFilter) (out []PlacementRow, total int, err error) {
	w := where{}
	w.eq("p.client_id", f.ClientID, f.ClientID != uuid.Nil)
	if len(f.States) > 0 {
		w.add("p.state = any (?)", pq.Array(f.States))
	}
	for _, word := range strings.Fields(f.Search) {
		w.add("(r.title || ' ' || coalesce(p.canonical->>'worker_name', '') || ' ' || p.erp_number) ilike ?", "%"+likeEscape(word)+"%")
	}
	order := ` order by p.created_at, p.id`
	if f.Newest {
		order = ` order by p.updated_at desc, p.id`
	}
	if err := q.get(ctx, &total, "placements", `select count(*) from placements p join requisitions r on r.id = p.requisition_id`+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "placements", placementRow+w.sql()+order+w.page(f.Limit, f.Offset), w.args...)
}

// PlacementCounts counts placements by state; a state without any is not there.
func (q queries) PlacementCounts(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		State string `db:"state"`
		Count int    `db:"count"`
	}
	if err := q.list(ctx, &rows, "placements", `select state, count(*) count from placements group by state`); err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, r := range rows {
		out[r.State] = r.Count
	}
	return out, nil
}

// PlacementOf gives the placement of a submission; [staffing.NotFound] before the hire.
func (q queries) PlacementOf(ctx context.Context, submissionID uuid.UUID) (p Placement, err error) {
	return p, q.get(ctx, &p, "placement", `select * from placements where submission_id = $1`, submissionID)
}

// PlacementRow gives one placement with the names beside it.
func (q queries) PlacementRow(ctx context.Context, id uuid.UUID) (p PlacementRow, err error) {
	return p, q.get(ctx, &p, "placement", placementRow+` where p.id = $1`, id)
}

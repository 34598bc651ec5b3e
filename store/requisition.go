package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a requisition in the hub.
const (
	RequisitionReceived       = "received"
	RequisitionNeedsAttention = "needs_attention"
	RequisitionValid          = "valid"
	RequisitionSynced         = "synced"
)

// Requisition is a client's requisition as the hub keeps it.
type Requisition struct {
	ID              uuid.UUID                  `db:"id"`
	ClientID        uuid.UUID                  `db:"client_id"`
	ConnectionID    uuid.UUID                  `db:"connection_id"`
	ExternalID      string                     `db:"external_id"`
	RawID           int64                      `db:"raw_id"`
	Version         int                        `db:"version"`
	State           string                     `db:"state"`
	Number          string                     `db:"number"`
	Title           string                     `db:"title"`
	Status          string                     `db:"status"`
	Canonical       JSON[staffing.Requisition] `db:"canonical"`
	Findings        JSON[[]staffing.Finding]   `db:"findings"`
	Gaps            JSON[[]staffing.Gap]       `db:"gaps"`
	ProfileVersion  int                        `db:"profile_version"`
	JobConnectionID *uuid.UUID                 `db:"job_connection_id"`
	JobID           *string                    `db:"job_id"`
	JobURL          string                     `db:"job_url"`
	SyncedVersion   int                        `db:"synced_version"`
	SyncedHash      []byte                     `db:"synced_hash"`
	ReceivedAt      time.Time                  `db:"received_at"`
	UpdatedAt       time.Time                  `db:"updated_at"`
	SyncedAt        *time.Time                 `db:"synced_at"`
}

// ReceiveRequisition notes a new or changed raw record: the requisition is
// received again, one version on.
func (t *Tx) ReceiveRequisition(ctx context.Context, clientID, connectionID uuid.UUID, externalID string, rawID int64) (id uuid.UUID, err error) {
	return id, t.get(ctx, &id, "requisition", `
		insert into requisitions (id, client_id, connection_id, external_id, raw_id, received_at, updated_at) values ($1, $2, $3, $4, $5, $6, $6)
		on conflict (connection_id, external_id) do update set raw_id = excluded.raw_id, version = requisitions.version + 1,
			state = 'received', received_at = excluded.received_at, updated_at = excluded.updated_at
		returning id`, NewID(), clientID, connectionID, clean(externalID), rawID, t.now())
}

// Requisition gives one requisition.
func (q queries) Requisition(ctx context.Context, id uuid.UUID) (r Requisition, err error) {
	return r, q.get(ctx, &r, "requisition", `select * from requisitions where id = $1`, id)
}

// RequisitionByJob gives the requisition whose job in the internal ATS is jobID.
func (q queries) RequisitionByJob(ctx context.Context, connectionID uuid.UUID, jobID string) (r Requisition, err error) {
	return r, q.get(ctx, &r, "requisition", `select * from requisitions where job_connection_id = $1 and job_id = $2`, connectionID, clean(jobID))
}

// SaveValidation keeps what mapping and rules made of version; a newer version
// that came meanwhile makes it a [staffing.Conflict].
func (t *Tx) SaveValidation(ctx context.Context, r Requisition) error {
	c := r.Canonical.V
	return t.execOne(ctx, staffing.Conflict, "requisition", `update requisitions set state = $3, number = $4, title = $5, status = $6, canonical = $7,
			findings = $8, gaps = $9, profile_version = $10, updated_at = $11
		where id = $1 and version = $2`,
		r.ID, r.Version, r.State, clean(c.Number), clean(c.Title), string(c.Status), r.Canonical, r.Findings, r.Gaps, r.ProfileVersion, t.now())
}

// SaveJob keeps the receipt of the job in the internal ATS. The state becomes
// synced unless a newer version waits.
func (t *Tx) SaveJob(ctx context.Context, r Requisition, jobConnection uuid.UUID, rc staffing.Receipt, hash []byte) error {
	return t.execOne(ctx, staffing.NotFound, "requisition", `update requisitions set job_connection_id = $2, job_id = $3, job_url = coalesce(nullif($4, ''), job_url),
			synced_version = $5, synced_hash = $6, synced_at = $7, updated_at = $7,
			state = case when version = $5 and state = 'valid' then 'synced' else state end
		where id = $1`, r.ID, jobConnection, clean(rc.ID), clean(rc.URL), r.Version, hash, t.now())
}

// RequisitionFilter narrows a list. Zero values do not narrow.
type RequisitionFilter struct {
	ClientID uuid.UUID
	State    string
	Status   string
	Search   string // words of title, number or external id
	Limit    int
	Offset   int
}

// RequisitionRow is a requisition in a list.
type RequisitionRow struct {
	Requisition
	ClientName  string `db:"client_name"`
	Submissions int    `db:"submissions"`
}

// Requisitions lists requisitions, newest change first, and counts all that match.
func (q queries) Requisitions(ctx context.Context, f RequisitionFilter) (out []RequisitionRow, total int, err error) {
	w := where{}
	w.eq("r.client_id", f.ClientID, f.ClientID != uuid.Nil)
	w.eq("r.state", f.State, f.State != "")
	w.eq("r.status", f.Status, f.Status != "")
	for _, word := range strings.Fields(f.Search) {
		w.add("(r.title || ' ' || r.number || ' ' || r.external_id) ilike ?", "%"+likeEscape(word)+"%")
	}
	if err := q.get(ctx, &total, "requisitions", `select count(*) from requisitions r`+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	sqlText := `select r.*, c.name client_name, (select count(*) from submissions s where s.requisition_id = r.id) submissions
		from requisitions r join clients c on c.id = r.client_id` + w.sql() + ` order by r.updated_at desc, r.id` + w.page(f.Limit, f.Offset)
	return out, total, q.list(ctx, &out, "requisitions", sqlText, w.args...)
}

// RequisitionsWaiting lists the requisitions of a connection that need attention,
// for re-validation under a new profile.
func (q queries) RequisitionsWaiting(ctx context.Context, connectionID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "requisitions", `select id from requisitions where connection_id = $1 and state = 'needs_attention' order by id`, connectionID)
}

// where collects conditions with numbered parameters.
type where struct {
	conds []string
	args  []any
}

func (w *where) add(cond string, arg any) {
	w.args = append(w.args, arg)
	w.conds = append(w.conds, strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(w.args))))
}

func (w *where) eq(column string, v any, use bool) {
	if use {
		w.add(column+" = ?", v)
	}
}

func (w *where) sql() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " where " + strings.Join(w.conds, " and ")
}

func (w *where) page(limit, offset int) string {
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	return fmt.Sprintf(" limit %d offset %d", limit, max(0, offset))
}

func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(clean(s))
}

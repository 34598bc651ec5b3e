package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a preview.
const (
	PreviewRunning = "running"
	PreviewDone    = "done"
	PreviewFailed  = "failed"
)

// What a draft would do to a record.
const (
	VerdictSame     = "same"
	VerdictChanged  = "changed"  // other content, nothing is written outside for it now
	VerdictHeld     = "held"     // went on so far, would wait
	VerdictReleased = "released" // waits, would go on
	VerdictResubmit = "resubmit" // is outside already and would be written there once more
)

// Preview is one run of a draft over records that are here.
type Preview struct {
	ID           uuid.UUID            `db:"id"`
	ConnectionID uuid.UUID            `db:"connection_id"`
	Revision     int                  `db:"revision"`
	Document     string               `db:"document"`
	BaseVersion  int                  `db:"base_version"`
	Lists        string               `db:"lists"`
	Wanted       int                  `db:"wanted"`
	Total        int                  `db:"total"`
	Done         int                  `db:"done"`
	State        string               `db:"state"`
	Error        string               `db:"error"`
	Summary      JSON[PreviewSummary] `db:"summary"`
	CreatedBy    string               `db:"created_by"`
	CreatedAt    time.Time            `db:"created_at"`
	FinishedAt   *time.Time           `db:"finished_at"`
}

// PreviewSummary counts what a draft would do.
type PreviewSummary struct {
	Same     int            `json:"same"`
	Changed  int            `json:"changed"`
	Held     int            `json:"held"`
	Released int            `json:"released"`
	Resubmit int            `json:"resubmit"`
	Fields   map[string]int `json:"fields,omitempty"`  // field -> records in which it changes
	Reasons  map[string]int `json:"reasons,omitempty"` // rule or gap -> records that it would hold
}

// Affected is how many records would not stay as they are.
func (s PreviewSummary) Affected() int { return s.Changed + s.Held + s.Released + s.Resubmit }

// FieldChange is one field of a record before and after.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// PreviewRecord is what a draft would do to one record.
type PreviewRecord struct {
	PreviewID     uuid.UUID           `db:"preview_id"     json:"preview_id"`
	Ordinal       int                 `db:"ordinal"        json:"ordinal"`
	RawID         *int64              `db:"raw_id"         json:"raw_id"`
	RequisitionID *uuid.UUID          `db:"requisition_id" json:"requisition_id"`
	Subject       staffing.Subject    `db:"subject"        json:"subject"`
	SubjectID     string              `db:"subject_id"     json:"subject_id"`
	Title         string              `db:"title"          json:"title"`
	Verdict       string              `db:"verdict"        json:"verdict"`
	Changes       JSON[[]FieldChange] `db:"changes"        json:"-"`
	Reasons       JSON[[]string]      `db:"reasons"        json:"-"` // sentences: why it would be held, or is
}

// InsertPreview adds a running preview; id and time are set here.
func (q queries) InsertPreview(ctx context.Context, p Preview) (Preview, error) {
	p.ID, p.CreatedAt, p.State = NewID(), q.now(), PreviewRunning
	return p, q.exec(ctx, "preview", `insert into previews (id, connection_id, revision, document, base_version, lists, wanted, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.ConnectionID, p.Revision, p.Document, p.BaseVersion, p.Lists, p.Wanted, p.CreatedBy, p.CreatedAt)
}

// Preview gives one preview.
func (q queries) Preview(ctx context.Context, id uuid.UUID) (p Preview, err error) {
	return p, q.get(ctx, &p, "preview", `select * from previews where id = $1`, id)
}

// LatestPreview gives the newest preview of a connection; with a revision, of that
// revision of its draft. [staffing.NotFound] if there is none.
func (q queries) LatestPreview(ctx context.Context, connectionID uuid.UUID, revision int) (p Preview, err error) {
	return p, q.get(ctx, &p, "preview", `select * from previews where connection_id = $1 and ($2 = 0 or revision = $2) order by created_at desc, id desc limit 1`, connectionID, revision)
}

// RestartPreview forgets what an earlier attempt found and notes how many records
// there are to look at.
func (t *Tx) RestartPreview(ctx context.Context, id uuid.UUID, total int) error {
	if err := t.exec(ctx, "preview", `delete from preview_records where preview_id = $1`, id); err != nil {
		return err
	}
	return t.execOne(ctx, staffing.NotFound, "preview", `update previews set total = $2, done = 0, state = 'running', error = '', summary = '{}' where id = $1`, id, total)
}

// SavePreviewBatch keeps what was found of the next records, and the progress.
func (t *Tx) SavePreviewBatch(ctx context.Context, id uuid.UUID, records []PreviewRecord, summary PreviewSummary, done int) error {
	type row struct {
		PreviewRecord
		Changes []FieldChange `json:"changes"`
		Reasons []string      `json:"reasons"`
	}
	rows := make([]row, len(records))
	for i, r := range records {
		r.PreviewID, r.Title = id, clean(r.Title)
		rows[i] = row{PreviewRecord: r, Changes: r.Changes.V, Reasons: r.Reasons.V}
		if rows[i].Changes == nil {
			rows[i].Changes = []FieldChange{}
		}
		if rows[i].Reasons == nil {
			rows[i].Reasons = []string{}
		}
	}
	doc, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	if err := t.exec(ctx, "preview", `insert into preview_records (preview_id, ordinal, raw_id, requisition_id, subject, subject_id, title, verdict, changes, reasons)
		select preview_id, ordinal, raw_id, requisition_id, subject, subject_id, title, verdict, changes, reasons
		from jsonb_to_recordset($1) r (preview_id uuid, ordinal int, raw_id bigint, requisition_id uuid, subject text, subject_id text, title text, verdict text, changes jsonb, reasons jsonb)`,
		string(dropNUL(doc))); err != nil {
		return err
	}
	return t.execOne(ctx, staffing.NotFound, "preview", `update previews set done = $2, summary = $3 where id = $1`, id, done, Doc(summary))
}

// EndPreview says that a preview is done, or why it failed.
func (t *Tx) EndPreview(ctx context.Context, id uuid.UUID, failure string) error {
	state := PreviewDone
	if failure != "" {
		state = PreviewFailed
	}
	return t.execOne(ctx, staffing.NotFound, "preview", `update previews set state = $2, error = $3, finished_at = $4 where id = $1`, id, state, clean(failure), t.now())
}

// PreviewFilter narrows the records of a preview. Zero values do not narrow.
type PreviewFilter struct {
	Verdict string
	Field   string // records in which this field changes
	Differs bool   // all but those that stay the same
	Limit   int
	Offset  int
}

// PreviewRecords lists the records of a preview, newest first, and counts all that match.
func (q queries) PreviewRecords(ctx context.Context, id uuid.UUID, f PreviewFilter) (out []PreviewRecord, total int, err error) {
	w := where{}
	w.eq("preview_id", id, true)
	w.eq("verdict", f.Verdict, f.Verdict != "")
	w.eq("(verdict <> 'same')", true, f.Differs)
	if f.Field != "" {
		w.add("changes @> ?", Doc([]map[string]string{{"field": f.Field}}))
	}
	if err := q.get(ctx, &total, "preview", `select count(*) from preview_records`+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "preview", `select * from preview_records`+w.sql()+` order by ordinal`+w.page(f.Limit, f.Offset), w.args...)
}

// PreviewScope is how many records of one sort a preview has tried.
type PreviewScope struct {
	Subject staffing.Subject `db:"subject"`
	Said    bool             `db:"said"` // of a submission: what was said of it, not the submission itself
	Count   int              `db:"count"`
}

// PreviewScope counts what a preview has tried, in the order in which it did.
func (q queries) PreviewScope(ctx context.Context, id uuid.UUID) (out []PreviewScope, err error) {
	return out, q.list(ctx, &out, "preview", `select subject, raw_id is not null and subject = 'submission' said, count(*) count
		from preview_records where preview_id = $1 group by 1, 2 order by min(ordinal)`, id)
}

// PreviewRecord gives one record of a preview.
func (q queries) PreviewRecord(ctx context.Context, id uuid.UUID, ordinal int) (r PreviewRecord, err error) {
	return r, q.get(ctx, &r, "record of the preview", `select * from preview_records where preview_id = $1 and ordinal = $2`, id, ordinal)
}

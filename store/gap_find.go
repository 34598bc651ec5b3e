package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// PayloadKey is a key that records of a feed have had a value under.
type PayloadKey struct {
	Path      string     `db:"path"`
	Example   string     `db:"example"`
	Count     int        `db:"count"` // records
	Initial   bool       `db:"initial"`
	FirstAt   time.Time  `db:"first_at"`
	IgnoredAt *time.Time `db:"ignored_at"`
}

// ScanRaw gives up to limit records behind those that were looked through, oldest
// first, and keeps other scans out until the transaction ends. A record that a slower
// transaction commits behind the mark is passed over; its keys come with the next.
func (t *Tx) ScanRaw(ctx context.Context, limit int) (out []RawRecord, err error) {
	var mark int64
	if err := t.get(ctx, &mark, "scan", `select raw_id from payload_scan for update`); err != nil {
		return nil, err
	}
	return out, t.list(ctx, &out, "raw records", `select * from raw_records where id > $1 order by id limit $2`, mark, limit)
}

// ScannedRaw moves the mark of [Tx.ScanRaw].
func (t *Tx) ScannedRaw(ctx context.Context, id int64) error {
	return t.exec(ctx, "scan", `update payload_scan set raw_id = greatest(raw_id, $1)`, id)
}

// NotePayloadKeys counts keys of a feed and gives them as they stand now. The keys
// of the first records ever are no news.
func (t *Tx) NotePayloadKeys(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, keys []PayloadKey) (out []PayloadKey, err error) {
	type row struct {
		Path    string `json:"path"`
		Example string `json:"example"`
		Count   int    `json:"count"`
	}
	rows := make([]row, len(keys))
	for i, k := range keys {
		rows[i] = row{clean(k.Path), clean(k.Example), k.Count}
	}
	return out, t.list(ctx, &out, "payload keys", `with first as (select not exists (select 1 from payload_keys where connection_id = $1 and feed = $2) is_first)
		insert into payload_keys as k (connection_id, feed, path, example, count, initial, first_at, last_at)
		select $1, $2, x.path, x.example, x.count, first.is_first, $4, $4 from jsonb_to_recordset($3) x (path text, example text, count int), first
		on conflict (connection_id, feed, path) do update set count = k.count + excluded.count, last_at = excluded.last_at
		returning path, example, count, initial, first_at, ignored_at`, connectionID, feed, Doc(rows), t.now())
}

// PayloadExamples gives the first example of each key that has a gap open.
func (q queries) PayloadExamples(ctx context.Context, connectionID uuid.UUID) (map[string]string, error) {
	var rows []PayloadKey
	err := q.list(ctx, &rows, "payload keys", `select k.path, k.example, k.count, k.initial, k.first_at, k.ignored_at from payload_keys k
		where k.connection_id = $1 and exists (select 1 from gaps g where g.connection_id = $1 and g.kind = 'field' and g.value = k.path and g.closed_at is null)`, connectionID)
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Path] = r.Example
	}
	return out, err
}

// IgnorePayloadKey closes the gap of a new field for good.
func (t *Tx) IgnorePayloadKey(ctx context.Context, connectionID uuid.UUID, path, by string) error {
	if err := t.execOne(ctx, staffing.NotFound, "field", `with ignored as (update payload_keys set ignored_at = $3, ignored_by = $4 where connection_id = $1 and path = $2 returning 1)
		update gaps set closed_at = $3 where connection_id = $1 and kind = 'field' and value = $2 and closed_at is null and exists (select 1 from ignored)`,
		connectionID, clean(path), t.now(), by); err != nil {
		return err
	}
	return nil
}

// CountedGap is a gap with how many records met it.
type CountedGap struct {
	staffing.Gap
	Count int
}

// NoteGapCounts adds to the counts of gaps that were found by looking through
// records.
func (q queries) NoteGapCounts(ctx context.Context, connectionID uuid.UUID, gaps []CountedGap) error {
	for _, g := range gaps {
		if err := q.exec(ctx, "gap", `insert into gaps (connection_id, kind, field, value, message, count, first_at, last_at) values ($1, $2, $3, $4, $5, $6, $7, $7)
			on conflict (connection_id, kind, field, value) do update set count = case when gaps.closed_at is null then gaps.count + excluded.count else excluded.count end,
				last_at = excluded.last_at, message = case when gaps.closed_at is null then gaps.message else excluded.message end, closed_at = null`,
			connectionID, g.Kind, clean(g.Field), clean(g.Value), clean(g.Message), g.Count, q.now()); err != nil {
			return err
		}
	}
	return nil
}

// SetGaps makes gaps the open ones of a kind: others of the kind close.
func (t *Tx) SetGaps(ctx context.Context, connectionID uuid.UUID, kind staffing.GapKind, gaps []staffing.Gap) error {
	keep := make([]string, len(gaps))
	for i, g := range gaps {
		keep[i] = clean(g.Field) + "\n" + clean(g.Value)
		if err := t.exec(ctx, "gap", `insert into gaps (connection_id, kind, field, value, message, first_at, last_at) values ($1, $2, $3, $4, $5, $6, $6)
			on conflict (connection_id, kind, field, value) do update set message = excluded.message, last_at = excluded.last_at, closed_at = null`,
			connectionID, kind, clean(g.Field), clean(g.Value), clean(g.Message), t.now()); err != nil {
			return err
		}
	}
	return t.exec(ctx, "gaps", `update gaps set closed_at = $4 where connection_id = $1 and kind = $2 and closed_at is null and not (field || E'\n' || value = any ($3))`,
		connectionID, kind, pq.Array(keep), t.now())
}

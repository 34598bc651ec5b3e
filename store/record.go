package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// RawRecord is what a vendor sent, as it sent it.
type RawRecord struct {
	ID              int64         `db:"id"`
	ConnectionID    uuid.UUID     `db:"connection_id"`
	Feed            staffing.Feed `db:"feed"`
	ExternalID      string        `db:"external_id"`
	Version         string        `db:"version"`
	Hash            []byte        `db:"hash"`
	Raw             []byte        `db:"raw"`
	VendorUpdatedAt *time.Time    `db:"vendor_updated_at"`
	ReceivedAt      time.Time     `db:"received_at"`
}

// InsertRawIfChanged keeps the record when it differs from the last one of the
// same external id; changed says so. In the transaction that holds the feed.
func (t *Tx) InsertRawIfChanged(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, rec staffing.Record) (id int64, changed bool, err error) {
	hash := sha256.Sum256(rec.Raw)
	var at *time.Time
	if !rec.UpdatedAt.IsZero() {
		u := rec.UpdatedAt.UTC()
		at = &u
	}
	var rows []int64
	err = t.list(ctx, &rows, "raw record", `
		insert into raw_records (connection_id, feed, external_id, version, hash, raw, vendor_updated_at, received_at)
		select $1, $2, $3, $4, $5, $6, $7, $8
		where $5::bytea is distinct from (select hash from raw_records where connection_id = $1 and feed = $2 and external_id = $3 order by id desc limit 1)
		returning id`,
		connectionID, feed, clean(rec.ExternalID), clean(rec.Version), hash[:], []byte(rec.Raw), at, t.now())
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	return rows[0], true, nil
}

// RawRecord gives one raw record.
func (q queries) RawRecord(ctx context.Context, id int64) (r RawRecord, err error) {
	return r, q.get(ctx, &r, "raw record", `select * from raw_records where id = $1`, id)
}

// LatestRaw gives the newest raw record of an external id.
func (q queries) LatestRaw(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, externalID string) (r RawRecord, err error) {
	return r, q.get(ctx, &r, "raw record", `select * from raw_records where connection_id = $1 and feed = $2 and external_id = $3 order by id desc limit 1`,
		connectionID, feed, clean(externalID))
}

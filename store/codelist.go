package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"regexp"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// CodeList describes the newest version of one code list of a connection.
type CodeList struct {
	ID           int64     `db:"id"` // also tells one save from another
	ConnectionID uuid.UUID `db:"connection_id"`
	Name         string    `db:"name"`
	Version      int       `db:"version"`
	Count        int       `db:"count"` // entries
	CreatedBy    string    `db:"created_by"`
	CreatedAt    time.Time `db:"created_at"`
}

const (
	maxListEntries = 200_000
	maxListBytes   = 64 << 20 // of a list, unpacked
	keepVersions   = 20       // of a list
)

var listName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// SaveCodeList makes entries the next version of the connection's list of that
// name; it is in force when the transaction commits. A name that an expression
// could not use, or more than 200,000 entries, is [staffing.Invalid].
func (t *Tx) SaveCodeList(ctx context.Context, connectionID uuid.UUID, name string, entries map[string]string, by string) (version int, err error) {
	if !listName.MatchString(name) {
		return 0, &staffing.Error{Code: staffing.Invalid, Field: "name", Message: "a list's name is small letters, digits and underscores, and begins with a letter: cost_centres"}
	}
	if len(entries) > maxListEntries {
		return 0, staffing.Errorf(staffing.Invalid, "a list holds at most %d entries; this one has %d", maxListEntries, len(entries))
	}
	packed, err := packList(entries)
	if err != nil {
		return 0, err
	}
	if err := t.lockConnection(ctx, connectionID); err != nil {
		return 0, err
	}
	if err := t.get(ctx, &version, "code list", `insert into code_lists (connection_id, name, version, entries, count, created_by, created_at)
		select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6 from code_lists where connection_id = $1 and name = $2 returning version`,
		connectionID, name, packed, len(entries), by, t.now()); err != nil {
		return 0, err
	}
	return version, t.exec(ctx, "code list", `delete from code_lists where connection_id = $1 and name = $2 and version <= $3`, connectionID, name, version-keepVersions)
}

// DropCodeList deletes all versions of a list.
func (t *Tx) DropCodeList(ctx context.Context, connectionID uuid.UUID, name string) error {
	if err := t.lockConnection(ctx, connectionID); err != nil {
		return err
	}
	return t.exec(ctx, "code list", `delete from code_lists where connection_id = $1 and name = $2`, connectionID, name)
}

const newestLists = `select id, connection_id, name, version, count, created_by, created_at from code_lists c where connection_id = $1
	and id = (select max(id) from code_lists n where n.connection_id = c.connection_id and n.name = c.name)`

// CodeLists describes the lists of a connection by name, each in its newest version.
func (q queries) CodeLists(ctx context.Context, connectionID uuid.UUID) (out []CodeList, err error) {
	return out, q.list(ctx, &out, "code lists", newestLists+` order by name`, connectionID)
}

// CodeListVersions describes the versions of one list that are kept, newest first.
func (q queries) CodeListVersions(ctx context.Context, connectionID uuid.UUID, name string) (out []CodeList, err error) {
	return out, q.list(ctx, &out, "code lists", `select id, connection_id, name, version, count, created_by, created_at from code_lists
		where connection_id = $1 and name = $2 order by version desc`, connectionID, clean(name))
}

// CodeList gives the newest version of a list; [staffing.NotFound] if there is none.
func (q queries) CodeList(ctx context.Context, connectionID uuid.UUID, name string) (entries map[string]string, version int, err error) {
	var row struct {
		Version int    `db:"version"`
		Entries []byte `db:"entries"`
	}
	if err := q.get(ctx, &row, "code list", `select version, entries from code_lists where connection_id = $1 and name = $2 order by id desc limit 1`, connectionID, clean(name)); err != nil {
		return nil, 0, err
	}
	entries, err = unpackList(row.Entries)
	return entries, row.Version, err
}

// CodeListVersion gives one version of a list, by its row.
func (q queries) CodeListVersion(ctx context.Context, id int64) (map[string]string, error) {
	var packed []byte
	if err := q.get(ctx, &packed, "code list", `select entries from code_lists where id = $1`, id); err != nil {
		return nil, err
	}
	return unpackList(packed)
}

// AllCodeLists gives the newest version of every list of a connection: name ->
// code -> value. Merge it into a document's lists before compiling that.
func (q queries) AllCodeLists(ctx context.Context, connectionID uuid.UUID) (map[string]map[string]string, error) {
	lists, err := q.CodeLists(ctx, connectionID)
	if err != nil {
		return nil, err
	}
	out := make(map[string]map[string]string, len(lists))
	for _, l := range lists {
		if out[l.Name], err = q.CodeListVersion(ctx, l.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func packList(entries map[string]string) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(entries); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpackList(packed []byte) (entries map[string]string, err error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, refused(err, "code list")
	}
	if err := json.NewDecoder(io.LimitReader(z, maxListBytes)).Decode(&entries); err != nil {
		return nil, refused(err, "code list")
	}
	if entries == nil {
		entries = map[string]string{}
	}
	return entries, nil
}

package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// AuditEntry says who did what. Detail holds ids and field names, no personal
// data and no secret.
type AuditEntry struct {
	ID        int64     `db:"id"`
	At        time.Time `db:"at"`
	Actor     string    `db:"actor"`
	Action    string    `db:"action"`
	Subject   string    `db:"subject"`
	SubjectID string    `db:"subject_id"`
	Detail    string    `db:"detail"`
	PrevHash  []byte    `db:"prev_hash"`
	Hash      []byte    `db:"hash"`
}

const auditLock = 7_400_001 // advisory lock: one writer of the chain at a time

// Audit appends an entry to the log, in the transaction of what it tells of.
func (t *Tx) Audit(ctx context.Context, actor, action, subject, subjectID string, detail map[string]any) error {
	if err := t.exec(ctx, "audit log", `select pg_advisory_xact_lock($1)`, auditLock); err != nil {
		return err
	}
	var last []AuditEntry
	if err := t.list(ctx, &last, "audit log", `select * from audit_log order by id desc limit 1`); err != nil {
		return err
	}
	if detail == nil {
		detail = map[string]any{}
	}
	doc, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	e := AuditEntry{ID: 1, At: t.now(), Actor: clean(actor), Action: action, Subject: subject, SubjectID: clean(subjectID), Detail: string(dropNUL(doc)), PrevHash: []byte{}}
	if len(last) == 1 {
		e.ID, e.PrevHash = last[0].ID+1, last[0].Hash
	}
	e.Hash = e.chain()
	return t.exec(ctx, "audit log", `insert into audit_log (id, at, actor, action, subject, subject_id, detail, prev_hash, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.ID, e.At, e.Actor, e.Action, e.Subject, e.SubjectID, e.Detail, e.PrevHash, e.Hash)
}

// chain hashes the entry over the one before it. Every field is preceded by its
// length, so no two entries hash alike.
func (e AuditEntry) chain() []byte {
	h := sha256.New()
	put := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	put(e.PrevHash)
	put([]byte(fmt.Sprint(e.ID)))
	put([]byte(e.At.UTC().Format(time.RFC3339Nano)))
	for _, s := range []string{e.Actor, e.Action, e.Subject, e.SubjectID, e.Detail} {
		put([]byte(s))
	}
	return h.Sum(nil)
}

// VerifyAudit walks the whole chain and gives its length; a [staffing.Conflict]
// names the first entry that was changed, removed or reordered. A cut-off tail
// shows only against a head that was noted elsewhere: pass it as wantHead, or nil.
// It need not be the newest; the log may have grown since.
func (q queries) VerifyAudit(ctx context.Context, wantHead []byte) (n int64, head []byte, err error) {
	head = []byte{}
	met := len(wantHead) == 0 // the head of an empty log
	for {
		var page []AuditEntry
		if err := q.list(ctx, &page, "audit log", `select * from audit_log where id > $1 order by id limit 1000`, n); err != nil {
			return n, head, err
		}
		for _, e := range page {
			if e.ID != n+1 || !bytes.Equal(e.PrevHash, head) || !bytes.Equal(e.Hash, e.chain()) {
				return n, head, staffing.Errorf(staffing.Conflict, "the audit log is broken at entry %d: it was changed, or an entry before it is gone", n+1)
			}
			n, head = e.ID, e.Hash
			met = met || bytes.Equal(wantHead, head)
		}
		if len(page) == 0 {
			break
		}
	}
	if !met {
		return n, head, staffing.Errorf(staffing.Conflict, "the audit log does not hold the entry that was noted: its tail is missing or was replaced")
	}
	return n, head, nil
}

// AuditFilter narrows the log. Zero values do not narrow.
type AuditFilter struct {
	Actor   string
	Action  string // prefix
	Subject string
	ID      string
	Limit   int
	Offset  int
}

// AuditLog lists entries, newest first, and counts all that match.
func (q queries) AuditLog(ctx context.Context, f AuditFilter) (out []AuditEntry, total int, err error) {
	w := where{}
	w.eq("actor", f.Actor, f.Actor != "")
	if f.Action != "" {
		w.add("action like ?", likeEscape(f.Action)+"%")
	}
	w.eq("subject", f.Subject, f.Subject != "")
	w.eq("subject_id", f.ID, f.ID != "")
	if err := q.get(ctx, &total, "audit log", `select count(*) from audit_log`+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "audit log", `select * from audit_log`+w.sql()+` order by id desc`+w.page(f.Limit, f.Offset), w.args...)
}

// AuditActions lists the actions that the log knows, for its filter.
func (q queries) AuditActions(ctx context.Context) (out []string, err error) {
	return out, q.list(ctx, &out, "audit log", `select distinct action from audit_log order by action`)
}

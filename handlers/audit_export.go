package handlers

import (
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// auditLine is one entry of the log as the auditor gets it. Its hash is over the fields
// before it and the hash of the entry before it; docs/operating.md says how.
type auditLine struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"`
	Actor     string    `json:"actor"`
	Action    string    `json:"action"`
	Subject   string    `json:"subject"`
	SubjectID string    `json:"subject_id"`
	Detail    string    `json:"detail"`
	PrevHash  string    `json:"prev_hash"`
	Hash      string    `json:"hash"`
}

// exportAudit gives the log of some days with its chain, as a file. The export stands
// in the log itself.
func (s *Server) exportAudit(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r, "/audit/export")
	from, badFrom := time.Parse(time.DateOnly, q.text("from"))
	to, badTo := time.Parse(time.DateOnly, q.text("to"))
	if badFrom != nil || badTo != nil || to.Before(from) {
		return staffing.Errorf(staffing.Invalid, "give two days such as 2026-04-01, the first before the last")
	}
	format := "csv"
	if q.text("format") == "jsonl" {
		format = "jsonl"
	}
	ctx := r.Context()
	if err := s.store.InTx(ctx, func(tx *store.Tx) error {
		return tx.Audit(ctx, viewer(r).Email, "audit.exported", "audit", "", map[string]any{"from": q.text("from"), "to": q.text("to"), "format": format})
	}); err != nil {
		return err
	}
	kind := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}[format]
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="audit-`+q.text("from")+"-"+q.text("to")+"."+format+`"`)
	w.Header().Set("Cache-Control", "no-store")
	out, table := json.NewEncoder(w), csv.NewWriter(w)
	if format == "csv" {
		if err := table.Write([]string{"id", "at", "actor", "action", "subject", "subject_id", "detail", "prev_hash", "hash"}); err != nil {
			return nil //nolint:nilerr // the browser went away
		}
	}
	err := s.store.EachAudit(ctx, from, to.AddDate(0, 0, 1), func(e store.AuditEntry) error {
		l := auditLine{e.ID, e.At.UTC(), e.Actor, e.Action, e.Subject, e.SubjectID, e.Detail, hex.EncodeToString(e.PrevHash), hex.EncodeToString(e.Hash)}
		if format == "jsonl" {
			return out.Encode(l)
		}
		return table.Write([]string{strconv.FormatInt(l.ID, 10), l.At.Format(time.RFC3339Nano), plainCell(l.Actor), plainCell(l.Action), plainCell(l.Subject),
			plainCell(l.SubjectID), plainCell(l.Detail), l.PrevHash, l.Hash})
	})
	table.Flush()
	if err != nil {
		s.log.Warn("an export of the audit log broke off", "err", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return nil
}

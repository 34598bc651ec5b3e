package handlers

import (
	"context"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// listAudit shows who did what, and whether the log is as it was written.
func (s *Server) listAudit(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), queryOf(r, "/audit")
	filter := store.AuditFilter{Actor: q.text("actor"), Action: q.text("action"), Limit: rowsPerPage, Offset: q.offset()}
	if subject := q.text("subject"); uuid.Validate(subject) == nil {
		filter.ID = subject
	} else {
		filter.Subject = subject
	}
	entries, total, err := s.store.AuditLog(ctx, filter)
	if err != nil {
		return err
	}
	actions, err := s.store.AuditActions(ctx)
	if err != nil {
		return err
	}
	v := web.AuditView{Actor: q.text("actor"), Subject: q.text("subject"), Filtered: q.filtered("actor", "action", "subject"), Pager: q.pager(total)}
	for _, a := range actions {
		v.Actions = append(v.Actions, web.Option{Value: a, Label: actionWords(a), Selected: a == q.text("action")})
	}
	for _, e := range entries {
		v.Rows = append(v.Rows, auditRowView(e))
	}
	if v.Chain, err = s.chain.state(ctx, s.store, s.now); err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavAudit, "Audit log"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.AuditPage(v))
}

func auditRowView(e store.AuditEntry) web.AuditRow {
	row := web.AuditRow{ID: e.ID, At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Detail: e.Detail,
		SubjectURL: subjectURL(staffing.Subject(e.Subject), e.SubjectID), Hash: hex.EncodeToString(e.Hash[:min(6, len(e.Hash))])}
	if e.SubjectID != "" && row.SubjectURL == "" {
		row.Subject += " " + e.SubjectID
	}
	if e.Subject == "failure" && e.SubjectID != "" {
		row.Subject, row.SubjectURL = "failed record", "/failed/"+e.SubjectID
	}
	return row
}

// chainEvery is how long a walk over the whole log counts.
const chainEvery = time.Minute

// chainCheck keeps the last walk over the log: it grows with the log, so not every
// page walks.
type chainCheck struct {
	mu   sync.Mutex
	last *web.ChainState
}

func (c *chainCheck) state(ctx context.Context, s *store.Store, now func() time.Time) (*web.ChainState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != nil && now().Sub(c.last.At) < chainEvery {
		return c.last, nil
	}
	n, _, err := s.VerifyAudit(ctx, nil)
	if err != nil && staffing.CodeOf(err) != staffing.Conflict {
		return nil, err
	}
	c.last = &web.ChainState{Verified: err == nil, Entries: int(n), At: now()}
	if err != nil {
		c.last.Problem = sentence(staffing.MessageOf(err))
	}
	return c.last, nil
}

package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const testTime = 20 * time.Second // for a connection test

// testConnection asks the outside system who we are and what we may do. A good
// test ends the state "needs attention".
func (s *Server) testConnection(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	report, err := s.tested(r, id)
	if err != nil {
		return err
	}
	return s.renderConnection(w, r, id, report)
}

// tested runs the test; what the system refuses is in the report.
func (s *Server) tested(r *http.Request, id uuid.UUID) (*web.TestReport, error) {
	c, err := s.store.Connection(r.Context(), id)
	if err != nil {
		return nil, err
	}
	report, err := s.check(r.Context(), id)
	if err == nil && report.OK() && c.State == staffing.ConnectionNeedsAttention {
		if err := s.activate(r.Context(), viewer(r).Email, id, "connection.recovered"); err != nil {
			return nil, err
		}
	}
	failed := ""
	if err != nil {
		failed = staffing.MessageOf(err)
	}
	if err := s.store.SaveCheck(r.Context(), id, report, failed); err != nil {
		return nil, err
	}
	return testView(report, err, s.now()), nil
}

// addLastTest shows what the last test said, if there was one.
func (s *Server) addLastTest(ctx context.Context, id uuid.UUID, v *web.SetupView) error {
	list, err := s.store.Checks(ctx)
	for _, c := range list {
		if c.ConnectionID == id {
			v.Test = testView(staffing.Report{Account: c.Account, Permissions: c.Permissions.V}, nil, value(c.CheckedAt))
			v.Test.Error = sentence(c.Error)
		}
	}
	return err
}

func (s *Server) check(ctx context.Context, id uuid.UUID) (staffing.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	c, err := s.cfg.Systems.Connector(ctx, id)
	if err != nil {
		return staffing.Report{}, err
	}
	return c.Check(ctx)
}

func testView(report staffing.Report, err error, now time.Time) *web.TestReport {
	v := &web.TestReport{At: now, Account: report.Account}
	if err != nil {
		v.Error = sentence(staffing.MessageOf(err))
	}
	for _, p := range report.Permissions {
		v.Permissions = append(v.Permissions, web.Permission{Name: p.Name, Purpose: p.Purpose, Granted: p.Granted, Do: p.Detail})
	}
	return v
}

// activate lets the hub call the system again, at once.
func (s *Server) activate(ctx context.Context, by string, id uuid.UUID, action string) error {
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetConnectionState(ctx, id, staffing.ConnectionActive, ""); err != nil {
			return err
		}
		if err := tx.PollNow(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, by, action, string(staffing.SubjectConnection), id.String(), nil)
	})
	if err != nil {
		return err
	}
	s.cfg.Systems.Forget(id)
	s.wake(ctx)
	return nil
}

// wake lets due polls begin now. When it fails they begin at the next tick.
func (s *Server) wake(ctx context.Context) {
	if err := s.cfg.Queue.Wake(ctx); err != nil {
		s.log.Warn("due polls wait for the next tick", "err", err)
	}
}

// pauseConnection stops all calls to the system; its webhooks are still kept.
func (s *Server) pauseConnection(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetConnectionState(ctx, id, staffing.ConnectionPaused, ""); err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, "connection.paused", string(staffing.SubjectConnection), id.String(), nil)
	})
	if err != nil {
		return err
	}
	s.cfg.Systems.Forget(id)
	return s.done(w, r, "/connections/"+id.String(), "Paused. Nothing is read or written until somebody resumes it.")
}

// resumeConnection lets the calls go on.
func (s *Server) resumeConnection(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := s.activate(r.Context(), viewer(r).Email, id, "connection.resumed"); err != nil {
		return err
	}
	return s.done(w, r, "/connections/"+id.String(), "Resumed.")
}

// pollConnection reads one feed now.
func (s *Server) pollConnection(w http.ResponseWriter, r *http.Request) error {
	return s.feedAction(w, r, feedChange{"connection.polled", "It is being read now.", (*store.Tx).PollFeedNow})
}

// backfillConnection reads everything of one feed again. Records that did not
// change have no effect.
func (s *Server) backfillConnection(w http.ResponseWriter, r *http.Request) error {
	return s.feedAction(w, r, feedChange{"connection.backfilled", "Everything is being read again.", (*store.Tx).Backfill})
}

// feedChange is what an operator does to one feed.
type feedChange struct {
	action  string // for the audit log
	message string // after it is done
	do      func(tx *store.Tx, ctx context.Context, id uuid.UUID, feed staffing.Feed) error
}

func (s *Server) feedAction(w http.ResponseWriter, r *http.Request, c feedChange) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	ctx, feed := r.Context(), staffing.Feed(formText(r, "feed"))
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := c.do(tx, ctx, id, feed); err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, c.action, string(staffing.SubjectConnection), id.String(), map[string]any{"feed": feed})
	})
	if err != nil {
		return err
	}
	s.wake(ctx)
	if formText(r, "back") == "setup" {
		return s.done(w, r, setupURL(id)+"#step-records", c.message)
	}
	return s.done(w, r, "/connections/"+id.String(), c.message)
}

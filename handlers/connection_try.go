package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const (
	tryTime     = 30 * time.Second
	triedCalls  = 30 // exchanges that the page shows
	triedRecord = 20 // records that the page shows
)

// The calls that can be tried: those that only read.
const (
	tryCheck        = "check"
	tryRequisitions = "requisitions"
	tryStatuses     = "statuses"
	tryFind         = "find"
	tryPlacement    = "placement"
)

// trial is one call that a person tries.
type trial struct {
	form  connectionForm
	call  string
	watch watcher
	view  web.TryView
}

// watcher keeps the masked exchanges of one trial.
type watcher struct {
	mu   sync.Mutex
	list []web.Exchange
}

// Record implements httpx.Recorder.
func (w *watcher) Record(_ context.Context, x httpx.Exchange) {
	path := x.Path
	if x.Query != "" {
		path += "?" + x.Query
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.list) < triedCalls {
		w.list = append(w.list, web.Exchange{ID: fmt.Sprint(len(w.list)), At: x.At, Method: x.Method, Host: x.Host, Path: path, Status: x.Status,
			DurationMS: int(x.Duration.Milliseconds()), RequestHeaders: headerLines(x.RequestHeader), RequestBody: x.RequestBody,
			ResponseHeaders: headerLines(x.ResponseHeader), ResponseBody: x.ResponseBody, Error: x.Err})
	}
}

func headerLines(h http.Header) string {
	var lines []string
	for name, values := range h {
		lines = append(lines, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// showTry offers the calls of a connection.
func (s *Server) showTry(w http.ResponseWriter, r *http.Request) error {
	t, err := s.newTrial(r)
	if err != nil {
		return err
	}
	return s.renderTry(w, r, http.StatusOK, t)
}

// runTry makes a call with the settings of the form, of which nothing is saved.
func (s *Server) runTry(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	t, err := s.newTrial(r)
	if err != nil {
		return err
	}
	t.read(r)
	if err := s.noteTrial(r, t); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(httpx.WithRecorder(r.Context(), &t.watch), tryTime)
	defer cancel()
	t.view.Result = &web.TryResult{Call: words(t.call)}
	if err := s.try(ctx, t); err != nil {
		t.view.Result.Error = sentence(staffing.MessageOf(err))
	}
	t.view.Result.Exchanges = t.watch.list
	return s.renderTry(w, r, http.StatusOK, t)
}

// noteTrial puts into the audit log who called the system with which document.
func (s *Server) noteTrial(r *http.Request, t *trial) error {
	return s.store.InTx(r.Context(), func(tx *store.Tx) error {
		return tx.Audit(r.Context(), viewer(r).Email, "connection.tried", string(staffing.SubjectConnection), t.form.id.String(),
			map[string]any{"call": t.call, "changed": t.changed()})
	})
}

func (s *Server) newTrial(r *http.Request) (*trial, error) {
	f, err := s.savedForm(r)
	if err != nil {
		return nil, err
	}
	t := &trial{form: f, call: tryRequisitions, view: web.TryView{ID: f.id.String(), Name: f.name, System: f.kind.Label}}
	t.form.typed = map[string]string{}
	return t, nil
}

// read takes over what was sent.
func (t *trial) read(r *http.Request) {
	t.call = formText(r, "call")
	v := &t.view
	v.Cursor, v.Submission, v.Requisition, v.Payload = formText(r, "cursor"), formText(r, "submission"), formText(r, "requisition"), formText(r, "fields")
	for _, f := range t.form.kind.Spec {
		if typed, sent := r.PostForm["setting."+f.Key]; f.Multiline && !f.Secret && sent {
			t.form.typed[f.Key] = strings.TrimSpace(strings.ReplaceAll(typed[0], "\r\n", "\n"))
		}
	}
}

// changed says whether the form differs from what is saved.
func (t *trial) changed() bool {
	for key, v := range t.form.typed {
		if v != strings.TrimSpace(strings.ReplaceAll(t.form.stored[key], "\r\n", "\n")) {
			return true
		}
	}
	return false
}

func (s *Server) renderTry(w http.ResponseWriter, r *http.Request, status int, t *trial) error {
	v := &t.view
	for _, f := range formFields(t.form.kind.Spec, t.form.typed, t.form.stored, func(string) bool { return false }, nil) {
		if slices.ContainsFunc(t.form.kind.Spec, func(of connectors.Field) bool { return of.Key == f.Key && of.Multiline && !of.Secret }) {
			v.Fields = append(v.Fields, f)
		}
	}
	v.Calls = options(t.call, [2]string{tryCheck, "Test the connection"}, [2]string{tryRequisitions, "Read requisitions"},
		[2]string{tryStatuses, "Read statuses"}, [2]string{tryFind, "Find a submission"}, [2]string{tryPlacement, "Read a placement"})
	var err error
	if v.Page, err = s.page(r, web.NavConnections, "Try "+v.Name); err != nil {
		return err
	}
	return s.render(w, r, status, web.TryPage(*v))
}

// opened opens the connection: the saved one as the hub has it open, or one with the
// changes of the form. A refresh token ends when it is used, so it is not used by a
// connector that the hub does not keep.
func (s *Server) opened(ctx context.Context, t *trial) (staffing.Checker, error) {
	if !t.changed() {
		return s.cfg.Systems.Connector(ctx, t.form.id)
	}
	settings := connectors.Settings{}
	maps.Copy(settings, t.form.stored)
	maps.Copy(settings, t.form.secrets)
	maps.Copy(settings, t.form.typed)
	if settings["refresh_token"] != "" {
		return nil, staffing.Errorf(staffing.Invalid, "save the settings first: this connection signs in with a refresh token, which a try of unsaved settings would use up")
	}
	complete, err := t.form.kind.Spec.Complete(settings)
	if err != nil {
		return nil, err
	}
	return s.cfg.Systems.Try(t.form.kind, complete)
}

// try makes the call and notes what came.
func (s *Server) try(ctx context.Context, t *trial) error {
	c, err := s.opened(ctx, t)
	if err != nil {
		return err
	}
	switch t.call {
	case tryCheck:
		return t.check(ctx, c)
	case tryRequisitions:
		src, ok := c.(staffing.RequisitionSource)
		return t.page(ctx, ok, func(cur staffing.Cursor) (staffing.Page, error) { return src.Requisitions(ctx, cur) })
	case tryStatuses:
		src, ok := c.(staffing.StatusSource)
		return t.page(ctx, ok, func(cur staffing.Cursor) (staffing.Page, error) { return src.Statuses(ctx, cur) })
	case tryFind:
		return t.find(ctx, c)
	case tryPlacement:
		src, ok := c.(staffing.PlacementSource)
		if !ok {
			return errCannot
		}
		rec, err := src.Placement(ctx, staffing.SubmissionRef{ID: t.view.Submission, RequisitionID: t.view.Requisition})
		if err == nil {
			t.show([]staffing.Record{rec})
			t.view.Result.Note = "The hire was read."
		}
		return err
	}
	return staffing.Errorf(staffing.Invalid, "there is no such call to try")
}

var errCannot = staffing.Errorf(staffing.Invalid, "this system, as it is described, cannot do that")

func (t *trial) check(ctx context.Context, c staffing.Checker) error {
	report, err := c.Check(ctx)
	if err != nil {
		return err
	}
	lines := []string{"Signed in as " + report.Account + "."}
	for _, p := range report.Permissions {
		state := "granted"
		if !p.Granted {
			state = "missing: " + p.Detail
		}
		lines = append(lines, p.Name+" ("+p.Purpose+"): "+state+".")
	}
	t.view.Result.Note = strings.Join(lines, " ")
	return nil
}

func (t *trial) page(_ context.Context, can bool, read func(staffing.Cursor) (staffing.Page, error)) error {
	if !can {
		return errCannot
	}
	cursor := staffing.Cursor(nil)
	if t.view.Cursor != "" {
		if cursor = staffing.Cursor(t.view.Cursor); !json.Valid(cursor) {
			return staffing.Errorf(staffing.Invalid, "the cursor is not JSON: take it over as it was shown")
		}
	}
	page, err := read(cursor)
	if err != nil {
		return err
	}
	t.show(page.Records)
	res := t.view.Result
	res.Next, res.More = string(page.Next), page.More
	res.Note = fmt.Sprintf("%d records came. This was the last page.", len(page.Records))
	if page.More {
		res.Note = fmt.Sprintf("%d records came. There are more pages: try again with the cursor.", len(page.Records))
		t.view.Cursor = res.Next
	}
	return nil
}

func (t *trial) find(ctx context.Context, c staffing.Checker) error {
	sink, ok := c.(staffing.SubmissionSink)
	if !ok {
		return errCannot
	}
	fields := json.RawMessage(t.view.Payload)
	if len(fields) == 0 {
		fields = json.RawMessage(`{}`)
	}
	if !json.Valid(fields) {
		return staffing.Errorf(staffing.Invalid, "the fields are not JSON")
	}
	rec, err := sink.FindSubmission(ctx, staffing.SubmissionRequest{Key: "try", RequisitionID: t.view.Requisition, Fields: fields})
	if err == nil {
		t.view.Result.Note = "Found: " + rec.ID + "."
	}
	return err
}

// show keeps the first records, without secrets and personal data.
func (t *trial) show(list []staffing.Record) {
	all := connectors.Settings{}
	maps.Copy(all, t.form.secrets)
	mask := httpx.New(httpx.Config{Secrets: t.form.kind.Spec.Secrets(all)})
	res := t.view.Result
	res.Count = len(list)
	for _, rec := range list[:min(len(list), triedRecord)] {
		res.Records = append(res.Records, web.TriedRecord{ID: rec.ExternalID, Version: rec.Version, UpdatedAt: rec.UpdatedAt,
			Raw: mask.Mask("application/json", rec.Raw)})
	}
}

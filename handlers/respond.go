package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// statuses translates the codes of the house into HTTP. It is the only place
// that does.
var statuses = map[staffing.Code]int{
	staffing.Invalid:      http.StatusUnprocessableEntity,
	staffing.Unauthorized: http.StatusUnauthorized,
	staffing.Forbidden:    http.StatusForbidden,
	staffing.NotFound:     http.StatusNotFound,
	staffing.Conflict:     http.StatusConflict,
	staffing.RateLimited:  http.StatusTooManyRequests,
	staffing.Unavailable:  http.StatusServiceUnavailable,
	staffing.Internal:     http.StatusInternalServerError,
}

// httpError is an error that only HTTP knows; its status goes before its code's.
type httpError struct {
	status int
	cause  *staffing.Error
}

// Error gives the sentence.
func (e httpError) Error() string { return e.cause.Error() }

// Unwrap gives the coded error.
func (e httpError) Unwrap() error { return e.cause }

var (
	errNoPage    = staffing.Errorf(staffing.NotFound, "there is nothing at this address")
	errMethod    = httpError{http.StatusMethodNotAllowed, staffing.Errorf(staffing.Invalid, "this address does not take that method")}
	errUnread    = httpError{http.StatusBadRequest, staffing.Errorf(staffing.Invalid, "the request cannot be read")}
	errEncoded   = httpError{http.StatusUnsupportedMediaType, staffing.Errorf(staffing.Invalid, "the body must be sent as it is, without a Content-Encoding")}
	errTooLarge  = httpError{http.StatusRequestEntityTooLarge, staffing.Errorf(staffing.Invalid, "the body is too large")}
	errForeign   = staffing.Errorf(staffing.Forbidden, "the request came from another site")
	errNotYours  = staffing.Errorf(staffing.Forbidden, "your role does not include this; ask an admin if you need it")
	errSignedOut = staffing.Errorf(staffing.Unauthorized, "this page is for people who are signed in")
)

// statusOf gives the HTTP status of an error.
func statusOf(err error) int {
	var h httpError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &h):
		return h.status
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	}
	return statuses[staffing.CodeOf(err)]
}

// retryAfter gives how long the caller should wait; zero: nothing to say.
func retryAfter(err error, status int) time.Duration {
	if wait := staffing.RetryAfterOf(err); wait > 0 {
		return wait
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		return 5 * time.Second
	}
	return 0
}

// fail answers with an error: problem+json for programs, a page for browsers.
// The cause goes to the log only.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	s.logFailure(r, status, err)
	if visitOf(r).began() {
		return // part of an answer has left; all that can be done is to stop
	}
	if r.Context().Err() != nil {
		w.WriteHeader(status) // for the log: the caller has gone
		return
	}
	if wait := retryAfter(err, status); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	if forPrograms(r) {
		s.writeProblem(w, r, status, err)
		return
	}
	s.renderError(w, r, status, err)
}

// forPrograms says that the caller is no browser.
func forPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/v1") || strings.HasPrefix(r.URL.Path, "/hooks/")
}

func (s *Server) logFailure(r *http.Request, status int, err error) {
	level := slog.LevelDebug
	if status >= http.StatusInternalServerError && r.Context().Err() == nil {
		level = slog.LevelError
	}
	s.log.Log(r.Context(), level, "request failed", "request_id", visitOf(r).id, "status", status, "code", string(staffing.CodeOf(err)), "err", err)
}

// Problem is an error for programs, by RFC 9457, with the hub's code.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	Instance  string `json:"instance,omitempty"`
	Code      string `json:"code"`
	Field     string `json:"field,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Problems  []part `json:"problems,omitempty"`
}

func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, status int, err error) {
	p := Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: staffing.MessageOf(err), Instance: r.URL.Path,
		Code: string(staffing.CodeOf(err)), RequestID: visitOf(r).id, Problems: partsOf(err)}
	var coded *staffing.Error
	if errors.As(err, &coded) {
		p.Field = coded.Field
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tributary"`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.log.Debug("the answer did not leave", "request_id", p.RequestID, "err", err)
	}
}

// renderError shows the error page. It asks the database for nothing: that may
// be what failed.
func (s *Server) renderError(w http.ResponseWriter, r *http.Request, status int, err error) {
	v := web.ErrorView{Page: s.bare(r, "", http.StatusText(status)), Status: status, RequestID: visitOf(r).id}
	var coded *staffing.Error
	if errors.As(err, &coded) && coded.Code != staffing.Internal {
		v.Message = sentence(coded.Message)
	}
	if err := s.render(w, r, status, web.ErrorPage(v)); err != nil {
		s.log.Error("the error page cannot be shown", "request_id", v.RequestID, "err", err)
		http.Error(w, http.StatusText(status), status)
	}
}

// writeJSON answers a program.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}

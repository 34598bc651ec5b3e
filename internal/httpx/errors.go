package httpx

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

var errTooLarge = errors.New("the answer is larger than the hub reads")

// exchangeError is the cause of every error of this package that an answer led
// to. Its text holds no body.
type exchangeError struct {
	status int
	header http.Header
	body   []byte
	cause  error
}

// Error gives the cause, or the status.
func (e *exchangeError) Error() string {
	if e.cause != nil {
		return e.cause.Error()
	}
	return "status " + strconv.Itoa(e.status)
}

// Unwrap gives the cause.
func (e *exchangeError) Unwrap() error { return e.cause }

// StatusOf gives the status of the answer that led to err; 0 when there was none.
func StatusOf(err error) int {
	var e *exchangeError
	if errors.As(err, &e) {
		return e.status
	}
	return 0
}

// BodyOf gives the body of the answer that led to err, as far as it was read. It
// is not masked: a connector may parse it and must not pass it on.
func BodyOf(err error) []byte {
	var e *exchangeError
	if errors.As(err, &e) {
		return e.body
	}
	return nil
}

// HeaderOf gives the header of the answer that led to err, or nil.
func HeaderOf(err error) http.Header {
	var e *exchangeError
	if errors.As(err, &e) {
		return e.header
	}
	return nil
}

// refused is the error of an answer whose status is not accepted.
func (c *call) refused() error {
	a := c.answer
	code, sentence := classify(a.Status)
	e := &staffing.Error{Code: code, Message: fmt.Sprintf("%s %s (status %d)", c.http.URL.Host, sentence, a.Status),
		Err: &exchangeError{status: a.Status, header: a.Header, body: a.Body}}
	if said := c.masker().text(words(a.Header, a.Body)); said != "" {
		e.Message += ": " + cut(said, 300)
	}
	if a.Status == http.StatusTooManyRequests || a.Status >= 500 {
		e.RetryAfter = retryAfter(a.Header, c.client.cfg.Now())
	}
	if a.Status == http.StatusTooManyRequests && e.RetryAfter == 0 {
		e.RetryAfter = untilReset(a.Header, c.client.cfg.Now())
	}
	e.OutcomeUnknown = c.req.writes() && (a.Status >= 500 || a.Status == http.StatusRequestTimeout)
	return e
}

// classify is the table of statuses. 408 and 425 ask to come again, so they are
// no fault of the request.
func classify(status int) (staffing.Code, string) {
	switch {
	case status == http.StatusUnauthorized:
		return staffing.Unauthorized, "refused the credentials"
	case status == http.StatusForbidden:
		return staffing.Forbidden, "does not permit this"
	case status == http.StatusNotFound, status == http.StatusGone:
		return staffing.NotFound, "does not have this"
	case status == http.StatusConflict:
		return staffing.Conflict, "reports a conflict"
	case status == http.StatusTooManyRequests:
		return staffing.RateLimited, "asks to slow down"
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return staffing.Unavailable, "gave up waiting"
	case status >= 500:
		return staffing.Unavailable, "has a problem of its own"
	case status >= 300 && status < 400:
		return staffing.Invalid, "sends the hub to another address, which it does not follow: check the address of the connection"
	case status >= 400:
		return staffing.Invalid, "refused the request"
	}
	return staffing.Unavailable, "gave an answer that is none"
}

// retryAfter reads seconds or a date, within a second and an hour; zero when the
// header is absent or unreadable.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseFloat(v, 64); !math.IsNaN(s) && (err == nil || math.IsInf(s, 1)) {
		return clampWait(time.Duration(min(max(s, 0), 86400) * float64(time.Second)))
	}
	if at, err := http.ParseTime(v); err == nil {
		return clampWait(at.Sub(now))
	}
	return 0
}

// untilReset gives the wait until the vendor grants calls again, where its quota
// headers tell; zero when they do not.
func untilReset(h http.Header, now time.Time) time.Duration {
	if left, reset, ok := QuotaHeaders(h, now); ok && left <= 0 && reset.After(now) {
		return clampWait(reset.Sub(now))
	}
	return 0
}

func clampWait(d time.Duration) time.Duration { return min(max(d, time.Second), time.Hour) }

// coded turns an error of the transport into a coded one; coded errors pass.
func (c *call) coded(err error) error {
	var already *staffing.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return already // the guard's and refused's own words, without net's wrapping
	}
	e := &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: c.req.writes() && c.sent.any()}
	cause := c.plain(err)
	if c.answer != nil {
		e.Err = &exchangeError{status: c.answer.Status, header: c.answer.Header, body: c.answer.Body, cause: cause}
	} else {
		e.Err = cause
	}
	e.Message = c.sentence(cause)
	return e
}

// plain finds the reason behind a cancelled request: our time-out or the caller's
// own end.
func (c *call) plain(err error) error {
	if cause := context.Cause(c.http.Context()); cause != nil {
		if end := c.caller.Err(); end != nil {
			return end
		}
		return cause
	}
	return err
}

func (c *call) sentence(cause error) string {
	host := c.http.URL.Host
	var dns *net.DNSError
	switch {
	case errors.Is(cause, context.Canceled):
		return "The call to " + host + " was ended by the hub"
	case errors.Is(cause, errTimeout), errors.Is(cause, context.DeadlineExceeded):
		return host + " did not answer in time"
	case errors.Is(cause, errTooLarge):
		return host + " sent a larger answer than the hub reads"
	case errors.As(cause, &dns):
		return "The name " + c.http.URL.Hostname() + " cannot be resolved"
	case !c.sent.any():
		return "The hub cannot connect to " + host
	case c.answer != nil:
		return "The answer of " + host + " broke off"
	}
	return "The connection to " + host + " broke off before it answered"
}

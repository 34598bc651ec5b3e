package staffing

import (
	"errors"
	"fmt"
	"time"
)

// Code classifies an error. Two tables translate it, one file each:
// handlers/respond.go (to HTTP) and jobs/outcome.go (to cancel, snooze, retry).
type Code string

// The eight codes of the house. An error without one counts as [Internal].
const (
	Invalid      Code = "invalid"      // the record or the request is wrong; trying again does not help
	Unauthorized Code = "unauthorized" // credentials are refused; the connection needs a person
	Forbidden    Code = "forbidden"    // credentials are good, a permission is missing
	NotFound     Code = "not_found"    // the thing is not there
	Conflict     Code = "conflict"     // somebody else changed it, or it exists already
	RateLimited  Code = "rate_limited" // the other side asks to slow down; see Error.RetryAfter
	Unavailable  Code = "unavailable"  // the other side is down or slow; trying again may help
	Internal     Code = "internal"     // a fault of ours
)

// Codes lists every code, for the tests that enumerate the translation tables.
func Codes() []Code {
	return []Code{Invalid, Unauthorized, Forbidden, NotFound, Conflict, RateLimited, Unavailable, Internal}
}

// Error is a coded error with a sentence for a person and the cause for the log.
type Error struct {
	Code    Code
	Message string // for a person; holds no secret and no personal data
	Err     error  // the cause; shown in the log only

	// RetryAfter is how long the other side asks to wait. Zero: it did not say.
	RetryAfter time.Duration
	// OutcomeUnknown says that a write may or may not have taken effect: the
	// request left, the answer never came. Such a write is settled by looking,
	// never by sending again.
	OutcomeUnknown bool
	// Field names the canonical or vendor field the error is about, if it is about one.
	Field string
}

// Error gives the sentence and the cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.Err)
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes a coded error; a %w verb in format becomes the cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// CodeOf gives the code of err: [Internal] when it carries none, "" when err is nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// MessageOf gives the sentence for a person. An uncoded error keeps its text in the log.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "Something went wrong inside the hub. The log has the details."
}

// RetryAfterOf gives the wait that the other side asked for, or zero.
func RetryAfterOf(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// PartlyDone is the error of a write of several parts that failed after a part took
// effect: whatever its code, the outcome has to be looked for before it is given up
// or begun anew. nil stays nil.
func PartlyDone(err error) error {
	if err == nil || IsOutcomeUnknown(err) {
		return err
	}
	return &Error{Code: CodeOf(err), Message: MessageOf(err), RetryAfter: RetryAfterOf(err), Err: err, OutcomeUnknown: true}
}

// IsOutcomeUnknown says whether err leaves open if a write took effect.
func IsOutcomeUnknown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.OutcomeUnknown
}

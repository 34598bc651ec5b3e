package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// wrap gives a database error its code and a sentence. What a person or another
// worker can put right is a conflict or invalid; a database that is away is
// unavailable, and trying again helps; the rest is a fault of ours.
func wrap(err error, what string) error {
	var pe *pq.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pe):
		return wrapServer(pe, err, what)
	case errors.Is(err, context.Canceled):
		return err
	case connectionLost(err):
		return away(err, what)
	}
	return refused(err, what)
}

// wrapServer codes what the server said.
func wrapServer(pe *pq.Error, err error, what string) error {
	coded := func(code staffing.Code, format string) error {
		return &staffing.Error{Code: code, Message: fmt.Sprintf(format, what), Err: err}
	}
	switch pe.Constraint {
	case "placements_four_eyes", "bills_four_eyes":
		return &staffing.Error{Code: staffing.Forbidden, Message: "who edited a placement, or made the map of its terms, cannot approve it", Err: err}
	case "approvals_limit":
		return &staffing.Error{Code: staffing.Forbidden, Message: "the amount is above what this approver may decide", Err: err}
	case "approvals_delegated":
		return &staffing.Error{Code: staffing.Forbidden, Message: "nobody who may decide has delegated this to the approver", Err: err}
	case "profiles_second_person":
		return &staffing.Error{Code: staffing.Forbidden, Message: "who asked for a publication cannot confirm it; a second person has to", Err: err}
	case "placements_approved_content", "bills_approved_content":
		return coded(staffing.Conflict, "the %s was changed meanwhile; look again")
	}
	switch pe.Code {
	case "23503":
		return coded(staffing.Conflict, "the %s refers to something that is not there, or something still refers to it")
	case "23502", "23514":
		return coded(staffing.Invalid, "the %s has a value that is not allowed")
	case "25006", "25P03", "55P03": // a standby after a failover, an idle transaction that was ended, a lock that was not given
		return away(err, what)
	}
	switch pe.Code.Class() {
	case "23":
		return coded(staffing.Conflict, "the %s collides with one that exists")
	case "08", "28", "3D", "40", "53", "57", "58":
		return away(err, what)
	}
	return refused(err, what)
}

func away(err error, what string) error {
	return &staffing.Error{Code: staffing.Unavailable, Message: "the database is not available", Err: fmt.Errorf("%s: %w", what, err)}
}

func refused(err error, what string) error {
	return &staffing.Error{Code: staffing.Internal, Message: "the database refused a query", Err: fmt.Errorf("%s: %w", what, err)}
}

// connectionLost tells a database that does not answer from a value that the
// driver could not read or write.
func connectionLost(err error) bool {
	for _, lost := range []error{driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, sql.ErrConnDone, sql.ErrTxDone, context.DeadlineExceeded, net.ErrClosed} {
		if errors.Is(err, lost) {
			return true
		}
	}
	var ne net.Error
	return errors.As(err, &ne) || err.Error() == "sql: database is closed" // the pool went down before the worker; it has no value to compare with
}

package handlers

import (
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// failureFacts is what the page of a failed record is made of.
type failureFacts struct {
	failure   store.FailureRow
	sameCause int
	effects   []store.Effect
	exchanges []store.Exchange
	payload   web.Document
	systems   map[uuid.UUID]string
}

func failureStates(chosen string) []web.Option {
	return options(chosen, [2]string{store.FailureOpen, "Waits for you"}, [2]string{store.FailureRetrying, "Retrying"},
		[2]string{store.FailureResolved, "Resolved"}, [2]string{store.FailureDiscarded, "Discarded"})
}

func failureRowView(f store.FailureRow, now time.Time) web.FailureRow {
	row := web.FailureRow{ID: f.ID.String(), Step: f.Step, Subject: failureSubject(f), Connection: value(f.ConnectionName), Code: string(f.Code),
		Message: sentence(f.Message), State: f.State, Attempts: f.Attempts, LastAt: f.LastAt, NextAt: value(f.NextAt)}
	if row.NextAt.Before(now) {
		row.NextAt = time.Time{} // it is due: the queue has it
	}
	return row
}

// failureSubject names what failed.
func failureSubject(f store.FailureRow) string {
	switch title := value(f.SubjectTitle); {
	case title != "":
		return words(string(f.Subject)) + " " + title
	case f.Subject == staffing.SubjectConnection:
		return orText(value(f.ConnectionName), "Connection")
	case f.Subject == staffing.SubjectWebhook:
		return "Webhook " + f.SubjectID
	default:
		return words(string(f.Subject))
	}
}

func failureView(f failureFacts, now time.Time) web.FailureView {
	x := f.failure
	return web.FailureView{FailureRow: failureRowView(x, now), SubjectURL: subjectURL(x.Subject, x.SubjectID), ConnectionID: idOf(x.ConnectionID), Cause: x.Cause, SameCause: f.sameCause,
		Do: whatToDo(x.Code), FirstAt: x.FirstAt, ClosedAt: value(x.ClosedAt), ClosedBy: x.ClosedBy, CloseReason: x.CloseReason,
		Payload: f.payload, Exchanges: exchangesView(f.exchanges, f.systems), Effects: effectsView(f.effects, f.systems)}
}

// whatToDo says what helps against each kind of error.
func whatToDo(code staffing.Code) string {
	switch code {
	case staffing.Invalid:
		return "Trying again alone does not help: correct the record at its source, or the mapping of the connection, and then retry."
	case staffing.Unauthorized:
		return "Enter new credentials on the connection's page and test it. Its records are then tried again."
	case staffing.Forbidden:
		return "Give the hub's account the missing permission in the other system. The connection test says which one it is."
	case staffing.NotFound:
		return "Look whether the record was removed or moved in the other system. If it is gone for good, discard it here."
	case staffing.Conflict:
		return "Look at the record in both systems: somebody changed it meanwhile. Then retry."
	case staffing.RateLimited, staffing.Unavailable:
		return "It is tried again by itself. Retry if you know that the other system is back."
	default:
		return "This is a fault of the hub. Retry once; if it fails again, tell the operator the time of the last try."
	}
}

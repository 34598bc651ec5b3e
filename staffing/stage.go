package staffing

import (
	"sort"
	"time"
)

// Stage is where a submission stands, in the hub's words.
type Stage string

// The stages in order, then the exits.
const (
	Sourced           Stage = "sourced"
	InternalSubmittal Stage = "internal_submittal"
	ClientSubmitted   Stage = "client_submitted"
	ClientReview      Stage = "client_review"
	Interview         Stage = "interview"
	Offer             Stage = "offer"
	OfferAccepted     Stage = "offer_accepted"
	Placed            Stage = "placed"

	RejectedInternal  Stage = "rejected_internal"
	RejectedClient    Stage = "rejected_client"
	Withdrawn         Stage = "withdrawn"
	OfferDeclined     Stage = "offer_declined"
	ClosedNotSelected Stage = "closed_not_selected"
	NonCompliant      Stage = "non_compliant"
)

var stageInfo = []struct {
	stage Stage
	label string
	order int // 0 for an exit
}{
	{Sourced, "Sourced", 10},
	{InternalSubmittal, "Internal submittal", 20},
	{ClientSubmitted, "Submitted to client", 30},
	{ClientReview, "Client review", 40},
	{Interview, "Interview", 50},
	{Offer, "Offer", 60},
	{OfferAccepted, "Offer accepted", 70},
	{Placed, "Placed", 80},
	{RejectedInternal, "Rejected by us", 0},
	{RejectedClient, "Rejected by client", 0},
	{Withdrawn, "Withdrawn", 0},
	{OfferDeclined, "Offer declined", 0},
	{ClosedNotSelected, "Closed, not selected", 0},
	{NonCompliant, "Non-compliant", 0},
}

// Stages lists every stage: the path in order, then the exits.
func Stages() []Stage {
	out := make([]Stage, 0, len(stageInfo))
	for _, s := range stageInfo {
		out = append(out, s.stage)
	}
	return out
}

// Known says whether s is one of [Stages].
func (s Stage) Known() bool {
	for _, i := range stageInfo {
		if i.stage == s {
			return true
		}
	}
	return false
}

// Label gives the stage in words for a page.
func (s Stage) Label() string {
	for _, i := range stageInfo {
		if i.stage == s {
			return i.label
		}
	}
	return "Unmapped"
}

// Order gives progress along the path; 0 for an exit or an unknown stage.
func (s Stage) Order() int {
	for _, i := range stageInfo {
		if i.stage == s {
			return i.order
		}
	}
	return 0
}

// Exit says that the submission ends here unless the client re-opens it.
func (s Stage) Exit() bool { return s.Known() && s.Order() == 0 }

// Hired says that a placement is to be extracted.
func (s Stage) Hired() bool { return s == OfferAccepted || s == Placed }

// Move says what an event did to a submission.
type Move string

// The moves of a timeline.
const (
	MoveForward  Move = "forward"  // further along the path, or the first event
	MoveExit     Move = "exit"     // off the path
	MoveBack     Move = "back"     // a real step back: the client went back by its own clock
	MoveReopened Move = "reopened" // from an exit back on the path
	MoveNone     Move = "none"     // same stage again
	MoveLate     Move = "late"     // happened before what is current: kept, moves nothing
	MoveUnmapped Move = "unmapped" // a word that no status table knows: kept, moves nothing
)

// StageEvent is one entry of a submission's timeline.
type StageEvent struct {
	Stage      Stage     `json:"stage"` // "" when unmapped
	RawStatus  string    `json:"raw_status"`
	OccurredAt time.Time `json:"occurred_at"` // the vendor's clock
	ReceivedAt time.Time `json:"received_at"` // ours
	Move       Move      `json:"move"`
}

// Timeline orders events by the vendor's clock (ours breaks ties), says for each
// what it moved, and gives the current event; ok is false when nothing mapped
// has happened yet. The order in which events arrive does not matter.
func Timeline(events []StageEvent) (ordered []StageEvent, current StageEvent, ok bool) {
	ordered = append([]StageEvent(nil), events...)
	sort.SliceStable(ordered, func(i, j int) bool {
		a, b := ordered[i], ordered[j]
		if !a.OccurredAt.Equal(b.OccurredAt) {
			return a.OccurredAt.Before(b.OccurredAt)
		}
		if !a.ReceivedAt.Equal(b.ReceivedAt) {
			return a.ReceivedAt.Before(b.ReceivedAt)
		}
		return a.Stage.Order() < b.Stage.Order()
	})
	for i := range ordered {
		e := &ordered[i]
		if !e.Stage.Known() {
			e.Move = MoveUnmapped
			continue
		}
		e.Move = MoveForward
		if ok {
			e.Move = moveBetween(current.Stage, e.Stage)
		} else if e.Stage.Exit() {
			e.Move = MoveExit
		}
		current, ok = *e, true
	}
	return ordered, current, ok
}

func moveBetween(from, to Stage) Move {
	switch {
	case from == to:
		return MoveNone
	case to.Exit():
		return MoveExit
	case from.Exit():
		return MoveReopened
	case to.Order() < from.Order():
		return MoveBack
	default:
		return MoveForward
	}
}

// Arrival says what a new event does to a submission whose current event is
// cur (ok false: none yet): like [Timeline], but for one event at its arrival,
// so that an event older than the current one is told as [MoveLate].
func Arrival(cur StageEvent, ok bool, e StageEvent) Move {
	switch {
	case !e.Stage.Known():
		return MoveUnmapped
	case !ok && e.Stage.Exit():
		return MoveExit
	case !ok:
		return MoveForward
	case e.OccurredAt.Before(cur.OccurredAt):
		return MoveLate
	default:
		return moveBetween(cur.Stage, e.Stage)
	}
}

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

// The sources of a stage event.
const (
	SourceHub    = "hub"
	SourceClient = "client"
	SourceATS    = "internal_ats"
)

// StageEvent is one entry of a submission's timeline.
type StageEvent struct {
	Source     string    `json:"source"`
	Stage      Stage     `json:"stage"` // "" when unmapped
	RawStatus  string    `json:"raw_status"`
	OccurredAt time.Time `json:"occurred_at"` // the vendor's clock
	ReceivedAt time.Time `json:"received_at"` // ours
	Move       Move      `json:"move"`
}

// Timeline orders events, says for each what it moved, and gives the current
// event; ok is false when nothing mapped has happened yet. The order in which
// events arrive does not matter.
//
// The vendor's clock gives the order, ours breaks ties. One thing comes first
// whatever the clocks say: what the hub and the internal ATS did until the
// submittal. A client cannot answer before it was asked, so a client's clock that
// is behind ours does not hide its first word. A source that repeats its last
// word says nothing new: such an event is left out.
func Timeline(events []StageEvent) (ordered []StageEvent, current StageEvent, ok bool) {
	said := map[string]StageEvent{} // source -> its last event
	for _, e := range inOrder(events) {
		last, spoke := said[e.Source]
		if spoke && last.RawStatus == e.RawStatus && last.Stage == e.Stage {
			continue
		}
		said[e.Source] = e
		switch {
		case !e.Stage.Known():
			e.Move = MoveUnmapped
		case ok:
			e.Move = moveBetween(current.Stage, e.Stage)
		case e.Stage.Exit():
			e.Move = MoveExit
		default:
			e.Move = MoveForward
		}
		if e.Stage.Known() {
			current, ok = e, true
		}
		ordered = append(ordered, e)
	}
	return ordered, current, ok
}

// Arrive says what an event did at its arrival, which turned the events before
// into after, and gives the current event now. When it changed the current stage,
// the move is that change; else it is [MoveLate] for an event that is not the
// current one, [MoveUnmapped] for an unknown word, and [MoveNone] for one that is
// current or says nothing new. A submission without events stands at
// [InternalSubmittal].
func Arrive(before, after []StageEvent, e StageEvent) (move Move, current StageEvent, ok bool) {
	_, was, ok := Timeline(before)
	if !ok {
		was.Stage = InternalSubmittal
	}
	ordered, current, ok := Timeline(after)
	switch {
	case ok && current.Stage != was.Stage: // also by a word that nobody knows: what was said before and after it is then no repetition
		return moveBetween(was.Stage, current.Stage), current, ok
	case !e.Stage.Known():
		return MoveUnmapped, current, ok
	}
	for _, o := range ordered {
		if o.Same(e) && !o.Same(current) {
			return MoveLate, current, ok
		}
	}
	return MoveNone, current, ok
}

// Same says that both tell of the same happening: one source, word and time.
func (e StageEvent) Same(o StageEvent) bool {
	return e.Source == o.Source && e.RawStatus == o.RawStatus && e.OccurredAt.Equal(o.OccurredAt)
}

// inOrder gives the events in the order of [Timeline].
func inOrder(events []StageEvent) []StageEvent {
	sorted := append([]StageEvent(nil), events...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].before(sorted[j]) })
	var start, rest []StageEvent
	submitting := true
	for _, e := range sorted {
		switch {
		case e.Source == SourceClient:
			rest = append(rest, e)
		case submitting && (!e.Stage.Known() || (!e.Stage.Exit() && e.Stage.Order() <= ClientSubmitted.Order())):
			start = append(start, e)
		default:
			submitting = false
			rest = append(rest, e)
		}
	}
	return append(start, rest...)
}

// before compares by the vendor's clock, then ours; what came in one breath by
// both goes along the path, exits last.
func (e StageEvent) before(o StageEvent) bool {
	if !e.OccurredAt.Equal(o.OccurredAt) {
		return e.OccurredAt.Before(o.OccurredAt)
	}
	if !e.ReceivedAt.Equal(o.ReceivedAt) {
		return e.ReceivedAt.Before(o.ReceivedAt)
	}
	if e.Stage.Exit() != o.Stage.Exit() {
		return o.Stage.Exit()
	}
	if e.Stage.Order() != o.Stage.Order() {
		return e.Stage.Order() < o.Stage.Order()
	}
	return e.Source+"\x00"+e.RawStatus+"\x00"+string(e.Stage) < o.Source+"\x00"+o.RawStatus+"\x00"+string(o.Stage)
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

package staffing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/staffing"
)

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// said makes an event; minutes are after nine by the speaker's clock.
func said(source string, stage staffing.Stage, minutes int) staffing.StageEvent {
	return staffing.StageEvent{Source: source, Stage: stage, RawStatus: "word " + string(stage), OccurredAt: nine.Add(time.Duration(minutes) * time.Minute)}
}

func client(stage staffing.Stage, minutes int) staffing.StageEvent {
	return said(staffing.SourceClient, stage, minutes)
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	hub, ats := staffing.SourceHub, staffing.SourceATS
	for name, c := range map[string]struct {
		events []staffing.StageEvent
		want   string // stage:move, in order
	}{
		"follows the vendor's clock": {
			[]staffing.StageEvent{client(staffing.Interview, 20), client(staffing.ClientReview, 10)},
			"client_review:forward interview:forward"},
		"lets a step back be one": {
			[]staffing.StageEvent{client(staffing.Interview, 10), client(staffing.ClientReview, 20)},
			"interview:forward client_review:back"},
		"tells a re-opened submission": {
			[]staffing.StageEvent{client(staffing.RejectedClient, 10), client(staffing.Interview, 20)},
			"rejected_client:exit interview:reopened"},
		"does not let an unmapped word move anything": {
			[]staffing.StageEvent{client(staffing.Interview, 10), client("", 20)},
			"interview:forward :unmapped"},
		"puts the submittal before the client's first word, though the client's clock is behind": {
			[]staffing.StageEvent{said(ats, staffing.InternalSubmittal, 0), said(hub, staffing.ClientSubmitted, 1), client(staffing.ClientReview, -30)},
			"internal_submittal:forward client_submitted:forward client_review:forward"},
		"compares what the internal ATS does later by the clock": {
			[]staffing.StageEvent{said(hub, staffing.ClientSubmitted, 0), client(staffing.Interview, 10), said(ats, staffing.Withdrawn, 20)},
			"client_submitted:forward interview:forward withdrawn:exit"},
		"takes a submittal after a withdrawal for a new one": {
			[]staffing.StageEvent{said(ats, staffing.InternalSubmittal, 0), client(staffing.Interview, 10), said(ats, staffing.Withdrawn, 20), said(ats, staffing.ClientSubmitted, 30)},
			"internal_submittal:forward interview:forward withdrawn:exit client_submitted:reopened"},
		"leaves out a repeated word": {
			[]staffing.StageEvent{client(staffing.Interview, 10), client(staffing.Interview, 20)},
			"interview:forward"},
		"does not let a client that repeats itself undo a withdrawal": {
			[]staffing.StageEvent{client(staffing.Interview, 10), said(ats, staffing.Withdrawn, 20), client(staffing.Interview, 30)},
			"interview:forward withdrawn:exit"},
		"keeps a word that came back": {
			[]staffing.StageEvent{client(staffing.Interview, 10), client(staffing.Offer, 20), client(staffing.Interview, 30)},
			"interview:forward offer:forward interview:back"},
		"puts an exit after what happened in the same breath": {
			[]staffing.StageEvent{client(staffing.RejectedClient, 10), client(staffing.Interview, 10)},
			"interview:forward rejected_client:exit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ordered, current, ok := staffing.Timeline(c.events)
			var got []string
			for _, e := range ordered {
				got = append(got, fmt.Sprintf("%s:%s", e.Stage, e.Move))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("the timeline is\n%s, want\n%s", s, c.want)
			}
			if !ok || !current.Stage.Known() {
				t.Errorf("current is %+v (%v)", current, ok)
			}
		})
	}
}

// Arrivals draws what the sources may say of one submission.
func drawEvents(t *rapid.T) []staffing.StageEvent {
	stages := append(staffing.Stages(), "")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) staffing.StageEvent {
		source := rapid.SampledFrom([]string{staffing.SourceClient, staffing.SourceClient, staffing.SourceATS, staffing.SourceHub}).Draw(t, "source")
		return said(source, rapid.SampledFrom(stages).Draw(t, "stage"), rapid.IntRange(-3, 6).Draw(t, "minute"))
	}), 1, 10).Draw(t, "events")
}

func TestTimelineDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		_, want, ok := staffing.Timeline(events)
		_, got, gotOK := staffing.Timeline(rapid.Permutation(events).Draw(t, "arrival"))
		if ok != gotOK || want.Stage != got.Stage || !want.OccurredAt.Equal(got.OccurredAt) {
			t.Fatalf("in order it ends with %+v, as it arrived with %+v", want, got)
		}
	})
}

// An unknown word of the hub's own stands between two equal ones, so the second is no
// repetition any more: what follows from the new stage must not be missed.
func TestAnUnknownWordThatChangesTheStageIsTold(t *testing.T) {
	t.Parallel()
	seen := []staffing.StageEvent{said(staffing.SourceHub, staffing.ClosedNotSelected, 0), said(staffing.SourceClient, staffing.Sourced, 1), said(staffing.SourceHub, staffing.ClosedNotSelected, 1)}
	word := said(staffing.SourceHub, "", 1)
	move, current, ok := staffing.Arrive(seen, append(slices.Clone(seen), word), word)
	if !ok || move != staffing.MoveExit || current.Stage != staffing.ClosedNotSelected {
		t.Errorf("it is told as %q, and the stage is %s (%v)", move, current.Stage, ok)
	}
}

func TestArriveTellsWhatChangedTheStage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var seen []staffing.StageEvent
		stage := staffing.InternalSubmittal
		for _, e := range drawEvents(t) {
			after := append(append([]staffing.StageEvent(nil), seen...), e)
			move, current, ok := staffing.Arrive(seen, after, e)
			still := move == staffing.MoveNone || move == staffing.MoveLate || move == staffing.MoveUnmapped
			if ok && still != (current.Stage == stage) {
				t.Fatalf("%+v at %s is told as %q, and the stage is %s", e, stage, move, current.Stage)
			}
			if ok {
				stage = current.Stage
			}
			seen = after
		}
	})
}

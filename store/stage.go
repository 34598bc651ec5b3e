package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The sources of a stage event.
const (
	SourceHub    = staffing.SourceHub
	SourceClient = staffing.SourceClient
	SourceATS    = staffing.SourceATS
)

// StageEvent is one entry of a submission's timeline.
type StageEvent struct {
	ID           uuid.UUID      `db:"id"`
	SubmissionID uuid.UUID      `db:"submission_id"`
	Source       string         `db:"source"`
	Stage        staffing.Stage `db:"stage"`
	RawStatus    string         `db:"raw_status"`
	Move         staffing.Move  `db:"move"`
	OccurredAt   time.Time      `db:"occurred_at"`
	Original     string         `db:"original"`
	ReceivedAt   time.Time      `db:"received_at"`
	SyncedAt     *time.Time     `db:"synced_at"`
}

// Domain gives what the order of a timeline depends on.
func (e StageEvent) Domain() staffing.StageEvent {
	return staffing.StageEvent{Source: e.Source, Stage: e.Stage, RawStatus: e.RawStatus, OccurredAt: e.OccurredAt, ReceivedAt: e.ReceivedAt, Move: e.Move}
}

// StageEvents gives the timeline of a submission in the order of
// [staffing.Timeline], without events that only repeat their source's last word.
// Move is what each did when it arrived. The last one with a known stage is the
// submission's current stage.
func (q queries) StageEvents(ctx context.Context, submissionID uuid.UUID) (out []StageEvent, err error) {
	all, err := q.allStageEvents(ctx, submissionID)
	if err != nil {
		return nil, err
	}
	ordered, _, _ := staffing.Timeline(domainEvents(all))
	for _, o := range ordered {
		i := slices.IndexFunc(all, func(e StageEvent) bool { return e.Domain().Same(o) })
		out = append(out, all[i])
	}
	return out, nil
}

func (q queries) allStageEvents(ctx context.Context, submissionID uuid.UUID) (out []StageEvent, err error) {
	return out, q.list(ctx, &out, "timeline", `select * from stage_events where submission_id = $1 order by id`, submissionID)
}

func domainEvents(events []StageEvent) []staffing.StageEvent {
	out := make([]staffing.StageEvent, 0, len(events))
	for _, e := range events {
		out = append(out, e.Domain())
	}
	return out
}

// AddStageEvent puts an event on the timeline of a submission that the caller has
// locked, and makes the submission stand where the timeline ends: see
// [staffing.Timeline] for which event counts as the last, and [staffing.Arrive]
// for the move that is given back. An event that is there already adds nothing.
// When its word was unmapped so far and is no more, all events with that word are
// corrected. An event without a time happened now.
func (t *Tx) AddStageEvent(ctx context.Context, s Submission, e StageEvent) (staffing.Move, error) {
	if e.OccurredAt.IsZero() {
		e.OccurredAt = t.now()
	}
	e.RawStatus, e.OccurredAt, e.ReceivedAt = clean(e.RawStatus), e.OccurredAt.UTC().Truncate(time.Microsecond), t.now()
	all, err := t.allStageEvents(ctx, s.ID)
	if err != nil {
		return "", err
	}
	before := domainEvents(all)
	after, changed := withEvent(before, e.Domain())
	if !changed {
		return staffing.MoveNone, nil
	}
	move, current, ok := staffing.Arrive(before, after, e.Domain())
	if err := t.saveStageEvent(ctx, s.ID, e, move); err != nil || !ok {
		return move, err
	}
	return move, t.exec(ctx, "submission", `update submissions set stage = $2, stage_at = $3, raw_status = $4, updated_at = $5
		where id = $1 and (stage, stage_at, raw_status) is distinct from ($2, $3, $4)`, s.ID, current.Stage, current.OccurredAt, current.RawStatus, t.now())
}

// withEvent gives the events with e among them; changed says that this differs.
func withEvent(events []staffing.StageEvent, e staffing.StageEvent) (out []staffing.StageEvent, changed bool) {
	out, found := slices.Clone(events), false
	for i, o := range out {
		learnt := o.Stage == "" && o.Source == e.Source && o.RawStatus == e.RawStatus
		found = found || o.Same(e)
		if o.Stage != e.Stage && (learnt || o.Same(e)) {
			out[i].Stage, changed = e.Stage, true
		}
	}
	if found {
		return out, changed
	}
	return append(out, e), true
}

func (t *Tx) saveStageEvent(ctx context.Context, submissionID uuid.UUID, e StageEvent, move staffing.Move) error {
	if err := t.exec(ctx, "timeline", `insert into stage_events (id, submission_id, source, stage, raw_status, move, occurred_at, original, received_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (submission_id, source, raw_status, occurred_at) do update set stage = excluded.stage, move = excluded.move`,
		NewID(), submissionID, e.Source, e.Stage, e.RawStatus, move, e.OccurredAt, clean(e.Original), e.ReceivedAt); err != nil {
		return err
	}
	return t.exec(ctx, "timeline", `update stage_events set stage = $4, move = $5 where submission_id = $1 and source = $2 and raw_status = $3 and stage = '' and $4 <> ''`,
		submissionID, e.Source, e.RawStatus, string(e.Stage), move)
}

// MarkStagesSynced notes that the internal ATS shows the stage that was current
// at upTo, by the vendor's clock. What the hub itself noted lies before it.
func (q queries) MarkStagesSynced(ctx context.Context, submissionID uuid.UUID, upTo time.Time) error {
	return q.exec(ctx, "timeline", `update stage_events set synced_at = $3 where submission_id = $1 and (occurred_at <= $2 or source = 'hub') and synced_at is null`, submissionID, upTo, q.now())
}

// SubmissionsWithUnmapped lists the submissions of a connection that have a word
// which no status table knew, for another look under a new profile.
func (q queries) SubmissionsWithUnmapped(ctx context.Context, connectionID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "submissions", `select distinct s.id from submissions s join stage_events e on e.submission_id = s.id
		where s.connection_id = $1 and e.stage = ''`, connectionID)
}

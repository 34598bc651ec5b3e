package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The sources of a stage event.
const (
	SourceHub    = "hub"
	SourceClient = "client"
	SourceATS    = "internal_ats"
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

// StageEvents gives the timeline of a submission by the vendor's clock.
func (q queries) StageEvents(ctx context.Context, submissionID uuid.UUID) (out []StageEvent, err error) {
	return out, q.list(ctx, &out, "timeline", `select * from stage_events where submission_id = $1 order by occurred_at, received_at, id`, submissionID)
}

// AddStageEvent puts an event on the timeline of a submission that the caller has
// locked, and moves the current stage when the event is the newest by the
// vendor's clock. It says what the event moved; an event that is there already,
// or that repeats the word before it, gives [staffing.MoveNone] and adds nothing.
func (t *Tx) AddStageEvent(ctx context.Context, s Submission, e StageEvent) (staffing.Move, error) {
	var last []StageEvent
	if err := t.list(ctx, &last, "timeline", `select * from stage_events where submission_id = $1 and occurred_at <= $2 order by occurred_at desc, received_at desc limit 1`,
		s.ID, e.OccurredAt); err != nil {
		return "", err
	}
	if len(last) == 1 && last[0].Source == e.Source && last[0].RawStatus == clean(e.RawStatus) && last[0].Stage == e.Stage {
		return staffing.MoveNone, nil
	}
	cur := staffing.StageEvent{Stage: s.Stage, OccurredAt: s.StageAt}
	e.Move = staffing.Arrival(cur, s.Stage.Known(), staffing.StageEvent{Stage: e.Stage, OccurredAt: e.OccurredAt})
	if err := t.exec(ctx, "timeline", `insert into stage_events (id, submission_id, source, stage, raw_status, move, occurred_at, original, received_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (submission_id, source, raw_status, occurred_at) do update set stage = excluded.stage, move = excluded.move`,
		NewID(), s.ID, e.Source, e.Stage, clean(e.RawStatus), e.Move, e.OccurredAt, clean(e.Original), t.now()); err != nil {
		return "", err
	}
	switch e.Move {
	case staffing.MoveUnmapped, staffing.MoveLate:
		return e.Move, nil
	}
	return e.Move, t.exec(ctx, "submission", `update submissions set stage = $2, stage_at = $3, raw_status = $4, updated_at = $5 where id = $1`,
		s.ID, e.Stage, e.OccurredAt, clean(e.RawStatus), t.now())
}

// MarkStagesSynced notes that the internal ATS shows the current stage.
func (q queries) MarkStagesSynced(ctx context.Context, submissionID uuid.UUID, upTo time.Time) error {
	return q.exec(ctx, "timeline", `update stage_events set synced_at = $3 where submission_id = $1 and occurred_at <= $2 and synced_at is null`, submissionID, upTo, q.now())
}

// SubmissionsWithUnmapped lists the submissions of a connection whose newest word
// no status table knew, for another look under a new profile.
func (q queries) SubmissionsWithUnmapped(ctx context.Context, connectionID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "submissions", `select distinct s.id from submissions s join stage_events e on e.submission_id = s.id
		where s.connection_id = $1 and e.stage = ''`, connectionID)
}

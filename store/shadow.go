package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// ShadowRule is the code of the finding that tells, on a record, what was not
// written because its connection is in shadow mode.
const ShadowRule = "SHADOW"

// ShadowEvent is a write that was left out because its connection is in shadow mode.
type ShadowEvent struct {
	ConnectionID uuid.UUID        `db:"connection_id"` // the client system
	Step         string           `db:"step"`          // the River kind that goes on when the connection is live
	Subject      staffing.Subject `db:"subject"`
	SubjectID    uuid.UUID        `db:"subject_id"`
	Words        string           `db:"words"` // what would have happened
	Body         string           `db:"body"`  // what would have been sent, masked
	TargetID     *uuid.UUID       `db:"target_id"`
	Count        int              `db:"count"`
	FirstAt      time.Time        `db:"first_at"`
	LastAt       time.Time        `db:"last_at"`
	ReleasedAt   *time.Time       `db:"released_at"`
}

// HoldFlow says whether a flow of a connection writes, and keeps it so until the
// transaction ends.
func (t *Tx) HoldFlow(ctx context.Context, id uuid.UUID, flow Flow) (writes bool, err error) {
	var c Connection
	err = t.get(ctx, &c, "connection", `select mode, live_steps from connections where id = $1 for share`, id)
	return c.Writes(flow), err
}

// LockFlows gives a connection, and lets nobody change its flows until the
// transaction ends.
func (t *Tx) LockFlows(ctx context.Context, id uuid.UUID) (Connection, error) {
	if err := t.lockConnection(ctx, id); err != nil {
		return Connection{}, err
	}
	return t.Connection(ctx, id)
}

// SetMode puts a connection live or into shadow mode, with all its flows. One that
// is so already is a [staffing.Conflict].
func (t *Tx) SetMode(ctx context.Context, id uuid.UUID, mode string) error {
	if err := t.lockConnection(ctx, id); err != nil {
		return err
	}
	return t.execOne(ctx, staffing.Conflict, "connection", `update connections set mode = $2, live_steps = '{}' where id = $1 and (mode <> $2 or live_steps <> '{}')`, id, mode)
}

// SetFlows lets exactly these flows of a connection write. With all of them it is
// live.
func (t *Tx) SetFlows(ctx context.Context, id uuid.UUID, flows []Flow) error {
	mode, steps := ModeShadow, pq.StringArray{}
	for _, f := range flows {
		steps = append(steps, string(f))
	}
	if len(flows) == len(Flows()) {
		mode, steps = ModeLive, pq.StringArray{}
	}
	return t.execOne(ctx, staffing.NotFound, "connection", `update connections set mode = $2, live_steps = $3 where id = $1`, id, mode, steps)
}

// shadowed are the tables whose records can be told of a write that was left out.
var shadowed = map[staffing.Subject]string{
	staffing.SubjectRequisition: "requisitions",
	staffing.SubjectSubmission:  "submissions",
	staffing.SubjectPlacement:   "placements",
}

// withoutShadow is a record's findings without that of shadow mode.
const withoutShadow = `(select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements(case jsonb_typeof(findings) when 'array' then findings else '[]' end) f where f->>'rule' <> 'SHADOW')`

// waitingShadow are the findings of what was left out of the record t and waits.
func waitingShadow(subject staffing.Subject) string {
	return `(select coalesce(jsonb_agg(jsonb_build_object('rule', 'SHADOW', 'severity', 'warning', 'message', e.words) order by e.first_at, e.step), '[]')
		from shadow_events e where e.subject = '` + string(subject) + `' and e.subject_id = t.id and e.released_at is null)`
}

// NoteShadow keeps a write that was left out, and says so on its record.
func (t *Tx) NoteShadow(ctx context.Context, e ShadowEvent) error {
	table, ok := shadowed[e.Subject]
	if !ok {
		return staffing.Errorf(staffing.Internal, "a %s cannot be in shadow mode", e.Subject)
	}
	if err := t.exec(ctx, "shadow event", `insert into shadow_events (connection_id, step, subject, subject_id, words, body, target_id, first_at, last_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
		on conflict (step, subject_id) do update set connection_id = excluded.connection_id, words = excluded.words, body = excluded.body, target_id = excluded.target_id,
			count = case when shadow_events.released_at is null then shadow_events.count + 1 else 1 end,
			first_at = case when shadow_events.released_at is null then shadow_events.first_at else excluded.first_at end,
			last_at = excluded.last_at, released_at = null`,
		e.ConnectionID, e.Step, e.Subject, e.SubjectID, clean(e.Words), clean(e.Body), e.TargetID, t.now()); err != nil {
		return err
	}
	return t.exec(ctx, "shadow event", `update `+table+` t set findings = `+withoutShadow+` || `+waitingShadow(e.Subject)+` where id = $1`, e.SubjectID)
}

// ReleaseShadow takes the writes of these flows of a connection that were left out,
// and takes the remarks off their records: the caller enqueues the steps in the same
// transaction.
func (t *Tx) ReleaseShadow(ctx context.Context, connectionID uuid.UUID, flows ...Flow) (out []ShadowEvent, err error) {
	steps := pq.StringArray{}
	for _, f := range flows {
		steps = append(steps, f.Step())
	}
	if err := t.list(ctx, &out, "shadow events", `with released as (
			update shadow_events set released_at = $2 where connection_id = $1 and released_at is null and step = any ($3) returning *)
		select * from released order by first_at, subject_id`, connectionID, t.now(), steps); err != nil {
		return nil, err
	}
	for subject, table := range shadowed {
		owner := `t.connection_id = $1`
		if subject == staffing.SubjectPlacement {
			owner = `t.submission_id in (select id from submissions where connection_id = $1)`
		}
		if err := t.exec(ctx, "shadow events", `update `+table+` t set findings = `+withoutShadow+` || `+waitingShadow(subject)+` where `+owner+` and t.findings @> '[{"rule": "SHADOW"}]'`, connectionID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ShadowEvents lists the writes of a connection that were left out, newest first.
func (q queries) ShadowEvents(ctx context.Context, connectionID uuid.UUID, limit int) (out []ShadowEvent, err error) {
	return out, q.list(ctx, &out, "shadow events", `select * from shadow_events where connection_id = $1 and released_at is null order by last_at desc, subject_id limit $2`, connectionID, limit)
}

// ShadowOf gives the writes that were left out of one record.
func (q queries) ShadowOf(ctx context.Context, subject staffing.Subject, id uuid.UUID) (out []ShadowEvent, err error) {
	return out, q.list(ctx, &out, "shadow events", `select * from shadow_events where subject = $1 and subject_id = $2 and released_at is null order by last_at desc`, subject, id)
}

// ShadowWithoutTarget gives the writes of a step that were left out while there was
// no system to write to.
func (q queries) ShadowWithoutTarget(ctx context.Context, step string) (out []ShadowEvent, err error) {
	return out, q.list(ctx, &out, "shadow events", `select * from shadow_events where step = $1 and target_id is null and released_at is null order by first_at, subject_id`, step)
}

// ShadowScore is what would have happened had the connection been live.
type ShadowScore struct {
	Requisitions    int        `db:"requisitions"`     // received
	Jobs            int        `db:"jobs"`             // would have been created or updated
	RequisitionHeld int        `db:"requisition_held"` // would wait for a person
	Deliveries      int        `db:"deliveries"`       // candidates that would have gone to the client
	SubmissionHeld  int        `db:"submission_held"`
	Statuses        int        `db:"statuses"` // stages that the internal ATS would have shown
	Bills           int        `db:"bills"`    // would have been posted
	PlacementHeld   int        `db:"placement_held"`
	OpenGaps        int        `db:"open_gaps"`
	Since           *time.Time `db:"since"` // the first write that was left out
}

// Clean is the share of requisitions that would have gone through, in percent; 100
// when there was none yet.
func (s ShadowScore) Clean() int {
	if s.Requisitions == 0 {
		return 100
	}
	return 100 * (s.Requisitions - s.RequisitionHeld) / s.Requisitions
}

// ShadowScore counts what was left out, and what waits.
func (q queries) ShadowScore(ctx context.Context, connectionID uuid.UUID) (s ShadowScore, err error) {
	return s, q.get(ctx, &s, "shadow score", `with e as (select * from shadow_events where connection_id = $1 and released_at is null)
		select (select count(*) from requisitions where connection_id = $1) requisitions,
			(select count(*) from requisitions where connection_id = $1 and state = 'needs_attention') requisition_held,
			(select count(*) from submissions where connection_id = $1 and state = 'needs_attention') submission_held,
			(select count(*) from placements p join submissions s on s.id = p.submission_id where s.connection_id = $1 and p.state = 'needs_attention') placement_held,
			(select count(*) from gaps where connection_id = $1 and closed_at is null and kind not in ('field', 'option')) open_gaps,
			(select count(*) from e join requisitions r on r.id = e.subject_id where e.step = 'requisition.sync' and r.state <> 'needs_attention') jobs,
			(select count(*) from e join submissions s on s.id = e.subject_id where e.step = 'submission.deliver' and s.state <> 'needs_attention') deliveries,
			(select count(*) from e where step = 'status.sync') statuses, (select count(*) from e where step = 'placement.post') bills,
			(select min(first_at) from e) since`, connectionID)
}

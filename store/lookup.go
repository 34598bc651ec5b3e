package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// RequisitionByAnyJob gives the requisition whose job is called jobID in whichever
// internal ATS holds it: a webhook of the firm's automation names a job without
// being the connection that made it. Two that answer to the name are
// [staffing.Invalid].
func (q queries) RequisitionByAnyJob(ctx context.Context, jobID string) (r Requisition, err error) {
	var rows []Requisition
	if err := q.list(ctx, &rows, "requisition", `select * from requisitions where job_id = $1 limit 2`, clean(jobID)); err != nil {
		return r, err
	}
	switch len(rows) {
	case 0:
		return r, staffing.Errorf(staffing.NotFound, "no requisition has the job %s", jobID)
	case 1:
		return rows[0], nil
	}
	return r, staffing.Errorf(staffing.Invalid, "two internal ATSs have a job %s; send the event through the connection of the right one", jobID)
}

// EffectsInFlight counts the writes of a kind whose outcome is not recorded yet.
func (q queries) EffectsInFlight(ctx context.Context, kind string) (n int, err error) {
	return n, q.get(ctx, &n, "effects", `select count(*) from effects where kind = $1 and state in ('intended', 'sent', 'unknown')`, kind)
}

// underWay is true of a submission s that is on its way to the client, or would be
// were its connection not in shadow mode.
const underWay = `(s.state = 'pending' and (exists (select 1 from effects e
	where e.subject = 'submission' and e.subject_id = s.id and e.kind = 'submission.put' and e.state in ('intended', 'sent', 'unknown'))
	or exists (select 1 from shadow_events x where x.step = 'submission.deliver' and x.subject_id = s.id and x.released_at is null)))`

// LockRequisition keeps a requisition's row until the transaction ends.
func (t *Tx) LockRequisition(ctx context.Context, id uuid.UUID) error {
	return t.exec(ctx, "requisition", `select 1 from requisitions where id = $1 for update`, id)
}

// SubmittedBefore says that the person with that e-mail address was delivered for
// the requisition, or is on the way, by another submission than the one named.
func (q queries) SubmittedBefore(ctx context.Context, requisitionID, except uuid.UUID, email string) (yes bool, err error) {
	if email == "" {
		return false, nil
	}
	return yes, q.get(ctx, &yes, "submissions", `select exists (select 1 from submissions s join candidates c on c.id = s.candidate_id
		where s.requisition_id = $1 and s.id <> $2 and (s.state = 'delivered' or `+underWay+`) and lower(c.canonical->>'email') = lower($3))`, requisitionID, except, clean(email))
}

// LastToClient gives the day (UTC, 2026-12-31) on which the person with that e-mail
// address was last delivered to the client, for any requisition, by another
// submission than the one named; "": never. One on its way counts as of today.
func (q queries) LastToClient(ctx context.Context, clientID, except uuid.UUID, email string) (day string, err error) {
	if email == "" {
		return "", nil
	}
	return day, q.get(ctx, &day, "submissions", `select coalesce(to_char(max(coalesce(s.delivered_at, $4)) at time zone 'UTC', 'YYYY-MM-DD'), '')
		from submissions s join candidates c on c.id = s.candidate_id
		where s.client_id = $1 and s.id <> $2 and (s.state = 'delivered' or `+underWay+`) and lower(c.canonical->>'email') = lower($3)`, clientID, except, clean(email), q.now())
}

// KnownClientRefs gives those of refs that are submissions of ours at the client.
func (q queries) KnownClientRefs(ctx context.Context, connectionID uuid.UUID, refs []string) (map[string]bool, error) {
	var known []string
	err := q.list(ctx, &known, "submissions", `select client_ref from submissions where connection_id = $1 and client_ref = any ($2)`, connectionID, pq.Array(cleanAll(refs)))
	out := make(map[string]bool, len(known))
	for _, ref := range known {
		out[ref] = true
	}
	return out, err
}

// CandidateExternalID gives the candidate's id in the internal ATS.
func (q queries) CandidateExternalID(ctx context.Context, id uuid.UUID) (external string, err error) {
	return external, q.get(ctx, &external, "candidate", `select external_id from candidates where id = $1`, id)
}

package store

import (
	"context"

	"github.com/google/uuid"
)

// OlderRecords counts what another version of a profile made than the one in force
// and is not at an end, and what is held and goes on its way with the next one.
type OlderRecords struct {
	Requisitions int `db:"requisitions"`
	Submissions  int `db:"submissions"` // not with the client yet, and not held
	Placements   int `db:"placements"`  // before finance, not approved
	Held         int `db:"held"`        // by a mapping or a rule: each publication tries them by itself
}

// Total is how many records can be processed again.
func (r OlderRecords) Total() int { return r.Requisitions + r.Submissions + r.Placements }

const (
	versionInForce = `coalesce((select max(version) from profiles where connection_id = $1 and state = 'published'), 0)`
	olderReqs      = ` from requisitions where connection_id = $1 and profile_version <> ` + versionInForce
	olderSubs      = ` from submissions where connection_id = $1 and state = 'pending' and profile_version > 0 and profile_version <> ` + versionInForce
	olderPlcs      = ` from placements p join submissions s on s.id = p.submission_id where s.connection_id = $1 and p.raw_id is not null
		and p.state in ('needs_attention', 'awaiting_review', 'sent_back') and p.profile_version <> ` + versionInForce
	heldFailure = `state = 'open' and (cause like '%/gap:%' or cause like '%/rule:%' or code = 'invalid' and step in ('requisition.validate', 'status.apply'))`
)

// OlderRecords counts for a client's connection what the version in force did not
// make.
func (q queries) OlderRecords(ctx context.Context, connectionID uuid.UUID) (r OlderRecords, err error) {
	return r, q.get(ctx, &r, "older records", `select (select count(*)`+olderReqs+`) requisitions, (select count(*)`+olderSubs+`) submissions,
		(select count(*)`+olderPlcs+`) placements, (select count(*) from (
			select step, args from failures where connection_id = $1 and `+heldFailure+`
			union select 'requisition.validate', jsonb_build_object('id', id) from requisitions where connection_id = $1 and state = 'needs_attention'
			union select 'status.apply', jsonb_build_object('raw_id', max(r.id)) from raw_records r where r.connection_id = $1 and r.feed = 'statuses' and r.external_id in (
				select s.client_ref from submissions s join stage_events e on e.submission_id = s.id where s.connection_id = $1 and e.stage = '' and e.source = 'client') group by r.external_id
			union select 'placement.extract', jsonb_build_object('id', s.id) from placements p join submissions s on s.id = p.submission_id where s.connection_id = $1 and p.state = 'needs_attention'
		) waiting) held`, connectionID)
}

// RequisitionsOfOlder lists the requisitions of a connection that another version
// of its profile made than the one in force.
func (q queries) RequisitionsOfOlder(ctx context.Context, connectionID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "requisitions", `select id`+olderReqs+` order by id`, connectionID)
}

// SubmissionsOfOlder lists those that are on their way to the client, as another
// version checked them.
func (q queries) SubmissionsOfOlder(ctx context.Context, connectionID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "submissions", `select id`+olderSubs+` order by id`, connectionID)
}

// PlacementsOfOlder lists the submissions whose placement another version read, and
// finance has not approved.
func (q queries) PlacementsOfOlder(ctx context.Context, connectionID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "placements", `select s.id`+olderPlcs+` order by s.id`, connectionID)
}

// PlacementReadBy notes which version of the profile read a placement's terms last:
// they came out the same, and nothing else changes.
func (t *Tx) PlacementReadBy(ctx context.Context, id uuid.UUID, version int) error {
	return t.exec(ctx, "placement", `update placements set profile_version = $2 where id = $1`, id, version)
}

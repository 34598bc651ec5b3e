package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// Change is why a placement has another version, and who made it.
type Change struct {
	Kind          staffing.VersionKind // "": a hire the first time, then a correction
	EffectiveFrom staffing.Date
	Reason        string
	Author        string // an e-mail, or "": the hub, by a payload
}

// PlacementVersion is one state of a placement's terms.
type PlacementVersion struct {
	PlacementID   uuid.UUID                `db:"placement_id"`
	Version       int                      `db:"version"`
	Kind          staffing.VersionKind     `db:"kind"`
	EffectiveFrom staffing.Date            `db:"effective_from"` // "": nobody said
	Terms         JSON[staffing.Placement] `db:"terms"`
	Provenance    JSON[Provenance]         `db:"provenance"`
	Findings      JSON[[]staffing.Finding] `db:"findings"` // of the amendment itself
	Reason        string                   `db:"reason"`
	Author        string                   `db:"author"`
	CreatedAt     time.Time                `db:"created_at"`
}

const versionColumns = `select placement_id, version, kind, coalesce(effective_from::text, '') effective_from, terms, provenance, findings, reason, author, created_at
	from placement_versions`

// keepVersion notes the placement's terms under its current version.
func (t *Tx) keepVersion(ctx context.Context, id uuid.UUID, c Change, terms staffing.Placement, from Provenance, findings []staffing.Finding) error {
	if c.Author == "" {
		c.Author = "hub"
	}
	if c.EffectiveFrom == "" && c.Kind != staffing.VersionAmendment {
		c.EffectiveFrom = terms.StartDate
	}
	return t.exec(ctx, "placement version", `insert into placement_versions (placement_id, version, kind, effective_from, terms, provenance, findings, reason, author, created_at)
		select id, version, case when $2 <> '' then $2 when exists (select from placement_versions where placement_id = $1) then 'correction' else 'hire' end,
			nullif($3, '')::date, $4, $5, $6, $7, $8, $9 from placements where id = $1
		on conflict (placement_id, version) do update set provenance = excluded.provenance`,
		id, string(c.Kind), string(c.EffectiveFrom), Doc(terms), Doc(from), Doc(findings), clean(c.Reason), clean(c.Author), t.now())
}

// AddVersion adds terms that came after the first bill was posted, and gives the
// version's number. The caller has locked the placement.
func (t *Tx) AddVersion(ctx context.Context, id uuid.UUID, c Change, v PlacementVersion) (version int, err error) {
	if err := t.get(ctx, &version, "placement", `update placements set version = version + 1, updated_at = $2 where id = $1 returning version`, id, t.now()); err != nil {
		return 0, err
	}
	return version, t.keepVersion(ctx, id, c, v.Terms.V, v.Provenance.V, v.Findings.V)
}

// PlacementVersions lists the versions of a placement, newest first.
func (q queries) PlacementVersions(ctx context.Context, placementID uuid.UUID) (out []PlacementVersion, err error) {
	return out, q.list(ctx, &out, "placement versions", versionColumns+` where placement_id = $1 order by version desc`, placementID)
}

// CurrentTerms gives the newest version of a placement's terms.
func (q queries) CurrentTerms(ctx context.Context, placementID uuid.UUID) (v PlacementVersion, err error) {
	return v, q.get(ctx, &v, "placement version", versionColumns+` where placement_id = $1 order by version desc limit 1`, placementID)
}

// TermsAt gives one version of a placement's terms.
func (q queries) TermsAt(ctx context.Context, placementID uuid.UUID, version int) (v PlacementVersion, err error) {
	return v, q.get(ctx, &v, "placement version", versionColumns+` where placement_id = $1 and version = $2`, placementID, version)
}

// NoteReading keeps what was read of a placement that is posted, and what people set
// over it, so that the same payload again is no change. The first bill stays as it is.
func (t *Tx) NoteReading(ctx context.Context, p Placement) error {
	return t.execOne(ctx, staffing.NotFound, "placement", `update placements set extracted = $2, corrections = $3, raw_id = $4, profile_version = $5 where id = $1`,
		p.ID, p.Extracted, p.Corrections, p.RawID, p.ProfileVersion)
}

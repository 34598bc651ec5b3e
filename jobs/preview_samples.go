package jobs

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// submissionFile and placementFile are what belongs to a record of a preview.
type submissionFile struct {
	sub   store.Submission
	req   store.Requisition
	raw   store.RawRecord // the requisition's
	facts map[string]any
}

type placementFile struct {
	plc store.Placement
	sub store.Submission
	req store.Requisition
	raw store.RawRecord
}

func (p placementFile) about() store.PreviewRecord {
	return store.PreviewRecord{Subject: staffing.SubjectPlacement, SubjectID: p.plc.ID.String(), RequisitionID: &p.plc.RequisitionID, RawID: p.plc.RawID,
		Title: p.plc.Canonical.V.WorkerName + ", " + p.plc.Canonical.V.JobTitle}
}

// samples are the records that a preview of the connection looks at, at most n of
// each sort.
func (t *trial) samples(ctx context.Context, n int) ([]sample, error) {
	switch t.connection.Role {
	case staffing.RoleClient:
		return t.ofClient(ctx, n)
	case staffing.RoleInternalATS:
		return t.ofInternalATS(ctx, n)
	default:
		ids, err := t.store.PlacementsForPreview(ctx, uuid.Nil, n)
		return []sample{{len(ids), func(ctx context.Context, from, to int) ([]look, error) { return t.loadPlacements(ctx, ids[from:to]) }}}, err
	}
}

// ofInternalATS are the jobs, and the moves of candidates that recruiters made.
func (t *trial) ofInternalATS(ctx context.Context, n int) ([]sample, error) {
	ids, err := t.store.RequisitionsForJobs(ctx, t.connection.ID, n)
	if err != nil {
		return nil, err
	}
	moves, err := t.store.RecentEvents(ctx, t.connection.ID, staffing.FeedCandidates, n)
	return []sample{
		{len(ids), func(ctx context.Context, from, to int) ([]look, error) { return t.loadJobs(ctx, ids[from:to]) }},
		{len(moves), func(ctx context.Context, from, to int) ([]look, error) { return t.loadMoves(ctx, moves[from:to]) }},
	}, err
}

func (t *trial) ofClient(ctx context.Context, n int) ([]sample, error) {
	id := t.connection.ID
	requisitions, err := t.store.RecentRawIDs(ctx, id, staffing.FeedRequisitions, n)
	if err != nil {
		return nil, err
	}
	statuses, err := t.store.RecentEvents(ctx, id, staffing.FeedStatuses, n)
	if err != nil {
		return nil, err
	}
	submissions, err := t.store.SubmissionsForPreview(ctx, id, n)
	if err != nil {
		return nil, err
	}
	placements, err := t.store.PlacementsForPreview(ctx, id, n)
	return []sample{
		{len(requisitions), func(ctx context.Context, from, to int) ([]look, error) {
			return t.loadRequisitions(ctx, requisitions[from:to])
		}},
		{len(statuses), func(ctx context.Context, from, to int) ([]look, error) { return t.loadStatuses(ctx, statuses[from:to]) }},
		{len(submissions), func(ctx context.Context, from, to int) ([]look, error) {
			return t.loadSubmissions(ctx, submissions[from:to])
		}},
		{len(placements), func(ctx context.Context, from, to int) ([]look, error) {
			return t.loadPlacements(ctx, placements[from:to])
		}},
	}, err
}

func externalIDs(raws []store.RawRecord) []string {
	out := make([]string, len(raws))
	for i, r := range raws {
		out[i] = r.ExternalID
	}
	return out
}

func (t *trial) loadRequisitions(ctx context.Context, ids []int64) ([]look, error) {
	raws, err := t.store.RawRecords(ctx, ids)
	if err != nil {
		return nil, err
	}
	known, err := t.store.RequisitionsByExternal(ctx, t.connection.ID, externalIDs(raws))
	out := make([]look, len(raws))
	for i, raw := range raws {
		out[i] = func(ctx context.Context) finding { return t.requisition(ctx, raw, known[raw.ExternalID]) }
	}
	return out, err
}

func (t *trial) loadStatuses(ctx context.Context, ids []int64) ([]look, error) {
	raws, err := t.store.RawRecords(ctx, ids)
	if err != nil {
		return nil, err
	}
	known, err := t.store.SubmissionsByRef(ctx, t.connection.ID, externalIDs(raws))
	out := make([]look, len(raws))
	for i, raw := range raws {
		out[i] = func(context.Context) finding { return t.status(raw, known[raw.ExternalID]) }
	}
	return out, err
}

// loadMoves leaves out the moves on jobs that are not the hub's: they submit nobody.
func (t *trial) loadMoves(ctx context.Context, ids []int64) (out []look, err error) {
	raws, err := t.store.RawRecords(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := map[string]store.Requisition{}
	for _, raw := range raws {
		var e staffing.CandidateStatusChanged
		if json.Unmarshal(raw.Raw, &e) != nil {
			continue // it was refused when it came in
		}
		req, asked := known[e.JobID]
		if !asked {
			req, err = requisitionOfJob(ctx, t.store, t.connection.ID, e.JobID)
			if err != nil && staffing.CodeOf(err) != staffing.NotFound {
				return nil, err
			}
			known[e.JobID] = req
		}
		if req.ID != uuid.Nil {
			out = append(out, func(context.Context) finding { return t.move(raw, e, req) })
		}
	}
	return out, nil
}

func (t *trial) loadJobs(ctx context.Context, ids []uuid.UUID) ([]look, error) {
	reqs, err := t.store.RequisitionsByID(ctx, ids)
	out := make([]look, len(reqs))
	for i, req := range reqs {
		out[i] = func(context.Context) finding { return t.job(req) }
	}
	return out, err
}

// loadSubmissions also asks what rules may know of a submission, as a delivery does.
func (t *trial) loadSubmissions(ctx context.Context, ids []uuid.UUID) ([]look, error) {
	subs, err := t.store.SubmissionsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	reqs, raws, err := t.requisitionsOf(ctx, subs)
	if err != nil {
		return nil, err
	}
	out := make([]look, len(subs))
	for i, sub := range subs {
		req := reqs[sub.RequisitionID]
		f := submissionFile{sub: sub, req: req, raw: raws[req.RawID]}
		if sub.State != store.SubmissionDelivered {
			if f.facts, err = submissionFacts(ctx, t.store, sub, req); err != nil {
				return nil, err
			}
		}
		out[i] = func(ctx context.Context) finding { return t.submission(ctx, f) }
	}
	return out, nil
}

// requisitionsOf gives the requisitions of submissions, and their records.
func (t *trial) requisitionsOf(ctx context.Context, subs []store.Submission) (map[uuid.UUID]store.Requisition, map[int64]store.RawRecord, error) {
	var ids []uuid.UUID
	reqs, raws := map[uuid.UUID]store.Requisition{}, map[int64]store.RawRecord{}
	for _, s := range subs {
		if _, there := reqs[s.RequisitionID]; !there {
			ids, reqs[s.RequisitionID] = append(ids, s.RequisitionID), store.Requisition{}
		}
	}
	found, err := t.store.RequisitionsByID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	var rawIDs []int64
	for _, r := range found {
		reqs[r.ID], rawIDs = r, append(rawIDs, r.RawID)
	}
	records, err := t.store.RawRecords(ctx, rawIDs)
	for _, r := range records {
		raws[r.ID] = r
	}
	return reqs, raws, err
}

func (t *trial) loadPlacements(ctx context.Context, ids []uuid.UUID) ([]look, error) {
	placements, err := t.store.PlacementsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var subIDs []uuid.UUID
	var rawIDs []int64
	for _, p := range placements {
		subIDs = append(subIDs, p.SubmissionID)
		if p.RawID != nil {
			rawIDs = append(rawIDs, *p.RawID)
		}
	}
	list, err := t.store.SubmissionsByID(ctx, subIDs)
	if err != nil {
		return nil, err
	}
	subs := map[uuid.UUID]store.Submission{}
	for _, s := range list {
		subs[s.ID] = s
	}
	reqs, _, err := t.requisitionsOf(ctx, list)
	if err != nil {
		return nil, err
	}
	records, err := t.store.RawRecords(ctx, rawIDs)
	raws := map[int64]store.RawRecord{}
	for _, r := range records {
		raws[r.ID] = r
	}
	return t.placementLooks(placements, subs, reqs, raws), err
}

func (t *trial) placementLooks(placements []store.Placement, subs map[uuid.UUID]store.Submission, reqs map[uuid.UUID]store.Requisition, raws map[int64]store.RawRecord) (out []look) {
	for _, p := range placements {
		f := placementFile{plc: p, sub: subs[p.SubmissionID], req: reqs[p.RequisitionID]}
		switch {
		case t.connection.Role == staffing.RoleERP:
			if p.Bill.V != nil {
				out = append(out, func(context.Context) finding { return t.bill(f) })
			}
		case p.RawID != nil:
			f.raw = raws[*p.RawID]
			out = append(out, func(ctx context.Context) finding { return t.placement(ctx, f) })
		}
	}
	return out
}

package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// syncRequisition makes or updates the job in the internal ATS. What was written
// last is known by its hash, so an unchanged job costs no call.
func (h *Hub) syncRequisition(ctx context.Context, r *run, a syncArgs) error {
	req, err := h.store.Requisition(ctx, a.ID)
	if err != nil {
		return err
	}
	if req.State != store.RequisitionValid && req.State != store.RequisitionSynced {
		return nil // a newer version came and goes its own way
	}
	ats, sink, err := h.jobSink(ctx, r, req)
	if errors.Is(err, errNoATS) {
		return r.withoutSystem(ctx, req.ConnectionID, "a job would be created as soon as an internal ATS is connected.", err)
	}
	if err != nil {
		return err
	}
	client, err := h.store.Client(ctx, req.ClientID)
	if err != nil {
		return err
	}
	fields, gaps, err := ats.Program.Job(req.Canonical.V, client.Domain())
	if err != nil {
		return err
	}
	if why := held(nil, gaps); why != nil {
		return r.block(ctx, why, func(tx *store.Tx) error { return tx.NoteGaps(ctx, ats.Connection.ID, gaps) })
	}
	hash := sha256.Sum256(fields)
	if !a.Again && req.JobID != nil && bytes.Equal(req.SyncedHash, hash[:]) {
		rc := staffing.Receipt{ID: *req.JobID, URL: req.JobURL}
		return r.finish(ctx, func(tx *store.Tx) error { return tx.SaveJob(ctx, req, ats.Connection.ID, rc, hash[:]) })
	}
	w := jobWrite(ats, sink, req, fields, r.jobID)
	w.still = r.unlessShadow(ctx, req.ConnectionID, nil)
	shadow, err := r.holds(ctx, req.ConnectionID)
	if err != nil {
		return err
	}
	if shadow {
		return r.leaveOut(ctx, req.ConnectionID, w, jobWords(ats, req), nil)
	}
	rc, effect, err := r.once(ctx, w)
	if err != nil {
		return err
	}
	return r.finish(ctx, func(tx *store.Tx) error { return h.saveJob(ctx, tx, ats, req, rc, effect, hash[:]) })
}

func jobWords(ats *System, req store.Requisition) string {
	if req.JobID == nil {
		return "a job would be created in " + ats.Connection.Name + " now."
	}
	return "the job " + *req.JobID + " would be updated in " + ats.Connection.Name + " now."
}

// jobWrite is one effect for the creation, which is looked for by our key, and
// one for each job of the queue that updates it, which may be set again.
func jobWrite(ats *System, sink staffing.JobSink, req store.Requisition, fields json.RawMessage, jobID int64) write {
	put := staffing.JobRequest{Key: req.ID.String(), Fields: fields}
	w := write{sys: ats, kind: store.EffectJob, key: put.Key, request: fields}
	if req.JobID == nil {
		w.find = func(ctx context.Context) (staffing.Receipt, error) { return sink.FindJob(ctx, put.Key) }
	} else {
		put.ID, w.key = *req.JobID, fmt.Sprintf("%s/%d", put.Key, jobID)
	}
	w.put = func(ctx context.Context) (staffing.Receipt, error) { return sink.PutJob(ctx, put) }
	return w
}

// saveJob keeps the receipt. When another attempt has written a newer version
// meanwhile, the job may show either: it is written once more.
func (h *Hub) saveJob(ctx context.Context, tx *store.Tx, ats *System, req store.Requisition, rc staffing.Receipt, effect uuid.UUID, hash []byte) error {
	if err := tx.SettleEffect(ctx, effect, rc); err != nil {
		return err
	}
	if req.JobID == nil {
		if err := tx.Audit(ctx, "hub", "job.created", string(staffing.SubjectRequisition), req.ID.String(), map[string]any{"job": rc.ID, "existed": rc.Existed}); err != nil {
			return err
		}
	}
	now, err := tx.Requisition(ctx, req.ID)
	if err != nil {
		return err
	}
	if err := tx.SaveJob(ctx, req, ats.Connection.ID, rc, hash); err != nil {
		return err
	}
	if req.JobID == nil && rc.Existed || now.SyncedVersion > req.Version || now.Version > req.Version && now.State == store.RequisitionValid {
		// Found by our key, its content may be of an older version.
		return h.enqueue(ctx, tx, syncArgs{idArgs: idArgs{req.ID}, Again: true})
	}
	return nil
}

// errNoATS is why there is nowhere to write a job to.
var errNoATS = &staffing.Error{Code: staffing.NotFound, Message: "no internal ATS that takes jobs is connected yet; add one on the Connections page, then retry"}

// jobSink gives the internal ATS that holds the requisition's job, or the one that
// new jobs go to: the oldest that takes jobs.
func (h *Hub) jobSink(ctx context.Context, r *run, req store.Requisition) (*System, staffing.JobSink, error) {
	if req.JobConnectionID != nil {
		sys, err := r.open(ctx, *req.JobConnectionID)
		if err != nil {
			return nil, nil, err
		}
		sink, err := can[staffing.JobSink](sys, "take jobs")
		return sys, sink, err
	}
	all, err := h.store.Connections(ctx)
	if err != nil {
		return nil, nil, err
	}
	var oldest *store.Connection
	for i, c := range all {
		if c.Role != staffing.RoleInternalATS || oldest != nil && oldest.CreatedAt.Before(c.CreatedAt) {
			continue
		}
		sys, err := h.systems.Open(ctx, c.ID)
		if err != nil {
			return nil, nil, err
		}
		if _, takes := sys.Connector.(staffing.JobSink); takes {
			oldest = &all[i]
		}
	}
	if oldest == nil {
		return nil, nil, errNoATS
	}
	sys, err := r.open(ctx, oldest.ID)
	if err != nil {
		return nil, nil, err
	}
	sink, err := can[staffing.JobSink](sys, "take jobs")
	return sys, sink, err
}

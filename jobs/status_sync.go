package jobs

import (
	"context"
	"fmt"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// syncStatus shows the current stage in the internal ATS. It reads the stage when
// it runs, so several waiting jobs write the newest one; when the stage moved
// while it was written, it is written again.
func (h *Hub) syncStatus(ctx context.Context, r *run, a syncStatusArgs) error {
	sub, err := h.store.Submission(ctx, a.ID)
	if err != nil {
		return err
	}
	if shown, err := h.shown(ctx, sub); err != nil || shown && !a.Again {
		return err
	}
	ats, err := r.open(ctx, sub.ATSConnectionID)
	if err != nil {
		return err
	}
	sink, takes := ats.Connector.(staffing.StatusSink)
	word, mapped := ats.Program.InternalStatus(sub.Stage)
	if !takes || !mapped {
		return r.finish(ctx, func(tx *store.Tx) error { return tx.MarkStagesSynced(ctx, sub.ID, sub.StageAt) })
	}
	req := staffing.StatusRequest{Key: fmt.Sprintf("%s/%d", sub.ID, r.jobID), SubmissionID: sub.ATSSubmissionID, Status: word, Comment: comment(sub)}
	w := write{sys: ats, kind: store.EffectStatus, key: req.Key, request: []byte(fmt.Sprintf(`{"status":%q}`, word)),
		put: func(ctx context.Context) (staffing.Receipt, error) {
			return staffing.Receipt{ID: req.SubmissionID}, sink.PutStatus(ctx, req)
		}, still: r.unlessShadow(ctx, sub.ConnectionID, nil)}
	shadow, err := r.holds(ctx, sub.ConnectionID)
	if err != nil {
		return err
	}
	if shadow {
		return r.leaveOut(ctx, sub.ConnectionID, w, ats.Connection.Name+" would show "+word+" now.", nil)
	}
	_, effect, err := r.once(ctx, w)
	if err != nil {
		return err
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		if err := tx.SettleEffect(ctx, effect, staffing.Receipt{ID: req.SubmissionID}); err != nil {
			return err
		}
		if err := tx.SetATSStatus(ctx, sub.ID, word); err != nil {
			return err
		}
		now, err := tx.LockSubmission(ctx, sub.ID)
		if err != nil {
			return err
		}
		if now.Stage != sub.Stage {
			return h.enqueue(ctx, tx, syncStatusArgs{idArgs: idArgs{sub.ID}, Again: true})
		}
		return tx.MarkStagesSynced(ctx, sub.ID, sub.StageAt)
	})
}

// shown says that the internal ATS shows the current stage already.
func (h *Hub) shown(ctx context.Context, sub store.Submission) (bool, error) {
	events, err := h.store.StageEvents(ctx, sub.ID)
	for _, e := range events {
		if e.Stage == sub.Stage && e.OccurredAt.Equal(sub.StageAt) {
			return e.SyncedAt != nil, err
		}
	}
	return false, err
}

func comment(sub store.Submission) string {
	if sub.RawStatus == "" {
		return sub.Stage.Label()
	}
	return sub.Stage.Label() + " (the client's word: " + sub.RawStatus + ")"
}

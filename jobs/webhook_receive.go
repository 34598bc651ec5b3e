package jobs

import (
	"context"
	"fmt"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// receiveWebhook reads a delivery that was proven and kept when it came in. An
// event that only hints makes its feed due; one that carries a record puts that
// record on its way.
func (h *Hub) receiveWebhook(ctx context.Context, r *run, a receiveArgs) error {
	d, err := h.store.Delivery(ctx, a.DeliveryID)
	if err != nil {
		return err
	}
	if d.ProcessedAt != nil {
		return nil
	}
	r.at(d.ConnectionID)
	sys, err := h.systems.Open(ctx, d.ConnectionID) // in any state: what came in is read
	if err != nil {
		return err
	}
	receiver, err := can[staffing.WebhookReceiver](sys, "receive webhooks")
	if err != nil {
		return err
	}
	events, err := receiver.Events(d.Headers.V, d.Body)
	if err != nil {
		return err
	}
	err = r.finish(ctx, func(tx *store.Tx) error {
		for _, e := range events {
			if err := h.take(ctx, tx, sys, e); err != nil {
				return err
			}
		}
		return tx.MarkDeliveryProcessed(ctx, d.ID, outcomeOf(events))
	})
	if err == nil {
		_ = h.Wake(ctx) // never fails
	}
	return err
}

func (h *Hub) take(ctx context.Context, tx *store.Tx, sys *System, e staffing.Event) error {
	if e.Record == nil {
		return tx.WantPoll(ctx, sys.Connection.ID, e.Feed)
	}
	records := []staffing.Record{*e.Record}
	var save saver
	switch e.Feed {
	case staffing.FeedRequisitions:
		save = h.saveRequisitions
	case staffing.FeedStatuses:
		save = h.saveStatuses
	case staffing.FeedCandidates:
		save = h.saveCandidateEvents
	default:
		return staffing.Errorf(staffing.Internal, "an event of %s names the unknown feed %q", sys.Kind.Label, e.Feed)
	}
	follow, err := save(ctx, tx, sys, records)
	if err != nil {
		return err
	}
	return h.enqueue(ctx, tx, follow...)
}

func outcomeOf(events []staffing.Event) string {
	hints, records := 0, 0
	for _, e := range events {
		if e.Record == nil {
			hints++
		} else {
			records++
		}
	}
	if hints+records == 0 {
		return "nothing to do"
	}
	return fmt.Sprintf("%d records, %d hints", records, hints)
}

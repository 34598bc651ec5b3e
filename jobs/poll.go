package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// reader reads one page of a feed.
type reader func(ctx context.Context, cur staffing.Cursor) (staffing.Page, error)

// saver turns the records of a page into rows, and says which jobs follow.
type saver func(ctx context.Context, tx *store.Tx, sys *System, records []staffing.Record) ([]river.JobArgs, error)

func (h *Hub) pollRequisitions(ctx context.Context, r *run, a requisitionPoll) error {
	return h.poll(ctx, r, a.pollArgs, func(sys *System) (reader, error) {
		src, err := can[staffing.RequisitionSource](sys, "be read for requisitions")
		if err != nil {
			return nil, err
		}
		return src.Requisitions, nil
	}, h.saveRequisitions)
}

func (h *Hub) pollStatuses(ctx context.Context, r *run, a statusPoll) error {
	return h.poll(ctx, r, a.pollArgs, func(sys *System) (reader, error) {
		src, err := can[staffing.StatusSource](sys, "be read for statuses")
		if err != nil {
			return nil, err
		}
		return src.Statuses, nil
	}, h.saveStatuses)
}

func (h *Hub) pollCandidates(ctx context.Context, r *run, a candidatePoll) error {
	return h.poll(ctx, r, a.pollArgs, func(sys *System) (reader, error) {
		src, err := can[staffing.CandidateEventSource](sys, "be read for candidate events")
		if err != nil {
			return nil, err
		}
		return src.CandidateEvents, nil
	}, h.saveCandidateEvents)
}

// poll reads a feed page by page. Each page is saved with its cursor in one
// transaction, after the records; a worker that lost its lease stops quietly. A
// failed poll ends its job all the same: when it is tried again is in the feed's
// row.
func (h *Hub) poll(ctx context.Context, r *run, a pollArgs, source func(*System) (reader, error), save saver) error {
	r.standing = true
	sys, err := r.open(ctx, a.ConnectionID)
	if err == nil {
		held, release := h.holdLease(ctx, a)
		err = guarded(func() error { return h.readPages(held, r, a, sys, source, save) })
		if errors.Is(context.Cause(held), errLeaseLost) {
			err = errLeaseLost
		}
		release()
	}
	if err == nil || stopping(ctx) {
		return err
	}
	if errors.Is(err, errLeaseLost) {
		return nil // another worker reads this feed
	}
	if rests, err := h.restPoll(ctx, r, a, err); rests {
		return err
	}
	return h.failPoll(ctx, r, a, err)
}

// errLeaseLost says that the feed has passed to another worker.
var errLeaseLost = errors.New("the lease on this poll has passed to another worker")

func leaseLost(err error) error {
	if staffing.CodeOf(err) == staffing.Conflict {
		return errLeaseLost
	}
	return err
}

func (h *Hub) readPages(ctx context.Context, r *run, a pollArgs, sys *System, source func(*System) (reader, error), save saver) error {
	read, err := source(sys)
	if err != nil {
		return err
	}
	feed, err := h.hold(ctx, a)
	if err != nil {
		return err
	}
	if feed.WantedAt == nil {
		ctx = httpx.WithBulk(ctx) // nobody waits for what a plain poll reads
	}
	total, until := 0, time.Now().Add(h.jobTimeout)
	for {
		page, err := read(ctx, staffing.Cursor(feed.Cursor.V))
		if err != nil {
			return err
		}
		total += len(page.Records)
		last := !page.More || time.Now().After(until)
		if !last {
			feed, err = h.savePage(ctx, a, sys, page, save)
			if err != nil {
				return err
			}
			continue
		}
		return r.finish(ctx, func(tx *store.Tx) error {
			if _, err := h.keep(ctx, tx, a, sys, page, save); err != nil {
				return err
			}
			return tx.FinishPoll(ctx, feed, a.Lease, total, page.More, jitter(time.Duration(feed.IntervalS)*time.Second/10))
		})
	}
}

// holdLease renews the lease while the poll lives. held ends with errLeaseLost as
// its cause when another worker has the feed.
func (h *Hub) holdLease(ctx context.Context, a pollArgs) (held context.Context, release func()) {
	held, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(h.lease() / 4)
		defer tick.Stop()
		for {
			select {
			case <-held.Done():
				return
			case <-tick.C:
				if err := h.store.ExtendLease(held, a.ConnectionID, a.Feed, a.Lease, h.lease()); staffing.CodeOf(err) == staffing.Conflict {
					cancel(errLeaseLost)
					return
				}
			}
		}
	}()
	return held, func() {
		cancel(nil)
		<-done
	}
}

func (h *Hub) hold(ctx context.Context, a pollArgs) (f store.Feed, err error) {
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		f, err = tx.HoldLease(ctx, a.ConnectionID, a.Feed, a.Lease)
		return leaseLost(err)
	})
	return f, err
}

func (h *Hub) savePage(ctx context.Context, a pollArgs, sys *System, page staffing.Page, save saver) (f store.Feed, err error) {
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		f, err = h.keep(ctx, tx, a, sys, page, save)
		return err
	})
	return f, err
}

// keep saves one page: records, what follows from them, spool, then the cursor.
func (h *Hub) keep(ctx context.Context, tx *store.Tx, a pollArgs, sys *System, page staffing.Page, save saver) (store.Feed, error) {
	feed, err := tx.HoldLease(ctx, a.ConnectionID, a.Feed, a.Lease)
	if err != nil {
		return feed, leaseLost(err)
	}
	follow, err := save(ctx, tx, sys, page.Records)
	if err != nil {
		return feed, err
	}
	if err := h.enqueue(ctx, tx, follow...); err != nil {
		return feed, err
	}
	if err := tx.CloseSpool(ctx, a.ConnectionID, page.Spooled); err != nil {
		return feed, err
	}
	if len(page.Next) > 0 {
		feed.Cursor.V = []byte(page.Next)
	}
	return feed, tx.SaveCursor(ctx, a.ConnectionID, a.Feed, []byte(page.Next), h.lease())
}

// failPoll notes a failed poll and when the next one comes. Bad credentials stop
// the connection instead.
func (h *Hub) failPoll(ctx context.Context, r *run, a pollArgs, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	feeds, err := h.store.Feeds(ctx, a.ConnectionID)
	if err != nil {
		return err
	}
	failures := 0
	for _, f := range feeds {
		if f.Feed == a.Feed {
			failures = f.Failures
		}
	}
	wait := pollWait(cause, failures)
	h.log.Info("poll failed", "kind", r.kind, "connection_id", a.ConnectionID, "code", string(staffing.CodeOf(cause)), "wait", wait.String(), "error", cause)
	if staffing.CodeOf(cause) == staffing.Unauthorized {
		if err := h.store.MarkNeedsAttention(ctx, a.ConnectionID, staffing.MessageOf(cause)); err != nil {
			return err
		}
	}
	h.metrics.failed(r.kind, cause)
	next := h.now().Add(wait)
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.FailPoll(ctx, a.ConnectionID, a.Feed, a.Lease, staffing.MessageOf(cause), wait); err != nil {
			return err
		}
		// What the page of failed records shows heals with the next good poll.
		if worthShowing(cause, failures) {
			if err := tx.NoteFailure(ctx, r.failure(cause, store.FailureRetrying, &next, r.args)); err != nil {
				return err
			}
		}
		return r.complete(ctx, tx)
	})
	r.done = err == nil
	return err
}

// pollWait is how long a feed rests after a failure: as long as the vendor asks,
// else growing from four seconds to two minutes. A dead vendor costs one call then.
func pollWait(cause error, before int) time.Duration {
	asked := min(staffing.RetryAfterOf(cause), askedWait)
	if staffing.CodeOf(cause) == staffing.RateLimited {
		return max(asked, 5*time.Second) + jitter(5*time.Second)
	}
	return max(asked, min(backoff(before+3), 2*time.Minute+jitter(15*time.Second)))
}

// worthShowing keeps off the page of failed records what the next reading heals:
// a first failure, and the vendor's pace unless it asks for a long wait.
func worthShowing(cause error, before int) bool {
	code := staffing.CodeOf(cause)
	if code == staffing.RateLimited {
		return staffing.RetryAfterOf(cause) > longWait
	}
	return before > 0 || outcomes[code] == giveUp
}

// saveRequisitions receives what is new or changed; the content decides, not the
// vendor's clock.
func (h *Hub) saveRequisitions(ctx context.Context, tx *store.Tx, sys *System, records []staffing.Record) (out []river.JobArgs, err error) {
	if sys.Connection.ClientID == nil {
		return nil, staffing.Errorf(staffing.Invalid, "%s belongs to no client; requisitions need one", sys.Connection.Name)
	}
	for _, rec := range records {
		raw, changed, err := tx.InsertRawIfChanged(ctx, sys.Connection.ID, staffing.FeedRequisitions, rec)
		if err != nil {
			return nil, err
		}
		if !changed {
			continue
		}
		id, err := tx.ReceiveRequisition(ctx, *sys.Connection.ClientID, sys.Connection.ID, rec.ExternalID, raw)
		if err != nil {
			return nil, err
		}
		out = append(out, validateArgs{idArgs{id}})
	}
	return out, nil
}

// saveStatuses keeps statuses of submissions that we made. The client's other
// applicants are none of our business and are not kept. While a delivery is under
// way, a status may be of it before its receipt is here: then everything is kept.
func (h *Hub) saveStatuses(ctx context.Context, tx *store.Tx, sys *System, records []staffing.Record) (out []river.JobArgs, err error) {
	flying, err := tx.DeliveriesInFlight(ctx, sys.Connection.ID)
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(records))
	for i, rec := range records {
		refs[i] = rec.ExternalID
	}
	ours, err := tx.KnownClientRefs(ctx, sys.Connection.ID, refs)
	if err != nil {
		return nil, err
	}
	for _, rec := range records {
		if !ours[rec.ExternalID] && flying == 0 {
			continue
		}
		raw, changed, err := tx.InsertRawIfChanged(ctx, sys.Connection.ID, staffing.FeedStatuses, rec)
		if err != nil {
			return nil, err
		}
		if changed && ours[rec.ExternalID] {
			out = append(out, applyStatus{rawArgs{raw}})
		}
	}
	return out, nil
}

func (h *Hub) saveCandidateEvents(ctx context.Context, tx *store.Tx, sys *System, records []staffing.Record) (out []river.JobArgs, err error) {
	for _, rec := range records {
		raw, changed, err := tx.InsertRawIfChanged(ctx, sys.Connection.ID, staffing.FeedCandidates, rec)
		if err != nil {
			return nil, err
		}
		if changed {
			out = append(out, applyCandidate{rawArgs{raw}})
		}
	}
	return out, nil
}

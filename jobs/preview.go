package jobs

import (
	"context"
	"runtime"
	"sync"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// previewBatch is how many records are worked before the progress is saved.
const previewBatch = 250

// previewProfile runs a draft, and what is in force, over the newest records that
// are here, and keeps what differs. It opens no connector: nothing can be called.
func (h *Hub) previewProfile(ctx context.Context, r *run, a previewArgs) error {
	p, err := h.store.Preview(ctx, a.ID)
	if staffing.CodeOf(err) == staffing.NotFound || err == nil && p.State != store.PreviewRunning {
		return nil
	}
	if err != nil {
		return err
	}
	r.at(p.ConnectionID)
	lists, err := h.store.AllCodeLists(ctx, p.ConnectionID)
	if err != nil {
		return err
	}
	next, err := compileProfile(p.Document, lists)
	if err != nil {
		return h.previewFailed(ctx, r, p, err)
	}
	t, err := h.newTrial(ctx, p, next)
	if err != nil {
		return h.previewFailed(ctx, r, p, err)
	}
	samples, err := t.samples(ctx, p.Wanted)
	if err != nil {
		return err
	}
	if err := h.savePreview(ctx, r, func(tx *store.Tx) error { return tx.RestartPreview(ctx, p.ID, total(samples)) }); err != nil {
		return err
	}
	save := func(records []store.PreviewRecord, sum store.PreviewSummary, done int) error {
		return h.savePreview(ctx, r, func(tx *store.Tx) error { return tx.SavePreviewBatch(ctx, p.ID, records, sum, done) })
	}
	if _, err := workSamples(ctx, samples, save); err != nil {
		return h.previewFailed(ctx, r, p, err)
	}
	return r.finish(ctx, func(tx *store.Tx) error { return tx.EndPreview(ctx, p.ID, "") })
}

// previewFailed ends a preview that cannot be worked as it stands. Other errors
// are the queue's.
func (h *Hub) previewFailed(ctx context.Context, r *run, p store.Preview, cause error) error {
	if stopping(ctx) || staffing.CodeOf(cause) != staffing.Invalid {
		return cause
	}
	return r.finish(ctx, func(tx *store.Tx) error { return tx.EndPreview(ctx, p.ID, staffing.MessageOf(cause)) })
}

// savePreview saves while the job is this attempt's.
func (h *Hub) savePreview(ctx context.Context, r *run, do func(tx *store.Tx) error) error {
	return h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.FenceJob(ctx, r.jobID, r.attempt); err != nil {
			return err
		}
		return do(tx)
	})
}

// look works one record. It is pure: several run at the same time.
type look func(ctx context.Context) finding

// sample is one sort of records that a preview looks at.
type sample struct {
	size int
	load func(ctx context.Context, from, to int) ([]look, error)
}

func total(samples []sample) (n int) {
	for _, s := range samples {
		n += s.size
	}
	return n
}

// workSamples works all records, and gives save what it found of each batch.
func workSamples(ctx context.Context, samples []sample, save func(records []store.PreviewRecord, sum store.PreviewSummary, done int) error) (store.PreviewSummary, error) {
	done, sum := 0, store.PreviewSummary{Fields: map[string]int{}, Reasons: map[string]int{}}
	for _, s := range samples {
		for from := 0; from < s.size; from += previewBatch {
			to := min(from+previewBatch, s.size)
			looks, err := s.load(ctx, from, to)
			if err != nil {
				return sum, err
			}
			found := together(ctx, looks)
			if err := ctx.Err(); err != nil {
				return sum, err
			}
			records := make([]store.PreviewRecord, len(found))
			for i, f := range found {
				f.record.Ordinal = done + i + 1
				records[i] = f.record
				f.count(&sum)
			}
			done += to - from
			if err := save(records, sum, done); err != nil {
				return sum, err
			}
		}
	}
	return sum, nil
}

// Affects says at once what a document, with the code lists that it is to have, would
// do to the newest records of a connection, and how many were tried. It is for
// profiles that are kept as files: nothing is saved.
func (h *Hub) Affects(ctx context.Context, connectionID uuid.UUID, document string, lists map[string]map[string]string) (sum store.PreviewSummary, tried int, err error) {
	version, err := h.store.PublishedVersion(ctx, connectionID)
	if err != nil {
		return sum, 0, err
	}
	next, err := compileProfile(document, lists)
	if err != nil {
		return sum, 0, err
	}
	t, err := h.newTrial(ctx, store.Preview{ConnectionID: connectionID, BaseVersion: version}, next)
	if err != nil {
		return sum, 0, err
	}
	samples, err := t.samples(ctx, fullPreview)
	if err != nil {
		return sum, 0, err
	}
	sum, err = workSamples(ctx, samples, func([]store.PreviewRecord, store.PreviewSummary, int) error { return nil })
	return sum, total(samples), err
}

// together works the records on all processors, and gives what was found in their
// order.
func together(ctx context.Context, looks []look) []finding {
	out := make([]finding, len(looks))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(looks)) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range next {
				out[i] = looks[i](ctx)
			}
		}()
	}
	for i := range looks {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return out
}

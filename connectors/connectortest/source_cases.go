package connectortest

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/staffing"
)

const endless = 1000 // pages; no test has as many

func sourceCases(feed staffing.Feed) []testCase {
	on := func(f func(*bench, staffing.Feed)) func(*suite) {
		return func(s *suite) { f(s.bench(openOptions{}), feed) }
	}
	name := string(feed) + ": "
	list := []testCase{
		{name + "three pages are read without loss", on(threePages)},
		{name + "a reader stopped after any page goes on from the saved cursor without loss", on(stopBetween)},
		{name + "a crash before a page is saved loses nothing", on(crashBeforeSave)},
		{name + "a failure between pages loses nothing", on(failBetween)},
		{name + "an empty vendor gives an empty page", on(emptyVendor)},
		{name + "new records appear after the cursor", on(newAppear)},
	}
	if feed != staffing.FeedCandidates {
		list = append(list, testCase{name + "a changed record appears again", on(changedAppears)})
	}
	return list
}

// reader plays the hub's poller: it saves a cursor after its page.
type reader struct {
	*bench
	feed   staffing.Feed
	cursor staffing.Cursor
	saved  map[string]int
	pages  int
}

func (b *bench) reader(feed staffing.Feed) *reader {
	return &reader{bench: b, feed: feed, saved: map[string]int{}}
}

// read reads one page and checks its form. Nothing is saved.
func (r *reader) read(c staffing.Checker) (staffing.Page, error) {
	r.Helper()
	src := r.source(c, r.feed)
	var page staffing.Page
	err := r.within(patient, src.name, func(ctx context.Context) (err error) {
		page, err = src.read(ctx, slices.Clone(r.cursor))
		return err
	})
	if err != nil {
		return page, err
	}
	if page.Next != nil && !json.Valid(page.Next) {
		r.Errorf("%s: the cursor is no JSON, so the hub cannot save it", src.name)
	}
	for _, rec := range page.Records {
		r.wellFormed(src.name, rec)
	}
	return page, nil
}

// save is the hub's transaction: records, cursor, spooled bodies.
func (r *reader) save(page staffing.Page) {
	for _, rec := range page.Records {
		r.saved[rec.ExternalID]++
	}
	r.cursor = page.Next
	r.pages++
	r.spool.Close(page.Spooled...)
}

// drain reads and saves until there is no more.
func (r *reader) drain(c staffing.Checker) {
	r.Helper()
	for range endless {
		page, err := r.read(c)
		if err != nil {
			r.Fatalf("%s: %v", r.feed, err)
		}
		r.save(page)
		if !page.More {
			return
		}
	}
	r.Fatalf("%s: it has no end", r.feed)
}

func (r *reader) has(what string, ids []string) {
	r.Helper()
	lost := 0
	for _, id := range ids {
		if r.saved[id] == 0 {
			lost++
		}
	}
	if lost > 0 {
		r.Errorf("%s: %s: %d of %d records are lost", r.feed, what, lost, len(ids))
	}
}

func (b *bench) wellFormed(what string, rec staffing.Record) {
	b.Helper()
	var object map[string]json.RawMessage
	if rec.ExternalID == "" {
		b.Errorf("%s: a record has no external id", what)
	}
	if json.Unmarshal(rec.Raw, &object) != nil || object == nil {
		b.Errorf("%s: record %s is no JSON object", what, rec.ExternalID)
	}
}

// fill adds enough for three pages, and says whether the vendor pages at all.
func (b *bench) fill(c staffing.Checker, feed staffing.Feed) (ids []string, paged bool) {
	paged = b.vendor.PageSize > 0 && !slices.Contains(b.vendor.Unpaged, feed)
	n := 3
	if paged {
		n = 2*b.vendor.PageSize + 1
	}
	ids = b.source(c, feed).add(n)
	if len(ids) != n {
		b.Fatalf("the Vendor was asked to add %d %s and gave %d ids", n, feed, len(ids))
	}
	return ids, paged
}

func threePages(b *bench, feed staffing.Feed) {
	c := b.warm()
	ids, paged := b.fill(c, feed)
	mark := b.mark()
	r := b.reader(feed)
	r.drain(c)
	r.has("read to the end", ids)
	if n := b.dataCalls(mark); paged && n < 3 {
		b.Errorf("%s: %d records came in %d calls, so this proves nothing about paging: set Vendor.PageSize or Unpaged", feed, len(ids), n)
	}
	for id := range r.saved {
		if !slices.Contains(ids, id) {
			b.Errorf("%s: record %q is none of the vendor's; the ids are to be those of Receipt.ID and of the Vendor's functions", feed, id)
			return
		}
	}
}

func stopBetween(b *bench, feed staffing.Feed) {
	ids, _ := b.fill(b.warm(), feed)
	r := b.reader(feed)
	for range endless { // a new process for every page
		page, err := r.read(b.open())
		if err != nil {
			b.Fatalf("%s: %v", feed, err)
		}
		r.save(page)
		if !page.More {
			break
		}
	}
	r.has("a new process for every page", ids)
}

// crashBeforeSave reads each page twice: the first time the process ends before
// the page is saved.
func crashBeforeSave(b *bench, feed staffing.Feed) {
	ids, _ := b.fill(b.warm(), feed)
	r := b.reader(feed)
	for range endless {
		if _, err := r.read(b.open()); err != nil { // lost with the process
			b.Fatalf("%s: %v", feed, err)
		}
		page, err := r.read(b.open())
		if err != nil {
			b.Fatalf("%s: read again after a crash: %v", feed, err)
		}
		r.save(page)
		if !page.More {
			break
		}
	}
	r.drain(b.open()) // what the last crash may have left
	r.has("a crash before every save", ids)
}

// failBetween breaks a call before every page, in one way after the other.
func failBetween(b *bench, feed staffing.Feed) {
	ids, _ := b.fill(b.warm(), feed)
	r := b.reader(feed)
	kinds := []fault.Kind{fault.LostResponse, fault.TruncatedJSON, fault.Status500, fault.WrongContentType}
	if slices.Contains(b.vendor.Consumes, feed) {
		kinds = kinds[2:]
	}
	for i := range endless {
		remove := b.faults.Add(fault.Rule{Kind: kinds[i%len(kinds)], Match: b.data, Times: 1})
		mark := b.mark()
		page, err := r.read(b.open())
		remove()
		if err == nil && b.dataCalls(mark) > 0 {
			b.Fatalf("%s: the vendor failed, but the page came without an error", feed)
		}
		if err == nil && page.More { // from the spool, without a call
			r.save(page)
			continue
		}
		if page, err = r.read(b.open()); err != nil {
			b.Fatalf("%s: after a failure: %v", feed, err)
		}
		r.save(page)
		if !page.More {
			break
		}
	}
	r.has("a failure before every page (see Vendor.Consumes)", ids)
}

func emptyVendor(b *bench, feed staffing.Feed) {
	r := b.reader(feed)
	r.drain(b.open())
	if len(r.saved) != 0 {
		b.Errorf("%s: a vendor without records gives %d", feed, len(r.saved))
	}
	r.drain(b.open()) // and again, from its cursor
}

func newAppear(b *bench, feed staffing.Feed) {
	c := b.warm()
	r := b.reader(feed)
	src := b.source(c, feed)
	for range 3 {
		ids := src.add(2)
		r.drain(c)
		r.has("added after the cursor", ids)
	}
}

func changedAppears(b *bench, feed staffing.Feed) {
	c := b.warm()
	ids, _ := b.fill(c, feed)
	r := b.reader(feed)
	r.drain(c)
	for _, id := range []string{ids[0], ids[len(ids)/2], ids[len(ids)-1]} {
		r.saved = map[string]int{}
		b.source(c, feed).touch(id)
		r.drain(b.open())
		r.has("changed after it was read", []string{id})
	}
}

package fieldglass_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/fieldglass"
	"github.com/tributary-hub/tributary/sandbox/fault"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
	"github.com/tributary-hub/tributary/staffing"
)

func holds(t *testing.T, got map[string]staffing.Record, ids []string) {
	t.Helper()
	for _, id := range ids {
		if _, ok := got[id]; !ok {
			t.Errorf("posting %s is lost", id)
		}
	}
}

func TestACrashAfterTheConsumingReadLosesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	b.drain() // the first full download is behind us
	ids := times(3, b.post)
	if _, err := b.poll(); err != nil { // the process dies before its page is saved
		t.Fatal(err)
	}
	asked := len(b.faults.Log())
	p, err := b.poll() // another process
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.faults.Log()) - asked; n != 0 {
		t.Errorf("what is spooled was asked for again: %d calls", n)
	}
	if len(p.Records) != 3 || !p.More {
		t.Errorf("the spooled body gives %d records (more: %v), want 3 and more", len(p.Records), p.More)
	}
	b.save(p)
	full := b.calls(sandbox.PostingFull)
	holds(t, map[string]staffing.Record{p.Records[0].ExternalID: {}, p.Records[1].ExternalID: {}, p.Records[2].ExternalID: {}}, ids)
	if b.drain(); b.calls(sandbox.PostingFull) != full {
		t.Error("nothing was lost, but everything was read again")
	}
	if left, _ := b.spool.Pending(context.Background(), staffing.FeedRequisitions); len(left) != 0 {
		t.Errorf("%d bodies are left in the spool", len(left))
	}
}

// brokenSpool ends the process at one step: Append gives the error of a database
// that is gone, before or after it wrote.
type brokenSpool struct {
	connectors.Spool
	failAt int // the Append that fails
	writes bool
	seen   int
}

func (s *brokenSpool) Append(ctx context.Context, feed staffing.Feed, body []byte) (connectors.Spooled, error) {
	s.seen++
	if s.seen != s.failAt {
		return s.Spool.Append(ctx, feed, body)
	}
	if s.writes {
		if _, err := s.Spool.Append(ctx, feed, body); err != nil {
			return connectors.Spooled{}, err
		}
	}
	return connectors.Spooled{}, staffing.Errorf(staffing.Unavailable, "the database is gone: %w", errors.New("connection reset"))
}

func TestACrashAroundTheSpoolLosesNothing(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]brokenSpool{
		"before the intent is written":             {failAt: 1},
		"after the intent is written":              {failAt: 1, writes: true},
		"after the read, before the body is kept":  {failAt: 2},
		"after the body is kept, before the parse": {failAt: 2, writes: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sandbox.Options{}, nil)
			b.drain()
			ids := times(2, b.post)
			d := connectortest.NewDeps(fieldglass.Kind(), b.settings)
			d.Now, d.Tokens = b.clock.now, b.tokens
			broken.Spool = b.spool
			d.Spool = &broken
			_, err := open(t, d).Requisitions(context.Background(), b.cursor)
			wantCode(t, err, staffing.Unavailable)
			holds(t, b.drain(), ids)
			if left, _ := b.spool.Pending(context.Background(), staffing.FeedRequisitions); len(left) != 0 {
				t.Errorf("%d bodies are left in the spool", len(left))
			}
		})
	}
}

func TestALostAnswerIsRepairedByTheFullDownload(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault.Kind{fault.LostResponse, fault.CutBody, fault.TruncatedJSON} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := setup(t, sandbox.Options{}, nil)
			b.drain()
			ids := times(3, b.post)
			b.faults.Add(fault.Rule{Kind: kind, Match: onCall(sandbox.PostingChanges), Times: 1})
			_, err := b.poll()
			wantCode(t, err, staffing.Unavailable)
			full := b.calls(sandbox.PostingFull)
			got := b.drain()
			holds(t, got, ids)
			if b.calls(sandbox.PostingFull) != full+1 {
				t.Errorf("the full download ran %d times, want once", b.calls(sandbox.PostingFull)-full)
			}
			again := b.drain()
			if b.calls(sandbox.PostingFull) != full+1 || len(again) != 0 {
				t.Errorf("the repair does not end: %d records, %d full downloads", len(again), b.calls(sandbox.PostingFull)-full)
			}
		})
	}
}

func TestADamagedBodyGivesWhatCanBeReadAndARecordForTheRest(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	b.drain()
	times(3, b.post)
	b.faults.Add(fault.Rule{Kind: fault.TruncatedJSON, Match: onCall(sandbox.PostingChanges), Times: 1})
	if _, err := b.poll(); err == nil {
		t.Fatal("half an answer passes without a word")
	}
	p, err := b.poll()
	if err != nil || len(p.Records) != 2 || !p.More {
		t.Fatalf("half of three postings gives %d records, more %v, %v; want the first posting and the rest", len(p.Records), p.More, err)
	}
	rest := p.Records[1]
	if !strings.HasPrefix(rest.ExternalID, "spool-") {
		t.Errorf("the unreadable rest is the record %q", rest.ExternalID)
	}
	if _, gaps, err := program(t).Requisition(rest.Raw, acme); err == nil && len(gaps) == 0 {
		t.Error("the unreadable rest passes the mapping")
	}
}

func TestAFailingFullDownloadStaysDue(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	ids := times(2, b.post)
	b.faults.Add(fault.Rule{Kind: fault.Status500, Match: onCall(sandbox.PostingFull), Times: 2})
	p, err := b.poll()
	if err != nil || len(p.Records) != 2 {
		t.Fatal(len(p.Records), err)
	}
	b.save(p)
	for range 2 {
		_, err = b.poll()
		wantCode(t, err, staffing.Unavailable)
	}
	holds(t, b.drain(), ids)
	if left, _ := b.spool.Pending(context.Background(), staffing.FeedRequisitions); len(left) != 0 {
		t.Errorf("%d intents are left in the spool", len(left))
	}
}

func TestTheFullDownloadRunsEverySixHours(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	id := b.post()
	b.drain()
	for _, step := range []struct {
		pass time.Duration
		want int // full downloads so far
	}{{time.Minute, 1}, {5 * time.Hour, 1}, {time.Hour, 2}, {time.Minute, 2}} {
		b.clock.pass(step.pass)
		got := b.drain()
		if n := b.calls(sandbox.PostingFull); n != step.want {
			t.Errorf("after %s more: %d full downloads, want %d", step.pass, n, step.want)
		}
		if _, given := got[id]; given != (step.pass == time.Hour) {
			t.Errorf("after %s more: the unchanged posting came: %v", step.pass, given)
		}
	}
}

func TestNoFullDownloadWhenItIsSwitchedOff(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, connectors.Settings{"full_every_hours": "0"})
	id := b.post()
	holds(t, b.drain(), []string{id})
	b.clock.pass(100 * time.Hour)
	b.drain()
	if n := b.calls(sandbox.PostingFull); n != 0 {
		t.Errorf("%d full downloads", n)
	}
}

func TestACloseIsSeenOnceAndInFull(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	id := b.post()
	first := b.drain()[id]
	b.must(b.ClosePosting(id, "Position Cancelled"))
	got, ok := b.drain()[id]
	if !ok || got.Version == first.Version {
		t.Fatalf("the close is not seen as a change: %v %s", ok, got.Version)
	}
	req, gaps, err := program(t).Requisition(got.Raw, acme)
	if err != nil || len(gaps) > 0 || req.Status != staffing.ReqCancelled || req.AcceptingSubmissions {
		t.Errorf("closed posting: status %s, accepting %v, %v %v", req.Status, req.AcceptingSubmissions, gaps, err)
	}
}

func TestXMLGivesTheSameRecordsAsJSON(t *testing.T) {
	t.Parallel()
	read := func(xml bool) map[string]staffing.Record {
		b := setup(t, sandbox.Options{XML: xml}, nil)
		times(2, b.post)
		return b.drain()
	}
	asJSON, asXML := read(false), read(true)
	if len(asJSON) != 2 || len(asXML) != 2 {
		t.Fatalf("%d and %d records", len(asJSON), len(asXML))
	}
	for id, want := range asJSON {
		if !reflect.DeepEqual(tree(t, asXML[id].Raw), tree(t, want.Raw)) {
			t.Errorf("%s differs:\nXML  %s\nJSON %s", id, asXML[id].Raw, want.Raw)
		}
	}
}

func TestTooManyRecordsIsSaid(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{MaxRecords: 2}, nil)
	times(3, b.post)
	_, err := b.poll()
	wantCode(t, err, staffing.Invalid, "more records than", "administrator")
}

func TestUndistributedPostingsAreNotSeen(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	spec := engineer()
	spec.Undistributed = true
	id, err := b.OpenPosting(spec)
	b.must(err)
	if got := b.drain(); len(got) != 0 {
		t.Errorf("%d records before the posting is distributed", len(got))
	}
	b.must(b.DistributePosting(id))
	holds(t, b.drain(), []string{id})
}

func TestReplicasShareTheOneToken(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	tokens := func() int { return b.faults.Calls(onToken) }
	for range 3 { // replicas with the shared store
		if _, err := b.open().Check(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := tokens(); n != 1 {
		t.Errorf("three replicas fetched %d tokens, want 1", n)
	}
	b.ExpireToken()
	if _, err := b.poll(); err != nil {
		t.Errorf("an ended token is not fetched again: %v", err)
	}
	if n := tokens(); n != 2 {
		t.Errorf("%d tokens were fetched, want 2", n)
	}
}

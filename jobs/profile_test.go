package jobs

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// manager gives an account manager.
func (b *bench) manager() store.User {
	b.t.Helper()
	return storetest.User(b.t, b.store, "account_manager")
}

// threshold sets how many records a publication may change without a second person.
func (b *bench) threshold(n int) {
	b.t.Helper()
	c, err := b.store.Connection(b.ctx, b.clientID)
	b.must(err)
	client, err := b.store.Client(b.ctx, *c.ClientID)
	b.must(err)
	client.ReviewThreshold = n
	b.must(b.store.UpdateClient(b.ctx, client))
}

// published drafts, previews and publishes a document, by one person.
func (b *bench) published(connection uuid.UUID, document string) int {
	b.t.Helper()
	draft := b.draft(connection, document)
	b.preview(connection)
	version, waiting, err := b.hub.Publish(b.ctx, connection, draft.Revision, b.manager(), "a test")
	b.must(err)
	if waiting {
		b.t.Fatal("the publication waits for a second person")
	}
	return version
}

// waits gives the failure of a requisition, once it is held.
func (b *bench) waits(id string) store.Failure {
	b.t.Helper()
	b.eventually("requisition "+id+" waits", func() string { return missing(b.req(id).State == store.RequisitionNeedsAttention) })
	return b.failure(kindValidate, b.req(id).ID.String(), store.FailureOpen)
}

func refusedWith(t *testing.T, err error, code staffing.Code, words string) {
	t.Helper()
	if staffing.CodeOf(err) != code || !strings.Contains(staffing.MessageOf(err), words) {
		t.Errorf("the error is %v (%s), want %s with %q", err, staffing.CodeOf(err), code, words)
	}
}

// openGaps gives the values that the mapping of the client does not know.
func (b *bench) openGaps() string {
	b.t.Helper()
	gaps, err := b.store.Gaps(b.ctx, b.clientID)
	b.must(err)
	var out []string
	for _, g := range gaps {
		out = append(out, fmt.Sprintf("%s %d", g.Value, g.Count))
	}
	return strings.Join(out, ", ")
}

func TestPublishingLetsGoWhatItCuresAndHoldsTheRestAgain(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("1", "ada")
	b.says(*sub.ClientRef, "Phone screen", 10)
	b.failure(kindApplyStatus, "", store.FailureOpen)
	b.says(*sub.ClientRef, "Review", 5) // a word that is known, from before
	b.requisition("100", "Welder", map[string]any{"status": "frozen"})
	b.requisition("101", "Fitter", map[string]any{"status": "frozen"})
	b.requisition("102", "Rigger", map[string]any{"status": "odd"})
	for _, id := range []string{"100", "101", "102"} {
		b.waits(id)
	}
	b.drained()
	if got := b.openGaps(); got != "frozen 2, odd 1, Phone screen 1" && got != "frozen 2, Phone screen 1, odd 1" {
		t.Errorf("the gaps are %s", got)
	}
	v := b.published(b.clientID, strings.NewReplacer("hold: on_hold", "hold: on_hold, frozen: on_hold", "Review: client_review", "Review: client_review, Phone screen: interview").Replace(clientProfile))
	for _, id := range []string{"100", "101"} {
		if r := b.synced(id); r.ProfileVersion != v || r.Canonical.V.Status != staffing.ReqOnHold {
			t.Errorf("%s is %+v", id, r)
		}
	}
	b.stage(sub.ID, staffing.Interview)
	b.shows(sub, "Interviewing")
	b.waits("102")
	b.drained()
	if got := b.openGaps(); got != "odd 1" {
		t.Errorf("after publishing the gaps are %s", got)
	}
	if r := b.req("102"); r.ProfileVersion != v {
		t.Errorf("what is held again says version %d made it", r.ProfileVersion)
	}
	log, _, err := b.store.AuditLog(b.ctx, store.AuditFilter{Action: "profile.published"})
	if err != nil || len(log) != 1 || log[0].SubjectID != b.clientID.String() || !strings.Contains(log[0].Detail, `"affected":3`) {
		t.Errorf("the audit log says %+v (%v)", log, err)
	}
}

func TestPublishingRestsOnAPreviewOfWhatIsPublished(t *testing.T) {
	b := newBench(t)
	by := b.manager()
	for i := range 3 {
		b.requisition(fmt.Sprint(100+i), "Welder")
	}
	b.synced("102")
	publish := func(revision int) error {
		_, _, err := b.hub.Publish(b.ctx, b.clientID, revision, by, "")
		return err
	}
	draft := b.draft(b.clientID, clientProfile+"# one\n")
	refusedWith(t, publish(draft.Revision), staffing.Conflict, "nobody has previewed this draft")
	b.preview(b.clientID)
	later := b.draft(b.clientID, clientProfile+"# two\n")
	refusedWith(t, publish(draft.Revision), staffing.Conflict, "saved this draft at")
	refusedWith(t, publish(later.Revision), staffing.Conflict, "nobody has previewed this draft")
	id, err := b.hub.StartPreview(b.ctx, b.clientID, 2, "x")
	b.must(err)
	b.eventually("the small preview ends", func() string {
		p, err := b.store.Preview(b.ctx, id)
		b.must(err)
		return missing(p.State == store.PreviewDone)
	})
	refusedWith(t, publish(later.Revision), staffing.Conflict, "too few records")
	b.preview(b.clientID)
	b.publish(b.clientID, clientProfile)
	refusedWith(t, publish(later.Revision), staffing.Conflict, "another version came into force")
	b.preview(b.clientID)
	b.tx(func(tx *store.Tx) error { _, err := tx.SaveCodeList(b.ctx, b.clientID, "sites", nil, "x"); return err })
	refusedWith(t, publish(later.Revision), staffing.Conflict, "a code list changed")
	b.preview(b.clientID)
	b.must(publish(later.Revision))
	refusedWith(t, publish(later.Revision), staffing.NotFound, "draft")
}

func TestAWideChangeNeedsASecondPerson(t *testing.T) {
	b := newBench(t)
	b.threshold(1)
	for _, id := range []string{"100", "101"} {
		b.requisition(id, "Welder")
		b.synced(id)
	}
	draft := b.draft(b.clientID, strings.Replace(clientProfile, "title: raw.title", "title: raw.title.upperAscii()", 1))
	b.preview(b.clientID)
	asks, second := b.manager(), b.manager()
	publish := func(by store.User) (int, bool, error) {
		return b.hub.Publish(b.ctx, b.clientID, draft.Revision, by, "in capitals")
	}
	if v, waiting, err := publish(asks); err != nil || !waiting || v != 0 {
		t.Fatalf("the first person gets %d %v %v", v, waiting, err)
	}
	_, _, err := publish(asks)
	refusedWith(t, err, staffing.Forbidden, "somebody else has to confirm")
	_, _, err = publish(store.User{Email: "token:ci"})
	refusedWith(t, err, staffing.Forbidden, "a token is none")
	if v, err := b.store.PublishedVersion(b.ctx, b.clientID); v != 1 || err != nil {
		t.Errorf("version %d is in force (%v)", v, err)
	}
	if v, waiting, err := publish(second); err != nil || waiting || v != 2 {
		t.Errorf("the second person gets %d %v %v", v, waiting, err)
	}
	p, err := b.store.PublishedProfile(b.ctx, b.clientID)
	if err != nil || p.RequestedBy != asks.Email || p.PublishedBy != second.Email || p.Note != "in capitals" {
		t.Errorf("in force is %+v (%v)", p, err)
	}
}

func TestATokenAsksAndAPersonConfirms(t *testing.T) {
	b := newBench(t)
	b.threshold(0)
	b.requisition("100", "Welder")
	b.synced("100")
	issuer, other := b.manager(), b.manager()
	_, err := b.store.InsertAPIToken(b.ctx, store.APIToken{Name: "ci", Scopes: []string{"profiles:write"}, CreatedBy: issuer.Email, ExpiresAt: time.Now().Add(time.Hour)})
	b.must(err)
	draft := b.draft(b.clientID, strings.Replace(clientProfile, "title: raw.title", "title: raw.title.upperAscii()", 1))
	b.preview(b.clientID)
	publish := func(by store.User) (int, bool, error) {
		return b.hub.Publish(b.ctx, b.clientID, draft.Revision, by, "in capitals")
	}
	for range 2 { // the second time it still waits
		if v, waiting, err := publish(store.User{Email: "token:ci"}); err != nil || !waiting || v != 0 {
			t.Fatalf("the token gets %d %v %v", v, waiting, err)
		}
	}
	_, _, err = publish(store.User{Email: "token:other"})
	refusedWith(t, err, staffing.Forbidden, "a token is none")
	_, _, err = publish(issuer)
	refusedWith(t, err, staffing.Forbidden, "you issued the token")
	if v, waiting, err := publish(other); err != nil || waiting || v != 2 {
		t.Errorf("the second person gets %d %v %v", v, waiting, err)
	}
	p, err := b.store.PublishedProfile(b.ctx, b.clientID)
	if err != nil || p.RequestedBy != "token:ci" || p.PublishedBy != other.Email {
		t.Errorf("in force is %+v (%v)", p, err)
	}
	log, n, err := b.store.AuditLog(b.ctx, store.AuditFilter{Action: "profile.requested"})
	if err != nil || n != 1 || log[0].Actor != "token:ci" {
		t.Errorf("the audit log says %+v (%v)", log, err)
	}
}

// Whoever is first asks; of the others one confirms, whatever comes at once.
func TestPublishersAtOnceMakeOneVersionByTwoPeople(t *testing.T) {
	for range 3 {
		t.Run("", func(t *testing.T) {
			b := newBench(t)
			b.threshold(0)
			b.requisition("100", "Welder")
			b.synced("100")
			draft := b.draft(b.clientID, strings.Replace(clientProfile, "title: raw.title", "title: raw.title.upperAscii()", 1))
			b.preview(b.clientID)
			people := []store.User{b.manager(), b.manager(), b.manager()}
			var all sync.WaitGroup
			var mu sync.Mutex
			asked, made := 0, 0
			for range 4 {
				for _, who := range people {
					all.Add(1)
					go func() {
						defer all.Done()
						version, waiting, err := b.hub.Publish(b.ctx, b.clientID, draft.Revision, who, "")
						mu.Lock()
						defer mu.Unlock()
						switch {
						case waiting:
							asked++
						case version > 0:
							made++
						case staffing.CodeOf(err) != staffing.Forbidden && staffing.CodeOf(err) != staffing.NotFound:
							t.Errorf("somebody gets %v", err)
						}
					}()
				}
			}
			all.Wait()
			p, err := b.store.PublishedProfile(b.ctx, b.clientID)
			if err != nil || asked != 1 || made != 1 || p.Version != 2 || p.RequestedBy == "" || p.RequestedBy == p.PublishedBy {
				t.Errorf("%d asked, %d published: %d by %q and %q (%v)", asked, made, p.Version, p.RequestedBy, p.PublishedBy, err)
			}
		})
	}
}

func TestRollingBackIsANewVersionAtOnce(t *testing.T) {
	b := newBench(t)
	by := b.manager()
	b.published(b.clientID, strings.Replace(clientProfile, "openings: raw.openings", "openings: {cel: raw.nothing, required: true}", 1))
	b.requisition("100", "Welder")
	b.waits("100")
	v, err := b.hub.RollBack(b.ctx, b.clientID, 1, by, "it holds everything")
	if err != nil || v != 3 {
		t.Fatalf("the roll back gives %d (%v)", v, err)
	}
	if r := b.synced("100"); r.ProfileVersion != 3 {
		t.Errorf("the requisition was made by version %d", r.ProfileVersion)
	}
	if _, err := b.hub.RollBack(b.ctx, b.clientID, 3, by, ""); staffing.CodeOf(err) != staffing.Conflict {
		t.Errorf("a roll back to what is in force gives %v", err)
	}
	b.noFailures()
}

func TestWhatWentThroughIsProcessedAgainWhenAPersonAsks(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder")
	b.synced("100")
	b.published(b.clientID, strings.Replace(clientProfile, "title: raw.title", "title: raw.title.upperAscii()", 1))
	b.drained()
	if r := b.req("100"); r.Title != "Welder" {
		t.Errorf("publishing alone changed what went through: %s", r.Title)
	}
	n, err := b.hub.Reprocess(b.ctx, b.clientID, b.manager())
	if err != nil || n != 1 {
		t.Errorf("%d records are processed again (%v)", n, err)
	}
	b.eventually("the job shows it", func() string {
		made := b.ats.made("update job", b.req("100").ID.String())
		return missing(len(made) == 1 && strings.Contains(string(made[0]), "WELDER"))
	})
	b.drained()
	if n, err := b.hub.Reprocess(b.ctx, b.clientID, b.manager()); err != nil || n != 0 {
		t.Errorf("then %d are (%v)", n, err)
	}
}

// older gives what the version in force did not make.
func (b *bench) older() store.OlderRecords {
	b.t.Helper()
	r, err := b.store.OlderRecords(b.ctx, b.clientID)
	b.must(err)
	return r
}

func TestWhatWaitsForFinanceIsReadAgainAndADecisionStands(t *testing.T) {
	b := newBench(t)
	sub, before := b.hired("100", "ada")
	b.drained()
	if r := b.older(); r.Total() != 0 || r.Held != 0 {
		t.Errorf("at first there are %+v", r)
	}
	v := b.published(b.clientID, clientProfile+"# the same\n")
	b.drained()
	if r := b.older(); r.Requisitions != 1 || r.Placements != 1 || r.Submissions != 0 || r.Held != 0 {
		t.Errorf("after publishing there are %+v", r)
	}
	if n, err := b.hub.Reprocess(b.ctx, b.clientID, b.manager()); err != nil || n != 2 {
		t.Errorf("%d records are processed again (%v)", n, err)
	}
	b.eventually("all are made by the version in force", func() string { return missing(b.older().Total() == 0) })
	b.drained()
	after := b.placement(before.SubmissionID, store.PlacementAwaitingReview)
	if after.ProfileVersion != v || after.ContentHash != before.ContentHash {
		t.Errorf("the placement is %+v, it was %+v", after, before)
	}
	if got := len(b.client.made("submit", sub.ID.String())); got != 1 {
		t.Errorf("the candidate was sent %d times", got)
	}
	b.noFailures()
}

func TestWhatWouldHaveGoneToTheClientIsMadeAgain(t *testing.T) {
	b := newBench(t)
	b.shadow()
	b.requisition("100", "Welder")
	b.leftOut(kindSync, staffing.SubjectRequisition, "")
	b.drained()
	b.published(b.clientID, clientProfile+"# the same\n")
	b.drained()
	if r := b.older(); r.Requisitions != 1 {
		t.Errorf("there are %+v", r)
	}
	n, err := b.hub.Reprocess(b.ctx, b.clientID, b.manager())
	if err != nil || n != 1 {
		t.Errorf("%d records are processed again (%v)", n, err)
	}
	b.drained()
	if r := b.older(); r.Total() != 0 || b.req("100").JobID != nil {
		t.Errorf("then there are %+v, and the job %v", r, b.req("100").JobID)
	}
}

func TestHeldRecordsAreCountedAsTheyAreTried(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder", map[string]any{"status": "frozen"})
	b.requisition("101", "Fitter", map[string]any{"status": "frozen"})
	b.waits("100")
	b.waits("101")
	b.drained()
	if r := b.older(); r.Held != 2 {
		t.Errorf("there are %+v", r)
	}
	b.published(b.clientID, clientProfile+"# the same\n")
	log, _, err := b.store.AuditLog(b.ctx, store.AuditFilter{Action: "profile.published"})
	if err != nil || !strings.Contains(log[0].Detail, `"released":2`) {
		t.Errorf("the audit log says %+v (%v)", log, err)
	}
}

func TestAPublishedCadenceIsThatOfTheFeeds(t *testing.T) {
	b := newBench(t)
	b.published(b.clientID, strings.Replace(clientProfile, "statuses: 1h", "statuses: 2h", 1))
	feeds, err := b.store.Feeds(b.ctx, b.clientID)
	b.must(err)
	for _, f := range feeds {
		if want := map[staffing.Feed]int{staffing.FeedRequisitions: 3600, staffing.FeedStatuses: 7200}[f.Feed]; f.IntervalS != want {
			t.Errorf("%s is read every %d s", f.Feed, f.IntervalS)
		}
	}
}

func TestASavedCodeListLetsGoWhatWaitedForIt(t *testing.T) {
	b := newBench(t)
	b.tx(func(tx *store.Tx) error {
		_, err := tx.SaveCodeList(b.ctx, b.clientID, "trades", map[string]string{"Fitter": "Pipe fitter"}, "x")
		return err
	})
	b.publish(b.clientID, strings.Replace(clientProfile, "title: raw.title", "title: {cel: raw.title, list: trades}", 1))
	b.requisition("100", "Welder")
	b.requisition("101", "Rigger")
	b.waits("100")
	b.waits("101")
	b.drained()
	released := 0
	b.tx(func(tx *store.Tx) (err error) {
		if _, err = tx.SaveCodeList(b.ctx, b.clientID, "trades", map[string]string{"Fitter": "Pipe fitter", "Welder": "Welder II"}, "x"); err != nil {
			return err
		}
		released, err = b.hub.ListSaved(b.ctx, tx, b.clientID)
		return err
	})
	if r := b.synced("100"); r.Title != "Welder II" || released != 2 {
		t.Errorf("%d were tried, and the requisition is %+v", released, r)
	}
	b.waits("101")
	b.drained()
	if got := b.openGaps(); got != "Rigger 1" {
		t.Errorf("the gaps are %s", got)
	}
}

func TestASavedCodeListIsInForceAtOnce(t *testing.T) {
	b := newBench(t)
	b.tx(func(tx *store.Tx) error {
		_, err := tx.SaveCodeList(b.ctx, b.clientID, "titles", map[string]string{"W1": "Welder"}, "am@example.com")
		return err
	})
	b.published(b.clientID, strings.Replace(clientProfile, "title: raw.title", "title: {cel: raw.title, list: titles}", 1))
	b.requisition("100", "w1")
	b.requisition("101", "F1")
	if r := b.synced("100"); r.Title != "Welder" {
		t.Errorf("the title is %q", r.Title)
	}
	f := b.waits("101")
	big := map[string]string{"W1": "Welder", "F1": "Fitter"}
	for i := range 100_000 {
		big[fmt.Sprintf("X%06d", i)] = fmt.Sprintf("Trade %d", i)
	}
	began := time.Now()
	b.tx(func(tx *store.Tx) error {
		_, err := tx.SaveCodeList(b.ctx, b.clientID, "titles", big, "am@example.com")
		return err
	})
	b.retry(f)
	if r := b.synced("101"); r.Title != "Fitter" {
		t.Errorf("the title is %q", r.Title)
	}
	took := time.Since(began)
	t.Logf("100,000 codes were saved, compiled and looked up in %s", took)
	if took > 15*time.Second {
		t.Errorf("100,000 codes took %s", took)
	}
}

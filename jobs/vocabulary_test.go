package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// words are what a vendor of the tests tells of itself.
type words struct {
	mu       sync.Mutex
	fields   []staffing.VendorField
	statuses []staffing.DeclaredStatus
	err      error
}

func (w *words) set(change func(*words)) { w.mu.Lock(); defer w.mu.Unlock(); change(w) }

func (w *words) Fields(context.Context) ([]staffing.VendorField, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fields, w.err
}

func (w *words) DeclaredStatuses(context.Context) ([]staffing.DeclaredStatus, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.statuses, w.err
}

// talker is an internal ATS that tells its words.
type talker struct {
	*atsSystem
	*words
}

func pickList(values ...string) (out []staffing.FieldOption) {
	for _, v := range values {
		out = append(out, staffing.FieldOption{Value: v, Label: v})
	}
	return out
}

func declared(list ...string) (out []staffing.DeclaredStatus) {
	for _, w := range list {
		out = append(out, staffing.DeclaredStatus{Subject: staffing.SubjectSubmission, Word: w, Label: w})
	}
	return out
}

const talkerProfile = `
job:
  title: req.title
  kind: '"Contract"'
  unit: {cel: req.worker_type, list: units}
triggers: [Submit]
internal_status: {placed: Placed}
lists: {units: {h: Hour}}
`

// talkative connects one more internal ATS, which tells its words.
func talkative(t *testing.T) (*bench, *words, uuid.UUID) {
	t.Helper()
	b := newBench(t)
	w := &words{fields: []staffing.VendorField{{Section: "job", Key: "kind", Label: "Kind", Type: "choice", Options: pickList("Contract", "Permanent")},
		{Section: "job", Key: "unit", Label: "Unit", Type: "choice", Options: pickList("Hour", "Day")}}, statuses: declared("Submit", "Placed", "Turned down")}
	b.halt(b.hub)
	kinds := append(b.registry.Kinds(), connectors.Kind{Name: "talker", Label: "Talker", Role: staffing.RoleInternalATS, DocsURL: "https://vendor.test", APIVersion: "1",
		Mapping: []byte(talkerProfile), Spec: connectors.Spec{{Key: "api_key", Label: "Key", Help: "A key.", Secret: true}}, Limits: connectors.Limits{PerSecond: 1000, Burst: 1000, Concurrency: 5},
		Open: func(connectors.Deps) (staffing.Checker, error) { return talker{b.ats, w}, nil }})
	var err error
	b.registry, err = connectors.NewRegistry(kinds...)
	b.must(err)
	b.hub = b.newHub(b.store)
	b.start(b.hub)
	id := b.connect(staffing.RoleInternalATS, "talker")
	b.must(b.hub.Wake(b.ctx))
	b.eventually("the words are read", func() string { return missing(b.vocabulary(id).ReadAt != nil) })
	return b, w, id
}

func (b *bench) vocabulary(id uuid.UUID) store.Vocabulary {
	b.t.Helper()
	v, err := b.store.Vocabulary(b.ctx, id)
	if staffing.CodeOf(err) != staffing.NotFound {
		b.must(err)
	}
	return v
}

// reread asks for the words once more and waits for the answer.
func (b *bench) reread(id uuid.UUID) {
	b.t.Helper()
	b.must(b.hub.ReadVocabulary(b.ctx, id, b.manager()))
	b.eventually("the words are read again", func() string { return missing(!b.vocabulary(id).Reading()) })
}

func (b *bench) optionGaps(id uuid.UUID) string {
	b.t.Helper()
	gaps, err := b.store.Gaps(b.ctx, id)
	b.must(err)
	var out []string
	for _, g := range gaps {
		if g.Kind == staffing.GapOption {
			out = append(out, g.Field+"="+g.Value)
		}
	}
	return strings.Join(out, ", ")
}

func TestAFreshConnectionIsAskedForItsWords(t *testing.T) {
	b, _, id := talkative(t)
	fields, err := b.store.VendorFields(b.ctx, id)
	b.must(err)
	statuses, err := b.store.VendorStatuses(b.ctx, id)
	b.must(err)
	if len(fields) != 2 || len(fields[0].Values()) != 2 || len(statuses) != 3 || statuses[0].Word != "Submit" {
		t.Errorf("%+v, %+v", fields, statuses)
	}
	if v := b.vocabulary(id); v.NextAt == nil || v.Error != "" || v.Fields != 2 || v.Statuses != 3 {
		t.Errorf("%+v", v)
	}
	if got := b.optionGaps(id); got != "" {
		t.Errorf("the default profile has gaps: %s", got)
	}
	if err := b.hub.ReadVocabulary(b.ctx, b.erpID, b.manager()); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("a system without words: %v", err)
	}
}

func TestAValueThatVanishedIsAGapOfTheCellThatWritesIt(t *testing.T) {
	b, w, id := talkative(t)
	w.set(func(w *words) {
		w.fields[0].Options, w.fields[1].Options, w.statuses = pickList("Permanent"), pickList("Day"), declared("Submit", "Hired")
	})
	b.reread(id)
	for _, want := range []string{"job.kind=Contract", "job.unit=Hour", "internal_status.placed=Placed"} {
		if got := b.optionGaps(id); !strings.Contains(got, want) {
			t.Errorf("there is no gap %s in %s", want, got)
		}
	}
	if d, err := b.store.JobDepths(b.ctx); err != nil || len(d) > 0 {
		b.drained()
	}
	w.set(func(w *words) { w.fields[0].Options, w.statuses = pickList("Contract"), declared("Submit", "Placed") })
	b.reread(id)
	if got := b.optionGaps(id); got != "job.unit=Hour" {
		t.Errorf("what is there again is no gap: %s", got)
	}
	b.published(id, strings.Replace(talkerProfile, "h: Hour", "h: Day", 1))
	b.must(b.hub.findGaps(b.ctx, nil, gapsArgs{}))
	if got := b.optionGaps(id); got != "" {
		t.Errorf("after the profile was mended: %s", got)
	}
	b.published(id, talkerProfile)
	b.must(b.hub.findGaps(b.ctx, nil, gapsArgs{}))
	if got := b.optionGaps(id); got != "job.unit=Hour" {
		t.Errorf("after the old profile was published again: %s", got)
	}
}

func TestAFieldThatVanishedIsAGap(t *testing.T) {
	b, w, id := talkative(t)
	w.set(func(w *words) { w.fields = w.fields[1:] })
	b.reread(id)
	if got := b.optionGaps(id); got != "job.kind=" {
		t.Errorf("the gaps are %q", got)
	}
}

func TestAFailingReadingIsToldWhereTheWordsAreAndNowhereElse(t *testing.T) {
	b, w, id := talkative(t)
	for _, code := range []staffing.Code{staffing.Unauthorized, staffing.Forbidden, staffing.Unavailable, staffing.Internal} {
		w.set(func(w *words) { w.err = staffing.Errorf(code, "the scope fields:list is missing (%s)", code) })
		b.reread(id)
		if v := b.vocabulary(id); !strings.Contains(v.Error, string(code)) || v.Fields != 2 || v.NextAt == nil {
			t.Errorf("%s: %+v", code, v)
		}
	}
	c, err := b.store.Connection(b.ctx, id)
	b.must(err)
	if c.State != staffing.ConnectionActive {
		t.Errorf("the connection is %s", c.State)
	}
	if list, _, err := b.store.Failures(b.ctx, store.FailureFilter{}); err != nil || len(list) > 0 {
		t.Errorf("failed records: %+v, %v", list, err)
	}
	w.set(func(w *words) { w.err = nil })
	b.reread(id)
	if v := b.vocabulary(id); v.Error != "" {
		t.Errorf("after a good reading: %+v", v)
	}
}

// fieldGaps gives the new fields of the client's records, with their counts.
func (b *bench) fieldGaps() string {
	b.t.Helper()
	b.must(b.hub.findGaps(b.ctx, nil, gapsArgs{}))
	gaps, err := b.store.Gaps(b.ctx, b.clientID)
	b.must(err)
	var out []string
	for _, g := range gaps {
		if g.Kind == staffing.GapField {
			out = append(out, fmt.Sprintf("%s %s %d", g.Field, g.Value, g.Count))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestAFieldThatWasNotThereBeforeIsAGapThatHoldsNobody(t *testing.T) {
	b := newBench(t)
	b.requisition("1", "Welder", map[string]any{"region": "North"})
	b.synced("1")
	if got := b.fieldGaps(); got != "" {
		t.Errorf("what the first records have is no news: %s", got)
	}
	custom := func(v string) map[string]any {
		return map[string]any{"region": "South", "shift": "Night", "custom_fields": map[string]any{"clearance": map[string]any{"value": v}}}
	}
	b.requisition("2", "Fitter", custom("secret"))
	b.requisition("3", "Rigger", custom("top"))
	b.synced("2")
	b.synced("3")
	if got := b.fieldGaps(); got != "requisition raw.custom_fields.clearance 2, requisition raw.shift 2" {
		t.Errorf("the new fields are %s", got)
	}
	if got := b.fieldGaps(); got != "requisition raw.custom_fields.clearance 2, requisition raw.shift 2" {
		t.Errorf("looking twice counts twice: %s", got)
	}
	b.tx(func(tx *store.Tx) error { return tx.IgnorePayloadKey(b.ctx, b.clientID, "raw.shift", "alma@demo.test") })
	b.requisition("4", "Joiner", custom("secret"))
	b.synced("4")
	if got := b.fieldGaps(); got != "requisition raw.custom_fields.clearance 3" {
		t.Errorf("after one was ignored: %s", got)
	}
	b.published(b.clientID, strings.Replace(clientProfile, "  worker_type:", "  custom_fields.clearance: raw.custom_fields.clearance.value\n  worker_type:", 1))
	b.requisition("5", "Glazier", custom("secret"))
	b.synced("5")
	if got := b.fieldGaps(); got != "" {
		t.Errorf("after it was mapped: %s", got)
	}
}

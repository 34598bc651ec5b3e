package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// restProfiles audits what the fake does, as the real one does inside.
type restProfiles struct{ fakeProfiles }

func (p *restProfiles) audit(ctx context.Context, by store.User, action string, id uuid.UUID, err error) error {
	if err != nil {
		return err
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, by.Email, action, "connection", id.String(), nil) })
}

func (p *restProfiles) Publish(ctx context.Context, id uuid.UUID, revision int, by store.User, note string) (int, bool, error) {
	version, waiting, err := p.fakeProfiles.Publish(ctx, id, revision, by, note)
	return version, waiting, p.audit(ctx, by, "profile.published", id, err)
}

func (p *restProfiles) RollBack(ctx context.Context, id uuid.UUID, version int, by store.User, note string) (int, error) {
	n, err := p.fakeProfiles.RollBack(ctx, id, version, by, note)
	return n, p.audit(ctx, by, "profile.rolled_back", id, err)
}

func (p *restProfiles) Reprocess(ctx context.Context, id uuid.UUID, by store.User) (int, error) {
	n, err := p.fakeProfiles.Reprocess(ctx, id, by)
	return n, p.audit(ctx, by, "profile.reprocessed", id, err)
}

func (p *restProfiles) SwitchFlow(ctx context.Context, id uuid.UUID, flow store.Flow, on bool, by store.User) error {
	return p.audit(ctx, by, "connection.went_live", id, p.fakeProfiles.SwitchFlow(ctx, id, flow, on, by))
}

func (p *restProfiles) GoLive(ctx context.Context, id uuid.UUID, by store.User) error {
	return p.audit(ctx, by, "connection.went_live", id, p.fakeProfiles.GoLive(ctx, id, by))
}

func (p *restProfiles) GoShadow(ctx context.Context, id uuid.UUID, by store.User) error {
	return p.audit(ctx, by, "connection.went_shadow", id, p.fakeProfiles.GoShadow(ctx, id, by))
}

// addProfile puts two versions in force, one after the other, and begins a draft
// with a preview that is done; there is a code list too.
func (w *restWorld) addProfile(h *restHub) {
	h.t.Helper()
	ctx, conn := context.Background(), w.connection.ID
	noError(h.t, h.store.InTx(ctx, func(tx *store.Tx) (err error) {
		for _, text := range []string{"about: one\n", "about: two\nrequisition:\n  title: raw.name\n"} {
			if _, err := tx.PublishProfile(ctx, conn, text, "am@example.com", "a note"); err != nil {
				return err
			}
		}
		if _, err := tx.SaveCodeList(ctx, conn, "sites", map[string]string{"NYC": "New York"}, "am@example.com"); err != nil {
			return err
		}
		w.draft, err = tx.StartDraft(ctx, conn, "am@example.com")
		return err
	}))
	var err error
	w.preview, err = h.store.InsertPreview(ctx, store.Preview{ConnectionID: conn, Revision: w.draft.Revision, Document: w.draft.Document, BaseVersion: 2, Wanted: 1000, CreatedBy: "am@example.com"})
	noError(h.t, err)
	noError(h.t, h.store.InTx(ctx, func(tx *store.Tx) error {
		records := []store.PreviewRecord{
			{Ordinal: 1, Subject: staffing.SubjectRequisition, SubjectID: w.requisition.ID.String(), RequisitionID: &w.requisition.ID, Title: "Welder", Verdict: store.VerdictHeld,
				Changes: store.Doc([]store.FieldChange{{Field: "title", Before: "Welder", After: ""}}), Reasons: store.Doc([]string{"the title is missing"})},
			{Ordinal: 2, Subject: staffing.SubjectRequisition, SubjectID: "2", Title: "Fitter", Verdict: store.VerdictSame},
		}
		if err := tx.RestartPreview(ctx, w.preview.ID, 2); err != nil {
			return err
		}
		if err := tx.SavePreviewBatch(ctx, w.preview.ID, records, store.PreviewSummary{Same: 1, Held: 1, Fields: map[string]int{"title": 1}}, 2); err != nil {
			return err
		}
		return tx.EndPreview(ctx, w.preview.ID, "")
	}))
}

func TestAVersionIsTextAndJSONInItsOrder(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeRead)
	path := "/connections/" + w.connection.ID.String() + "/profile/versions"
	var list api.ProfileVersionList
	h.want(h.call("GET", path, token, nil), http.StatusOK).into(t, &list)
	if len(list.Items) != 2 || list.Items[0].Version != 2 || list.Items[0].State != "published" || list.Items[1].State != "superseded" || list.Items[1].Note != "a note" {
		t.Errorf("the versions are %+v", list.Items)
	}
	var got api.ProfileVersion
	h.want(h.call("GET", path+"/2", token, nil), http.StatusOK).into(t, &got)
	if got.YAML != "about: two\nrequisition:\n  title: raw.name\n" || string(got.Document) != `{"about":"two","requisition":{"title":"raw.name"}}` {
		t.Errorf("version 2 is %q and %s", got.YAML, got.Document)
	}
	h.refused(h.want(h.call("GET", path+"/9", token, nil), http.StatusNotFound), staffing.NotFound, "")
	h.refused(h.want(h.call("GET", path+"/0", token, nil), http.StatusUnprocessableEntity), staffing.Invalid, "version")
}

// draftCalls are the ways to send a draft.
func draftCalls(h *restHub, w restWorld) (path string, put func(body any) restAnswer, putYAML func(revision int, text string) restAnswer) {
	path = "/connections/" + w.connection.ID.String() + "/profile/draft"
	token := h.token(apitoken.ScopeProfiles)
	put = func(body any) restAnswer { return h.call("PUT", path, token, body) }
	putYAML = func(revision int, text string) restAnswer {
		return h.call("PUT", fmt.Sprintf("%s?revision=%d", path, revision), token, text, func(r *http.Request) { r.Header.Set("Content-Type", "Application/YAML; charset=utf-8") })
	}
	return path, put, putYAML
}

func TestADraftIsSavedAsTextAndAsJSON(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	path, put, putYAML := draftCalls(h, w)
	var got api.ProfileDraft
	h.want(putYAML(w.draft.Revision, "# why\nabout: three\n"), http.StatusOK).into(t, &got)
	if got.YAML != "# why\nabout: three\n" || got.UpdatedBy != "token:robot" || got.Author != "am@example.com" || got.Revision == w.draft.Revision || got.BaseVersion != 2 {
		t.Errorf("the draft is %+v", got)
	}
	const document = `{"about":"fünf 🙂 \u2028","requisition":{"title":{"cel":"raw.name","default":"\"none\"","required":true},"number":"raw.id"},"triggers":["Sent / again"]}`
	h.want(put(map[string]any{"revision": got.Revision, "document": json.RawMessage(document)}), http.StatusOK).into(t, &got)
	var want, have any
	noError(t, json.Unmarshal([]byte(document), &want))
	noError(t, json.Unmarshal(got.Document, &have))
	if fmt.Sprint(want) != fmt.Sprint(have) || strings.Index(got.YAML, "title:") > strings.Index(got.YAML, "number:") {
		t.Errorf("the JSON became %s and\n%s", got.Document, got.YAML)
	}
	h.want(h.call("GET", path, h.token(apitoken.ScopeRead), nil), http.StatusOK).into(t, &got)
	if len(got.Problems) != 0 || have.(map[string]any)["about"] != "fünf 🙂 \u2028" {
		t.Errorf("the draft is read as %+v", got)
	}
}

func TestADraftIsBegunAndNobodysWorkIsLost(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	path, put, putYAML := draftCalls(h, w)
	token := h.token(apitoken.ScopeProfiles)
	stale := h.want(putYAML(w.draft.Revision+1, "about: x\n"), http.StatusConflict)
	if p := stale.problem(t); !strings.Contains(p.Detail, "am@example.com saved this draft at ") {
		t.Errorf("the conflict does not say who and when: %s", p.Detail)
	}
	h.refused(h.want(put(map[string]any{"revision": 0, "yaml": "about: x"}), http.StatusConflict), staffing.Conflict, "")
	h.refused(h.want(h.call("DELETE", path+"?revision=9", token, nil), http.StatusConflict), staffing.Conflict, "")
	h.want(h.call("DELETE", fmt.Sprintf("%s?revision=%d", path, w.draft.Revision), token, nil), http.StatusNoContent)
	h.refused(h.want(h.call("DELETE", path, token, nil), http.StatusNotFound), staffing.NotFound, "")
	gone := h.want(putYAML(w.draft.Revision, "about: x\n"), http.StatusConflict)
	if p := gone.problem(t); !strings.Contains(p.Detail, "published or discarded") {
		t.Errorf("the conflict does not say that the draft is gone: %s", p.Detail)
	}
	var begun api.ProfileDraft
	h.want(putYAML(0, "about: new\n"), http.StatusOK).into(t, &begun)
	if begun.Author != "token:robot" || begun.BaseVersion != 2 || begun.YAML != "about: new\n" {
		t.Errorf("the draft is %+v", begun)
	}
	if got := strings.Join(h.audited(), " "); got != "profile.saved profile.discarded" {
		t.Errorf("the audit log has %q", got)
	}
}

func TestADraftIsRefusedWithThePlaceOfEachProblem(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	_, put, putYAML := draftCalls(h, w)
	yaml := func(text string) func() restAnswer {
		return func() restAnswer { return putYAML(w.draft.Revision, text) }
	}
	document := func(text string) func() restAnswer {
		return func() restAnswer {
			return put(map[string]any{"revision": w.draft.Revision, "document": json.RawMessage(text)})
		}
	}
	rule := "rules:\n- {id: R1, on: requisition, severity: error, message: m, assert: 'req.title =='}\n- {id: R2, on: invoice, severity: error, message: m, assert: 'true'}\n"
	for name, c := range map[string]struct {
		send func() restAnswer
		want []string // cell, line, column of each
	}{
		"not YAML":                     {yaml("about: one\n bad: [\n"), []string{"document 2 0"}},
		"an unknown section":           {yaml("about: one\nsurprise: 1\n"), []string{"document 2 0"}},
		"two cells and two rules":      {yaml("requisition:\n  title: raw.name +\n  openings: nothing.here\n" + rule), []string{"requisition.title 1 11", "requisition.openings 1 1", "rules.R1.assert 1 13", "rules.R2 0 0"}},
		"an anchor":                    {yaml("about: &a one\nrequisition: *a\n"), []string{"document 1 0"}},
		"JSON has no lines of its own": {document(`{"requisition":{"title":"raw.name +"},"surprise":1}`), []string{"document 0 0"}},
		"JSON with a wrong expression": {document(`{"requisition":{"title":"raw.name +"}}`), []string{"requisition.title 1 11"}},
		"a lookup in no list":          {yaml("requisition:\n  department: {cel: raw.d, list: nowhere}\n"), []string{"requisition.department 0 0"}},
	} {
		a := h.want(c.send(), http.StatusUnprocessableEntity)
		p := a.problem(t)
		var got []string
		for _, x := range p.Problems {
			got = append(got, fmt.Sprintf("%s %d %d", x.Cell, x.Line, x.Column))
			if x.Message == "" {
				t.Errorf("%s: a problem has no words: %s", name, a.body)
			}
		}
		if strings.Join(got, "; ") != strings.Join(c.want, "; ") || p.Field != strings.Fields(c.want[0])[0] || p.Code != "invalid" {
			t.Errorf("%s: got %s, want %v", name, a.body, c.want)
		}
	}
	for name, body := range map[string]any{
		"yaml":     map[string]any{"revision": 1},
		"document": map[string]any{"revision": 1, "document": json.RawMessage(strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30))},
		"revision": map[string]any{"yaml": "about: x"},
	} {
		h.refused(h.want(put(body), http.StatusUnprocessableEntity), staffing.Invalid, name)
	}
	h.refused(h.want(putYAML(1, ""), http.StatusUnprocessableEntity), staffing.Invalid, "body")
	h.refused(h.want(putYAML(1, strings.Repeat("# a comment\n", operationBody/8)), http.StatusRequestEntityTooLarge), staffing.Invalid, "")
	if draft, err := h.store.Draft(context.Background(), w.connection.ID); err != nil || draft.Revision != w.draft.Revision {
		t.Errorf("what was refused changed the draft: %+v (%v)", draft, err)
	}
}

func TestABrokenDraftIsToldWithItsProblems(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	path, _, _ := draftCalls(h, w)
	for text, want := range map[string]string{"about: [": "document", "requisition:\n  title: raw.name +\n": "requisition.title"} {
		noError(t, h.store.InTx(context.Background(), func(tx *store.Tx) (err error) {
			w.draft, err = tx.SaveDraft(context.Background(), w.connection.ID, w.draft.Revision, text, "am@example.com")
			return err
		}))
		var got api.ProfileDraft
		h.want(h.call("GET", path, h.token(apitoken.ScopeRead), nil), http.StatusOK).into(t, &got)
		if len(got.Problems) != 1 || got.Problems[0].Cell != want || got.YAML != text || (got.Document == nil) != (want == "document") {
			t.Errorf("%q is told as %+v", text, got)
		}
	}
}

func TestPublishingTellsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeProfiles)
	path := "/connections/" + w.connection.ID.String() + "/profile"
	publish := func(revision int) restAnswer {
		return h.call("POST", path+"/draft/publish", token, map[string]any{"revision": revision})
	}
	h.refused(h.want(publish(w.draft.Revision+1), http.StatusConflict), staffing.Conflict, "")
	var got api.Publication
	h.profiles.affected = 26
	h.want(publish(w.draft.Revision), http.StatusAccepted).into(t, &got)
	if got.State != "waiting" || got.Version != 0 {
		t.Errorf("above the threshold publishing answers %+v", got)
	}
	h.refused(h.want(publish(w.draft.Revision), http.StatusForbidden), staffing.Forbidden, "")
	h.profiles.affected = 25
	h.want(h.call("DELETE", path+"/draft/publish", token, nil), http.StatusNoContent)
	h.want(publish(w.draft.Revision), http.StatusOK).into(t, &got)
	if got.State != "published" || got.Version != 3 {
		t.Errorf("publishing answers %+v", got)
	}
	h.refused(h.want(publish(w.draft.Revision), http.StatusNotFound), staffing.NotFound, "")
	h.refused(h.want(h.call("POST", path+"/roll-back", token, map[string]any{"version": 3, "note": "why not"}), http.StatusConflict), staffing.Conflict, "")
	h.refused(h.want(h.call("POST", path+"/roll-back", token, map[string]any{"version": 9, "note": "why not"}), http.StatusNotFound), staffing.NotFound, "")
	h.want(h.call("POST", path+"/roll-back", token, map[string]any{"version": 1, "note": "why not"}), http.StatusOK).into(t, &got)
	if got.Version != 4 {
		t.Errorf("rolling back answers %+v", got)
	}
	if p, err := h.store.PublishedProfile(context.Background(), w.connection.ID); err != nil || p.Document != "about: one\n" || p.PublishedBy != "token:robot" {
		t.Errorf("in force is %+v (%v)", p, err)
	}
	h.server.cfg.Profiles = nil
	h.refused(h.want(publish(1), http.StatusServiceUnavailable), staffing.Unavailable, "")
}

func TestARequestForAPublicationIsTakenBack(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeProfiles, apitoken.ScopeRead)
	path := "/connections/" + w.connection.ID.String() + "/profile/draft"
	withdraw := func(revision int) restAnswer {
		return h.call("DELETE", fmt.Sprintf("%s/publish?revision=%d", path, revision), token, nil)
	}
	h.refused(h.want(withdraw(0), http.StatusConflict), staffing.Conflict, "")
	h.profiles.affected = 26
	h.want(h.call("POST", path+"/publish", token, map[string]any{"revision": w.draft.Revision, "note": "why"}), http.StatusAccepted)
	var draft api.ProfileDraft
	h.want(h.call("GET", path, token, nil), http.StatusOK).into(t, &draft)
	if draft.RequestedBy != "token:robot" || draft.RequestNote != "why" {
		t.Errorf("the draft is %+v", draft)
	}
	h.refused(h.want(withdraw(w.draft.Revision+1), http.StatusConflict), staffing.Conflict, "")
	h.want(withdraw(w.draft.Revision), http.StatusNoContent)
	draft = api.ProfileDraft{}
	h.want(h.call("GET", path, token, nil), http.StatusOK).into(t, &draft)
	if draft.RequestedBy != "" {
		t.Errorf("%s still asks", draft.RequestedBy)
	}
}

func TestOlderRecordsAreCountedAndProcessedAgain(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	path := "/connections/" + w.connection.ID.String() + "/profile/reprocess"
	var older api.OlderRecords
	h.want(h.call("GET", path, h.token(apitoken.ScopeRead), nil), http.StatusOK).into(t, &older)
	if older.Requisitions != 1 || older.Held != 0 {
		t.Errorf("there are %+v", older)
	}
	var accepted api.Accepted
	h.want(h.call("POST", path, h.token(apitoken.ScopeProfiles), nil), http.StatusAccepted).into(t, &accepted)
	if accepted.Queued != older.Requisitions+older.Submissions+older.Placements {
		t.Errorf("queued are %+v of %+v", accepted, older)
	}
}

func TestAProfileIsCopiedIntoTheDraft(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeProfiles)
	other := storetest.Connection(t, h.store, staffing.RoleClient)
	noError(t, h.store.InTx(context.Background(), func(tx *store.Tx) error {
		_, err := tx.PublishProfile(context.Background(), other.ID, "requisition:\n  title: raw.headline\n", "am@example.com", "")
		return err
	}))
	copyIt := func(body map[string]any) restAnswer {
		return h.call("POST", "/connections/"+w.connection.ID.String()+"/profile/copy", token, body)
	}
	body := map[string]any{"revision": w.draft.Revision, "from": other.ID, "parts": []string{"fields"}, "dry_run": true}
	var got api.ProfileCopied
	h.want(copyIt(body), http.StatusOK).into(t, &got)
	if got.Revision != 0 || len(got.Changes) != 1 || !strings.Contains(got.Changes[0].Words, "raw.headline") {
		t.Errorf("a dry run says %+v", got)
	}
	body["dry_run"] = false
	h.want(copyIt(body), http.StatusOK).into(t, &got)
	draft, err := h.store.Draft(context.Background(), w.connection.ID)
	if err != nil || draft.Revision != got.Revision || !strings.Contains(draft.Document, "raw.headline") || draft.UpdatedBy != "token:robot" {
		t.Errorf("the draft is %+v (%v), the answer %+v", draft, err, got)
	}
	h.refused(h.want(copyIt(body), http.StatusConflict), staffing.Conflict, "")
	body["parts"] = []string{"everything"}
	h.refused(h.want(copyIt(body), http.StatusUnprocessableEntity), staffing.Invalid, "parts.0")
}

func TestATokenOnlyTightensTheReview(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token := h.token(apitoken.ScopeConnections)
	path := "/clients/" + w.client.ID.String()
	var got api.Client
	h.want(h.call("PATCH", path, token, map[string]any{"review_threshold": 0}), http.StatusOK).into(t, &got)
	if got.ReviewThreshold != 0 || got.Name != w.client.Name || got.Timezone != w.client.Timezone {
		t.Errorf("the client is %+v", got)
	}
	h.refused(h.want(h.call("PATCH", path, token, map[string]any{"review_threshold": 1}), http.StatusForbidden), staffing.Forbidden, "")
	h.refused(h.want(h.call("PATCH", path, token, map[string]any{"timezone": "Mars/Base"}), http.StatusUnprocessableEntity), staffing.Invalid, "timezone")
	h.refused(h.want(h.call("PATCH", path, token, map[string]any{}), http.StatusUnprocessableEntity), staffing.Invalid, "body")
	h.want(h.call("PATCH", path, token, map[string]any{"name": "Renamed"}), http.StatusOK).into(t, &got)
	if got.Name != "Renamed" || got.ReviewThreshold != 0 {
		t.Errorf("then it is %+v", got)
	}
}

func TestOldVersionsOfAListAreThere(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	path, read := "/connections/"+w.connection.ID.String()+"/lists/sites", h.token(apitoken.ScopeRead)
	h.want(h.call("PUT", path, h.token(apitoken.ScopeProfiles), map[string]any{"entries": map[string]string{"LDN": "London"}}), http.StatusOK)
	var list api.CodeListList
	h.want(h.call("GET", path+"/versions", read, nil), http.StatusOK).into(t, &list)
	if len(list.Items) != 2 || list.Items[0].Version != 2 || list.Items[0].CreatedBy != "token:robot" || list.Items[1].CreatedBy != "am@example.com" {
		t.Errorf("the versions are %+v", list.Items)
	}
	var old api.CodeList
	h.want(h.call("GET", path+"/versions/1", read, nil), http.StatusOK).into(t, &old)
	if old.Version != 1 || old.Entries["NYC"] != "New York" || len(old.Entries) != 1 {
		t.Errorf("version 1 is %+v", old)
	}
	h.refused(h.want(h.call("GET", path+"/versions/3", read, nil), http.StatusNotFound), staffing.NotFound, "")
	h.refused(h.want(h.call("GET", "/connections/"+w.connection.ID.String()+"/lists/none/versions", read, nil), http.StatusNotFound), staffing.NotFound, "")
}

func TestAPreviewTellsProgressAndRecords(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	write, read := h.token(apitoken.ScopeProfiles), h.token(apitoken.ScopeRead)
	start := "/connections/" + w.connection.ID.String() + "/profile/draft/preview"
	var p api.Preview
	h.want(h.call("POST", start, write, map[string]any{}), http.StatusAccepted).into(t, &p)
	if p.State != "running" || p.Wanted != 1000 || p.CreatedBy != "token:robot" || p.Revision != w.draft.Revision {
		t.Errorf("the new preview is %+v", p)
	}
	h.refused(h.want(h.call("POST", start, write, map[string]any{"records": 10_001}), http.StatusUnprocessableEntity), staffing.Invalid, "records")
	path := "/previews/" + w.preview.ID.String()
	h.want(h.call("GET", path, read, nil), http.StatusOK).into(t, &p)
	if p.State != "done" || p.Done != 2 || p.Total != 2 || p.Summary.Held != 1 || p.Summary.Affected != 1 || p.Summary.Fields["title"] != 1 || p.FinishedAt.IsZero() {
		t.Errorf("the preview is %+v", p)
	}
	for query, want := range map[string]string{"": "Welder Fitter", "?verdict=held": "Welder", "?verdict=changed": "", "?field=title": "Welder", "?differs=true": "Welder", "?limit=1&offset=1": "Fitter"} {
		var page api.PreviewRecordPage
		h.want(h.call("GET", path+"/records"+query, read, nil), http.StatusOK).into(t, &page)
		var titles []string
		for _, r := range page.Items {
			titles = append(titles, r.Title)
		}
		if got := strings.Join(titles, " "); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
		if query == "?verdict=held" && (page.Items[0].Changes[0] != api.FieldChange{Field: "title", Before: "Welder"} || page.Items[0].Reasons[0] != "the title is missing") {
			t.Errorf("the record is %+v", page.Items[0])
		}
	}
	h.refused(h.want(h.call("GET", path+"/records?verdict=bad", read, nil), http.StatusUnprocessableEntity), staffing.Invalid, "verdict")
}

func TestShadowModeIsScoredAndLeft(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	write, read := h.token(apitoken.ScopeProfiles), h.token(apitoken.ScopeRead)
	path := "/connections/" + w.connection.ID.String()
	h.refused(h.want(h.call("POST", path+"/live", write, nil), http.StatusConflict), staffing.Conflict, "")
	var c api.Connection
	h.want(h.call("POST", path+"/shadow", write, nil), http.StatusOK).into(t, &c)
	noError(t, h.store.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.NoteShadow(context.Background(), store.ShadowEvent{ConnectionID: w.connection.ID, Step: "requisition.sync", Subject: staffing.SubjectRequisition, SubjectID: w.requisition.ID, Words: "a job would be made"})
	}))
	var score api.ShadowScore
	h.want(h.call("GET", path+"/shadow", read, nil), http.StatusOK).into(t, &score)
	var left api.ShadowEventList
	h.want(h.call("GET", path+"/shadow/events", read, nil), http.StatusOK).into(t, &left)
	if len(left.Items) != 1 || left.Items[0].Words != "a job would be made" || left.Items[0].SubjectID != w.requisition.ID || left.Items[0].Count != 1 {
		t.Errorf("left out is %+v", left.Items)
	}
	if c.Mode != "shadow" || score.Mode != "shadow" || score.Requisitions != 1 || score.Jobs != 1 || score.Clean != 100 || score.OpenGaps != 1 || score.Since.IsZero() {
		t.Errorf("the connection is %s, the score %+v", c.Mode, score)
	}
	h.want(h.call("POST", path+"/live", write, nil), http.StatusOK).into(t, &c)
	if c.Mode != "live" || len(c.LiveFlows) != 4 {
		t.Errorf("the connection is %s, live are %v", c.Mode, c.LiveFlows)
	}
	h.want(h.call("POST", path+"/shadow?flow=bills", write, nil), http.StatusOK).into(t, &c)
	h.want(h.call("GET", path+"/shadow", read, nil), http.StatusOK).into(t, &score)
	if c.Mode != "shadow" || strings.Join(c.LiveFlows, " ") != "jobs candidates statuses" || strings.Join(score.LiveFlows, " ") != "jobs candidates statuses" {
		t.Errorf("without bills the connection is %s, live are %v and %v", c.Mode, c.LiveFlows, score.LiveFlows)
	}
	h.want(h.call("POST", path+"/live?flow=bills", write, nil), http.StatusOK).into(t, &c)
	if len(c.LiveFlows) != 4 {
		t.Errorf("with bills live are %v", c.LiveFlows)
	}
	h.refused(h.want(h.call("POST", path+"/live?flow=everything", write, nil), http.StatusUnprocessableEntity), staffing.Invalid, "flow")
}

func TestStatusWordsAreThoseOfTheClient(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	storetest.Requisition(t, h.store, w.connection, func(r *staffing.Requisition) { r.RawStatus = "Frozen" })
	var got api.StatusWordList
	h.want(h.call("GET", "/connections/"+w.connection.ID.String()+"/status-words", h.token(apitoken.ScopeRead), nil), http.StatusOK).into(t, &got)
	found := false
	for _, word := range got.Requisitions {
		found = found || word.Word == "Frozen" && word.Count == 1 && time.Since(word.LastAt) < time.Hour
	}
	if !found {
		t.Errorf("the words are %+v", got)
	}
}

func TestSourceFieldsAreThoseOfThePayloads(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	read := h.token(apitoken.ScopeRead)
	noError(t, h.store.InTx(context.Background(), func(tx *store.Tx) error {
		_, _, err := tx.InsertRawIfChanged(context.Background(), w.connection.ID, staffing.FeedCandidates, staffing.Record{ExternalID: "1", Raw: json.RawMessage(`{"name":"Ada","skills":["Go"]}`)})
		return err
	}))
	var got api.SourceFieldList
	path := "/connections/" + w.connection.ID.String() + "/source-fields?feed="
	h.want(h.call("GET", path+"candidates", read, nil), http.StatusOK).into(t, &got)
	found := map[string]string{}
	for _, f := range got.Items {
		found[f.Path] = fmt.Sprintf("%s %d %v", f.Type, f.Present, f.Examples)
	}
	if got.Records != 1 || found["raw.name"] != "text 1 [Ada]" {
		t.Errorf("the fields are %+v", got)
	}
	h.refused(h.want(h.call("GET", path+"bills", read, nil), http.StatusUnprocessableEntity), staffing.Invalid, "feed")
}

func TestVersionsDifferInWords(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	read := h.token(apitoken.ScopeRead)
	path := "/connections/" + w.connection.ID.String() + "/profile/diff"
	var got api.ProfileDiff
	h.want(h.call("GET", path+"?from=1&to=2", read, nil), http.StatusOK).into(t, &got)
	found := false
	for _, c := range got.Changes {
		found = found || c.Section == "requisition" && c.Key == "title" && strings.Contains(c.Words, "raw.name")
	}
	if !found || got.From != 1 || got.To != 2 {
		t.Errorf("version 2 differs from 1 by %+v", got)
	}
	got = api.ProfileDiff{}
	h.want(h.call("GET", path, read, nil), http.StatusOK).into(t, &got)
	if got.From != 2 || got.To != 0 || len(got.Changes) != 0 {
		t.Errorf("a draft that nobody changed differs by %+v", got)
	}
	h.refused(h.want(h.call("GET", path+"?to=9", read, nil), http.StatusNotFound), staffing.NotFound, "")
	h.refused(h.want(h.call("GET", path+"?from=0", read, nil), http.StatusUnprocessableEntity), staffing.Invalid, "from")
	bare := storetest.Connection(t, h.store, staffing.RoleClient)
	h.refused(h.want(h.call("GET", "/connections/"+bare.ID.String()+"/profile/diff", read, nil), http.StatusNotFound), staffing.NotFound, "")
}

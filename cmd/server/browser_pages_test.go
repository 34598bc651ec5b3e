package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/handlers"
	"github.com/tributary-hub/tributary/sandbox/world"
)

// adminPages are the pages that people see, by the pattern of their route; what
// stands in braces is taken from the hub's records. A route that is missing here
// fails TestEveryPageIsLookedAt.
func adminPages() map[string][]string {
	return map[string][]string{
		"/":                  {"/"},
		"/requisitions":      {"/requisitions", "/requisitions?state=needs_attention"},
		"/requisitions/{id}": {"/requisitions/{requisition}", "/requisitions/{held}"},
		"/submissions":       {"/submissions"}, "/submissions/{id}": {"/submissions/{submission}"},
		"/placements": {"/placements"}, "/placements/{id}": {"/placements/{placement}"},
		"/approvals": {"/approvals"}, "/reconciliation": {"/reconciliation"},
		"/failed": {"/failed"}, "/failed/{id}": {"/failed/{failure}"},
		"/connections/watch": {"/connections/watch"},
		"/connections":       {"/connections"}, "/connections/{id}": {"/connections/{connection}"}, "/connections/{id}/edit": {"/connections/{connection}/edit"},
		"/connections/{id}/try":                  {"/connections/{connection}/try"},
		"/connections/{id}/setup":                {"/connections/{connection}/setup", "/connections/{shadow}/setup"},
		"/connections/new":                       {"/connections/new", "/connections/new?kind=greenhouse"},
		"/clients":                               {"/clients"},
		"/clients/{id}":                          {"/clients/{client}", "/clients/{new}"},
		"/connections/{id}/profile":              {"/connections/{connection}/profile", "/connections/{connection}/profile?section=submission", "/connections/{ats}/profile"},
		"/connections/{id}/profile/cell":         {"/connections/{connection}/profile/cell?section=requisition&key=department"},
		"/connections/{id}/profile/statuses":     {"/connections/{connection}/profile/statuses", "/connections/{shadow}/profile/statuses", "/connections/{ats}/profile/statuses"},
		"/connections/{id}/profile/rules":        {"/connections/{connection}/profile/rules"},
		"/connections/{id}/profile/rule":         {"/connections/{connection}/profile/rule?form=bill_rate_within_nte", "/connections/{connection}/profile/rule?form=free"},
		"/connections/{id}/profile/lists":        {"/connections/{connection}/profile/lists"},
		"/connections/{id}/profile/lists/{name}": {"/connections/{connection}/profile/lists/worker_types"},
		"/connections/{id}/profile/preview":      {"/connections/{connection}/profile/preview", "/connections/{drafted}/profile/preview"},
		"/connections/{id}/profile/copy":         {"/connections/{connection}/profile/copy", "/connections/{connection}/profile/copy?from=template"},
		"/connections/{id}/profile/versions":     {"/connections/{connection}/profile/versions"},
		"/connectors":                            {"/connectors"}, "/notices": {"/notices"},
		"/audit": {"/audit"}, "/users": {"/users"}, "/tokens": {"/tokens"}, "/help": {"/help"}, "/api/docs": {"/api/docs"},
	}
}

func TestEveryPageIsLookedAt(t *testing.T) {
	t.Parallel()
	pages := adminPages()
	pages["/reconciliation/csv"], pages["/audit/export"] = []string{"a file"}, []string{"a file"}
	for _, r := range new(handlers.Server).Routes() {
		part := strings.HasPrefix(r.Pattern, "/fragments/") || r.Pattern == "/events"
		people := r.Access.Allows("admin")
		if r.Method == http.MethodGet && people && !part && len(pages[r.Pattern]) == 0 {
			t.Errorf("the page %s is not looked at in a browser; add it to adminPages", r.Pattern)
		}
	}
}

// TestEveryPageInABrowser opens every page of a hub that has lived for a while:
// wide and narrow, light and dark. Nothing is reported by axe as serious or
// critical, nothing scrolls sideways, and the browser has nothing to complain of.
func TestEveryPageInABrowser(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	l := in.lived()
	w := openBrowser(t, in.base)
	w.size(1440, 900)
	w.open("/login")
	w.examine("login")
	w.signIn("admin")
	w.beginDraft("/connections/" + l["drafted"] + "/profile")
	pages := adminPages()
	for _, pattern := range slices.Sorted(func(yield func(string) bool) {
		for p := range pages {
			if !yield(p) {
				return
			}
		}
	}) {
		for i, path := range pages[pattern] {
			if path = l.fill(path); strings.Contains(path, "//") || strings.ContainsAny(path, "{}") {
				t.Fatalf("no record stands for %s", path)
			}
			w.open(path)
			w.examine(pictureName(pattern, i))
		}
	}
}

func pictureName(pattern string, i int) string {
	name := strings.Trim(strings.NewReplacer("/", "-", "{", "", "}", "").Replace(pattern), "-")
	if name == "" {
		name = "overview"
	}
	return name + strings.Repeat("-more", i)
}

// beginDraft makes a draft that changes and holds something, and previews it.
func (w *window) beginDraft(profile string) {
	w.t.Helper()
	p := w.page()
	w.open(profile + "/rules")
	p.follow("link", "A field is filled in")
	p.choose("On", "Requisition")
	p.fill("Field", "purchase_order")
	p.follow("button", "Save in the draft")
	p.follow("link", "Preview and publish")
	p.follow("button", "Run the preview")
	w.says("were tried")
}

// lives are the ids that stand for the names in adminPages.
type lives map[string]string

func (l lives) fill(path string) string {
	for name, id := range l {
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	return path
}

// lived connects the demo's world, lets it live until every list has something to
// show, and begins a draft.
func (in *installation) lived() lives {
	in.t.Helper()
	w, o := newWorld(in.t, world.Options{Seed: 7, Speed: 15, Requisitions: 24, Trouble: 0.02}), openOutside(in.t)
	admin := in.person("admin")
	o.open("NR-1", "Robot Technician", "Umbrella", "PO-70002")
	shadow := admin.connectOutside(o)
	ids := admin.connect(w)
	for _, s := range w.Systems() {
		if s.WebhookSecret != "" {
			w.SendWebhooks(s.Key, in.base+"/hooks/"+ids[s.Key], s.WebhookSecret)
		}
	}
	stop := live(in.t, w)
	l := lives{"connection": ids["HALDEN"], "drafted": ids["BRIGHTWATER"], "ats": ids["ats"], "shadow": shadow, "new": in.idOf("/clients", "Northfield Robotics"),
		"held": in.idOf("/requisitions?limit=100", "NR-1")}
	for name, path := range map[string]string{"requisition": "/requisitions?state=synced", "submission": "/submissions",
		"placement": "/placements", "failure": "/failures", "client": "/clients"} {
		in.eventually(3*patience, "there is a "+name, func() bool {
			var list struct{ Items []struct{ ID string } }
			if in.tryAPI(path, &list) != nil || len(list.Items) == 0 {
				return false
			}
			l[name] = list.Items[0].ID
			return true
		})
	}
	stop()
	return l
}

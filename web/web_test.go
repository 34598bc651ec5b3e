package web_test

import (
	"context"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/web"
)

// render gives the page as a reader's browser would parse it.
func render(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var out strings.Builder
	if err := c.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// squash joins the words of a text, as a reader sees them.
func squash(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestRenderSamples(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.path, func(t *testing.T) {
			doc := render(t, s.page(signedIn()))
			if h := doc.Find("h1"); h.Length() != 1 || !strings.Contains(h.Text(), s.title) {
				t.Errorf("the page has the headings %q, want one with %q", h.Text(), s.title)
			}
			checkFrame(t, doc)
			checkForms(t, doc)
			checkLinks(t, doc)
		})
	}
}

func TestRenderEmptyPages(t *testing.T) {
	for _, s := range emptySamples() {
		t.Run(s.path, func(t *testing.T) {
			doc := render(t, s.page(signedIn()))
			if text := squash(doc.Find("main").Text()); !strings.Contains(text, s.title) {
				t.Errorf("the page does not say %q but: %s", s.title, text)
			}
			checkFrame(t, doc)
			doc.Find(".empty-state").Each(func(_ int, e *goquery.Selection) {
				if squash(e.Find(".soft").Text()) == "" {
					t.Errorf("an empty state does not say what to do: %s", squash(e.Text()))
				}
			})
		})
	}
}

func TestRenderFilteredListsOfferAWayBack(t *testing.T) {
	p := signedIn()
	for path, c := range map[string]templ.Component{
		"/requisitions": web.RequisitionsPage(web.RequisitionsView{Page: p, Filtered: true}),
		"/submissions":  web.SubmissionsPage(web.SubmissionsView{Page: p, Filtered: true}),
		"/placements":   web.PlacementsPage(web.PlacementsView{Page: p, Filtered: true, Tab: "posted"}),
		"/failed":       web.FailuresPage(web.FailuresView{Page: p, Filtered: true}),
		"/audit":        web.AuditPage(web.AuditView{Page: p, Filtered: true}),
	} {
		doc := render(t, c)
		href, _ := doc.Find(".empty-state a.btn").Attr("href")
		if !strings.HasPrefix(href, path) {
			t.Errorf("%s: the empty list leads to %q", path, href)
		}
	}
}

// checkFrame holds for every page: the policy of the hub, and what a keyboard or
// a screen reader needs.
func checkFrame(t *testing.T, doc *goquery.Document) {
	t.Helper()
	checkInert(t, doc)
	if doc.Find("title").Text() == "" || doc.Find("main#main").Length() != 1 {
		t.Error("the page has no title or no main part")
	}
	if href, _ := doc.Find("body > a").First().Attr("href"); href != "#main" {
		t.Error("the first link does not skip to the content")
	}
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		id, _ := e.Attr("id")
		if seen[id] {
			t.Errorf("the id %q stands twice", id)
		}
		seen[id] = true
	})
	doc.Find("button").Each(func(_ int, e *goquery.Selection) {
		if label, _ := e.Attr("aria-label"); label == "" && squash(e.Text()) == "" {
			t.Error("a button has no name")
		}
	})
	doc.Find("time").Each(func(_ int, e *goquery.Selection) {
		if title, _ := e.Attr("title"); title == "" {
			t.Errorf("the time %q does not tell the exact one", e.Text())
		}
	})
}

// checkInert says that nothing on the page needs more than the policy allows.
func checkInert(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("script").Each(func(_ int, e *goquery.Selection) {
		src, _ := e.Attr("src")
		if nonce, _ := e.Attr("nonce"); nonce != "n0nce" || !strings.HasPrefix(src, "/static/") || e.Text() != "" {
			t.Errorf("a script is not ours: src %q, text %q", src, e.Text())
		}
	})
	if n := doc.Find("style, iframe, object, embed, base").Length(); n > 0 {
		t.Errorf("%d elements that no page needs", n)
	}
	doc.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, a := range e.Nodes[0].Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has the attribute %s", goquery.NodeName(e), a.Key)
			}
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && (a.Key == "href" || a.Key == "src" || a.Key == "action") {
				t.Errorf("<%s> runs %q", goquery.NodeName(e), a.Val)
			}
		}
	})
}

// checkForms says that each field has a label and each form a button.
func checkForms(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, e *goquery.Selection) {
		id, _ := e.Attr("id")
		if doc.Find(`label[for="`+id+`"]`).Length() == 0 && e.Closest("label").Length() == 0 {
			t.Errorf("the field %q has no label", id)
		}
	})
	doc.Find("form:not([role=search])").Each(func(_ int, e *goquery.Selection) {
		if e.Find("button").Length() == 0 {
			action, _ := e.Attr("action")
			t.Errorf("the form %q has no button", action)
		}
	})
}

// routes are the addresses that the hub has for these pages.
var routes = regexp.MustCompile(`^(/|/(requisitions|submissions|placements|failed|connections|clients|audit|users|tokens|help|login|logout|notices|connectors|approvals|reconciliation)` +
	`|/requisitions/[^/]+(/revalidate)?|/submissions/[^/]+(/retry)?|/placements/[^/]+(/(approve|send-back|correct|retry|amend|recheck))?|/placements/approve-batch|/placements/[^/]+/bills/[^/]+/(approve|refuse)|/clients/[^/]+/(contract|books|orders(/csv)?)|/clients/[^/]+/orders/[^/]+/drop|/approvals/.+|/reconciliation/.+|/audit/export` +
	`|/failed/[^/]+(/(retry|discard))?|/failed/causes/[^/]+/retry|/connections/new|/connections/[^/]+(/(test|pause|resume|poll|backfill|edit))?` +
	`|/connections/[^/]+/(live|shadow|profile|setup|try)|/connections/[^/]+/setup/(test|secret)|/connections/[^/]+/profile/[^/]+(/[^/]+)*|/clients/[^/]+` +
	`|/users/[^/]+/(role|disable|enable)|/tokens/[^/]+/revoke|/api/docs|/api/v1/openapi.yaml|/ops/river` +
	`|/fragments/(overview|placements|failed)|/fragments/connections/[^/]+/(feeds|preview|sample))$`)

// checkLinks says that every address within the hub is one that it has.
func checkLinks(t *testing.T, doc *goquery.Document) {
	t.Helper()
	for attr, selector := range map[string]string{"href": "body a[href]", "action": "form[action]", "hx-get": "[hx-get]"} {
		doc.Find(selector).Each(func(_ int, e *goquery.Selection) {
			to, _ := e.Attr(attr)
			if strings.HasPrefix(to, "#") || strings.HasPrefix(to, "https://") {
				return
			}
			path, _, _ := strings.Cut(to, "?")
			if !routes.MatchString(path) {
				t.Errorf("%s=%q leads nowhere", attr, to)
			}
		})
	}
}

func TestStatic(t *testing.T) {
	tags, err := web.StaticTags()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, name := range []string{"app.css", "pages.css", "profile.css", "app.js", "profile.js", "theme.js"} {
		if info, err := fs.Stat(web.Static(), name); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
		if other := seen[tags[name]]; tags[name] == "" || other != "" {
			t.Errorf("%s has the tag %q, %q too", name, tags[name], other)
		}
		seen[tags[name]] = name
	}
}

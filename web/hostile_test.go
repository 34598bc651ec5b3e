package web_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/web"
)

// payload tries every door at once: a script address, the end of an attribute,
// an element with a handler, a style and a script.
const payload = `javascript:alert(1)//"' onmouseover="alert(2)"><img src=x onerror=alert(3)><b style="color:red">x</b><script>alert(4)</script></textarea></title><svg onload=alert(5)>`

// fill writes the payload into every text of a view, gives every list one entry
// and every pointer a target.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(payload)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(2)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(clock()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

// hostile gives a view full of payloads, but for the nonce.
func hostile[V any](page func(V) templ.Component, tune ...func(*V)) templ.Component {
	var v V
	fill(reflect.ValueOf(&v).Elem())
	if nonce := reflect.ValueOf(&v).Elem().FieldByName("Nonce"); nonce.IsValid() {
		nonce.SetString("n0nce")
	}
	for _, f := range tune {
		f(&v)
	}
	return page(v)
}

func TestRenderPayloadsInert(t *testing.T) {
	for name, c := range map[string]templ.Component{
		"overview": hostile(web.OverviewPage), "requisitions": hostile(web.RequisitionsPage), "requisition": hostile(web.RequisitionPage),
		"submissions": hostile(web.SubmissionsPage), "board": hostile(web.SubmissionsPage), "list": hostile(web.SubmissionsPage, func(v *web.SubmissionsView) { v.Board = false }),
		"submission": hostile(web.SubmissionPage), "placements": hostile(web.PlacementsPage), "posted": hostile(web.PlacementsPage, func(v *web.PlacementsView) { v.Tab = "posted" }),
		"placement": hostile(web.PlacementPage), "review": hostile(web.PlacementPage, func(v *web.PlacementView) { v.State, v.ApproveBlocked = "awaiting_review", "" }),
		"failures": hostile(web.FailuresPage), "failure": hostile(web.FailurePage), "live failure": hostile(web.FailurePage, func(v *web.FailureView) { v.State = "open" }),
		"connections": hostile(web.ConnectionsPage), "connection": hostile(web.ConnectionPage), "tested": hostile(web.ConnectionPage, func(v *web.ConnectionView) { v.Test.Error = "" }),
		"profile": hostile(web.ProfileFieldsPage), "advanced field": hostile(web.ProfileFieldsPage, func(v *web.FieldsView) { v.Rows[0].Problem, v.Rows[0].Source = "", "" }),
		"cell": hostile(web.ProfileCellPage), "live cell": hostile(web.ProfileCellPage, func(v *web.CellView) { v.Live.Problem, v.KeyOpen = "", false }),
		"statuses": hostile(web.ProfileStatusesPage), "rules": hostile(web.ProfileRulesPage), "rule": hostile(web.ProfileRulePage), "lists": hostile(web.ProfileListsPage), "code list": hostile(web.ProfileListPage),
		"tried": hostile(web.ProfilePreviewPage, func(v *web.PreviewView) { v.Run.State = "done" }), "untried": hostile(web.ProfilePreviewPage, func(v *web.PreviewView) { v.Run.State = "failed" }), "versions": hostile(web.ProfileVersionsPage, func(v *web.VersionsView) { v.Rows[0].State = "superseded" }),
		"catalogue": hostile(web.CataloguePage), "guide": hostile(web.SetupPage), "copy": hostile(web.ProfileCopyPage), "form": hostile(web.ConnectionFormPage),
		"clients": hostile(web.ClientsPage), "client": hostile(web.ClientPage), "shadow client": hostile(web.ClientPage, func(v *web.ClientView) { v.Connections[0].Mode, v.Locked = "shadow", "" }), "audit": hostile(web.AuditPage), "broken": hostile(web.AuditPage, func(v *web.AuditView) { v.Chain.Verified = false }),
		"users": hostile(web.UsersPage), "tokens": hostile(web.TokensPage), "help": hostile(web.HelpPage), "api": hostile(web.APIDocsPage), "login": hostile(web.LoginPage), "error": hostile(web.ErrorPage),
	} {
		t.Run(name, func(t *testing.T) {
			doc := render(t, c)
			checkInert(t, doc)
			if n := doc.Find(`img[src="x"], main b:not([data-live-text]), main svg:not(.bar)`).Length(); n > 0 {
				t.Errorf("%d elements came out of a payload", n)
			}
			if !strings.Contains(doc.Text(), "<script>alert(4)</script>") && name != "help" {
				t.Error("the payload is not shown as text: the test tests nothing")
			}
		})
	}
}

func TestRenderDescriptionAsText(t *testing.T) {
	v := web.RequisitionView{Page: signedIn(), Description: `<h2>Work</h2>Plain start<p>One <b>bold</b> &amp; two</p><ul><li><p>first</p></li><li>second</ul><script>bad()</script><style>p{}</style>Line<br>break`}
	doc := render(t, web.RequisitionPage(v))
	var got []string
	for _, n := range doc.Find(".prose > *").EachIter() {
		got = append(got, n.Nodes[0].Data+":"+n.Text())
	}
	want := "h3:Work|p:Plain start|p:One bold & two|p:first|p:second|p:Line|p:break"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("the description reads\n%s\nwant\n%s", s, want)
	}
	if n := doc.Find(".prose-li").Length(); n != 2 {
		t.Errorf("%d list entries, want 2", n)
	}
}

package web_test

import (
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/web"
)

func TestWhatATryGivesIsShownAsText(t *testing.T) {
	for name, page := range map[string]func(*web.TryView){"failed": func(*web.TryView) {}, "went well": func(v *web.TryView) { v.Result.Error = "" }} {
		t.Run(name, func(t *testing.T) {
			doc := render(t, hostile(web.TryPage, page))
			checkInert(t, doc)
			if !strings.Contains(doc.Text(), "<script>alert(4)</script>") {
				t.Error("the payload is not shown as text: the test tests nothing")
			}
		})
	}
}

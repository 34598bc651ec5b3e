package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/world"
)

var readWords = regexp.MustCompile(`has (\d+) (fields|statuses)[^.]*read`)

// TestSystemsTellTheirFieldsAndStatuses connects every simulated system and waits
// until its profile shows what it told of itself, then asks again by the button.
func TestSystemsTellTheirFieldsAndStatuses(t *testing.T) {
	t.Parallel()
	in := install(t)
	w := newWorld(t, world.Options{})
	in.start()
	b := in.person("admin")
	ids := b.connect(w)
	told := 0
	for _, s := range w.Systems() {
		page := "/connections/" + ids[s.Key] + "/profile"
		if _, body := b.get(page); !strings.Contains(body, `id="vocabulary"`) {
			continue // a system that only pushes has nothing to tell
		}
		told++
		shown := func() bool { _, body := b.get(page); return readWords.MatchString(body) }
		in.eventually(30*time.Second, s.Name+" tells its words", shown)
		if status, body := b.post(page+"/vocabulary", url.Values{"tab": {"fields"}}); status != http.StatusOK || strings.Contains(body, "did not work") {
			t.Errorf("%s is not asked again: %d", s.Name, status)
		}
		in.eventually(30*time.Second, s.Name+" tells its words again", shown)
	}
	if told < 4 {
		t.Errorf("only %d of %d systems told their words", told, len(w.Systems()))
	}
	var gaps struct {
		Items []struct{ Kind, Field, Value string }
	}
	in.api("/gaps", &gaps)
	for _, g := range gaps.Items {
		if g.Kind == "option" {
			t.Errorf("a default profile says %q in %s, which the system does not have", g.Value, g.Field)
		}
	}
}

package handlers

import (
	"net/http"
	"strings"

	"github.com/tributary-hub/tributary/web"
)

// newStatic serves the embedded files. A browser keeps each and asks whether it
// changed; a new build changes its tag.
func newStatic() (handler, error) {
	tags, err := web.StaticTags()
	if err != nil {
		return nil, err
	}
	files := http.StripPrefix("/static/", http.FileServerFS(web.Static()))
	return func(w http.ResponseWriter, r *http.Request) error {
		tag, ok := tags[strings.TrimPrefix(r.URL.Path, "/static/")]
		if !ok {
			return errNoPage
		}
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
		return nil
	}, nil
}

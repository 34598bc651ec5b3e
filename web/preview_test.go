//go:build preview

package web_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/web"
)

// TestPreview serves the samples on loopback under the policy of the hub, for
// people who change pages:
//
//	go test -tags preview -run TestPreview -v -timeout 0 ./web
//
// /empty/… serves each page without data. Ctrl-C ends it.
func TestPreview(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/static/", http.StripPrefix("/static/", http.FileServerFS(web.Static())))
	mux.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range time.Tick(2 * time.Second) {
			if _, err := fmt.Fprint(w, "event: change\ndata: overview\n\n"); err != nil || r.Context().Err() != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
	})
	mux.HandleFunc("/fragments/overview", func(w http.ResponseWriter, r *http.Request) {
		v := overview(signedIn())
		v.Clients[0].Posted += int(time.Now().Unix() % 1000)
		_ = web.OverviewFragment(v).Render(r.Context(), w)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-n0nce'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		page := signedIn()
		if c, err := r.Cookie("theme"); err == nil {
			page.Theme = c.Value
		}
		if theme := r.URL.Query().Get("theme"); theme != "" {
			page.Theme = theme
		}
		list := samples()
		path := r.URL.Path
		if len(path) > 6 && path[:6] == "/empty" {
			path, list = path[6:], emptySamples()
		}
		if v := r.URL.Query().Get("view"); v != "" {
			path += "?view=" + v
		}
		for _, s := range list {
			if s.path == path {
				_ = s.page(page).Render(r.Context(), w)
				return
			}
		}
		http.NotFound(w, r)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("preview on http://%s\n", listener.Addr())
	go func() { _ = http.Serve(listener, mux) }()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}

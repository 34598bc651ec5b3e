package httpx_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/internal/httpx"
)

type notes struct {
	mu       sync.Mutex
	list     []httpx.Exchange
	subjects []any
}

func (n *notes) Record(ctx context.Context, e httpx.Exchange) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, e)
	n.subjects = append(n.subjects, httpx.SubjectFrom(ctx))
}

const known = "kn0wn/secret+value"

// leaks are things that no record may hold.
func leaks() []string {
	return []string{known, url.QueryEscape(known), base64.StdEncoding.EncodeToString([]byte(known)), "tok-in-header", "tok-in-query", "pw-in-json",
		"cookie-value", "jane.doe@client.example", "170 1234567", "4155550123", "inner-secret", "tok-in-answer", "xml-pass", "cut-off-token"}
}

func TestRecordsAreMasked(t *testing.T) {
	t.Parallel()
	blob := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("résumé"), 1000))
	for name, answer := range map[string]string{
		"JSON": `{"access_token":"tok-in-answer","nested":{"clientSecret":"pw-in-json","note":"jane.doe@client.example"},
			"again":"` + known + `","echo":"you sent tok-in-header and tok-in-query","n":9007199254740993}`,
		"cut-off JSON": `{"refresh_token":"tok-in-answer","sessionKey":"cut-off-token`,
		"XML":          `<Login><Password>xml-pass</Password><mail>jane.doe@client.example</mail></Login>`,
		"text":         "password: pw-in-json token=tok-in-answer +49 170 1234567",
		"binary":       "\x89PNG\x00\xff\xfe" + known,
	} {
		address := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Set-Cookie", "sid=cookie-value")
			_, _ = io.WriteString(w, answer)
		})
		var log bytes.Buffer
		rec := &notes{}
		cfg := loopback()
		cfg.Secrets, cfg.Recorder = []string{known}, rec
		cfg.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		_, err := httpx.New(cfg).Do(httpx.WithSubject(context.Background(), "effect 7"), httpx.Request{
			Method: "POST", URL: address + "/people/jane.doe@client.example", Query: url.Values{"BhRestToken": {"tok-in-query"}, "page": {"2"}, "q": {known}},
			Header: http.Header{"Authorization": {"Bearer tok-in-header"}, "Idempotency-Key": {"our-key"}},
			Body: map[string]any{"password": "pw-in-json", "mobile": 4155550123, "phone": "4155550123", "file": blob, "name": "Ann",
				"list": []any{"jane.doe@client.example", `{"api_key":"inner-secret"}`}, "call": "+49 170 1234567", "at": "2026-11-24T10:20:06Z"}})
		if err != nil || len(rec.list) != 1 || rec.subjects[0] != "effect 7" {
			t.Fatalf("%s: %v, %d records, subject %v", name, err, len(rec.list), rec.subjects)
		}
		text := fmt.Sprintf("%+v\n%s", rec.list[0], log.String())
		for _, leak := range leaks() {
			if strings.Contains(text, leak) {
				t.Errorf("%s: the record or the log holds %q", name, leak)
			}
		}
		e := rec.list[0]
		for _, keep := range []string{"Ann", "2026-11-24T10:20:06Z", fmt.Sprintf("[%d bytes]", len(blob)), "j***@c***"} {
			if !strings.Contains(e.RequestBody, keep) {
				t.Errorf("%s: the record lost %q: %s", name, keep, e.RequestBody)
			}
		}
		if e.Method != http.MethodPost || e.Status != 200 || !strings.Contains(e.Query, "page=2") || e.RequestHeader.Get("Idempotency-Key") != "our-key" {
			t.Errorf("%s: the record is %+v", name, e)
		}
		if strings.Contains(log.String(), "page") || !strings.Contains(log.String(), "status=200") {
			t.Errorf("%s: the log says %s", name, log.String())
		}
	}
}

func TestRecordedBodiesAreCut(t *testing.T) {
	t.Parallel()
	long, _ := json.Marshal(map[string]string{"text": strings.Repeat("word ", 50000)})
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(long) })
	rec := &notes{}
	cfg := loopback()
	cfg.Recorder = rec
	client := httpx.New(cfg)
	if _, err := client.Do(context.Background(), httpx.Request{Method: "POST", URL: address, Body: long}); err != nil {
		t.Fatal(err)
	}
	body, _, err := client.Stream(context.Background(), httpx.Request{Method: "GET", URL: address})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, body)
	if err := body.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Do(context.Background(), httpx.Request{Method: "GET", URL: "http://127.0.0.1:1"}); err == nil {
		t.Fatal("nobody listens on port 1")
	}
	if len(rec.list) != 3 {
		t.Fatalf("%d records, want 3", len(rec.list))
	}
	if n := len(rec.list[0].RequestBody); n > 17<<10 || n < 16<<10 || len(rec.list[0].ResponseBody) != n {
		t.Errorf("a long body is recorded with %d bytes", n)
	}
	if rec.list[1].ResponseBody != "[stream]" || rec.list[1].Status != 200 {
		t.Errorf("a stream is recorded as %+v", rec.list[1])
	}
	if rec.list[2].Status != 0 || rec.list[2].Err == "" {
		t.Errorf("a failed call is recorded as %+v", rec.list[2])
	}
}

func TestAWatcherSeesTheCallsOfItsContextOnly(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }))
	t.Cleanup(srv.Close)
	own, watcher := &notes{}, &notes{}
	cfg := loopback()
	cfg.Secrets = []string{known}
	client := httpx.New(cfg)
	cfg.Recorder = own
	recorded := httpx.New(cfg)
	req := httpx.Request{URL: srv.URL, Query: url.Values{"q": {known}}}
	watched := httpx.WithRecorder(context.Background(), watcher)
	for _, call := range []func() (*httpx.Response, error){
		func() (*httpx.Response, error) { return client.Do(watched, req) },
		func() (*httpx.Response, error) { return recorded.Do(watched, req) },
		func() (*httpx.Response, error) { return recorded.Do(context.Background(), req) },
	} {
		if _, err := call(); err != nil {
			t.Fatal(err)
		}
	}
	if len(watcher.list) != 2 || len(own.list) != 2 {
		t.Fatalf("the watcher saw %d calls, the recorder %d; want 2 and 2", len(watcher.list), len(own.list))
	}
	if q := watcher.list[0].Query; strings.Contains(q, known) || strings.Contains(q, url.QueryEscape(known)) {
		t.Errorf("the watcher sees the secret: %s", q)
	}
}

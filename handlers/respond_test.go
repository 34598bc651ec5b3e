package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

func TestEveryCodeHasItsStatus(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	want := map[staffing.Code]int{staffing.Invalid: 422, staffing.Unauthorized: 401, staffing.Forbidden: 403, staffing.NotFound: 404, staffing.Conflict: 409,
		staffing.RateLimited: 429, staffing.Unavailable: 503, staffing.Internal: 500}
	for _, code := range staffing.Codes() {
		err := fmt.Errorf("somewhere: %w", &staffing.Error{Code: code, Message: "the sentence", Err: errors.New("hunter2"), Field: "title", RetryAfter: 1500 * time.Millisecond})
		for path, kind := range map[string]string{"/api/v1/x": "application/problem+json", "/hooks/x": "application/problem+json", "/x": "text/html; charset=utf-8"} {
			w := httptest.NewRecorder()
			h.server.identify(h.server.serve(func(http.ResponseWriter, *http.Request) error { return err })).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != want[code] || w.Header().Get("Content-Type") != kind {
				t.Errorf("%s on %s gives %d %s", code, path, w.Code, w.Header().Get("Content-Type"))
			}
			if strings.Contains(w.Body.String(), "hunter2") {
				t.Errorf("%s on %s tells the cause", code, path)
			}
			if w.Header().Get("Retry-After") != "2" {
				t.Errorf("%s on %s asks to wait %q", code, path, w.Header().Get("Retry-After"))
			}
			if kind == "application/problem+json" {
				checkProblem(t, w, code, want[code])
			}
		}
	}
}

func checkProblem(t *testing.T, w *httptest.ResponseRecorder, code staffing.Code, status int) {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Code != string(code) || p.Status != status || p.Detail != "the sentence" || p.Field != "title" || p.RequestID != w.Header().Get("X-Request-Id") || p.RequestID == "" {
		t.Errorf("the problem of %s is %+v", code, p)
	}
}

func TestAnUncodedErrorStaysInTheLog(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	for name, do := range map[string]handler{
		"an error": func(http.ResponseWriter, *http.Request) error { return errors.New("hunter2") },
		"a panic":  func(http.ResponseWriter, *http.Request) error { panic("hunter2") },
	} {
		w := httptest.NewRecorder()
		h.server.identify(h.server.recoverPanics(h.server.serve(do))).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/x", nil))
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "hunter2") || !strings.Contains(w.Body.String(), w.Header().Get("X-Request-Id")) {
			t.Errorf("%s gives %d %s", name, w.Code, w.Body)
		}
		if !strings.Contains(h.log.String(), "hunter2") {
			t.Errorf("%s is not in the log", name)
		}
	}
}

func TestACallerWhoHasGoneIsNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	ctx, gone := context.WithCancel(t.Context())
	gone()
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/login", nil).WithContext(ctx))
	if w.Code != http.StatusServiceUnavailable || strings.Contains(h.log.String(), "level=ERROR") {
		t.Errorf("it gives %d and the log says %s", w.Code, h.log)
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as(finance)
	a := b.get("/nothing").must(t, http.StatusNotFound)
	if a.page(t).Find("#nav").Length() != 1 || a.page(t).Find("h1").Text() != "There is nothing here" {
		t.Error("somebody who is signed in loses the navigation")
	}
	b.get("/requisitions/not-an-id").must(t, http.StatusNotFound)
	if a := b.do(b.request("DELETE", "/requisitions", nil)); a.status != http.StatusMethodNotAllowed {
		t.Errorf("a method that is none gives %d", a.status)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	broken := errors.New("hunter2")
	probes := map[string]error{"database": nil, "queue": broken}
	h := openHub(t, func(c *Config) {
		for name, err := range probes {
			c.Probes = append(c.Probes, Probe{Name: name, Check: probeOf(err)})
		}
	})
	b := h.browser()
	a := b.get("/readyz").must(t, http.StatusServiceUnavailable)
	var got readiness
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	for _, p := range got.Probes {
		if p.OK != (probes[p.Name] == nil) || strings.Contains(p.Problem, "hunter2") {
			t.Errorf("probe %+v", p)
		}
	}
	if len(got.Probes) != 2 || got.Ready {
		t.Errorf("it says %+v", got)
	}
	b.get("/healthz").must(t, http.StatusOK)
}

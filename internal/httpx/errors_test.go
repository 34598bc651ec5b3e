package httpx_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

func TestStatusesBecomeCodes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		status  int
		after   string
		code    staffing.Code
		wait    time.Duration
		unknown bool // after a write
	}{
		{status: 200}, {status: 204},
		{status: 301, code: staffing.Invalid}, {status: 400, code: staffing.Invalid}, {status: 401, code: staffing.Unauthorized},
		{status: 403, code: staffing.Forbidden}, {status: 404, code: staffing.NotFound}, {status: 410, code: staffing.NotFound},
		{status: 408, code: staffing.Unavailable, unknown: true}, {status: 409, code: staffing.Conflict}, {status: 412, code: staffing.Invalid},
		{status: 422, code: staffing.Invalid}, {status: 451, code: staffing.Invalid},
		{status: 429, code: staffing.RateLimited},
		{status: 429, after: "7", code: staffing.RateLimited, wait: 7 * time.Second},
		{status: 429, after: "0", code: staffing.RateLimited, wait: time.Second},
		{status: 429, after: "1.5", code: staffing.RateLimited, wait: 1500 * time.Millisecond},
		{status: 429, after: "99999999999999999999", code: staffing.RateLimited, wait: time.Hour},
		{status: 429, after: "-5", code: staffing.RateLimited, wait: time.Second},
		{status: 429, after: "NaN", code: staffing.RateLimited},
		{status: 429, after: "soon", code: staffing.RateLimited},
		{status: 429, after: "Tue, 24 Nov 2026 10:02:00 GMT", code: staffing.RateLimited, wait: 2 * time.Minute},
		{status: 429, after: "Tue, 24 Nov 2020 10:02:00 GMT", code: staffing.RateLimited, wait: time.Second},
		{status: 500, code: staffing.Unavailable, unknown: true},
		{status: 503, after: "30", code: staffing.Unavailable, wait: 30 * time.Second, unknown: true},
		{status: 599, code: staffing.Unavailable, unknown: true},
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.WriteHeader(c.status)
			if c.status != 204 {
				_, _ = w.Write([]byte(`{"message":"words"}`))
			}
		})
		cfg := loopback()
		cfg.Now = func() time.Time { return now }
		for _, req := range []httpx.Request{{Method: "GET"}, {Method: "POST"}, {Method: "POST", ReadOnly: true}, {Method: "GET", Write: true}} {
			req.URL = url
			resp, err := httpx.New(cfg).Do(context.Background(), req)
			writes := req.Write || req.Method == http.MethodPost && !req.ReadOnly
			if staffing.CodeOf(err) != c.code || staffing.RetryAfterOf(err) != c.wait || staffing.IsOutcomeUnknown(err) != (c.unknown && writes) {
				t.Errorf("%s %d %q: code %q, wait %s, unknown %v", req.Method, c.status, c.after, staffing.CodeOf(err), staffing.RetryAfterOf(err), staffing.IsOutcomeUnknown(err))
			}
			if resp == nil || resp.Status != c.status {
				t.Errorf("%d: the answer does not come with the error: %v", c.status, resp)
			}
			if err != nil && (httpx.StatusOf(err) != c.status || string(httpx.BodyOf(err)) != `{"message":"words"}` || !strings.Contains(staffing.MessageOf(err), "words")) {
				t.Errorf("%d: status %d, body %q, message %q", c.status, httpx.StatusOf(err), httpx.BodyOf(err), staffing.MessageOf(err))
			}
		}
	}
}

func TestTheVendorsOwnWordsAreInTheMessage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, body, want string }{
		{"application/json", `{"message":"Title is missing"}`, "Title is missing"},
		{"application/json", `{"error":"invalid_grant","error_description":"The code is used up"}`, "The code is used up; invalid_grant"},
		{"application/json", `{"errorMessage":"Bad entity","errorCode":400}`, "Bad entity"},
		{"application/json", `{"errors":[{"message":"is blank","field":"first_name"},{"message":"too long"}]}`, "first_name: is blank; too long"},
		{"application/json", `{"errors":{"title":["is required"],"city":"is unknown"}}`, "city is unknown; title is required"},
		{"application/json", `{"error":{"code":7,"message":"nested"}}`, "nested"},
		{"application/problem+json", `{"title":"Conflict","detail":"Somebody was faster"}`, "Somebody was faster; Conflict"},
		{"application/json", `["one","two"]`, "one; two"},
		{"application/json", `{"message":"mail to jane.doe@example.com or call +49 170 1234567"}`, "mail to j***@e*** or call ***67"},
		{"application/json", `{"message":"secret is s3cr3t-value, token=abcdef"}`, "secret is ***, token=***"},
		{"application/json", `{"message":"line\none\u0000\u202e"}`, "line one"},
		{"text/plain", "plain\nwords", "plain words"},
		{"text/html", "<html><title>x</title></html>", ""},
		{"application/json", `{"message":"` + strings.Repeat("ä", 500) + `"}`, strings.Repeat("ä", 300) + "..."},
		{"application/json", strings.Repeat("[", 100000), ""},
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(c.body))
		})
		cfg := loopback()
		cfg.Secrets = []string{"s3cr3t-value"}
		_, err := httpx.New(cfg).Do(context.Background(), httpx.Request{Method: "GET", URL: url})
		_, said, _ := strings.Cut(staffing.MessageOf(err), "(status 400)")
		if strings.TrimPrefix(said, ": ") != c.want {
			t.Errorf("%.80s gives %q, want %q", c.body, said, c.want)
		}
	}
}

func TestARateLimitWithoutRetryAfterIsReadFromTheQuota(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", "12")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err := httpx.New(loopback()).Do(context.Background(), httpx.Request{URL: url})
	if staffing.CodeOf(err) != staffing.RateLimited || staffing.RetryAfterOf(err).Round(time.Second) != 12*time.Second {
		t.Errorf("%v, RetryAfter %s", err, staffing.RetryAfterOf(err))
	}
}

func TestDecodeTakesOneJSONValueOnly(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "<html></html>", `{"a":`, `{"a":1} trailing`, `{"a":1}{"b":2}`, "plain", `{"a":"text"}`, "\xff"} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		for method, unknown := range map[string]bool{"GET": false, "POST": true} {
			var out struct{ A int }
			_, err := httpx.New(loopback()).JSON(context.Background(), httpx.Request{Method: method, URL: url}, &out)
			if staffing.CodeOf(err) != staffing.Unavailable || staffing.IsOutcomeUnknown(err) != unknown || httpx.StatusOf(err) != 200 {
				t.Errorf("%s %q: %v (unknown %v)", method, body, err, staffing.IsOutcomeUnknown(err))
			}
		}
	}
}

func TestEndOfTheContextIsToldFromATimeout(t *testing.T) {
	t.Parallel()
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := httpx.New(loopback()).Do(ctx, httpx.Request{Method: "GET", URL: url})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
		t.Errorf("the caller's end: %v", err)
	}
	cfg := loopback()
	cfg.Timeout = 30 * time.Millisecond
	_, err = httpx.New(cfg).Do(context.Background(), httpx.Request{Method: "GET", URL: url})
	if staffing.CodeOf(err) != staffing.Unavailable || !strings.Contains(err.Error(), "in time") {
		t.Errorf("our time-out: %v", err)
	}
}

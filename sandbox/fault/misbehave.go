package fault

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxSlow bounds how long a slow body drips, should no one give up.
const maxSlow = 30 * time.Second

func (i *Injector) misbehave(rule Rule, w http.ResponseWriter, r *http.Request) {
	switch rule.Kind {
	case Status429:
		status(w, http.StatusTooManyRequests, rule.RetryAfter)
	case Status500:
		status(w, http.StatusInternalServerError, rule.RetryAfter)
	case Status401:
		status(w, http.StatusUnauthorized, 0)
	case Status403:
		status(w, http.StatusForbidden, 0)
	case Latency:
		if wait(r.Context(), rule.Delay) {
			i.next.ServeHTTP(w, r)
		}
	case WrongContentType:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>We'll be back soon</title></head><body>Planned maintenance.</body></html>")
	case HugeBody:
		huge(w)
	case Hang:
		// The server notices that the client went away once the body is read.
		_, _ = io.Copy(io.Discard, r.Body)
		wait(r.Context(), time.Minute)
		panic(http.ErrAbortHandler)
	default:
		i.spoil(rule, w, r)
	}
}

// spoil lets the vendor act, and spoils its answer.
func (i *Injector) spoil(rule Rule, w http.ResponseWriter, r *http.Request) {
	a := &answer{header: http.Header{}, status: http.StatusOK}
	i.next.ServeHTTP(a, r)
	half := a.body.Len() / 2
	switch rule.Kind {
	case LostResponse:
		panic(http.ErrAbortHandler)
	case CutBody:
		a.head(w, a.body.Len()+1) // also an empty body is then cut off
		_, _ = w.Write(a.body.Bytes()[:half])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case TruncatedJSON:
		a.head(w, half)
		_, _ = w.Write(a.body.Bytes()[:half])
	case SlowBody:
		a.head(w, a.body.Len()+1)
		drip(r.Context(), w, a.body.Bytes(), rule.Delay)
	default:
		panic(fmt.Sprintf("fault: there is no kind %q", rule.Kind))
	}
}

func drip(ctx context.Context, w http.ResponseWriter, body []byte, delay time.Duration) {
	if delay <= 0 {
		delay = 50 * time.Millisecond
	}
	end := time.Now().Add(maxSlow)
	for n := 0; time.Now().Before(end); n++ {
		if n < len(body) {
			_, _ = w.Write(body[n : n+1])
			_ = http.NewResponseController(w).Flush()
		}
		if !wait(ctx, delay) {
			break
		}
	}
	panic(http.ErrAbortHandler) // a slow body never ends well
}

func status(w http.ResponseWriter, code int, retryAfter time.Duration) {
	if retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(max(1, math.Ceil(retryAfter.Seconds())))))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"message":"injected fault: %s"}`, http.StatusText(code))
}

func huge(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"filler":"`)
	chunk := []byte(strings.Repeat("x", 64<<10))
	for sent := 0; sent < HugeSize; sent += len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			return // the client gave up, as it should
		}
	}
	_, _ = io.WriteString(w, `"}`)
}

// wait says whether the time passed before the client went away.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// answer catches what the vendor says.
type answer struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if !a.wrote {
		a.status, a.wrote = status, true
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.wrote = true
	return a.body.Write(p)
}

// head sends the caught header with a length of its own.
func (a *answer) head(w http.ResponseWriter, length int) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(a.status)
}

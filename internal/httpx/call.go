package httpx

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"slices"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// call is one request on its way.
type call struct {
	client  *Client
	req     Request
	http    *http.Request
	sent    *sent
	reqBody []byte
	caller  context.Context // the caller's, to tell its end from our time-out
	cancel  context.CancelFunc
	timer   *time.Timer
	done    []func() // released by end, last first
	began   time.Time
	answer  *Response
	judge   func(error) // tells the breaker
}

var errTimeout = errors.New("it took too long")

// start checks the request, waits for its turn and prepares it. On error nothing
// has been sent.
func (c *Client) start(ctx context.Context, req Request, timeout time.Duration) (*call, error) {
	req.Method = either(req.Method, http.MethodGet)
	target, err := req.target()
	if err != nil {
		return nil, err
	}
	if target.Scheme == "http" && !c.cfg.AllowHTTP {
		return nil, staffing.Errorf(staffing.Invalid, "The hub calls %s by https only", target.Host)
	}
	body, kind, raw, err := req.payload()
	if err != nil {
		return nil, err
	}
	call := &call{client: c, req: req, reqBody: raw, caller: ctx, sent: &sent{}}
	if err := call.admit(ctx, target.Host); err != nil {
		call.end()
		return nil, err
	}
	call.began = c.cfg.Now()
	timed, cancel := context.WithCancelCause(ctx)
	call.cancel = func() { cancel(nil) }
	call.timer = time.AfterFunc(timeout, func() { cancel(errTimeout) })
	timed = context.WithValue(timed, plainKey{}, target.Scheme == "http")
	timed = httptrace.WithClientTrace(timed, call.sent.trace())
	call.http, err = http.NewRequestWithContext(timed, req.Method, target.String(), body)
	if err != nil {
		call.end()
		return nil, staffing.Errorf(staffing.Internal, "the request cannot be built: %w", err)
	}
	call.header(kind)
	neverReplay(call.http)
	return call, nil
}

// admit passes the breaker and the limiter.
func (c *call) admit(ctx context.Context, host string) error {
	if b := c.client.cfg.Breaker; b != nil {
		judge, err := b.allow(host)
		if err != nil {
			return err
		}
		c.judge = judge
		c.done = append(c.done, func() { c.verdict(context.Canceled) }) // unless told before
	}
	if l := c.client.cfg.Limiter; l != nil {
		release, err := l.Acquire(ctx)
		if err != nil {
			return err
		}
		c.done = append(c.done, release)
	}
	return nil
}

func (c *call) header(kind string) {
	h := c.http.Header
	for k, v := range c.req.Header {
		h[http.CanonicalHeaderKey(k)] = slices.Clone(v)
	}
	if kind != "" && h.Get("Content-Type") == "" {
		h.Set("Content-Type", kind)
	}
	if h.Get("User-Agent") == "" {
		h.Set("User-Agent", c.client.cfg.UserAgent)
	}
}

// neverReplay takes from net/http what it needs to send a request a second time
// by itself when a kept-alive connection breaks: a vendor may have acted on the
// first. An empty body on a reading method is found empty and not sent.
func neverReplay(r *http.Request) {
	r.GetBody = nil
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodDelete:
		if r.Body == nil || r.Body == http.NoBody {
			r.Body = io.NopCloser(bytes.NewReader(nil))
		}
	}
}

// send gets the answer's header. When a kept-alive connection turns out dead
// before a single byte of the request was written to it, the request goes out on a
// new one: the vendor never saw the first.
func (c *call) send() (*http.Response, error) {
	for {
		resp, err := c.client.transport.RoundTrip(c.http)
		if err == nil || c.sent.any() || !c.sent.reused() || c.http.Context().Err() != nil || !c.rewind() {
			return resp, err
		}
	}
}

func (c *call) rewind() bool {
	if c.reqBody == nil && c.req.Body != nil {
		return false // a stream cannot be read twice
	}
	if c.reqBody != nil {
		c.http.Body = io.NopCloser(bytes.NewReader(c.reqBody))
	}
	neverReplay(c.http)
	return true
}

func (c *call) accepted(status int) bool {
	return status >= 200 && status < 300 || slices.Contains(c.req.Allow, status)
}

// readAll reads the answer, and judges its status.
func (c *call) readAll(resp *http.Response, limit int64) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	large := int64(len(body)) > limit
	if large {
		body = body[:limit]
	}
	c.answer = &Response{Status: resp.StatusCode, Header: resp.Header, Body: body, writes: c.req.writes(), source: c.http.URL.Host}
	switch {
	case !c.accepted(resp.StatusCode):
		return c.refused() // a cut-off reason is still a reason
	case err != nil:
		return err
	case large:
		return errTooLarge
	}
	return nil
}

// finish turns what happened into a coded error and tells breaker, limiter,
// recorder and log.
func (c *call) finish(err error) error {
	err = c.coded(err)
	c.verdict(err)
	status, header := 0, http.Header(nil)
	if c.answer != nil {
		status, header = c.answer.Status, c.answer.Header
	}
	if l := c.client.cfg.Limiter; l != nil {
		l.Observe(c.caller, status, header, staffing.RetryAfterOf(err))
	}
	c.record(err)
	c.client.log.LogAttrs(c.caller, slog.LevelDebug, "outgoing call", slog.String("method", c.http.Method),
		slog.String("host", c.http.URL.Host), slog.String("path", c.client.mask.path(c.http.URL.Path)), slog.Int("status", status),
		slog.Int64("ms", c.client.cfg.Now().Sub(c.began).Milliseconds()))
	return err
}

func (c *call) verdict(err error) {
	if c.judge != nil {
		c.judge(err)
		c.judge = nil
	}
}

// end frees everything the call holds. It may be called more than once.
func (c *call) end() {
	if c.timer != nil {
		c.timer.Stop()
		c.cancel()
	}
	for _, f := range slices.Backward(c.done) {
		f()
	}
	c.done = nil
}

package httpx

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// Exchange is one call and its answer, masked when it is made: nothing in it holds
// a secret, an e-mail address or a phone number in full.
type Exchange struct {
	At             time.Time
	Method         string
	Host           string
	Path           string
	Query          string
	Status         int // 0: no answer
	Duration       time.Duration
	RequestHeader  http.Header
	RequestBody    string
	ResponseHeader http.Header
	ResponseBody   string
	Err            string // empty: it went well
}

// Recorder keeps exchanges. Record is called once per call that was let out, after
// it ended, also when ctx is cancelled. It must not block for long; what it cannot
// keep it drops.
type Recorder interface {
	Record(ctx context.Context, e Exchange)
}

type subjectKey struct{}

// WithSubject attaches what the calls made with the context are for, e.g. the
// record's id. The hub sets it, and its Recorder reads it.
func WithSubject(ctx context.Context, subject any) context.Context {
	return context.WithValue(ctx, subjectKey{}, subject)
}

// SubjectFrom gives what [WithSubject] attached, or nil.
func SubjectFrom(ctx context.Context) any { return ctx.Value(subjectKey{}) }

type recorderKey struct{}

// WithRecorder lets r have a copy of every exchange that is made with the context,
// beside the client's own recorder: a person tries a connection and wants to see.
func WithRecorder(ctx context.Context, r Recorder) context.Context {
	return context.WithValue(ctx, recorderKey{}, r)
}

func (c *call) record(err error) {
	r, watcher := c.client.cfg.Recorder, c.caller.Value(recorderKey{})
	if r == nil && watcher == nil {
		return
	}
	m := c.masker()
	e := Exchange{At: c.began, Method: c.http.Method, Host: c.http.URL.Host, Path: m.path(c.http.URL.EscapedPath()),
		Query: m.query(c.http.URL.RawQuery), Duration: c.client.cfg.Now().Sub(c.began), RequestHeader: m.header(c.http.Header)}
	e.RequestBody = m.body(c.http.Header.Get("Content-Type"), c.reqBody)
	if c.reqBody == nil && c.req.Body != nil {
		e.RequestBody = "[stream]"
	}
	if a := c.answer; a != nil {
		e.Status, e.ResponseHeader = a.Status, m.header(a.Header)
		e.ResponseBody = m.body(a.Header.Get("Content-Type"), a.Body)
		if a.streamed {
			e.ResponseBody = "[stream]"
		}
	}
	if err != nil {
		e.Err = m.text(err.Error())
	}
	if r != nil {
		r.Record(c.caller, e)
	}
	if w, ok := watcher.(Recorder); ok {
		w.Record(c.caller, e)
	}
}

// masker knows, beside the configured secrets, the tokens that this very request
// carries, should the vendor repeat them.
func (c *call) masker() *masker {
	base := c.client.mask
	var carried []string
	for k, list := range c.http.Header {
		for _, v := range list {
			if base.name(k) {
				carried = append(carried, v, v[strings.LastIndexByte(v, ' ')+1:])
			}
		}
	}
	for k, list := range c.http.URL.Query() {
		if base.name(k) {
			carried = append(carried, list...)
		}
	}
	return base.with(carried...)
}

// Mask gives a body as a recorder would keep it: without secrets and personal
// data, and cut.
func (c *Client) Mask(contentType string, body []byte) string { return c.mask.body(contentType, body) }

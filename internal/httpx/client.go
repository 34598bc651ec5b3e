// Package httpx is the one way out of the hub: outgoing HTTP with time-outs, an
// egress guard, size caps, the vendor's pace, a recorder of exchanges, and coded
// errors. It never repeats a request by itself and never follows a redirect.
package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// The caps that hold when [Config] does not say otherwise.
const (
	DefaultTimeout       = 15 * time.Second
	DefaultStreamTimeout = 2 * time.Minute
	DefaultMaxBody       = 10 << 20
	DefaultMaxStream     = 25 << 20
)

// Config is what a client is made of. The zero value is a client that calls
// public addresses by https only.
type Config struct {
	Timeout       time.Duration // of a whole call, its answer included
	StreamTimeout time.Duration // of reading a stream after its header came
	MaxBody       int64         // bytes of an answer
	MaxStream     int64         // bytes of a stream
	// AllowCIDRs are the inner addresses that may be called; all of them are refused
	// otherwise. AllowHTTP allows plain http, and to those addresses only.
	AllowCIDRs []netip.Prefix
	AllowHTTP  bool
	// Secrets are values that are masked wherever they turn up.
	Secrets []string
	// SensitiveNames extends the header, parameter and JSON names whose values are
	// masked: parts of names, without regard to case.
	SensitiveNames []string
	// Limiter and Breaker belong to the connection, not to the client: give the same
	// ones to every client of one connection. Nil: none.
	Limiter  Limiter
	Breaker  *Breaker
	Recorder Recorder // nil: none
	// UserAgent is sent with every request; empty: "Tributary".
	UserAgent string
	Resolver  *net.Resolver // nil: the system's
	// Roots, when set, replaces the system's certificate authorities.
	Roots *x509.CertPool
	// Certificate proves us to servers that ask for one (mutual TLS); nil: none.
	Certificate *tls.Certificate
	Now         func() time.Time // nil: time.Now
	Log         *slog.Logger     // nil: no log
}

// Client sends requests for one connection. It is safe for several goroutines.
type Client struct {
	cfg       Config
	transport *http.Transport
	mask      *masker
	log       *slog.Logger
}

// New makes a client. It does no I/O.
func New(cfg Config) *Client {
	cfg = cfg.withDefaults()
	return &Client{cfg: cfg, transport: newTransport(cfg), mask: newMasker(cfg.Secrets, cfg.SensitiveNames), log: cfg.Log}
}

func (c Config) withDefaults() Config {
	c.Timeout = either(c.Timeout, DefaultTimeout)
	c.StreamTimeout = either(c.StreamTimeout, DefaultStreamTimeout)
	c.MaxBody = either(c.MaxBody, DefaultMaxBody)
	c.MaxStream = either(c.MaxStream, DefaultMaxStream)
	c.UserAgent = either(c.UserAgent, "Tributary")
	c.Log = either(c.Log, slog.New(slog.DiscardHandler))
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func either[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Close drops idle connections. A client may be used again afterwards.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Do sends a request and reads the whole answer. An answer with a status that is
// neither 2xx nor allowed comes together with its coded error.
func (c *Client) Do(ctx context.Context, req Request) (*Response, error) {
	call, err := c.start(ctx, req, c.cfg.Timeout)
	if err != nil {
		return nil, err
	}
	defer call.end()
	resp, err := call.send()
	if err == nil {
		err = call.readAll(resp, c.cfg.MaxBody)
	}
	return call.answer, call.finish(err)
}

// JSON is Do, and Decode into out when out is not nil.
func (c *Client) JSON(ctx context.Context, req Request, out any) (*Response, error) {
	resp, err := c.Do(ctx, req)
	if err != nil || out == nil {
		return resp, err
	}
	return resp, resp.Decode(out)
}

// Stream sends a request and gives the body unread, for files. The caller closes
// it. A body that breaks off or grows too large ends in a coded error, never in a
// clean end. The call keeps its place in the limiter until the body is closed.
func (c *Client) Stream(ctx context.Context, req Request) (io.ReadCloser, http.Header, error) {
	call, err := c.start(ctx, req, c.cfg.Timeout)
	if err != nil {
		return nil, nil, err
	}
	resp, err := call.send()
	if err == nil && !call.accepted(resp.StatusCode) {
		err = call.readAll(resp, c.cfg.MaxBody) // the vendor's reason
	}
	if err != nil {
		defer call.end()
		return nil, nil, call.finish(err)
	}
	call.timer.Reset(c.cfg.StreamTimeout)
	call.answer = &Response{Status: resp.StatusCode, Header: resp.Header, streamed: true}
	return &stream{call: call, body: resp.Body, left: c.cfg.MaxStream}, resp.Header, nil
}

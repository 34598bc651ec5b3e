package httpx

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Dial opens a TCP connection to host:port for a protocol that is not HTTP, such as
// SFTP. It passes what calls pass: egress guard, breaker, pace. The connection keeps
// its place in the limiter until it is closed; reading and writing give up after the
// time-out of a call without a byte, and the whole ends after the time-out of a stream
// or with ctx. The bytes are neither recorded nor capped: the caller caps them. Whether
// the other side proves itself is the caller's to check.
func (c *Client) Dial(ctx context.Context, host, port string) (net.Conn, error) {
	if numericHost(host) {
		return nil, denied(cut(host, 60), "a number that is no proper IP address")
	}
	call := &call{client: c, caller: ctx, sent: &sent{}}
	if err := call.admit(ctx, host); err != nil {
		call.end()
		return nil, err
	}
	conn, err := c.dialer().DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		err = dialError(err, host)
		call.verdict(err)
		call.end()
		return nil, err
	}
	call.verdict(nil)
	c.log.LogAttrs(ctx, slog.LevelDebug, "outgoing connection", slog.String("host", host), slog.String("port", port))
	d := &dialled{Conn: conn, idle: c.cfg.Timeout, until: time.Now().Add(c.cfg.StreamTimeout), end: call.end}
	d.stop = context.AfterFunc(ctx, func() { _ = conn.Close() }) // whoever reads gets the error
	return d, nil
}

// dialer is that of the transport: the same guard and resolver.
func (c *Client) dialer() *net.Dialer {
	return &net.Dialer{Timeout: min(c.cfg.Timeout, 10*time.Second), Resolver: c.cfg.Resolver, ControlContext: guard(c.cfg.AllowCIDRs)}
}

func dialError(err error, host string) error {
	var coded *staffing.Error
	if errors.As(err, &coded) {
		return coded // the guard's own words
	}
	e := &staffing.Error{Code: staffing.Unavailable, Message: "The hub cannot connect to " + host, Err: err}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		e.Message = "The name " + host + " cannot be resolved"
	}
	return e
}

// dialled is a connection with an end.
type dialled struct {
	net.Conn
	idle  time.Duration
	until time.Time
	stop  func() bool
	end   func()
	once  sync.Once
}

func (d *dialled) deadline() time.Time {
	if t := time.Now().Add(d.idle); t.Before(d.until) {
		return t
	}
	return d.until
}

// Read implements net.Conn.
func (d *dialled) Read(p []byte) (int, error) {
	if err := d.SetReadDeadline(d.deadline()); err != nil {
		return 0, err
	}
	return d.Conn.Read(p)
}

// Write implements net.Conn.
func (d *dialled) Write(p []byte) (int, error) {
	if err := d.SetWriteDeadline(d.deadline()); err != nil {
		return 0, err
	}
	return d.Conn.Write(p)
}

// Close implements net.Conn, and frees the place in the limiter.
func (d *dialled) Close() (err error) {
	d.once.Do(func() {
		d.stop()
		err = d.Conn.Close()
		d.end()
	})
	return err
}

package httpx

import (
	"net"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
)

// sent watches whether a byte of the request left this machine: only then can a
// failed write have taken effect.
type sent struct {
	mu       sync.Mutex
	conn     *countingConn
	mark     int64
	wasInUse bool
	got      bool
}

func (s *sent) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got, s.wasInUse, s.conn = true, i.Reused, counting(i.Conn)
		if s.conn != nil {
			s.mark = s.conn.written.Load()
		}
	}}
}

// any says that something may have been sent. Before a connection is there
// (resolving, dialling, TLS handshake) nothing was.
func (s *sent) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got && (s.conn == nil || s.conn.written.Load() > s.mark)
}

func (s *sent) reused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wasInUse
}

// countingConn counts the bytes handed to the kernel.
type countingConn struct {
	net.Conn
	written atomic.Int64
}

// Write implements net.Conn. The count grows before the write, so that a write in
// progress counts as sent.
func (c *countingConn) Write(p []byte) (int, error) {
	c.written.Add(int64(len(p)))
	return c.Conn.Write(p)
}

func counting(c net.Conn) *countingConn {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	cc, _ := c.(*countingConn) // nil: unknown, counts as sent
	return cc
}

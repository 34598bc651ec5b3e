package file

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/pkg/sftp"

	"github.com/tributary-hub/tributary/sandbox/fault"
)

// handlers serve the operations of one session.
type handlers struct {
	server *Server
	conn   net.Conn
	ended  chan struct{}
}

var errCut = errors.New("the connection is cut")

// play runs one operation with the fault that it meets. What HTTP has and SFTP has not
// (a web page, a request to slow down) is a failure before the operation acts; a lost or
// garbled answer is a connection that is cut after it acted.
func (h *handlers) play(op string, act func(half bool) error) error {
	h.server.mu.Lock()
	meet := h.server.meet
	h.server.mu.Unlock()
	if meet == nil {
		return act(false)
	}
	rule, hit := meet(op)
	if !hit {
		return act(false)
	}
	switch rule.Kind {
	case fault.Status403, fault.Status401:
		return sftp.ErrSSHFxPermissionDenied
	case fault.Status500, fault.Status429, fault.WrongContentType, fault.HugeBody:
		return sftp.ErrSSHFxFailure
	case fault.Hang, fault.SlowBody:
		select {
		case <-h.ended:
		case <-time.After(time.Minute): // should no one give up
		}
		return errCut
	case fault.Latency:
		select {
		case <-h.ended:
		case <-time.After(rule.Delay):
		}
		return act(false)
	case fault.TruncatedJSON:
		if op == "get" {
			return act(true)
		}
	}
	_ = act(false) // nobody hears of it
	_ = h.conn.Close()
	return errCut
}

// Fileread implements sftp.FileReader.
func (h *handlers) Fileread(r *sftp.Request) (out io.ReaderAt, err error) {
	err = h.play("get", func(half bool) error {
		content, ok := h.server.Get(r.Filepath)
		if !ok {
			return os.ErrNotExist
		}
		if half {
			content = content[:len(content)/2]
		}
		out = bytesAt(content)
		return nil
	})
	return out, err
}

type bytesAt string

// ReadAt implements io.ReaderAt.
func (b bytesAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Filewrite implements sftp.FileWriter.
func (h *handlers) Filewrite(r *sftp.Request) (out io.WriterAt, err error) {
	err = h.play("put", func(bool) error {
		n, err := h.server.create(r.Filepath)
		out = &upload{h, n}
		return err
	})
	return out, err
}

type upload struct {
	h *handlers
	n *node
}

// WriteAt implements io.WriterAt.
func (u *upload) WriteAt(p []byte, off int64) (int, error) {
	u.h.server.write(u.n, p, off)
	return len(p), nil
}

// Close implements io.Closer: the end of an upload is an operation of its own.
func (u *upload) Close() error { return u.h.play("close", func(bool) error { return nil }) }

// Filecmd implements sftp.FileCmder.
func (h *handlers) Filecmd(r *sftp.Request) error {
	return h.play(r.Method, func(bool) error {
		switch r.Method {
		case "Rename":
			return h.server.rename(r.Filepath, r.Target)
		case "Remove":
			return h.server.remove(r.Filepath)
		case "Mkdir":
			return h.server.mkdir(r.Filepath)
		case "Setstat":
			return nil
		}
		return sftp.ErrSSHFxOpUnsupported
	})
}

// Filelist implements sftp.FileLister.
func (h *handlers) Filelist(r *sftp.Request) (out sftp.ListerAt, err error) {
	err = h.play(r.Method, func(bool) error {
		if r.Method == "List" {
			list, err := h.server.list(r.Filepath)
			out = listing(list)
			return err
		}
		one, err := h.server.stat(r.Filepath)
		out = listing{one}
		return err
	})
	return out, err
}

type listing []os.FileInfo

// ListAt implements sftp.ListerAt.
func (l listing) ListAt(to []os.FileInfo, off int64) (int, error) {
	if off >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(to, l[off:])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}

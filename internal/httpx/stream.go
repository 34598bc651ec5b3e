package httpx

import (
	"errors"
	"io"
	"sync"
)

// stream is the body of a file that is being read. It is used by one goroutine.
type stream struct {
	call *call
	body io.ReadCloser
	left int64
	err  error
	once sync.Once
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if int64(len(p)) > s.left+1 {
		p = p[:s.left+1]
	}
	n, err := s.body.Read(p)
	if int64(n) > s.left {
		n, err = int(s.left), errTooLarge
	}
	s.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = s.call.coded(err)
	}
	s.err = err
	return n, err
}

// Close implements io.Closer, and frees the call.
func (s *stream) Close() (err error) {
	s.once.Do(func() {
		err = s.body.Close()
		var failed error
		if s.err != nil && !errors.Is(s.err, io.EOF) {
			failed = s.err
		}
		_ = s.call.finish(failed) // the reader has seen it
		s.call.end()
	})
	return err
}

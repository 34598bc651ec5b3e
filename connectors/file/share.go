package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// share is a place where files lie. Names are slash-separated; those of a folder lie
// below its root, whatever they say. Errors are coded: [staffing.NotFound] says surely
// that a thing is not there, [staffing.Forbidden] that a right is missing.
type share interface {
	// list gives the regular files of a folder, in no order.
	list(dir string) ([]entry, error)
	stat(name string) (entry, error)
	// read gives a file whole. Longer than limit is [staffing.Invalid].
	read(name string, limit int64) ([]byte, error)
	// write makes a file, or makes it anew, and says how many bytes it has.
	write(name string, r io.Reader) (int64, error)
	// rename refuses, or replaces, a target that is there: callers do not rely on either.
	rename(from, to string) error
	remove(name string) error
	mkdir(dir string) error
	close()
}

// entry is one file as a listing shows it.
type entry struct {
	name string // without its folder
	size int64
	at   time.Time // by the other side's clock
}

// opener opens the share of a connection. The share lives no longer than ctx.
type opener func(ctx context.Context) (share, error)

// coded turns an error of a file operation into a coded one. what names the file or
// folder, for people.
func coded(err error, doing, what string) error {
	var already *staffing.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return already
	case errors.Is(err, fs.ErrNotExist):
		return staffing.Errorf(staffing.NotFound, "%s is not there: %w", what, err)
	case errors.Is(err, fs.ErrPermission):
		return staffing.Errorf(staffing.Forbidden, "the account has no right to %s %s: %w", doing, what, err)
	case strings.Contains(err.Error(), "path escapes"):
		return staffing.Errorf(staffing.Forbidden, "%s leads out of the folder that files may lie in: %w", what, err)
	}
	return staffing.Errorf(staffing.Unavailable, "the hub could not %s %s: %w", doing, what, err)
}

func isNotFound(err error) bool { return staffing.CodeOf(err) == staffing.NotFound }

// within joins a folder of the settings and a name.
func within(dir, name string) string {
	if dir == "" || dir == "." {
		return name
	}
	return path.Join(dir, name)
}

// capped copies at most limit bytes, and tells when there are more.
func capped(w io.Writer, r io.Reader, limit int64) error {
	n, err := io.Copy(w, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		return tooLarge(limit)
	}
	return err
}

func tooLarge(limit int64) error {
	return staffing.Errorf(staffing.Invalid, "the file has more than the %d MB that the hub reads", limit>>20)
}

// counted reads a résumé, and keeps apart what goes wrong with it.
type counted struct {
	r    io.Reader
	left int64
	err  error
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		err = refused("the résumé is larger than the client takes by the connection's settings")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

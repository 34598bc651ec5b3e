package filebooks

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// maxFile is the most that is read of one file.
const maxFile = 16 << 20

// share is a folder on another machine or on this one. Names are below it. Errors are
// coded: [staffing.NotFound] says surely that a thing is not there.
type share interface {
	list(dir string) ([]string, error) // regular files, by name
	// stat gives the time of the last change by the other side's clock; false: it is not
	// there.
	stat(name string) (time.Time, bool, error)
	read(name string) ([]byte, error)
	write(name string, content []byte) error // makes it, or makes it anew
	rename(from, to string) error            // to is not there
	replace(from, to string) error           // to may be there; in one step, or not at all
	remove(name string) error
	mkdir(dir string) error
	close()
}

// coded turns an error of a file operation into a coded one.
func coded(err error, doing, name string) error {
	var already *staffing.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return staffing.Errorf(staffing.NotFound, "%s is not there: %w", name, err)
	case errors.Is(err, fs.ErrPermission):
		return staffing.Errorf(staffing.Forbidden, "the account has no right to %s %s: %w", doing, name, err)
	case strings.Contains(err.Error(), "path escapes"):
		return staffing.Errorf(staffing.Forbidden, "%s leads out of the folder that files may lie in: %w", name, err)
	}
	return staffing.Errorf(staffing.Unavailable, "the hub could not %s %s: %w", doing, name, err)
}

func missing(err error) bool { return staffing.CodeOf(err) == staffing.NotFound }

func readAll(r io.Reader, name string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(b) > maxFile {
		return nil, staffing.Errorf(staffing.Invalid, "%s has more than the %d MB that the hub reads", name, maxFile>>20)
	}
	return b, coded(err, "read", name)
}

// local is a folder of this machine; [os.Root] keeps every name and link below it.
type local struct {
	ctx  context.Context //nolint:containedctx // a share is opened for one call
	root *os.Root
}

func localShare(allowed, dir string) func(context.Context) (share, error) {
	return func(ctx context.Context) (share, error) {
		base, err := os.OpenRoot(allowed)
		if err != nil {
			return nil, coded(err, "open", "the folder of TRIBUTARY_SHARE_DIR")
		}
		defer base.Close()
		root, err := base.OpenRoot(path.Clean(dir))
		if missing(coded(err, "open", dir)) {
			return nil, staffing.Errorf(staffing.Unavailable, "the folder %s is not there", dir)
		}
		if err != nil {
			return nil, coded(err, "open", "the folder "+dir)
		}
		return local{ctx, root}, nil
	}
}

func (l local) close() { _ = l.root.Close() } // nothing is buffered

// do runs one operation unless the caller's context has ended: none of them waits.
func (l local) do(doing, name string, act func() error) error {
	if err := l.ctx.Err(); err != nil {
		return staffing.Errorf(staffing.Unavailable, "the hub ended the work on the folder: %w", err)
	}
	return coded(act(), doing, name)
}

func (l local) list(dir string) (out []string, err error) {
	err = l.do("list", dir, func() error {
		entries, err := fs.ReadDir(l.root.FS(), path.Clean(dir))
		for _, e := range entries {
			if e.Type().IsRegular() { // a link may lead out, and a pipe would block
				out = append(out, e.Name())
			}
		}
		return err
	})
	return out, err
}

func (l local) stat(name string) (at time.Time, found bool, err error) {
	err = l.do("look at", name, func() error {
		info, err := l.root.Lstat(name)
		if err == nil {
			at = info.ModTime()
		}
		return err
	})
	if missing(err) {
		return at, false, nil
	}
	return at, err == nil, err
}

// exists says whether a file or folder is there.
func exists(s share, name string) (bool, error) {
	_, found, err := s.stat(name)
	return found, err
}

func (l local) read(name string) (out []byte, err error) {
	err = l.do("read", name, func() error {
		f, err := l.root.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		out, err = readAll(f, name)
		return err
	})
	return out, err
}

func (l local) write(name string, content []byte) error {
	return l.do("write", name, func() error {
		f, err := l.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, bytes.NewReader(content))
		if err == nil {
			err = f.Sync()
		}
		return errors.Join(err, f.Close())
	})
}

func (l local) rename(from, to string) error {
	return l.do("rename", from, func() error { return l.root.Rename(from, to) })
}

func (l local) replace(from, to string) error { return l.rename(from, to) }

func (l local) remove(name string) error {
	return l.do("remove", name, func() error { return l.root.Remove(name) })
}

func (l local) mkdir(dir string) error {
	return l.do("make", dir, func() error { return l.root.Mkdir(dir, 0o750) })
}

package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/tributary-hub/tributary/staffing"
)

// folder is a folder of this machine. [os.Root] keeps every name, and every symbolic
// link, below it.
type folder struct {
	root *os.Root
	ctx  context.Context //nolint:containedctx // a folder is opened for one call
}

// openFolder opens a folder below the one that the operator allows.
func openFolder(allowed, dir string) opener {
	return func(ctx context.Context) (share, error) {
		base, err := os.OpenRoot(allowed)
		if err != nil {
			return nil, coded(err, "open", "the folder of TRIBUTARY_SHARE_DIR")
		}
		defer base.Close()
		root, err := base.OpenRoot(within(dir, "."))
		if err != nil {
			return nil, coded(err, "open", "the folder "+dir)
		}
		return folder{root, ctx}, nil
	}
}

func (f folder) close() { _ = f.root.Close() } // nothing is buffered

// alive ends the work with the caller's context: no single operation waits.
func (f folder) alive() error {
	if err := f.ctx.Err(); err != nil {
		return staffing.Errorf(staffing.Unavailable, "the hub ended the work on the folder: %w", err)
	}
	return nil
}

func (f folder) list(dir string) ([]entry, error) {
	if err := f.alive(); err != nil {
		return nil, err
	}
	list, err := fs.ReadDir(f.root.FS(), within(dir, "."))
	if err != nil {
		return nil, coded(err, "list", "the folder "+dir)
	}
	var out []entry
	for _, d := range list {
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone meanwhile
		}
		if err != nil {
			return nil, coded(err, "list", "the folder "+dir)
		}
		if info.Mode().IsRegular() { // a link may lead out, and a pipe would block
			out = append(out, entry{d.Name(), info.Size(), info.ModTime()})
		}
	}
	return out, nil
}

func (f folder) stat(name string) (entry, error) {
	if err := f.alive(); err != nil {
		return entry{}, err
	}
	info, err := f.root.Lstat(name)
	if err != nil {
		return entry{}, coded(err, "look at", name)
	}
	return entry{info.Name(), info.Size(), info.ModTime()}, nil
}

func (f folder) read(name string, limit int64) ([]byte, error) {
	if err := f.alive(); err != nil {
		return nil, err
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, coded(err, "read", name)
	}
	defer file.Close()
	var out bytes.Buffer
	err = capped(&out, file, limit)
	return out.Bytes(), coded(err, "read", name)
}

func (f folder) write(name string, r io.Reader) (int64, error) {
	if err := f.alive(); err != nil {
		return 0, err
	}
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return 0, coded(err, "write", name)
	}
	n, err := io.Copy(file, r)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return n, coded(err, "write", name)
}

func (f folder) rename(from, to string) error {
	if err := f.alive(); err != nil {
		return err
	}
	return coded(f.root.Rename(from, to), "rename", from)
}

func (f folder) remove(name string) error { return coded(f.root.Remove(name), "remove", name) }

func (f folder) mkdir(dir string) error {
	err := f.root.MkdirAll(dir, 0o750)
	return coded(err, "make", "the folder "+dir)
}

package file

import (
	"io/fs"
	"os"
	"path"
	"sync"
	"time"
)

// Files are files and folders in memory.
type Files struct {
	mu    sync.Mutex
	files map[string]*node
	clock func() time.Time
}

type node struct {
	data []byte
	at   time.Time
	dir  bool
}

// NewFiles gives an empty root.
func NewFiles() *Files {
	return &Files{files: map[string]*node{"/": {dir: true}}, clock: time.Now}
}

func clean(name string) string { return path.Clean("/" + name) }

// Put writes a file as its owner would, with the folders it lies in.
func (f *Files) Put(name, content string) { f.PutAt(name, content, f.clock()) }

// PutAt is Put with a time of change.
func (f *Files) PutAt(name, content string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = clean(name)
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		if f.files[dir] == nil {
			f.files[dir] = &node{dir: true, at: at}
		}
	}
	f.files[name] = &node{data: []byte(content), at: at}
}

// Mkdir makes a folder.
func (f *Files) Mkdir(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[clean(name)] = &node{dir: true, at: f.clock()}
}

// Get reads a file; false when it is not there.
func (f *Files) Get(name string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.files[clean(name)]
	if n == nil || n.dir {
		return "", false
	}
	return string(n.data), true
}

// Take removes a file, as a client does that has read it.
func (f *Files) Take(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.files, clean(name))
}

// Names gives the files below a folder whose path matches the pattern, sorted.
func (f *Files) Names(pattern string) (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, n := range f.files {
		if ok, _ := path.Match(clean(pattern), name); ok && !n.dir { // a pattern of a test
			out = append(out, name)
		}
	}
	return out
}

func (f *Files) list(dir string) ([]os.FileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir = clean(dir)
	if n := f.files[dir]; n == nil || !n.dir {
		return nil, os.ErrNotExist
	}
	var out []os.FileInfo
	for name, n := range f.files {
		if name != "/" && path.Dir(name) == dir {
			out = append(out, info{path.Base(name), *n})
		}
	}
	return out, nil
}

func (f *Files) stat(name string) (os.FileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.files[clean(name)]
	if n == nil {
		return nil, os.ErrNotExist
	}
	return info{path.Base(clean(name)), *n}, nil
}

// create begins a file anew; its folder must be there.
func (f *Files) create(name string) (*node, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = clean(name)
	if dir := f.files[path.Dir(name)]; dir == nil || !dir.dir {
		return nil, os.ErrNotExist
	}
	n := &node{at: f.clock()}
	f.files[name] = n
	return n, nil
}

func (f *Files) write(n *node, p []byte, off int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if need := int(off) + len(p); need > len(n.data) {
		n.data = append(n.data, make([]byte, need-len(n.data))...)
	}
	copy(n.data[off:], p)
	n.at = f.clock()
}

// rename refuses a target that is there, as SFTP 3 does.
func (f *Files) rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	from, to = clean(from), clean(to)
	n := f.files[from]
	dir := f.files[path.Dir(to)]
	if n == nil || dir == nil || !dir.dir {
		return os.ErrNotExist
	}
	if f.files[to] != nil {
		return os.ErrExist
	}
	delete(f.files, from)
	f.files[to] = n
	return nil
}

func (f *Files) remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files[clean(name)] == nil {
		return os.ErrNotExist
	}
	delete(f.files, clean(name))
	return nil
}

func (f *Files) mkdir(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = clean(name)
	if f.files[name] != nil {
		return os.ErrExist
	}
	if f.files[path.Dir(name)] == nil {
		return os.ErrNotExist
	}
	f.files[name] = &node{dir: true, at: f.clock()}
	return nil
}

// info is a node as a listing shows it.
type info struct {
	name string
	n    node
}

// Name implements os.FileInfo, as the methods after it do.
func (i info) Name() string { return i.name }

// Size is in bytes.
func (i info) Size() int64 { return int64(len(i.n.data)) }

// Mode is that of a file or a folder of the account.
func (i info) Mode() fs.FileMode {
	if i.n.dir {
		return fs.ModeDir | 0o750
	}
	return 0o640
}

// ModTime is of the last change.
func (i info) ModTime() time.Time { return i.n.at }

// IsDir tells a folder.
func (i info) IsDir() bool { return i.n.dir }

// Sys has nothing to give.
func (i info) Sys() any { return nil }

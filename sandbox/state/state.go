// Package state holds what a simulated vendor remembers: tables of objects with
// numbers for keys, in memory, and written through to a journal file when one is
// given, so that the sandbox survives kill -9 as a real vendor would.
package state

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"sync"
)

// Journal is the file that every change is appended to before it counts. A nil
// *Journal keeps nothing.
type Journal struct {
	*file
	prefix string // of the tables' names: several systems of one kind share a file
}

type file struct {
	mu   sync.Mutex
	file *os.File
	old  map[string]map[int64]json.RawMessage // what the file held when it was opened
}

// Prefix gives the same journal for tables of another system: their names start
// with name.
func (j *Journal) Prefix(name string) *Journal {
	if j == nil {
		return nil
	}
	return &Journal{file: j.file, prefix: j.prefix + name + "."}
}

type line struct {
	Table string          `json:"t"`
	ID    int64           `json:"i"`
	Doc   json.RawMessage `json:"d,omitempty"` // absent: deleted
}

// Open reads the journal at path (made if absent) and goes on appending to it. A
// last line that was cut off by a crash is dropped.
func Open(path string) (*Journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{file: &file{file: f, old: map[string]map[int64]json.RawMessage{}}}
	good := j.replay()
	if err := f.Truncate(good); err != nil {
		return nil, err
	}
	_, err = f.Seek(good, 0)
	return j, err
}

// replay reads what the file holds, as far as its lines are whole.
func (j *Journal) replay() (good int64) {
	sc := bufio.NewReader(j.file.file)
	for {
		b, err := sc.ReadBytes('\n')
		if err != nil {
			return good // end of file, or a cut-off last line
		}
		var l line
		if json.Unmarshal(b, &l) != nil {
			return good
		}
		good += int64(len(b))
		if j.old[l.Table] == nil {
			j.old[l.Table] = map[int64]json.RawMessage{}
		}
		if l.Doc == nil {
			delete(j.old[l.Table], l.ID)
		} else {
			j.old[l.Table][l.ID] = l.Doc
		}
	}
}

// Close closes the file.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	return j.file.file.Close()
}

func (j *Journal) write(l line) error {
	if j == nil {
		return nil
	}
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, err = j.file.file.Write(append(b, '\n'))
	return err
}

// Table is a set of objects of one type. It is safe for several goroutines; the
// objects it gives are copies (by JSON), so a reader never sees half a change.
type Table[T any] struct {
	name string
	j    *Journal
	mu   sync.RWMutex
	rows map[int64]T
	last int64
}

// NewTable makes a table and fills it from the journal. first is the number that
// the first new object gets; names are unique per journal.
func NewTable[T any](j *Journal, name string, first int64) *Table[T] {
	t := &Table[T]{name: name, j: j, rows: map[int64]T{}, last: first - 1}
	if j == nil {
		return t
	}
	t.name = j.prefix + name
	for id, doc := range j.old[t.name] {
		var v T
		if err := json.Unmarshal(doc, &v); err != nil {
			panic(fmt.Sprintf("sandbox journal, table %s, row %d: %v", name, id, err))
		}
		t.rows[id] = v
		t.last = max(t.last, id)
	}
	return t
}

// Insert stores what make builds for a new number.
func (t *Table[T]) Insert(build func(id int64) T) (int64, T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	id := t.last
	v := build(id)
	t.store(id, v)
	return id, v
}

// Put stores v under id.
func (t *Table[T]) Put(id int64, v T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = max(t.last, id)
	t.store(id, v)
}

// Update changes the object with that number; false if there is none.
func (t *Table[T]) Update(id int64, change func(*T)) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, ok := t.rows[id]
	if !ok {
		return false
	}
	v = clone(v)
	change(&v)
	t.store(id, v)
	return true
}

// Delete forgets the object with that number.
func (t *Table[T]) Delete(id int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, id)
	t.must(t.j.write(line{Table: t.name, ID: id}))
}

// Get gives the object with that number.
func (t *Table[T]) Get(id int64) (T, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	v, ok := t.rows[id]
	return clone(v), ok
}

// List gives the objects that keep accepts (all, when keep is nil) by number.
func (t *Table[T]) List(keep func(T) bool) []T {
	t.mu.RLock()
	defer t.mu.RUnlock()
	ids := make([]int64, 0, len(t.rows))
	for id, v := range t.rows {
		if keep == nil || keep(v) {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	out := make([]T, len(ids))
	for i, id := range ids {
		out[i] = clone(t.rows[id])
	}
	return out
}

// Len gives the number of objects.
func (t *Table[T]) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.rows)
}

func (t *Table[T]) store(id int64, v T) {
	doc, err := json.Marshal(v)
	t.must(err)
	t.must(t.j.write(line{Table: t.name, ID: id, Doc: doc}))
	t.rows[id] = v
}

func (t *Table[T]) must(err error) {
	if err != nil {
		panic(fmt.Sprintf("sandbox journal, table %s: %v", t.name, err))
	}
}

func clone[T any](v T) T {
	doc, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out T
	if err := json.Unmarshal(doc, &out); err != nil {
		panic(err)
	}
	return out
}

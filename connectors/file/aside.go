package file

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// noteEnd is the ending of the note beside a file that was set aside.
const noteEnd = ".reason.txt"

// stamped gives the name under which a file is put away: the next file may have the
// same name. One state of a file gives one name, so a repeated move finds the first.
func stamped(name string, m mark) string {
	ext := path.Ext(name)
	out := strings.TrimSuffix(name, ext) + "." + time.Unix(0, m.At).UTC().Format("20060102T150405Z")
	if len(m.Hash) >= 8 {
		out += "-" + m.Hash[:8]
	} else {
		out += "-" + strconv.FormatInt(m.Size, 10)
	}
	return out + ext
}

// move renames a file into a folder, which it makes when it is missing.
func (w *walk) move(f item, folder, name string) error {
	to := within(folder, name)
	err := w.share.rename(f.path(), to)
	if err != nil && staffing.CodeOf(err) != staffing.Forbidden {
		if made := w.share.mkdir(folder); made == nil {
			err = w.share.rename(f.path(), to)
		}
	}
	return err
}

// putAway moves what an earlier page has read, and the hub has saved, into the archive.
// What cannot be moved stays.
func (w *walk) putAway(files []item) ([]item, error) {
	if w.archive == "" {
		return files, nil
	}
	var left []item
	for _, f := range files {
		m, read := w.cursor.Read[f.path()]
		if f.archived || !read || !m.is(f) {
			left = append(left, f)
			continue
		}
		err := w.move(f, within(w.dir, w.archive), stamped(f.name, m))
		if err != nil && staffing.CodeOf(err) == staffing.Unavailable && !w.alive() {
			return nil, err
		}
		if err != nil {
			w.log.Warn("a file that was read cannot be moved into the archive", "file", f.path(), "error", err)
			left = append(left, f)
			continue
		}
		w.dropMarker(f)
	}
	return left, nil
}

// alive tells a server that refuses one operation from one that is gone.
func (w *walk) alive() bool {
	_, err := w.share.list(w.dir)
	return err == nil
}

// dropMarker takes away the marker of a file that was moved: it would vouch for the
// next file of that name.
func (w *walk) dropMarker(f item) {
	if f.marker != nil {
		if err := w.share.remove(within(f.dir, f.marker.name)); err != nil {
			w.log.Warn("the marker of a file that was moved cannot be removed", "file", f.path(), "error", err)
		}
	}
}

// setAside moves a bad file into quarantine, with the reason beside it, and gives the
// error that says so. A file that cannot be moved stays, and is told after the others.
func (w *walk) setAside(f item, why *flaw) error {
	folder, name := within(w.dir, w.quarantine), stamped(f.name, mark{Size: f.size, At: f.at.UnixNano()})
	told := staffing.Errorf(staffing.Invalid, "the file %s is not read, none of it: %s. It was moved to %s, with this reason beside it; put a corrected one in its place",
		f.name, why.Error(), within(folder, name))
	note := w.now().UTC().Format(time.RFC3339) + " " + f.name + ": " + why.Error() + "\n"
	err := w.note(folder, name+noteEnd, note)
	if err == nil {
		err = w.move(f, folder, name)
	}
	if err != nil && !w.alive() {
		return err
	}
	if err != nil {
		w.log.Warn("a bad file cannot be moved into quarantine", "file", f.path(), "error", err)
		w.bad = append(w.bad, staffing.Errorf(staffing.Invalid,
			"the file %s is not read, none of it: %s. It cannot be moved to %s (%s): replace it, or give the hub the right to move files there", f.name, why.Error(), folder, staffing.MessageOf(err)))
		return nil
	}
	w.dropMarker(f)
	return told
}

func (w *walk) note(folder, name, text string) error {
	_, err := w.share.write(within(folder, name), strings.NewReader(text))
	if isNotFound(err) {
		if err := w.share.mkdir(folder); err != nil {
			return err
		}
		_, err = w.share.write(within(folder, name), strings.NewReader(text))
	}
	return err
}

// promised compares a file with its manifest: bytes, rows and SHA-256, as far as the
// manifest has them.
func (w *walk) promised(f item, content []byte, rows int) error {
	if w.ready != "manifest" || f.marker == nil {
		return nil
	}
	text, err := w.share.read(within(f.dir, f.marker.name), 64<<10)
	if err != nil {
		return err
	}
	says := manifest(text)
	sum := sha256.Sum256(content)
	for _, p := range []struct {
		names []string
		is    string
		what  string
	}{
		{[]string{"bytes", "size", "file_size"}, strconv.Itoa(len(content)), "bytes"},
		{[]string{"rows", "records", "count", "row_count", "record_count"}, strconv.Itoa(rows), "records"},
		{[]string{"sha256", "sha-256", "checksum"}, hex.EncodeToString(sum[:]), "SHA-256"},
	} {
		for _, name := range p.names {
			if want, ok := says[name]; ok && !strings.EqualFold(want, p.is) {
				return flawed(0, "its manifest promises other %s than the file has", p.what)
			}
		}
	}
	return nil
}

// manifest reads a JSON object, or lines of the form name=value or name: value.
func manifest(text []byte) map[string]string {
	out := map[string]string{}
	var object map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&object) == nil {
		for name, v := range object {
			if s, ok := word(v); ok {
				out[strings.ToLower(name)] = s
			}
		}
		return out
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		for _, sep := range []string{"=", ":", ","} {
			if name, v, ok := strings.Cut(lines.Text(), sep); ok {
				out[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(v)
				break
			}
		}
	}
	return out
}

package bullhorn

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	filePage  = 100
	filePages = 20 // of one candidate; more is a fault
)

// Resume gives the candidate's résumé, or nil. Bullhorn marks no file as one: the
// newest file of a résumé type counts, else the newest document without a type. A
// file of another type is never given, since it may be an identity card; nor is a
// private one.
func (c *Connector) Resume(ctx context.Context, candidate string) (*staffing.File, error) {
	if err := checkID("Candidate", candidate); err != nil {
		return nil, err
	}
	files, err := c.files(ctx, candidate)
	if err != nil {
		return nil, err
	}
	f := c.pick(files)
	if f == nil {
		return nil, nil //nolint:nilnil // by the interface: a candidate without a résumé
	}
	at := "file/Candidate/" + candidate + "/" + f.text("id")
	size := int64(-1)
	if n := f.int("fileSize"); n > 0 {
		size = n
	}
	return &staffing.File{Name: fileName(f), ContentType: contentType(f), Size: size,
		Open: func(ctx context.Context) (io.ReadCloser, error) { return c.openFile(ctx, at) }}, nil
}

func (c *Connector) files(ctx context.Context, candidate string) (out []row, err error) {
	for page := range filePages {
		some, err := c.list(ctx, "entity/Candidate/"+candidate+"/fileAttachments", url.Values{
			"fields": {"id,name,type,contentType,contentSubType,fileExtension,fileSize,isPrivate,isDeleted,dateAdded"},
			"start":  {fmt.Sprint(page * filePage)}, "count": {fmt.Sprint(filePage)}})
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
		if len(some) < filePage {
			return out, nil
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "Bullhorn gives the files of candidate %s without an end", candidate)
}

// pick chooses the résumé.
func (c *Connector) pick(files []row) row {
	var best row
	for _, f := range files {
		if c.rank(f) == 0 {
			continue
		}
		newer := best != nil && (f.int("dateAdded") > best.int("dateAdded") || f.int("dateAdded") == best.int("dateAdded") && f.int("id") > best.int("id"))
		if best == nil || c.rank(f) > c.rank(best) || c.rank(f) == c.rank(best) && newer {
			best = f
		}
	}
	return best
}

// rank is 2 for a file of a résumé type, 1 for a document without a type, 0 for
// a file that is not to be sent.
func (c *Connector) rank(f row) int {
	kind := strings.ToLower(strings.TrimSpace(f.text("type")))
	documents := []string{".pdf", ".doc", ".docx", ".rtf", ".odt", ".txt"}
	switch {
	case f.bool("isDeleted") || f.bool("isPrivate") || f.int("id") == 0:
		return 0
	case slices.Contains(c.types, kind):
		return 2
	case kind == "" && slices.Contains(documents, extension(f)):
		return 1
	}
	return 0
}

func extension(f row) string {
	ext := strings.ToLower(strings.TrimSpace(f.text("fileExtension")))
	if ext == "" {
		ext = strings.ToLower(path.Ext(f.text("name")))
	}
	if ext != "" && !strings.HasPrefix(ext, ".") {
		ext = "." + ext
	}
	return ext
}

// contentType joins the two halves that Bullhorn keeps.
func contentType(f row) string {
	main, sub := strings.TrimSpace(f.text("contentType")), strings.TrimSpace(f.text("contentSubType"))
	switch {
	case strings.Contains(main, "/"):
		return main
	case main != "" && sub != "":
		return main + "/" + sub
	}
	if t := mime.TypeByExtension(extension(f)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// fileName gives a plain name: no folder, no control characters.
func fileName(f row) string {
	name := path.Base(strings.ReplaceAll(f.text("name"), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, name))
	if name == "" || name == "." || name == "/" || name == ".." {
		return "resume" + extension(f)
	}
	return name
}

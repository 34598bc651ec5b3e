package document

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime/multipart"
	"net/textproto"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// maxResume bounds the file held in memory while it is sent.
const maxResume = 20 << 20

// check refuses a résumé that the vendor does not take, before it is uploaded.
func (r *Resume) check(f *staffing.File) error {
	refuse := func(format string, args ...any) error {
		e := staffing.Errorf(staffing.Invalid, format, args...)
		e.Field = "resume"
		return e
	}
	switch {
	case r == nil:
		return nil
	case f == nil && r.Needed:
		return refuse("this client takes no submission without a résumé")
	case f == nil:
		return nil
	case r.MaxSize > 0 && f.Size > int64(r.MaxSize):
		return refuse("the résumé has %d KB; this client takes %d KB at most", f.Size>>10, r.MaxSize>>10)
	}
	ending := strings.TrimPrefix(strings.ToLower(path.Ext(fileName(f))), ".")
	if len(r.Types) > 0 && !slices.Contains(r.Types, ending) {
		return refuse("the résumé is a %q file; this client takes %s", ending, strings.Join(r.Types, ", "))
	}
	return nil
}

// usesFile says whether the call's body reads the file.
func (c *Call) usesFile() bool { return c.Body != nil && c.Body.uses(expr.FileVar) }

func (t Tree) uses(name string) bool {
	if t.leaf.set() {
		return t.leaf.prog.Uses(name)
	}
	return slices.ContainsFunc(t.items, func(i Tree) bool { return i.uses(name) })
}

// load reads the file once.
func (s *effect) load(ctx context.Context) error {
	if s.content != nil {
		return nil
	}
	limit := int64(maxResume)
	if r := s.sink.Resume; r != nil && r.MaxSize > 0 {
		limit = min(limit, int64(r.MaxSize))
	}
	in, err := s.file.Open(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return staffing.Errorf(staffing.Unavailable, "the résumé broke off while it was read: %w", err)
	case int64(len(content)) > limit:
		return staffing.Errorf(staffing.Invalid, "the résumé is larger than the %d KB that can be sent", limit>>10)
	case len(content) == 0:
		return staffing.Errorf(staffing.Invalid, "the résumé is an empty file")
	}
	s.content = content
	return nil
}

// fileVar is the file as expressions see it when it is sent.
func (s *effect) fileVar() expr.Object {
	return expr.Object{"name": fileName(s.file), "type": s.file.ContentType, "size": int64(len(s.content)),
		"base64": base64.StdEncoding.EncodeToString(s.content)}
}

// multipart makes the body of an upload.
func (s *effect) multipart(ctx context.Context, m *Multipart, view scope, r *request) error {
	if s.file == nil {
		return staffing.Errorf(staffing.Invalid, "the document uploads a résumé, but there is none: give the step a condition (when: file != null)")
	}
	fields, err := view.texts(ctx, m.Fields)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range fields[name] {
			if err := w.WriteField(name, v); err != nil {
				return err
			}
		}
	}
	kind := either(strings.Map(noControl, s.file.ContentType), "application/octet-stream")
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {kind},
		"Content-Disposition": {multipart.FileContentDisposition(m.File, fileName(s.file))}})
	if err != nil {
		return err
	}
	if _, err := part.Write(s.content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	r.http.Body = buf.Bytes()
	r.http.Header.Set("Content-Type", w.FormDataContentType())
	return nil
}

// fileName gives a plain name: no folder, no control characters.
func fileName(f *staffing.File) string {
	name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, name))
	if name == "" || name == "." || name == "/" {
		return "resume.pdf"
	}
	return name
}

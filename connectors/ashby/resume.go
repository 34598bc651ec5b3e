package ashby

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// maxResume bounds the file held in memory while it is sent. The vendor's own
// limit is not documented.
const maxResume = 20 << 20

// resumeTypes are the kinds of files taken for a résumé. Ashby documents none, so
// only what every ATS reads is sent.
var resumeTypes = []string{".pdf", ".doc", ".docx", ".odt", ".rtf", ".txt"}

// checkResume refuses a file in words before anything is called.
func checkResume(file *staffing.File) error {
	if file == nil {
		return nil
	}
	ext := strings.ToLower(path.Ext(fileName(file)))
	if !slices.Contains(resumeTypes, ext) {
		return &staffing.Error{Code: staffing.Invalid, Field: "resume",
			Message: fmt.Sprintf("the résumé is a %q file; send one of %s", ext, strings.Join(resumeTypes, ", "))}
	}
	if file.Size > maxResume {
		return tooLarge()
	}
	return nil
}

func tooLarge() error {
	return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: fmt.Sprintf("the résumé is larger than %d MB", maxResume>>20)}
}

// attach sends the résumé unless the candidate has a file of that name: a handle is
// asked for, the file goes to the storage that it names, and the handle is put on
// the candidate. Each of these may be done again without harm.
func (c *Connector) attach(ctx context.Context, candidate row, file *staffing.File) error {
	if file == nil || attached(candidate, fileName(file)) {
		return nil
	}
	content, err := readFile(ctx, file)
	if err != nil {
		return err
	}
	handle, err := c.one(ctx, request{method: "file.createFileUploadHandle", what: "a place for the résumé", body: map[string]any{
		"fileUploadContext": "CandidateResume", "filename": fileName(file), "contentType": contentType(file), "contentLength": len(content)}})
	if err != nil {
		return err
	}
	if err := c.upload(ctx, handle, file, content); err != nil {
		return err
	}
	_, err = c.one(ctx, request{method: "candidate.uploadResume", write: true, what: "the résumé",
		body: map[string]any{"candidateId": candidate.text("id"), "resumeHandle": handle.text("handle")}})
	return err
}

// attached says whether the candidate has a file of that name, as the résumé or as
// one that was the résumé before.
func attached(candidate row, name string) bool {
	return strings.EqualFold(candidate.object("resumeFileHandle").text("name"), name) ||
		slices.ContainsFunc(candidate.objects("fileHandles"), func(f row) bool { return strings.EqualFold(f.text("name"), name) })
}

// upload posts the file to the address of the handle, which carries its own
// permission for ten minutes: our key does not go there. The fields come first, the
// file last. [vendor]
func (c *Connector) upload(ctx context.Context, handle row, file *staffing.File, content []byte) error {
	if handle.text("handle") == "" || handle.text("url") == "" {
		return staffing.Errorf(staffing.Unavailable, "Ashby's answer names no place for the résumé")
	}
	body, kind, err := form(handle.object("fields"), file, content)
	if err != nil {
		return staffing.Errorf(staffing.Internal, "the form with the résumé cannot be written: %w", err)
	}
	_, err = c.http.Do(ctx, httpx.Request{Method: http.MethodPost, URL: handle.text("url"), Body: body, Header: http.Header{"Content-Type": {kind}}, ReadOnly: true})
	if err != nil {
		return explain(err, "the storage that Ashby named did not take the résumé")
	}
	return nil
}

func form(fields row, file *staffing.File, content []byte) (body []byte, kind string, err error) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := w.WriteField(name, text(fields[name])); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", fileName(file))}, "Content-Type": {contentType(file)}})
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(content); err != nil {
		return nil, "", err
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return buf.Bytes(), w.FormDataContentType(), nil
}

func contentType(file *staffing.File) string {
	if file.ContentType == "" {
		return "application/octet-stream"
	}
	return file.ContentType
}

func readFile(ctx context.Context, file *staffing.File) ([]byte, error) {
	in, err := file.Open(ctx)
	if err != nil {
		return nil, explain(err, "the résumé cannot be read from where it is kept")
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, maxResume+1))
	switch {
	case err != nil:
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé broke off while it was read: %w", err)
	case len(content) > maxResume:
		return nil, tooLarge()
	case len(content) == 0:
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: "the résumé is an empty file"}
	}
	return content, nil
}

// fileName gives a plain name: no folder, no control characters.
func fileName(file *staffing.File) string {
	name := path.Base(strings.ReplaceAll(file.Name, `\`, "/"))
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

package smartrecruiters

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// resumeTypes are those that the vendor's partner API takes; for this one it names
// none.
var resumeTypes = []string{".pdf", ".doc", ".docx", ".rtf", ".jpg", ".jpeg", ".png"}

// checkResume refuses a file in words before anything is called.
func (c *Connector) checkResume(file *staffing.File) error {
	if file == nil {
		return nil
	}
	if ext := strings.ToLower(filepath.Ext(fileName(file))); !slices.Contains(resumeTypes, ext) {
		return &staffing.Error{Code: staffing.Invalid, Field: "resume",
			Message: fmt.Sprintf("the résumé is a %q file; send one of %s", ext, strings.Join(resumeTypes, ", "))}
	}
	if file.Size > c.maxResume {
		return c.tooLarge()
	}
	return nil
}

func (c *Connector) tooLarge() error {
	return &staffing.Error{Code: staffing.Invalid, Field: "resume",
		Message: fmt.Sprintf("the résumé is larger than the %d MB that this connection sends (setting Largest résumé)", c.maxResume>>20)}
}

// fileName keeps letters of the Latin alphabet, digits, dots and hyphens: the name
// is how the file is found again, so the vendor must have no reason to change it.
func fileName(file *staffing.File) string {
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_", r)) {
			return r
		}
		return '_'
	}, file.Name)
	if strings.Trim(name, "._") == "" {
		return "resume.pdf"
	}
	return name
}

// hasFile says whether the résumé is with the candidate; true when there is none to
// send.
func (c *Connector) hasFile(ctx context.Context, candidate row, file *staffing.File) (bool, error) {
	if file == nil {
		return true, nil
	}
	files, err := c.all(ctx, path(candidates, candidate.text("id"), "attachments"), nil)
	if err != nil {
		return false, err
	}
	for _, f := range files {
		if strings.EqualFold(f.text("name"), fileName(file)) {
			return true, nil
		}
	}
	return false, nil
}

// attach sends the résumé.
func (c *Connector) attach(ctx context.Context, candidate string, file *staffing.File) error {
	body, kind, err := c.form(ctx, file)
	if err != nil {
		return err
	}
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/" + path(candidates, candidate, "attachments"), Body: body}, kind)
	if err != nil {
		return explain(err, "the candidate is on the job, but SmartRecruiters did not confirm the résumé")
	}
	if _, err := object(resp, "the résumé", "id"); err != nil {
		return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Err: err,
			Message: "SmartRecruiters answered, but not with the attachment it made"}
	}
	return nil
}

func (c *Connector) form(ctx context.Context, file *staffing.File) (body []byte, kind string, err error) {
	content, err := c.readFile(ctx, file)
	if err != nil {
		return nil, "", err
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	if kind = file.ContentType; kind == "" {
		kind = "application/octet-stream"
	}
	err = w.WriteField("attachmentType", c.fileType)
	if err == nil {
		var part io.Writer
		part, err = w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition("file", fileName(file))}, "Content-Type": {kind}})
		if err == nil {
			_, err = part.Write(content)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, "", staffing.Errorf(staffing.Internal, "the form cannot be written: %w", err)
	}
	return buf.Bytes(), w.FormDataContentType(), nil
}

func (c *Connector) readFile(ctx context.Context, file *staffing.File) ([]byte, error) {
	r, err := file.Open(ctx)
	if err != nil {
		return nil, explain(err, "the résumé cannot be read")
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, c.maxResume+1))
	if err != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé cannot be read: %w", err)
	}
	if int64(len(content)) > c.maxResume {
		return nil, c.tooLarge()
	}
	return content, nil
}

package greenhouse

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// maxResume bounds the file held in memory while it is sent. The vendor itself takes
// candidates' files of up to 100 MB.
const maxResume = 20 << 20

// resumeTypes are the forms in which the vendor takes candidates' documents.
// https://support.greenhouse.io/hc/en-us/articles/360052218132
func resumeTypes() []string { return []string{"pdf", "doc", "docx", "rtf", "txt"} }

// checkResume refuses, before anything is written, a file that the vendor would not
// take.
func checkResume(file *staffing.File) error {
	refused := func(format string, args ...any) error {
		return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: fmt.Sprintf(format, args...)}
	}
	kind := strings.ToLower(strings.TrimPrefix(path.Ext(fileName(file)), "."))
	switch {
	case kind == "":
		return refused("the name of the résumé does not say its type; Greenhouse takes %s", strings.Join(resumeTypes(), ", "))
	case !contains(resumeTypes(), kind):
		return refused("the résumé is a .%s file; Greenhouse takes %s", kind, strings.Join(resumeTypes(), ", "))
	case file.Size > maxResume:
		return refused("the résumé is larger than %d MB", maxResume>>20)
	case file.Size == 0:
		return refused("the résumé is an empty file")
	}
	return nil
}

// attach sends the résumé unless the application has it already. The vendor takes
// base64 in JSON, and turns an earlier résumé into type "other" when a new one
// comes. https://harvestdocs.greenhouse.io/reference/post_v3-attachments
func (c *Connector) attach(ctx context.Context, application int64, file *staffing.File) error {
	name := fileName(file)
	there, err := c.attached(ctx, application, name)
	if err != nil || there {
		return err
	}
	content, err := readFile(ctx, file)
	if err != nil {
		return err
	}
	_, err = c.write(ctx, "attachments", map[string]any{
		"application_id": application,
		"filename":       name,
		"type":           "resume",
		"content":        base64.StdEncoding.EncodeToString(content),
	}, "the résumé")
	return err
}

// attached says whether the application has a résumé, or a file of that name that
// was the résumé before the client put another in its place.
func (c *Connector) attached(ctx context.Context, application int64, name string) (bool, error) {
	files, err := c.byIDs(ctx, "attachments", "application_ids", []int64{application}, nil)
	if err != nil {
		return false, err
	}
	for _, f := range files {
		if f.int("application_id") == application && (f.text("type") == "resume" || strings.EqualFold(f.text("filename"), name)) {
			return true, nil
		}
	}
	return false, nil
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
		return nil, staffing.Errorf(staffing.Invalid, "the résumé is larger than %d MB", maxResume>>20)
	case len(content) == 0:
		return nil, staffing.Errorf(staffing.Invalid, "the résumé is an empty file")
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

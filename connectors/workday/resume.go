package workday

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// types are the files that are sent. Which ones a tenant takes is its own setup
// and not documented: these are the ones that its career sites commonly take.
func types() []string { return []string{".pdf", ".doc", ".docx", ".rtf", ".txt"} }

// checkResume refuses what is known to be refused before anything is read.
func (c *Connector) checkResume(f *staffing.File) error {
	switch {
	case f == nil:
		return nil
	case !slices.Contains(types(), strings.ToLower(path.Ext(fileName(f)))):
		return badResume("FILE_TYPE: the résumé must be one of " + strings.Join(types(), ", "))
	case f.Size > c.resume:
		return badResume(c.tooLarge())
	}
	return nil
}

func (c *Connector) tooLarge() string {
	return fmt.Sprintf("FILE_TOO_LARGE: the résumé is larger than the %d MB that this connection allows", c.resume>>20)
}

func badResume(why string) error {
	return &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: why}
}

// content reads the résumé; nil when there is none.
func (c *Connector) content(ctx context.Context, f *staffing.File) ([]byte, error) {
	if f == nil {
		return nil, nil
	}
	in, err := f.Open(ctx)
	if err != nil {
		return nil, explain(err, "the résumé cannot be read from where it is kept")
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, c.resume+1))
	switch {
	case err != nil:
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé broke off while it was read: %w", err)
	case int64(len(content)) > c.resume:
		return nil, badResume(c.tooLarge())
	case len(content) == 0:
		return nil, badResume("RESUME_REQUIRED: the résumé is an empty file")
	}
	return content, nil
}

// fileName gives a plain name of at most 255 characters: no folder, no control
// characters.
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
	if r := []rune(name); len(r) > 255 {
		name = string(r[len(r)-255:]) // the end says what it is
	}
	return name
}

package lever

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"path"
	"sort"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// maxRequest is the vendor's limit of a request with files. [vendor]
	maxRequest = 30 << 20
	// maxResume leaves room for the rest of the form.
	maxResume = 29 << 20
)

// resumeTypes are the kinds of files taken for a résumé. Lever documents none; it
// marks what it cannot show as unsupported, so only what every ATS reads is sent.
var resumeTypes = []string{".pdf", ".doc", ".docx", ".odt", ".rtf", ".txt", ".html", ".htm"}

// checkResume refuses a file in words before anything is called.
func checkResume(file *staffing.File) error {
	if file == nil {
		return nil
	}
	ext := strings.ToLower(path.Ext(fileName(file)))
	if !contains(resumeTypes, ext) {
		return &staffing.Error{Code: staffing.Invalid, Field: "resume",
			Message: fmt.Sprintf("the résumé is a %q file; send one of %s", ext, strings.Join(resumeTypes, ", "))}
	}
	if file.Size > maxResume {
		return tooLarge()
	}
	return nil
}

func tooLarge() error {
	return &staffing.Error{Code: staffing.Invalid, Field: "resume",
		Message: fmt.Sprintf("the résumé is larger than %d MB, and Lever takes requests of %d MB at most", maxResume>>20, maxRequest>>20)}
}

// encode writes the fields as JSON, or as a form when a file goes with them: only a
// form can carry one.
func encode(ctx context.Context, fields map[string]any, file *staffing.File) (body []byte, kind string, err error) {
	if file == nil {
		body, err = json.Marshal(fields)
		if err != nil {
			return nil, "", staffing.Errorf(staffing.Internal, "the opportunity cannot be written as JSON: %w", err)
		}
		return body, "application/json", nil
	}
	content, err := readFile(ctx, file)
	if err != nil {
		return nil, "", err
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for _, f := range formFields("", fields) {
		if err := w.WriteField(f[0], f[1]); err != nil {
			return nil, "", staffing.Errorf(staffing.Internal, "the form cannot be written: %w", err)
		}
	}
	if err := writeFile(w, file, content); err != nil {
		return nil, "", staffing.Errorf(staffing.Internal, "the form cannot be written: %w", err)
	}
	return buf.Bytes(), w.FormDataContentType(), nil
}

func writeFile(w *multipart.Writer, file *staffing.File, content []byte) error {
	kind := file.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("resumeFile", fileName(file))}, "Content-Type": {kind}})
	if err != nil {
		return err
	}
	if _, err := part.Write(content); err != nil {
		return err
	}
	return w.Close()
}

// formFields spells a value as form fields: emails[] once per element, and
// archived[reason] for what is nested. [vendor]
func formFields(name string, v any) (out [][2]string) {
	switch v := v.(type) {
	case nil:
		return nil
	case map[string]any:
		for _, k := range sortedKeys(v) {
			key := k
			if name != "" {
				key = name + "[" + k + "]"
			}
			out = append(out, formFields(key, v[k])...)
		}
	case []any:
		for i, e := range v {
			key := name + "[]"
			if _, nested := e.(map[string]any); nested {
				key = fmt.Sprintf("%s[%d]", name, i)
			}
			out = append(out, formFields(key, e)...)
		}
	default:
		out = append(out, [2]string{name, fmt.Sprint(v)})
	}
	return out
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
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

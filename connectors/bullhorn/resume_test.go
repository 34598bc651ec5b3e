package bullhorn_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

func TestTheRightFileIsTheResume(t *testing.T) {
	pdf := []byte("%PDF")
	for name, c := range map[string]struct {
		files []sandbox.File
		want  string
	}{
		"none":                               {nil, ""},
		"the newest of the type":             {[]sandbox.File{{Name: "old.pdf", Type: "Resume"}, {Name: "new.pdf", Type: "resume"}, {Name: "later.pdf"}}, "new.pdf"},
		"another word of the setting":        {[]sandbox.File{{Name: "a.pdf", Type: "cv"}}, "a.pdf"},
		"else a document without a type":     {[]sandbox.File{{Name: "cv.docx"}, {Name: "photo.jpg"}}, "cv.docx"},
		"never a file of another type":       {[]sandbox.File{{Name: "passport.pdf", Type: "Identity"}}, ""},
		"never a picture without a type":     {[]sandbox.File{{Name: "photo.jpg"}}, ""},
		"a name is no way out of the folder": {[]sandbox.File{{Name: `..\..\x/ada.pdf`, Type: "CV"}}, "ada.pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t, sandbox.Options{}, connectors.Settings{"resume_types": "Resume, CV"})
			id := b.account.AddCandidate(person())
			for _, f := range c.files {
				f.Content = pdf
				b.account.AddFile(id, f)
			}
			got, err := b.Resume(t.Context(), text(id))
			if err != nil {
				t.Fatal(err)
			}
			if got == nil && c.want != "" || got != nil && got.Name != c.want {
				t.Errorf("got %+v, want %q", got, c.want)
			}
			if got != nil && (got.Size != 4 || !strings.Contains(got.ContentType, "/")) {
				t.Errorf("size %d, type %q", got.Size, got.ContentType)
			}
		})
	}
}

// answering puts an answer in the place of the file call.
func answering(t *testing.T, body string) ([]byte, error) {
	t.Helper()
	b := setup(t, sandbox.Options{}, nil)
	id := b.account.AddCandidate(person())
	b.account.AddFile(id, sandbox.File{Name: "a.pdf", Type: "Resume", Content: []byte("x")})
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/file/") {
			return false
		}
		_, _ = w.Write([]byte(body))
		return true
	})
	f, err := b.Resume(t.Context(), text(id))
	if err != nil {
		t.Fatal(err)
	}
	in, err := f.Open(t.Context())
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

func TestFileContentIsReadInEveryForm(t *testing.T) {
	want := bytes.Repeat([]byte{0, 255, 17, 62, 63, 'a'}, 400)
	plain := base64.StdEncoding.EncodeToString(want)
	for name, content := range map[string]string{
		"plain":             plain,
		"with escaped ends": strings.ReplaceAll(strings.ReplaceAll(plain, "/", `\/`), "=", `\u003d`),
		"in lines":          strings.Join([]string{plain[:76], plain[76:152], plain[152:]}, `\r\n`),
	} {
		for _, frame := range []string{`{"File":{"contentType":"a/b","fileContent":"%","name":"x"}}`,
			`{ "File" : { "name" : "say \"fileContent\": no", "description":"fileContent", "fileContent" : "%" } }`} {
			got, err := answering(t, strings.Replace(frame, "%", content, 1))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(want), err)
			}
		}
	}
}

func TestHalfAFileIsAnError(t *testing.T) {
	for _, body := range []string{``, `{`, `{"File":{}}`, `{"File":{"fileContent":null}}`, `{"File":{"fileContent":"JVBE`, `{"File":{"fileContent":"JVBERi0`,
		`{"File":{"fileContent":"JVB"}}`, `{"File":{"fileContent":"J$BE"}}`, `<html>maintenance</html>`, `{"File":{"fileContent":"\u00zz"}}`} {
		if got, err := answering(t, body); staffing.CodeOf(err) != staffing.Unavailable {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
}

func TestHiddenAndDeletedValuesAreNotPassedOn(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	c := person()
	c.Email, c.City = "**CONFIDENTIAL**", "**CONFIDENTIAL**"
	rec, err := b.Candidate(t.Context(), text(b.account.AddCandidate(c)))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(rec.Raw, &got); err != nil {
		t.Fatal(err)
	}
	hidden, _ := got["_confidential"].([]any)
	if bytes.Contains(rec.Raw, []byte("**")) || got["email"] != nil || len(hidden) != 2 || hidden[0] != "address.city" {
		t.Errorf("%s", rec.Raw)
	}
	for id, code := range map[string]staffing.Code{"12345678": staffing.NotFound, "1 OR 1=1": staffing.Invalid, "": staffing.Invalid, "../x": staffing.Invalid} {
		if _, err := b.Candidate(t.Context(), id); staffing.CodeOf(err) != code {
			t.Errorf("candidate %q: %v", id, err)
		}
	}
}

func TestFurtherFieldsAreAskedFor(t *testing.T) {
	b := setup(t, sandbox.Options{}, connectors.Settings{"candidate_fields": "customDate1, owner(id, name)"})
	c := person()
	c.RightToRepresent = day(t, "2026-11-20")
	rec, err := b.Candidate(t.Context(), text(b.account.AddCandidate(c)))
	if err != nil || !strings.Contains(string(rec.Raw), `"customDate1":1795`) || !strings.Contains(string(rec.Raw), "Rita") {
		t.Errorf("%s %v", rec.Raw, err)
	}
}

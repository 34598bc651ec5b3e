package jobadder

import (
	"context"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// withheld is what a submission does not need of a person.
func withheld() []string {
	return []string{"dateOfBirth", "emergencyContact", "emergencyPhone", "otherEmail", "social", "rating", "partnerActions", "statistics", "links", "salutation"}
}

// Candidate gives a candidate.
func (c *Connector) Candidate(ctx context.Context, id string) (staffing.Record, error) {
	if err := checkID("candidate", id); err != nil {
		return staffing.Record{}, err
	}
	r, err := c.one(ctx, "/candidates/"+id, "candidateId", id)
	if err != nil {
		return staffing.Record{}, err
	}
	for _, k := range withheld() {
		delete(r, k)
	}
	r.byField()
	return r.record("candidateId")
}

// Submission gives an application. JobAdder keeps no rate with it, but custom fields:
// _custom holds them by number, _currency is the connection's setting.
func (c *Connector) Submission(ctx context.Context, id string) (staffing.Record, error) {
	if err := checkID("job application", id); err != nil {
		return staffing.Record{}, err
	}
	r, err := c.one(ctx, "/applications/"+id, "applicationId", id)
	if err != nil {
		return staffing.Record{}, err
	}
	for _, k := range []string{"partnerActions", "links", "screening"} {
		delete(r, k)
	}
	r.byField()
	r["_currency"] = c.set["currency"]
	return r.record("applicationId")
}

// Resume gives the newest attachment of the first type of the settings, else of the
// second, else nil. Attachments of other types are never asked for.
func (c *Connector) Resume(ctx context.Context, candidate string) (*staffing.File, error) {
	if err := checkID("candidate", candidate); err != nil {
		return nil, err
	}
	at := "/candidates/" + candidate + "/attachments"
	p, err := c.list(ctx, at, url.Values{"Type": c.types, "Latest": {"true"}, "Limit": {"100"}})
	if err != nil {
		return nil, err
	}
	f := c.pick(p.items)
	if f == nil {
		return nil, nil //nolint:nilnil // by the interface: a candidate without a résumé
	}
	file := at + "/" + f.text("attachmentId")
	return &staffing.File{Name: fileName(f), ContentType: contentType(f), Size: -1,
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			// Any other Accept header asks the vendor to convert the file.
			body, err := c.stream(ctx, request{path: file, accept: "*/*"})
			if err != nil {
				return nil, explain(err, "cannot read the résumé of candidate %s from JobAdder", candidate)
			}
			return body, nil
		}}, nil
}

// pick chooses the résumé.
func (c *Connector) pick(files []row) (best row) {
	for _, kind := range c.types {
		for _, f := range files {
			newer := best == nil || f.changed().After(best.changed()) || f.changed().Equal(best.changed()) && f.int("attachmentId") > best.int("attachmentId")
			if f.text("type") == kind && f.int("attachmentId") > 0 && newer {
				best = f
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// contentType goes by the name: what fileType holds is not documented.
func contentType(f row) string {
	if t := mime.TypeByExtension(strings.ToLower(path.Ext(f.text("fileName")))); t != "" {
		return t
	}
	if t := f.text("fileType"); strings.Count(t, "/") == 1 {
		return t
	}
	return "application/octet-stream"
}

// fileName gives a plain name: no folder, no control characters.
func fileName(f row) string {
	name := path.Base(strings.ReplaceAll(f.text("fileName"), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, name))
	if name == "" || name == "." || name == "/" || name == ".." {
		return "resume"
	}
	return name
}

package vincere

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// withheld is what a submission does not need of a person.
func withheld() []string {
	return []string{"date_of_birth", "dob", "gender", "nationality", "place_of_birth", "marital_status", "passport_no", "national_insurance_number", "ssn", "photo", "photo_url"}
}

// Candidate gives a candidate.
func (c *Connector) Candidate(ctx context.Context, id string) (staffing.Record, error) {
	if err := checkID("candidate", id); err != nil {
		return staffing.Record{}, err
	}
	r, err := c.one(ctx, "/candidate", id)
	if err != nil {
		return staffing.Record{}, err
	}
	for _, k := range withheld() {
		delete(r, k)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "the record cannot be written as JSON: %w", err)
	}
	return staffing.Record{ExternalID: id, UpdatedAt: r.time("updated_timestamp"), Raw: raw}, nil
}

// Resume gives the newest file that is marked as the original CV, or nil. Other
// files are never sent: one may be an identity card.
func (c *Connector) Resume(ctx context.Context, candidate string) (*staffing.File, error) {
	if err := checkID("candidate", candidate); err != nil {
		return nil, err
	}
	resp, err := c.call(ctx, httpx.Request{URL: "/candidate/" + candidate + "/files"})
	if err != nil {
		return nil, explain(err, "cannot read the files of candidate %s from Vincere", candidate)
	}
	var files []row
	if err := resp.Decode(&files); err != nil {
		return nil, explain(err, "Vincere's list of the files of candidate %s cannot be read", candidate)
	}
	var best row
	for _, f := range files {
		if f["original_cv"] == true && f.text("url") != "" && (best == nil || f.time("uploaded_date").After(best.time("uploaded_date"))) {
			best = f
		}
	}
	if best == nil {
		return nil, nil //nolint:nilnil // by the interface: a candidate without a résumé
	}
	link, err := c.link(best.text("url"))
	if err != nil {
		return nil, err
	}
	name := fileName(best.text("file_name"))
	kind := mime.TypeByExtension(strings.ToLower(path.Ext(name)))
	if kind == "" {
		kind = "application/octet-stream"
	}
	return &staffing.File{Name: name, ContentType: kind, Size: -1, Open: func(ctx context.Context) (io.ReadCloser, error) {
		body, _, err := c.http.Stream(ctx, httpx.Request{URL: link})
		if err != nil {
			return nil, explain(err, "cannot read the résumé of candidate %s", candidate)
		}
		return body, nil
	}}, nil
}

// link checks the address of a file. It is a link for a day, which proves itself:
// the hub's credentials are not sent along.
func (c *Connector) link(address string) (string, error) {
	home, err := url.Parse(c.base)
	if err != nil {
		return "", staffing.Errorf(staffing.Invalid, "the Vincere address cannot be read")
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != home.Scheme || u.Host != home.Host) {
		return "", staffing.Errorf(staffing.Unavailable, "Vincere gives an address of the résumé that is no secure link")
	}
	return address, nil
}

// fileName gives a plain name: no folder, no control characters.
func fileName(given string) string {
	name := path.Base(strings.ReplaceAll(given, `\`, "/"))
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

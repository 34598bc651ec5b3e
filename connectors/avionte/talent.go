package avionte

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// passed is what a submission needs of a talent. Everything else stays out: the
// answer also holds tax numbers, birthdays, race, disability and tax elections.
func passed() []string {
	return []string{"id", "firstName", "middleName", "lastName", "homePhone", "workPhone", "mobilePhone", "emailAddress", "emailAddress2", "status", "statusId", "placementStatus",
		"isArchived", "availabilityDate", "latestWork", "officeName", "link", "employmentType", "employmentTypeName", "origin", "originRecordId", "createdDate", "lastUpdatedDate"}
}

// Candidate gives a talent.
func (c *Connector) Candidate(ctx context.Context, id string) (staffing.Record, error) {
	if err := checkID("talent", id); err != nil {
		return staffing.Record{}, err
	}
	r, err := c.one(ctx, "/talent", id, url.Values{"includeResume": {"False"}})
	if err != nil {
		return staffing.Record{}, err
	}
	out := row{}
	for _, k := range passed() {
		if v, ok := r[k]; ok {
			out[k] = v
		}
	}
	home, _ := r["residentAddress"].(map[string]any) // absent: no address
	address := row{}
	for _, k := range []string{"city", "state_Province", "postalCode", "country"} {
		if v, ok := home[k]; ok {
			address[k] = v
		}
	}
	out["residentAddress"] = address
	return record(out, id, "lastUpdatedDate")
}

func record(r row, id, changed string) (staffing.Record, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "the record cannot be written as JSON: %w", err)
	}
	return staffing.Record{ExternalID: id, UpdatedAt: r.time(changed), Raw: raw}, nil
}

// Resume gives the talent's résumé, or nil.
func (c *Connector) Resume(ctx context.Context, candidate string) (*staffing.File, error) {
	if err := checkID("talent", candidate); err != nil {
		return nil, err
	}
	r, err := c.one(ctx, "/talent", candidate, url.Values{"includeResume": {"True"}})
	if err != nil {
		return nil, err
	}
	given, _ := r["talentResume"].(map[string]any) // absent or null: none
	content, err := c.content(given)
	if err != nil || content == nil {
		return nil, err
	}
	name := fileName(row(given).text(c.set["resume_name"]))
	kind := mime.TypeByExtension(strings.ToLower(path.Ext(name)))
	if kind == "" {
		kind = "application/octet-stream"
	}
	return &staffing.File{Name: name, ContentType: kind, Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}, nil
}

// content takes the file out of talentResume. The names of its members are not
// documented publicly, so a name that does not fit is told with those that are there.
func (c *Connector) content(given row) ([]byte, error) {
	if len(given) == 0 {
		return nil, nil
	}
	v, there := given[c.set["resume_content"]]
	if !there {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "resume_content",
			Message: "Avionté's résumé has no member " + c.set["resume_content"] + ", but " + strings.Join(slices.Sorted(maps.Keys(given)), ", ") + ": enter the right one as Field with the résumé in the settings of the connection"}
	}
	text, _ := v.(string) // null: none
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "the résumé that Avionté gives is no base64")
	}
	return content, nil
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

// Submission gives a nomination: a talent on a job with the name of its stage. It
// holds no rate that is known.
func (c *Connector) Submission(ctx context.Context, id string) (staffing.Record, error) {
	if err := checkID("nomination", id); err != nil {
		return staffing.Record{}, err
	}
	r, err := c.one(ctx, "/talent/stage", id, nil)
	if err != nil {
		return staffing.Record{}, err
	}
	return record(r, id, "stagedDate")
}

// Check signs in and reads two lists that every account has.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "Avionté tenant " + c.set["tenant"]}
	for _, p := range []struct{ path, purpose string }{{"/branch", "reach the tenant"}, {"/talent-statuses", "know the statuses of talents"}} {
		out := staffing.Permission{Name: strings.TrimPrefix(p.path, "/"), Purpose: p.purpose, Granted: true}
		resp, err := c.get(ctx, p.path, nil)
		switch {
		case staffing.CodeOf(err) == staffing.Forbidden:
			out.Granted, out.Detail = false, "Avionté grants each call to the partner by itself: ask for it at developer.avionte.com."
		case err != nil:
			return staffing.Report{}, err
		default:
			var list []any
			if err := resp.Decode(&list); err != nil {
				return staffing.Report{}, explain(err, "Avionté's answer for %s cannot be read", p.path)
			}
		}
		report.Permissions = append(report.Permissions, out)
	}
	return report, nil
}

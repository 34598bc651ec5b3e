package fieldglass

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// The columns of the job seeker status download as the mapping sees them. The
// download is built by the tenant, so its names differ; aliases lists the ones
// that Fieldglass's object model offers for each.
const (
	colJobSeeker = "job_seeker_id"
	colReference = "external_reference_id"
	colPosting   = "job_posting_id"
	colStatus    = "status"
	colModified  = "last_modified"
	colReason    = "reason"
	colWorkOrder = "work_order_id"
	colRevision  = "work_order_revision" // not needed; a row that has it changes with the work order
	colUpdatedAt = "updated_at"          // last_modified in RFC 3339; made here
)

func aliases() map[string]string {
	return map[string]string{
		"jobseeker_id": colJobSeeker, "job_seeker_code": colJobSeeker,
		"external_job_seeker_id": colReference, "external_id": colReference, "external_reference": colReference, "externalreferenceid": colReference,
		"jobposting_id": colPosting, "order_id": colPosting, "posting_id": colPosting,
		"job_seeker_status": colStatus, "current_status": colStatus,
		"last_modified_date": colModified, "modified_date": colModified, "status_date": colModified, "last_updated": colModified, "last_update": colModified,
		"reject_reason": colReason, "status_reason": colReason, "reason_name": colReason,
		"workorder_id": colWorkOrder, "work_order": colWorkOrder,
		"workorder_revision": colRevision, "work_order_revision_number": colRevision, "revision_number": colRevision, "revision": colRevision,
	}
}

// rows reads a tenant-built download in JSON, XML or CSV as rows whose columns
// have the names above.
func rows(body []byte, connector string, zone *time.Location) ([]obj, error) {
	if onlyStatus(body).empty() {
		return nil, nil
	}
	var flat []obj
	if head := bytes.TrimSpace(body); len(head) > 0 && !strings.ContainsRune("<{[\xef", rune(head[0])) {
		var err error
		if flat, err = csvRows(head); err != nil {
			return nil, staffing.Errorf(staffing.Unavailable, "the answer of “%s” is neither JSON nor XML nor CSV: %w", connector, err)
		}
	} else {
		roots, err := parseAnswer(body, connector)
		if err != nil {
			return nil, err
		}
		for _, r := range roots {
			flat = append(flat, leaves(r.value, 0)...)
		}
	}
	names := aliases()
	out := make([]obj, 0, len(flat))
	for _, row := range flat {
		out = append(out, canonical(row, names, zone))
	}
	return out, nil
}

// leaves finds the rows in a tree: the objects that hold scalars.
func leaves(o obj, depth int) (out []obj) {
	if depth > 3 {
		return nil
	}
	for name, v := range o {
		if _, isObj := v.(obj); !isObj && !strings.HasPrefix(name, "@") {
			if _, isList := v.([]any); !isList && v != nil {
				return []obj{o}
			}
		}
	}
	for _, name := range sortedKeys(o) {
		for _, inner := range many(o[name]) {
			out = append(out, leaves(inner, depth+1)...)
		}
	}
	return out
}

func csvRows(body []byte) ([]obj, error) {
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	if len(header) < 2 {
		return nil, errors.New("its first line has one column only")
	}
	var out []obj
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		row := obj{}
		for i, cell := range line {
			if i < len(header) {
				row[header[i]] = storable(cell)
			}
		}
		out = append(out, row)
	}
}

func canonical(row obj, names map[string]string, zone *time.Location) obj {
	out := obj{}
	for name, v := range row {
		name = snake(name)
		if known, ok := names[name]; ok {
			name = known
		}
		out[name] = v
	}
	if t := when(text(out[colModified]), zone); !t.IsZero() {
		out[colUpdatedAt] = t.UTC().Format(time.RFC3339Nano)
	}
	return out
}

// snake writes "Job Seeker ID", "jobSeekerId" and "JobSeekerID" alike.
func snake(s string) string {
	var b strings.Builder
	rs := []rune(strings.TrimLeft(strings.TrimSpace(s), "@$"))
	for i, r := range rs {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
				b.WriteByte('_')
			}
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(rs[i-1]) || unicode.IsUpper(rs[i-1]) && i+1 < len(rs) && unicode.IsLower(rs[i+1])):
			if !strings.HasSuffix(b.String(), "_") {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Trim(b.String(), "_")
}

// when reads a date-time of a download; those without a zone are in the zone of
// the web-service user. The zero time stands for none and for a form unknown.
func when(s string, zone *time.Location) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04",
		time.DateOnly, "01/02/2006 15:04:05", "01/02/2006 03:04 PM", "01/02/2006 15:04", "01/02/2006", "01-02-2006"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t
		}
	}
	return time.Time{}
}

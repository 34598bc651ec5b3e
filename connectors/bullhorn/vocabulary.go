package bullhorn

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// metaHome is where the hub meets the fields of an entity.
type metaHome struct {
	entity, section string
	written         bool   // a map writes them: keys are cell keys, and read-only fields are left out
	read            string // fields that are read without a setting
	settingLabel    string // of the setting that names further ones
}

func (c *Connector) metaHomes() []metaHome {
	return []metaHome{
		{entity: "JobOrder", section: "job", written: true},
		{entity: "Candidate", section: "candidate", read: withFields(candidateFields, c.set["candidate_fields"]), settingLabel: "Further candidate fields"},
		{entity: "JobSubmission", section: "offered", read: withFields(submissionFields, c.set["submission_fields"]), settingLabel: "Further submission fields"},
	}
}

// ours are fields of a job that the connector fills in by itself, or finds from the
// client's code and the hiring manager's address.
func ours() []string {
	return []string{"id", "externalID", "owner", "clientCorporation", "clientContact", "isDeleted", "dateAdded", "dateLastModified", "address"}
}

// Fields gives the fields of jobs, candidates and submissions as the account set
// them up: labels, required ones, options.
// https://bullhorn.github.io/rest-api-docs/#get-meta
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	var out []staffing.VendorField
	for _, home := range c.metaHomes() {
		rows, err := c.meta(ctx, home.entity)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, home.fields(r)...)
		}
	}
	return out, nil
}

// DeclaredStatuses gives the words of a submission in the account's own order.
func (c *Connector) DeclaredStatuses(ctx context.Context) ([]staffing.DeclaredStatus, error) {
	rows, err := c.meta(ctx, "JobSubmission")
	if err != nil {
		return nil, err
	}
	var out []staffing.DeclaredStatus
	for _, r := range rows {
		if r.text("name") != "status" {
			continue
		}
		for _, o := range optionsOf(r) {
			out = append(out, staffing.DeclaredStatus{Subject: staffing.SubjectSubmission, Word: o.Value, Label: o.Label})
		}
	}
	return out, nil
}

// meta reads the field map of an entity. The vendor allows fields=* only here.
func (c *Connector) meta(ctx context.Context, entity string) ([]row, error) {
	resp, err := c.call(ctx, request{path: "meta/" + entity, query: url.Values{"fields": {"*"}, "meta": {"full"}}})
	if err != nil {
		return nil, explain(err, "cannot read the field map of Bullhorn's %s", entity)
	}
	var out struct {
		Fields []row `json:"fields"`
	}
	if err := resp.Decode(&out); err != nil {
		return nil, err
	}
	if len(out.Fields) == 0 {
		return nil, staffing.Errorf(staffing.Unavailable, "Bullhorn's field map of %s is empty", entity)
	}
	return out.Fields, nil
}

// fields turns one entry of the field map into what a map can name. Lists of other
// records are left out, custom objects apart: the API writes them by calls of their own.
func (h metaHome) fields(r row) []staffing.VendorField {
	name := r.text("name")
	if h.written && slices.Contains(ours(), name) && r.text("type") != "COMPOSITE" {
		return nil
	}
	switch r.text("type") {
	case "SCALAR":
		return h.field(name, r)
	case "TO_ONE":
		key := name + ".id"
		return h.field(key, row{"name": key, "label": r["label"], "dataType": "Integer", "required": r["required"], "readOnly": r["readOnly"]})
	case "TO_MANY":
		if customObject.MatchString(name) {
			return h.instances(name, r)
		}
	case "COMPOSITE":
		var out []staffing.VendorField
		parts, _ := r["fields"].([]any) // absent: the parts are not described
		for _, p := range parts {
			if part, ok := p.(map[string]any); ok && row(part).text("type") == "SCALAR" {
				out = append(out, h.field(name+"."+row(part).text("name"), part)...)
			}
		}
		return out
	}
	return nil
}

func (h metaHome) field(key string, r row) []staffing.VendorField {
	options := optionsOf(r)
	label := strings.TrimSpace(r.text("label"))
	set := !strings.HasPrefix(strings.ToLower(key), "custom") && !strings.HasPrefix(strings.ToLower(key), "correlatedcustom") ||
		label != "" && label != r.text("name") || len(options) > 0 || r.bool("required") // else a spare field that nobody set up
	if !set || h.written && r.bool("readOnly") {
		return nil
	}
	if label == "" {
		label = key
	}
	f := staffing.VendorField{Section: h.section, Key: key, Label: label, Type: typeWord(r, len(options) > 0), Required: h.written && r.bool("required"), Options: options}
	if !h.written {
		f.Key = "raw." + key
		if !slices.Contains(fieldList(h.read), strings.Split(key, ".")[0]) {
			f.Label += " (not read yet: add it to " + h.settingLabel + " of the connection)"
		}
	}
	return []staffing.VendorField{f}
}

var bracketed = regexp.MustCompile(`\[[^\]]*\]|\([^)]*\)`)

// fieldList gives the names of a fields parameter, without what is in brackets.
func fieldList(s string) []string {
	out := strings.Split(bracketed.ReplaceAllString(s, ""), ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func typeWord(r row, choice bool) string {
	if choice {
		return "choice"
	}
	word := map[string]string{"String": "text", "Integer": "number", "Double": "number", "BigDecimal": "amount", "Boolean": "yes or no", "Timestamp": "time"}[r.text("dataType")]
	if word == "" {
		return "text"
	}
	return word
}

// optionsOf gives the values of a pick list. One with an optionsType is a look-up
// in other records, of which the map shows a part at most.
func optionsOf(r row) (out []staffing.FieldOption) {
	list, _ := r["options"].([]any) // absent: no pick list
	if r.text("optionsType") != "" {
		return nil
	}
	for _, e := range list {
		m, _ := e.(map[string]any) // anything else has no value
		value, label := row(m).text("value"), strings.TrimSpace(row(m).text("label"))
		if value == "" || slices.ContainsFunc(out, func(o staffing.FieldOption) bool { return o.Value == value }) {
			continue
		}
		if label == "" {
			label = value
		}
		out = append(out, staffing.FieldOption{Value: value, Label: label})
	}
	return out
}

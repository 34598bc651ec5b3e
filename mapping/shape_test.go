package mapping_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/mapping"
)

func TestKeysAreThoseOfTheRecordAndEveryCustomField(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"keys of the record":                       {`{"id":1,"name":"Nurse","notes":null,"tags":[]}`, "raw.id raw.name"},
		"keys of objects":                          {`{"office":{"city":"Austin","more":{"x":1}}}`, "raw.office.city raw.office.more"},
		"custom fields with a value":               {`{"custom_fields":{"nte":{"name":"NTE","type":"currency","value":{"amount":1}},"po":{"name":"PO","value":null}}}`, "raw.custom_fields.nte"},
		"plain custom fields":                      {`{"customFields":{"a b":"x","c":""}}`, `raw.customFields["a b"]`},
		"custom fields that bear names":            {`{"s":{"p":{"CustomFields":{"CustomField":[{"@name":"PO","value":"1"},{"@name":"GL","value":""}]}}}}`, `raw.s.p.CustomFields.CustomField.filter(e, e["@name"] == "PO")[0] raw.s.p`},
		"what a connector added is no key":         {`{"_openings":[{"id":1}],"id":2}`, "raw.id"},
		"no object has none":                       {`[1,2]`, ""},
		"an element of a list without names":       {`{"openings":[{"id":1}]}`, "raw.openings"},
		"a key that no expression can hold":        {"{\"a\\u0000b\":1,\"c\":2}", "raw.c"},
		"values are cut in examples, keys are not": {`{"k":"` + strings.Repeat("x", 500) + `"}`, "raw.k"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, k := range mapping.Keys(json.RawMessage(c.raw)) {
				got = append(got, k.Path)
				if len(k.Example) > 80 || k.Example == "" {
					t.Errorf("example of %s: %q", k.Path, k.Example)
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s\nwant %s", s, c.want)
			}
		})
	}
}

func TestReadsKnowsWhatACellLooksAt(t *testing.T) {
	d, err := mapping.Parse([]byte(`
requisition:
  external_id: string(raw.id)
  title: 'first([raw._job_post.title, raw.name])'
  nte: money(raw.custom_fields.nte.value.amount)
  locations: raw.offices.map(o, location(o.name))
  custom_fields.po: 'raw.fields.filter(f, f.name == "PO")[0].value'
  department: raw.department["name of it"]
  custom_fields: raw.extra
status: {word: raw.stage.name}
`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"raw.id": true, "raw.idx": false, "raw.name": true, "raw._job_post.title": true, "raw._job_post.body": false,
		"raw.custom_fields.nte": true, "raw.custom_fields.nte2": false, "raw.custom_fields": true, "raw.offices[0].city": true,
		`raw.fields.filter(e, e.name == "GL")[0]`: false, "raw.stage.name": true, "raw.stage.id": false, `raw.department["name of it"]`: true, "raw.department.code": false, "raw.extra": true, "raw.extra.shift": false,
	} {
		if got := d.Reads(path); got != want {
			t.Errorf("%s is read: %v, want %v", path, got, want)
		}
	}
}

func TestWritesAreTheWordsThatADocumentSends(t *testing.T) {
	d, err := mapping.Parse([]byte(`
job:
  employmentType: {cel: req.worker_type, list: types, default: '"Contract"'}
  onSite: '"On-Site"'
  title: req.title
  status: lookup("states", req.status, "Closed")
internal_status: {placed: Placed}
triggers: [Client Submission]
lists:
  types: {perm: Direct Hire}
  states: {open: Open}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range d.Writes() {
		got = append(got, w.Section+"."+w.Key+"="+w.Value+"("+w.List+")")
	}
	want := "job.employmentType=Contract() job.employmentType=Direct Hire(types) job.onSite=On-Site() job.status=Open(states) job.status=Closed() internal_status.placed=Placed() triggers.=Client Submission()"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
}

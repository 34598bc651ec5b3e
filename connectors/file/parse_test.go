package file

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/tributary-hub/tributary/staffing"
)

func plainLayout() layout {
	return layout{format: "auto", encoding: "auto", delimiter: "auto", header: 1, id: "id"}
}

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u&0xff), byte(u>>8))
	}
	return string(out)
}

func TestFilesAreReadInTheFormsThatSystemsWrite(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		change        func(*layout)
		want          string // ids and the field name of the first
	}{
		"commas":                 {"a.csv", "id,name\n1,Ada\n2,Bo\n", nil, "1 2 Ada"},
		"a byte order mark":      {"a.csv", "\ufeffid,name\r\n1,Ada\r\n", nil, "1 Ada"},
		"semicolons and quotes":  {"a.csv", "id;name\n1;\"Ada; Grey\nof York\"\n", nil, "1 Ada; Grey\nof York"},
		"tabs":                   {"a.txt", "id\tname\n1\tAda, Grey\n", nil, "1 Ada, Grey"},
		"lines before the names": {"a.csv", "Report of\n2026\nid,name\n1,Ada\n", func(l *layout) { l.header = 3 }, "1 Ada"},
		"Windows-1252":           {"a.csv", "id,name\n1,Zo\xeb\n", func(l *layout) { l.encoding = "windows-1252" }, "1 Zoë"},
		"UTF-16":                 {"a.csv", utf16le("id,name\n1,Zoë\n"), nil, "1 Zoë"},
		"XML":                    {"a.xml", `<?xml version="1.0"?><R><Q id="7"><name>Ada &amp; Bo</name><tag>x</tag><tag>y</tag></Q><Q id="8"><name>Cy</name></Q></R>`, func(l *layout) { l.records, l.id = "R/Q", "@id" }, "7 8 Ada & Bo"},
		"XML in Latin-1":         {"a.xml", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><R><Q><id>7</id><name>Zo\xeb</name></Q></R>", func(l *layout) { l.records = "R/Q" }, "7 Zoë"},
		"XML with namespaces":    {"a.xml", `<n:R xmlns:n="urn:x"><n:Q><n:Head><n:id>7</n:id></n:Head><n:name>Ada</n:name></n:Q></n:R>`, func(l *layout) { l.records, l.id = "R/Q", "Head.id" }, "7 Ada"},
		"a JSON list":            {"a.json", `[{"id":12345678901234567890,"name":"Ada"}]`, nil, "12345678901234567890 Ada"},
		"JSON below a path":      {"a.json", `{"data":{"items":[{"id":"1","name":"Ada"}]}}`, func(l *layout) { l.records = "data.items" }, "1 Ada"},
		"JSON lines":             {"a.jsonl", "{\"id\":\"1\",\"name\":\"Ada\"}\n{\"id\":\"2\"}\n", nil, "1 2 Ada"},
		"no rows":                {"a.csv", "id,name\n", nil, ""},
	} {
		l := plainLayout()
		if c.change != nil {
			c.change(&l)
		}
		records, err := l.parse(c.file, []byte(c.content))
		var got []string
		for _, r := range records {
			got = append(got, r.ExternalID)
		}
		if len(records) > 0 {
			var first struct{ Name string }
			if json.Unmarshal(records[0].Raw, &first) != nil {
				t.Errorf("%s: %s", name, records[0].Raw)
			}
			got = append(got, first.Name)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q and %v, want %q", name, got, err, c.want)
		}
	}
}

func TestAFlawNamesItsLineAndQuotesNobody(t *testing.T) {
	for name, c := range map[string]struct{ file, content, records, want string }{
		"empty":                {"a.csv", "", "", "it is empty"},
		"an id missing":        {"a.csv", "id,name\n1,Ada\n,Bo\n", "", "line 3: it has no \"id\""},
		"a quote left open":    {"a.csv", "id,name\n1,\"Ada\n", "", "quotes are wrong"},
		"a column twice":       {"a.csv", "id,id\n1,2\n", "", "line 1: two columns"},
		"no UTF-8":             {"a.csv", "id,name\n1,Ada\n2,Zo\xeb\n", "", "line 3: it is not in UTF-8"},
		"a binary":             {"a.csv", "id\n\x00\n", "", "no text file"},
		"an unknown ending":    {"a.xlsx", "PK", "", "set the format"},
		"JSON cut off":         {"a.json", "[{\"id\":\"1\"},\n{\"id\":\"2", "", "line 2: it breaks off"},
		"JSON of another kind": {"a.json", `["Ada"]`, "", "record 1 is no object"},
		"JSON too deep":        {"a.json", strings.Repeat(`{"a":`, 100), "", "nested deeper"},
		"XML cut off":          {"a.xml", "<R>\n<Q><id>1</id>", "R/Q", "line 2: it breaks off"},
		"XML of another root":  {"a.xml", "<html/>", "R/Q", "outermost element"},
		"XML without a path":   {"a.xml", "<R/>", "", "which elements"},
		"XML with an entity":   {"a.xml", `<!DOCTYPE R [<!ENTITY x "Ada">]><R><Q><id>&x;</id></Q></R>`, "R/Q", "no XML from here"},
		"XML too deep":         {"a.xml", strings.Repeat("<R>", 100), "R/Q", "nested deeper"},
	} {
		l := plainLayout()
		l.records = c.records
		records, err := l.parse(c.file, []byte(c.content))
		if err == nil || len(records) > 0 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d records and %v, want %q", name, len(records), err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "Ada") || strings.Contains(err.Error(), "Zo")) {
			t.Errorf("%s: the reason quotes the file: %v", name, err)
		}
	}
}

// FuzzParse holds that whatever a stranger drops is read whole or refused.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"id,name\n1,Ada\n", "[{\"id\":1}]", "<R><Q><id>1</id></Q></R>", "\xff\xfei\x00d\x00", "{\"data\":[{\"id\":\"1\"}]}", ""} {
		for kind := range 3 {
			f.Add(kind, s, "R/Q")
		}
	}
	f.Fuzz(func(t *testing.T, kind int, content, records string) {
		l := plainLayout()
		l.records = records
		name := []string{"a.csv", "a.json", "a.xml"}[uint(kind)%3]
		out, err := l.parse(name, []byte(content))
		if err != nil && len(out) > 0 {
			t.Fatalf("%d records of a file that is refused", len(out))
		}
		for _, r := range out {
			if r.ExternalID == "" || !json.Valid(r.Raw) || r.Raw[0] != '{' {
				t.Fatalf("record %q is %s", r.ExternalID, r.Raw)
			}
		}
	})
}

func FuzzManifest(f *testing.F) {
	f.Add("rows=3\nbytes: 4")
	f.Add(`{"rows":3}`)
	f.Fuzz(func(_ *testing.T, text string) { manifest([]byte(text)) })
}

func TestACursorThatIsNoneIsAFaultOfOurs(t *testing.T) {
	if _, err := readCursor(staffing.Cursor(`{"read":7}`)); staffing.CodeOf(err) != staffing.Internal {
		t.Error(err)
	}
}

package document_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/document"
)

var update = flag.Bool("update", false, "write the schema and the reference anew")

const (
	schemaFile = "../../docs/document.schema.json"
	readmeFile = "../rest/README.md"
	from, to   = "<!-- reference -->\n", "<!-- end of reference -->\n"
)

func TestThePublishedSchemaIsThatOfTheDecoder(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, document.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(kept, document.Schema()) {
		t.Errorf("%s is stale (%v); run go test ./connectors/document -run Published -update", schemaFile, err)
	}
}

func TestTheReadmeHasEveryKeyOfADocument(t *testing.T) {
	page, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), from)
	kept, after, ends := strings.Cut(rest, to)
	if !found || !ends {
		t.Fatalf("%s has no place for the reference", readmeFile)
	}
	want := "\n" + document.Reference()
	if *update {
		if err := os.WriteFile(readmeFile, []byte(before+from+want+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
		kept = want
	}
	if kept != want {
		t.Errorf("the reference in %s is stale; run go test ./connectors/document -run Readme -update", readmeFile)
	}
}

// The example of the README is a document, and its webhook takes a delivery.
func TestTheExampleOfTheReadmeIsADocument(t *testing.T) {
	page, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, part := range strings.Split(string(page), "```yaml\n")[1:] {
		source, _, _ := strings.Cut(part, "```")
		if !strings.Contains(source, "requisitions:") && !strings.Contains(source, "billing:") {
			continue
		}
		n++
		if _, err := document.Parse([]byte(source)); err != nil {
			t.Error(err)
		}
	}
	if n == 0 {
		t.Error("the README shows no document")
	}
}

package archtest

import (
	"strings"
	"testing"
)

// Each rule is shown to bite: a breach of it is found, and its lawful neighbour is not.
func TestRulesBite(t *testing.T) {
	t.Parallel()
	imports := func(name string) string { return "package p\nimport _ \"" + name + "\"\n" }
	house := func(name string) string { return imports(module + "/" + name) }
	vendor := func(f file) []string { return vendorFindings(f, vendors) }
	for name, c := range map[string]struct {
		rule           func(file) []string
		path           string
		breach, lawful string
	}{
		"store knows no jobs":          {dependencyFindings, "store/x.go", house("jobs"), house("staffing")},
		"web knows no store":           {dependencyFindings, "web/x.go", house("store"), house("internal/expr")},
		"mapping knows no rules":       {dependencyFindings, "mapping/x.go", house("rules"), house("internal/expr")},
		"jobs know no sandbox":         {dependencyFindings, "jobs/x.go", house("sandbox/state"), house("store")},
		"handlers know no jobs":        {dependencyFindings, "handlers/x.go", house("jobs"), house("web")},
		"tools know no connectors":     {dependencyFindings, "internal/x/x.go", house("connectors"), house("internal/expr")},
		"a connector knows no store":   {dependencyFindings, "connectors/lever/x.go", house("store"), house("connectors")},
		"a new room needs a line":      {dependencyFindings, "utils/x.go", "package p\n", ""},
		"the domain stands alone":      {aloneFindings, "staffing/x.go", imports("github.com/google/uuid"), imports("github.com/shopspring/decimal")},
		"connectors are strangers":     {strangerFindings, "connectors/lever/x.go", house("connectors/ashby"), house("connectors")},
		"the suite is for tests":       {strangerFindings, "connectors/lever/x.go", house("connectors/connectortest"), ""},
		"no driver outside store":      {sqlFindings, "handlers/x.go", imports("github.com/lib/pq"), imports("strings")},
		"no statement outside store":   {sqlFindings, "jobs/x.go", "package p\nvar s = `\n  select id\n  from clients where id = $1`\n", "package p\nvar s = \"Select a client from the list\"\n"},
		"no update outside store":      {sqlFindings, "jobs/x.go", "package p\nvar s = \"update clients set name = $1\"\n", "package p\nvar s = \"update the clients\"\n"},
		"answers come from handlers":   {answerFindings, "jobs/x.go", "package p\nimport \"net/http\"\nfunc f(w http.ResponseWriter) {}\n", "package p\nimport \"net/http\"\nfunc f(h http.Header) {}\n"},
		"a type needs a comment":       {commentFindings, "store/x.go", "package p\ntype T int\n", "package p\n// T is.\ntype T int\ntype t int\n"},
		"a method needs a comment":     {commentFindings, "store/x.go", "package p\nfunc (t *T[K]) Do() {}\n", "package p\nfunc (t *u) Do() {}\n"},
		"a constant needs a comment":   {commentFindings, "store/x.go", "package p\nconst A = 1\n", "package p\n// Both are.\nconst (\n A = 1\n B = 2\n)\n"},
		"a file ends at 400 lines":     {sizeFindings, "store/x.go", "package p\n" + strings.Repeat("\n", 400), "package p\n" + strings.Repeat("\n", 399)},
		"main ends at 100 lines":       {sizeFindings, "cmd/server/main.go", "package p\n" + strings.Repeat("\n", 100), "package p\n" + strings.Repeat("\n", 99)},
		"no vendor in an identifier":   {vendor, "jobs/x.go", "package p\nvar leverURL string\n", "package p\nvar leverage, clever string\n"},
		"no vendor inside a long word": {vendor, "jobs/x.go", "package p\nvar isGreenhouselike bool\n", "package p\nvar green, house bool\n"},
		"no vendor in a comment":       {vendor, "jobs/x.go", "package p\n\n// As Bullhorn does.\n", ""},
		"the demo names packages only": {vendor, "cmd/server/demo.go", "package p\nvar kind = \"greenhouse\"\n", house("sandbox/greenhouse") + "var x = greenhouse.New\n"},
		"only the demo names packages": {vendor, "cmd/server/run.go", house("sandbox/greenhouse"), ""},
	} {
		if found := c.rule(parse(t, c.path, c.breach)); len(found) != 1 {
			t.Errorf("%s: the breach gives %d findings: %v", name, len(found), found)
		}
		if c.lawful == "" {
			continue
		}
		if found := c.rule(parse(t, c.path, c.lawful)); len(found) != 0 {
			t.Errorf("%s: the lawful neighbour is refused: %v", name, found)
		}
	}
}

func TestWordsOfIdentifiers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"leverURLOf(x)":      "lever URL Of x",
		"status_lever-2":     "status lever",
		"leverage, LEVER":    "leverage LEVER",
		"parseXMLFromLever1": "parse XML From Lever",
	} {
		if got := strings.Join(words(text), " "); got != want {
			t.Errorf("words of %q are %q, want %q", text, got, want)
		}
	}
}

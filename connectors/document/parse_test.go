package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/document"
	"github.com/tributary-hub/tributary/staffing"
)

// least is the smallest document.
const least = "requisitions:\n  call: {path: '\"/jobs\"'}\n  records: body.jobs\n  external_id: string(raw.id)\n"

const sink = `submit:
  steps:
    - name: one
      find: {call: {path: '["c", key]', not_found: [404]}, result: body.id}
      call: {method: POST, path: '"c"', body: fields}
  receipt: {id: answers.one}
`

func TestDocumentsThatAreRefusedSayWhereAndWhy(t *testing.T) {
	for name, tc := range map[string]struct{ source, want string }{
		"nothing":                              {"", "it is empty"},
		"no YAML":                              {"a: [", "not valid YAML"},
		"two documents":                        {least + "---\n" + least, "more than one YAML document"},
		"no map":                               {"- 1", "document (line 1:1): a map of names to values is needed here"},
		"no requisitions":                      {"about: x", "requisitions is missing"},
		"an unknown key":                       {least + "calls: 1\n", `document (line 5:1): there is no key "calls" here`},
		"an unknown key further down":          {strings.Replace(least, "path:", "paht:", 1), `requisitions.call (line 2:10): there is no key "paht" here`},
		"a missing key further down":           {strings.Replace(least, "  records: body.jobs\n", "", 1), "requisitions (line 2:3): records is missing"},
		"a key that stands twice":              {least + "about: a\nabout: b\n", `document (line 6:1): the key "about" stands twice`},
		"a list where a text is needed":        {least + "about: [a]\n", "about (line 5:8): a single text is needed here"},
		"a map where an expression is needed":  {strings.Replace(least, "records: body.jobs", "records: {a: b}", 1), "requisitions.records (line 3:12): an expression is needed here"},
		"an empty expression":                  {strings.Replace(least, "records: body.jobs", "records: ''", 1), "an expression is needed here"},
		"a number that is none":                {least + "statuses:\n  paging: {style: page, size: many}\n", "statuses.paging.size (line 6:31): a whole number is needed here"},
		"a duration that is none":              {least + "  incremental: {overlap: soon}\n", "requisitions.incremental.overlap (line 5:26): a duration such as 5s"},
		"a style that nobody knows":            {least + "  paging: {style: scroll}\n", "one of these is needed here: link, next_url, cursor, page, offset"},
		"an expression that does not parse":    {strings.Replace(least, "body.jobs", "body.jobs +", 1), "requisitions.records (line 3:"},
		"an error in a quoted expression":      {strings.Replace(least, "body.jobs", "'nope(body)'", 1), "requisitions.records (line 3:17)"},
		"an error in a block":                  {strings.Replace(least, "body.jobs", "|\n    first(\n    nope)", 1), "requisitions.records (line 5)"},
		"a variable that is not there":         {strings.Replace(least, "body.jobs", "fields.jobs", 1), `there is no "fields" here; this cell has settings, since, page, now, body, header`},
		"a text without quotes":                {strings.Replace(least, "body.jobs", "jobs", 1), `a text stands in quotes inside the expression: '"text"'`},
		"a secret as a variable":               {strings.Replace(least, "body.jobs", "secrets.token", 1), "there is no"},
		"a secret in the document":             {least + "auth: {header: {Authorization: Bearer abc}}\n", "a setting such as {token} is needed here"},
		"two ways to sign in":                  {least + "auth: {basic: {username: '{username}'}, header: {X: '{token}'}}\n", "one of basic, header and oauth2 is enough"},
		"a token address elsewhere":            {least + "auth: {oauth2: {grant: client_credentials, token_path: 'https://evil.example/token'}}\n", "lies below the base URL"},
		"a token in a header that is shown":    {least + "auth: {oauth2: {grant: client_credentials, token_path: /t, header: X-Foo}}\n", "would show in the record of calls"},
		"a sign-in header among the headers":   {least + "headers: {authorization: '\"x\"'}\n", "this header is set by auth"},
		"a header that is none":                {least + "headers: {\"a b\": '\"x\"'}\n", "is no name of a header"},
		"a list call that deletes":             {strings.Replace(least, "{path:", "{method: DELETE, path:", 1), "this call only reads"},
		"a body with GET":                      {strings.Replace(least, "{path:", "{body: {a: '1'}, path:", 1), "a call with a body needs another method"},
		"401 as not found":                     {strings.Replace(least, "{path:", "{not_found: [401], path:", 1), "401 cannot mean that"},
		"an incremental list without a time":   {least + "  incremental: {}\n", "an incremental list needs updated_at"},
		"a cursor without a token":             {least + "  paging: {style: cursor}\n", "next goes with the styles"},
		"statuses without submit":              {least + strings.Replace(least, "requisitions", "statuses", 1), "the document needs submit as well"},
		"a placement without statuses":         {least + sink + "placement: {calls: [{name: a, call: {path: '\"x\"'}, result: body}], record: answers.a}\n", "the document needs statuses as well"},
		"a step that writes by GET":            {least + strings.Replace(sink, "method: POST", "method: GET", 1), "this call writes"},
		"records without match":                {least + strings.Replace(sink, "result: body.id}", "records: body.list, result: raw.id}", 1), "records and match go together"},
		"no step":                              {least + "submit: {steps: [], receipt: {id: '\"1\"'}}\n", "1 to 10 entries are needed here"},
		"a status that is no code":             {least + "errors: {status: {'409': bad}}\n", `"bad" is no code`},
		"a signature without the body":         {least + hook("scheme: hmac-sha256, signed: '{timestamp}', timestamp: {header: X-T}"), "{body} must stand in it once"},
		"a time that is not signed":            {least + hook("scheme: hmac-sha256, timestamp: {header: X-T}"), "go together"},
		"a tolerance of a day":                 {least + hook("scheme: hmac-sha256, signed: '{timestamp}.{body}', timestamp: {header: X-T, tolerance: 20h}"), "15m0s at most"},
		"a signed secret":                      {least + hook("scheme: secret, signed: '{body}'"), "a plain secret signs nothing"},
		"a webhook without secrets":            {least + "webhook: {scheme: secret, header: X, secrets: [], events: [{feed: statuses}]}\n", "one to four names"},
		"an anchor":                            {"about: &a x\n" + least, "anchors and aliases are not allowed"},
		"an alias bomb":                        {"about: &a [x]\nauth: [*a, *a]\n" + least, "anchors and aliases are not allowed"},
		"a tag":                                {"about: !!binary aGk=\n" + least, "tags and merge keys are not allowed"},
		"a merge key":                          {"<<: {about: x}\n" + least, "not allowed"},
		"nesting without end":                  {"about: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n" + least, "too large or too deep"},
		"too many values":                      {"about: [" + strings.Repeat("1,", 20_000) + "1]\n" + least, "too large or too deep"},
		"too many bytes":                       {least + strings.Repeat("# padding\n", 40_000), "larger than 256 KiB"},
		"an expression that nests without end": {strings.Replace(least, "body.jobs", strings.Repeat("(", 500)+"1"+strings.Repeat(")", 500), 1), "requisitions.records (line 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := document.Parse([]byte(tc.source))
			if staffing.CodeOf(err) != staffing.Invalid {
				t.Fatalf("the document is taken, or refused with %v", err)
			}
			var all document.Problems
			said := staffing.MessageOf(err)
			if errors.As(err, &all) {
				said += "\n" + all.Error()
			}
			if !strings.Contains(said, tc.want) {
				t.Errorf("it says\n%s\nwant %q", said, tc.want)
			}
		})
	}
}

func hook(more string) string {
	return fmt.Sprintf("webhook: {%s, header: X-Signature, secrets: [hook, hook_old], events: [{feed: statuses}]}\n", more)
}

func TestAllProblemsOfADocumentAreTold(t *testing.T) {
	_, err := document.Parse([]byte(strings.Replace(least, "body.jobs", "nope", 1) + "calls: 1\nabout: []\n"))
	var all document.Problems
	if !errors.As(err, &all) || len(all) != 3 {
		t.Errorf("%d problems: %v", len(all), err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(least + sink + hook("scheme: hmac-sha256, signed: '{timestamp}.{body}', timestamp: {header: X-T}")))
	f.Add([]byte(least + "auth: {oauth2: {grant: refresh_token}}\nerrors: {status: {'409': conflict}, when: body.ok == false, message: body.error}\n"))
	f.Add([]byte("requisitions: {call: {path: x}, paging: {style: page}}"))
	f.Fuzz(func(t *testing.T, source []byte) {
		doc, err := document.Parse(source)
		switch {
		case err == nil && doc == nil:
			t.Error("neither a document nor an error")
		case err != nil && staffing.CodeOf(err) != staffing.Invalid:
			t.Errorf("a document of a stranger gives %v", err)
		}
	})
}

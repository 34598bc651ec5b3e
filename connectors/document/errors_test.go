package document_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

func TestRefusalsAreReadAsTheDocumentSays(t *testing.T) {
	const rules = `errors:
  status: {'420': rate_limited, '409': conflict, '404': invalid}
  message: first([body.error.text, body.fault])
  when: body.ok == false
  code: 'body.kind == "denied" ? "forbidden" : ""'
auth: {header: {X-Key: '{token}'}}
`
	for name, tc := range map[string]struct {
		status int
		body   string
		code   staffing.Code
		want   string
	}{
		"a status of the table":        {420, `{"error":{"text":"slow down"}}`, staffing.RateLimited, "slow down"},
		"a status with another code":   {404, `{"fault":"no such tenant"}`, staffing.Invalid, "no such tenant"},
		"a status outside it":          {503, `{"fault":"maintenance"}`, staffing.Unavailable, "maintenance"},
		"a sentence with a secret":     {400, `{"fault":"key top-secret-token of jane.doe@client.example is bad"}`, staffing.Invalid, "key *** of"},
		"a body that is none":          {400, `<html>`, staffing.Invalid, "refused the request"},
		"a refusal with a good status": {200, `{"ok":false,"fault":"try later"}`, staffing.Invalid, "try later"},
		"and its code":                 {200, `{"ok":false,"kind":"denied","fault":"no"}`, staffing.Forbidden, "no"},
	} {
		t.Run(name, func(t *testing.T) {
			read := newBench(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(tc.status)
				answer(w, tc.body)
			}).requisitions(rules + least)
			_, err := read(nil)
			said := staffing.MessageOf(err)
			if staffing.CodeOf(err) != tc.code || !strings.Contains(said, tc.want) {
				t.Errorf("it says %q (%s)", said, staffing.CodeOf(err))
			}
			if want := 7 * time.Second; tc.status == 420 && staffing.RetryAfterOf(err) != want {
				t.Errorf("the wait is %s, want %s", staffing.RetryAfterOf(err), want)
			}
			if strings.Contains(said, "top-secret-token") || strings.Contains(said, "jane.doe") {
				t.Errorf("it tells a secret: %s", said)
			}
		})
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	const source = `check:
  - {name: jobs:read, purpose: to read jobs, call: {path: '"jobs"'}, account: body.me}
  - {name: offers:read, purpose: to read offers, help: Tick it., optional: true, call: {path: '"offers"'}}
`
	vendor := func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "offers") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		answer(w, `{"jobs":[],"me":"Agency 7"}`)
	}
	report, err := newBench(t, vendor).open(source + least).Check(t.Context())
	if err != nil || report.Account != "Agency 7" || len(report.Permissions) != 2 || !report.Permissions[0].Granted || report.Permissions[1].Granted ||
		report.Permissions[1].Detail != "Optional: the hub works without it. Tick it." {
		t.Errorf("%+v %v", report, err)
	}
	report, err = newBench(t, vendor).open(least).Check(t.Context())
	if err != nil || !report.OK() || len(report.Permissions) != 1 {
		t.Errorf("without check: %+v %v", report, err)
	}
}

// A connector shows no method for what its document lacks.
func TestCapabilitiesAreThoseOfTheDocument(t *testing.T) {
	statuses := strings.Replace(least, "requisitions", "statuses", 1)
	placement := "placement: {calls: [{name: a, call: {path: '\"x\"'}, result: body}], record: answers.a}\n"
	levels := []string{least, least + sink, least + sink + statuses, least + sink + statuses + placement}
	for level, source := range levels {
		for _, hears := range []bool{false, true} {
			if hears {
				source += hook("scheme: hmac-sha256")
			}
			c := newBench(t, nil).open(source)
			_, reads := c.(staffing.RequisitionSource)
			_, submits := c.(staffing.SubmissionSink)
			_, follows := c.(staffing.StatusSource)
			_, hires := c.(staffing.PlacementSource)
			_, hooks := c.(staffing.WebhookReceiver)
			_, jobs := c.(staffing.JobSink)
			if !reads || submits != (level >= 1) || follows != (level >= 2) || hires != (level >= 3) || hooks != hears || jobs {
				t.Errorf("level %d with webhook %v: %v %v %v %v %v %v", level, hears, reads, submits, follows, hires, hooks, jobs)
			}
		}
	}
}

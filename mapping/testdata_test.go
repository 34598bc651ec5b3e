package mapping

import (
	"errors"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// clientDoc maps a client ATS of no particular vendor, with some thirty cells.
const clientDoc = `
about: A client ATS for the tests
poll: {requisitions: 60s, statuses: 1m30s}
requisition:
  external_id: string(raw.id)
  number: {cel: raw.requisition_id, default: string(raw.id)}
  revision: raw.updated_at
  title: {cel: trim(raw.name), required: true}
  description: raw.content
  status: {cel: raw.status, table: requisition_status}
  openings: raw.openings.filter(o, o.status == "open").size()
  openings_total: raw.openings.size()
  max_submissions: raw.custom.max_submissions
  respond_by: parse_time(raw.custom.respond_by, "", client.timezone)
  worker_type: {cel: raw.custom.employment_type, list: worker_types, default: '"contract"'}
  locations: 'one_or_many(raw.offices).map(o, location(o.location.name))'
  department: raw.departments[0].name
  start_date: parse_date(raw.custom.start_date)
  end_date: parse_date(raw.custom.end_date, "01/02/2006")
  hours_per_week: raw.custom.hours
  bill_rate.min: money(raw.custom.rate.min)
  bill_rate.max: money(raw.custom.rate.max)
  bill_rate.currency: {cel: raw.custom.rate.currency, default: client.currency}
  bill_rate.unit: unit(raw.custom.rate.per)
  nte: rate(raw.custom.nte, raw.custom.rate.currency, "hour")
  purchase_order: raw.custom.po
  cost_centres: 'raw.custom.cost_centres.map(c, {"code": c.code, "percent": c.percent})'
  hiring_manager.name: raw.hiring_team.hiring_managers[0].name
  hiring_manager.email: raw.hiring_team.hiring_managers[0].email
  url: raw.absolute_url
  resume_required: raw.questions.exists(q, q.name == "resume" && q.required)
  questions: 'raw.questions.filter(q, q.name != "resume").map(q, {"name": q.label, "required": q.required, "type": q.type, "options": q.values})'
  custom_fields.travel: raw.custom.travel
  custom_fields.shift: raw.custom.shift
requisition_status: {open: open, draft: draft, On Hold: on_hold, closed: filled}
status:
  word: raw.stage_name
  at: raw.updated_at
stages: {"Application Review": client_review, Hired: placed}
submission:
  first_name: sub.candidate.first_name
  last_name: {cel: sub.candidate.last_name, required: true}
  email_addresses: '[{"value": sub.candidate.email, "type": "personal"}]'
  application.job_id: int(req.external_id)
  application.rate: sub.offered.bill_rate.amount
  application.site: {cel: 'req.locations[0].code', list: sites}
  application.note: raw.custom.note
placement:
  external_id: string(raw.id)
  worker_name: sub.candidate.first_name + " " + sub.candidate.last_name
  start_date: parse_date(raw.starts_on)
  bill_rate: rate(raw.rate, raw.currency, "hour")
  billing_codes.ProjectCode: raw.project
  billing_codes: raw.codes
lists:
  worker_types: {Contractor: contract, Employee: permanent}
  sites: {SF: US-CA-SFO}
rules:
  - {id: TITLE_MISSING, on: requisition, assert: 'req.title != ""', severity: error, message: The requisition has no title, field: title}
`

func mustParse(tb testing.TB, src string) Document {
	tb.Helper()
	d, err := Parse([]byte(src))
	if err != nil {
		tb.Fatal(err, problemsOf(err))
	}
	return d
}

func mustCompile(tb testing.TB, src string) *Program {
	tb.Helper()
	p, err := Compile(mustParse(tb, src))
	if err != nil {
		tb.Fatal(err, problemsOf(err))
	}
	return p
}

func problemsOf(err error) Problems {
	var p Problems
	errors.As(err, &p)
	return p
}

func testClient() staffing.Client {
	return staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD", Timezone: "America/New_York"}
}

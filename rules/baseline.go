package rules

import "github.com/tributary-hub/tributary/staffing"

// Baseline gives the rules that hold for every profile; put a profile's own on
// top with [Merge]. The facts that they read are:
//
//   - live_submissions (number): submissions of ours on the requisition that are
//     neither withdrawn nor rejected; needed where the client limits them
//   - requisition_open (bool): false when the hub knows better than the record
//   - duplicate_own (bool): we have submitted this person to this requisition
//   - do_not_use (bool): the client or the firm blocks this person
//   - has_resume (bool): there is a file, where the candidate names none
func Baseline() []staffing.Rule {
	var out []staffing.Rule
	out = append(out, requisitionBaseline()...)
	out = append(out, submissionBaseline()...)
	return append(out, placementBaseline()...)
}

func requisitionBaseline() []staffing.Rule {
	on, block, warn := staffing.SubjectRequisition, staffing.SeverityError, staffing.SeverityWarning
	return []staffing.Rule{
		{ID: "ID_MISSING", On: on, Severity: block, Field: "external_id",
			Assert:  `req.external_id != ""`,
			Message: "The requisition has no id of the client's system, so it cannot be told from others."},
		{ID: "TITLE_MISSING", On: on, Severity: block, Field: "title",
			Assert:  `trim(req.title) != ""`,
			Message: "The requisition has no title."},
		{ID: "STATUS_MISSING", On: on, Severity: block, Field: "status",
			Assert:  `req.status != ""`,
			Message: `The state of the requisition is not known; the client's word is "{{ req.raw_status }}".`},
		{ID: "OPENINGS", On: on, Severity: warn, Field: "openings",
			Assert:  `req.openings >= 0 && req.openings_total >= 0 && (req.openings_total == 0 || req.openings <= req.openings_total)`,
			Message: "The requisition has {{ req.openings }} openings left of {{ req.openings_total }}, which cannot be."},
		{ID: "RATE_MIN_MAX", On: on, Severity: warn, Field: "bill_rate",
			Assert: `[req.bill_rate, req.pay_rate, req.salary].all(r, r.min == null || r.max == null || cmp(r.min, r.max) <= 0)`,
			Message: `The lowest rate is above the highest: {{ join([req.bill_rate, req.pay_rate, req.salary].filter(r, r.min != null && r.max != null && cmp(r.min, r.max) > 0)` +
				`.map(r, r.min + " > " + r.max), "; ") }}.`},
		{ID: "CURRENCY_FORM", On: on, Severity: block, Field: "bill_rate.currency",
			Assert:  `[req.bill_rate, req.pay_rate, req.salary, req.nte].all(r, r.currency == "" || r.currency.matches("^[A-Z]{3}$"))`,
			Message: `A currency must be an ISO 4217 code of three capitals; the requisition has {{ join([req.bill_rate, req.pay_rate, req.salary, req.nte].map(r, r.currency), ", ") }}.`},
		{ID: "CURRENCY_MISSING", On: on, Severity: warn, Field: "bill_rate.currency",
			Assert:  `[req.bill_rate, req.pay_rate, req.salary].all(r, (r.min == null && r.max == null) || r.currency != "") && (req.nte == null || req.nte.currency != "")`,
			Message: "The requisition has a rate without a currency."},
		{ID: "END_BEFORE_START", On: on, Severity: block, Field: "end_date",
			When:    `req.start_date != "" && req.end_date != ""`,
			Assert:  `req.end_date >= req.start_date`,
			Message: "The requisition ends on {{ req.end_date }}, before it starts on {{ req.start_date }}."},
		{ID: "CC_TOTAL", On: on, Severity: block, Field: "cost_centres",
			When:    `size(req.cost_centres) > 0`,
			Assert:  `cmp(sum(req.cost_centres.map(c, c.percent)), 100) == 0`,
			Message: "The shares of the cost centres add up to {{ sum(req.cost_centres.map(c, c.percent)) }} and not to 100."},
		{ID: "RATE_OVER_NTE", On: on, Severity: warn, Field: "bill_rate.max",
			When:    `req.nte != null && req.bill_rate.max != null && (req.bill_rate.unit == "" || req.bill_rate.unit == req.nte.unit)`,
			Assert:  `cmp(req.bill_rate.max, req.nte.amount) <= 0`,
			Message: "The highest bill rate {{ req.bill_rate.max }} is above the client's limit of {{ req.nte.amount }}."},
	}
}

func submissionBaseline() []staffing.Rule {
	on, block, warn := staffing.SubjectSubmission, staffing.SeverityError, staffing.SeverityWarning
	return append([]staffing.Rule{
		{ID: "REQ_CLOSED", On: on, Severity: block,
			Assert:  `req.status in ["open", "on_hold"] && facts.requisition_open != false`,
			Message: `The requisition takes no candidates: it is {{ req.status == "" ? "in an unknown state" : req.status }} at the client.`},
		{ID: "REQ_ON_HOLD", On: on, Severity: block,
			When:    `req.status in ["open", "on_hold"]`,
			Assert:  `req.status == "open" && req.accepting_submissions`,
			Message: "The client has stopped taking candidates for this requisition for now."},
		{ID: "DEADLINE_PASSED", On: on, Severity: block, Field: "respond_by",
			When:    `req.respond_by.at != null`,
			Assert:  `timestamp(req.respond_by.at) >= now`,
			Message: "The client took candidates until {{ req.respond_by.at }}."},
		{ID: "MAX_SUBMISSIONS", On: on, Severity: block, Field: "max_submissions",
			When:    `req.max_submissions > 0`,
			Assert:  `facts.live_submissions < req.max_submissions`,
			Message: "The client takes {{ req.max_submissions }} candidates from us; {{ facts.live_submissions }} are submitted."},
		{ID: "RESUME_REQUIRED", On: on, Severity: block, Field: "candidate.resume_file_id",
			When:    `req.resume_required`,
			Assert:  `sub.candidate.resume_file_id != "" || facts.has_resume`,
			Message: "The client wants a résumé and the candidate has none."},
		{ID: "DUPLICATE_OWN", On: on, Severity: block, Field: "candidate",
			Assert:  `!facts.duplicate_own`,
			Message: "We have submitted this candidate to this requisition before."},
		{ID: "DO_NOT_USE", On: on, Severity: block, Field: "candidate.do_not_submit",
			Assert:  `!sub.candidate.do_not_submit && !facts.do_not_use`,
			Message: "The candidate is marked as not to be submitted."},
		{ID: "QUESTION_MISSING", On: on, Severity: block, Field: "answers",
			Assert:  `req.questions.all(q, !q.required || size(one_or_many(sub.answers[q.name]).filter(a, a != "")) > 0)`,
			Message: `The client's form asks for: {{ join(req.questions.filter(q, q.required && size(one_or_many(sub.answers[q.name]).filter(a, a != "")) == 0).map(q, q.name), ", ") }}.`},
		{ID: "PICKLIST_VALUE", On: on, Severity: block, Field: "answers",
			Assert:  `req.questions.all(q, !q.options_complete || one_or_many(sub.answers[q.name]).all(a, a == "" || a in q.options))`,
			Message: `An answer is not on the client's list: {{ join(req.questions.filter(q, q.options_complete && !one_or_many(sub.answers[q.name]).all(a, a == "" || a in q.options)).map(q, q.name), ", ") }}.`},
	}, rateBaseline(on, block, warn)...)
}

// rateBaseline compares the offered rate with the client's limits: the NTE, or
// the highest bill rate where the client names no NTE.
func rateBaseline(on staffing.Subject, block, warn staffing.Severity) []staffing.Rule {
	const offered = `sub.offered.bill_rate != null && `
	return []staffing.Rule{
		{ID: "RATE_OVER_NTE", On: on, Severity: block, Field: "offered.bill_rate",
			When:    offered + `(req.nte != null || req.bill_rate.max != null)`,
			Assert:  `cmp(sub.offered.bill_rate.amount, req.nte != null ? req.nte.amount : req.bill_rate.max) <= 0`,
			Message: `The bill rate {{ sub.offered.bill_rate.amount }} is above the client's limit of {{ req.nte != null ? req.nte.amount : req.bill_rate.max }}.`},
		{ID: "RATE_UNDER_MIN", On: on, Severity: warn, Field: "offered.bill_rate",
			When:    offered + `req.bill_rate.min != null`,
			Assert:  `cmp(sub.offered.bill_rate.amount, req.bill_rate.min) >= 0`,
			Message: "The bill rate {{ sub.offered.bill_rate.amount }} is below the client's lowest of {{ req.bill_rate.min }}."},
		{ID: "RATE_UNIT", On: on, Severity: block, Field: "offered.bill_rate",
			When: offered + `(req.nte != null || req.bill_rate.max != null || req.bill_rate.min != null)`,
			Assert: `[req.nte, req.bill_rate].all(r, (r.unit == "" || sub.offered.bill_rate.unit == "" || r.unit == sub.offered.bill_rate.unit)` +
				` && (r.currency == "" || sub.offered.bill_rate.currency == "" || r.currency == sub.offered.bill_rate.currency))`,
			Message: "The bill rate is offered in {{ sub.offered.bill_rate.currency }} per {{ sub.offered.bill_rate.unit }}, which is not what the client's limits are in; they cannot be compared."},
	}
}

func placementBaseline() []staffing.Rule {
	on, block, warn := staffing.SubjectPlacement, staffing.SeverityError, staffing.SeverityWarning
	return []staffing.Rule{
		{ID: "START_DATE_MISSING", On: on, Severity: block, Field: "start_date",
			Assert:  `plc.start_date != ""`,
			Message: "The placement has no start date."},
		{ID: "END_BEFORE_START", On: on, Severity: block, Field: "end_date",
			When:    `plc.start_date != "" && plc.end_date != ""`,
			Assert:  `plc.end_date >= plc.start_date`,
			Message: "The placement ends on {{ plc.end_date }}, before it starts on {{ plc.start_date }}."},
		{ID: "BILL_RATE_MISSING", On: on, Severity: block, Field: "bill_rate",
			When:    `plc.worker_type != "permanent"`,
			Assert:  `cmp(plc.bill_rate.amount, 0) > 0`,
			Message: "The placement has no bill rate."},
		{ID: "FEE_MISSING", On: on, Severity: block, Field: "fee",
			When:    `plc.worker_type == "permanent"`,
			Assert:  `cmp(plc.fee.amount, 0) > 0`,
			Message: "The permanent placement has no fee."},
		{ID: "CURRENCY_MISSING", On: on, Severity: block, Field: "bill_rate.currency",
			Assert:  `[plc.bill_rate, plc.fee].all(r, r == null || r.currency.matches("^[A-Z]{3}$"))`,
			Message: "The rate of the placement has no currency code of three capitals."},
		{ID: "CURRENCY_MISMATCH", On: on, Severity: block, Field: "bill_rate.currency",
			When:    `plc.bill_rate.currency != "" && (sub.offered.bill_rate.currency != "" || client.currency != "")`,
			Assert:  `plc.bill_rate.currency == (sub.offered.bill_rate.currency != "" ? sub.offered.bill_rate.currency : client.currency)`,
			Message: `The placement is in {{ plc.bill_rate.currency }}; agreed was {{ sub.offered.bill_rate.currency != "" ? sub.offered.bill_rate.currency : client.currency }}.`},
		{ID: "RATE_DIFFERS", On: on, Severity: block, Field: "bill_rate",
			When:    `plc.bill_rate != null && sub.offered.bill_rate != null`,
			Assert:  `cmp(plc.bill_rate.amount, sub.offered.bill_rate.amount) == 0 && plc.bill_rate.unit == sub.offered.bill_rate.unit`,
			Message: "The client's bill rate is {{ plc.bill_rate.amount }} per {{ plc.bill_rate.unit }}; agreed were {{ sub.offered.bill_rate.amount }} per {{ sub.offered.bill_rate.unit }}."},
		{ID: "TWO_CURRENCIES", On: on, Severity: block, Field: "bill_rate.currency",
			Assert:  `[plc.bill_rate, plc.pay_rate, plc.fee, plc.overtime_rate].all(r, r == null || r.currency == "" || [plc.bill_rate, plc.fee].all(b, b == null || b.currency == "" || b.currency == r.currency))`,
			Message: `The terms name more than one currency: {{ join([plc.bill_rate, plc.pay_rate, plc.fee, plc.overtime_rate].filter(r, r != null && r.currency != "").map(r, r.currency), ", ") }}.`},
		{ID: "PAY_ABOVE_BILL", On: on, Severity: block, Field: "pay_rate",
			When:    `plc.bill_rate != null && plc.pay_rate != null && plc.bill_rate.unit == plc.pay_rate.unit && plc.bill_rate.currency == plc.pay_rate.currency`,
			Assert:  `cmp(plc.pay_rate.amount, plc.bill_rate.amount) <= 0`,
			Message: "The pay rate {{ plc.pay_rate.amount }} is above the bill rate {{ plc.bill_rate.amount }}."},
		{ID: "PO_MISSING", On: on, Severity: warn, Field: "purchase_order",
			Assert:  `plc.purchase_order != ""`,
			Message: "The placement has no purchase order; it may come before the first invoice."},
		{ID: "CC_TOTAL", On: on, Severity: block, Field: "cost_centres",
			When:    `size(plc.cost_centres) > 0`,
			Assert:  `cmp(sum(plc.cost_centres.map(c, c.percent)), 100) == 0`,
			Message: "The shares of the cost centres add up to {{ sum(plc.cost_centres.map(c, c.percent)) }} and not to 100."},
	}
}

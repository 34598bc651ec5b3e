package web

// entry is one word of the glossary.
type entry struct{ term, meaning string }

// glossary follows the one of package staffing.
func glossary() []entry {
	return []entry{
		{"Client", "The company that uses the worker and pays the bill."},
		{"Requisition", "The client's approved request for one or more workers, as it stands in the client's system."},
		{"Job", "Your own copy of a requisition in the internal ATS."},
		{"Submission", "One candidate put forward for one requisition. Its stage follows the client's clock; the timeline keeps every event."},
		{"Placement", "The engagement after a hire, with rates, dates and billing codes."},
		{"Billing record", "What a placement causes in the ERP: one draft document."},
		{"Bill rate, pay rate", "What the client pays per unit, and what the worker gets."},
		{"Margin, mark-up", "The share of the bill rate that stays with you, and the same amount as a share of the pay rate."},
		{"NTE", "Not to exceed: the highest bill rate that the client allows."},
		{"Connection", "One configured outside system. A feed is one stream that is read from it."},
		{"Finding", "What a rule says about a record. It blocks the record or only warns."},
		{"Mapping gap", "A value in a payload that no mapping knows yet. It waits for an account manager and moves nothing."},
		{"Profile", "The mapping and the rules of one connection, in versions."},
		{"Outcome unknown", "A write was sent and no answer came. The hub looks at the other system before it sends again, so nothing happens twice."},
	}
}

// roleGlossary says what each role is for.
func roleGlossary() []entry {
	return []entry{
		{"Account manager", "Connects clients, looks after mappings, corrects placements."},
		{"Finance", "Reviews placements: approves, sends back, corrects. Who corrects one cannot approve it."},
		{"Operator", "Looks after failed records and connections: retries, discards, tests, pauses."},
		{"Admin", "Everything of the others, and users, tokens and jobs."},
	}
}

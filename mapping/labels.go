package mapping

import (
	"slices"
	"strings"
)

// Label gives a cell in words: "Bill rate (max)" for bill_rate.max. A field of an
// outbound map or a custom field keeps the vendor's name in readable form.
func Label(section, key string) string {
	for _, t := range Targets(section) {
		if t.Key == key {
			return t.Label
		}
	}
	if rest, ok := strings.CutPrefix(key, "custom_fields."); ok {
		return "Custom field " + rest
	}
	if rest, ok := strings.CutPrefix(key, "billing_codes."); ok {
		return "Billing code " + rest
	}
	return labelOf(key)
}

// labelOf makes words of a key: the first part, then the others in brackets.
func labelOf(key string) string {
	if l, ok := ownLabels()[key]; ok {
		return l
	}
	parts := slices.DeleteFunc(vendorPath(key), func(s string) bool { return strings.Trim(s, "_ ") == "" })
	if len(parts) == 0 {
		return key
	}
	for i := range parts {
		parts[i] = inWords(parts[i])
	}
	l := strings.ToUpper(parts[0][:1]) + parts[0][1:]
	if len(parts) > 1 {
		l += " (" + strings.Join(parts[1:], ", ") + ")"
	}
	return l
}

// inWords splits snake_case and camelCase.
func inWords(s string) string {
	var b strings.Builder
	s = strings.Trim(s, "_ ")
	for i, r := range s {
		switch {
		case r == '_':
			b.WriteByte(' ')
			continue
		case i > 0 && 'A' <= r && r <= 'Z' && 'a' <= s[i-1] && s[i-1] <= 'z':
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ownLabels are the fields whose names are no good words.
func ownLabels() map[string]string {
	return map[string]string{
		"external_id":           "Id at the source",
		"nte":                   "Not to exceed (NTE)",
		"url":                   "Link",
		"raw_status":            "Status in the client's words",
		"respond_by":            "Candidates wanted by",
		"accepting_submissions": "Takes candidates",
		"max_submissions":       "Most candidates from us",
		"openings":              "Openings left",
		"openings_total":        "Openings in all",
		"resume_required":       "Résumé required",
		"questions":             "Form of the submission",
		"custom_fields":         "Custom fields",
		"locations":             "Places of work",
		"cost_centres":          "Cost centres",
		"do_not_submit":         "Not to be submitted",
		"right_to_represent":    "Consent to represent",
		"security_id":           "Security id",
		"resume_file_id":        "Résumé (id of the file)",
		"resume_file_name":      "Résumé (name of the file)",
		"available_from":        "Available from",
		"fee":                   "Placement fee",
		"billing_codes":         "Billing codes",
		"hiring_manager.email":  "Hiring manager (e-mail)",
		"approver.email":        "Approver (e-mail)",
		"email":                 "E-mail",
		"number":                "Number that people use",
		"worker_type":           "Kind of engagement",
		"hours_per_week":        "Hours per week",
		"department":            "Department",
		"hiring_manager.name":   "Hiring manager (name)",
		"purchase_order":        "Purchase order",
		"custom_fields.nte":     "Custom field nte",
		"bill_rate.min":         "Bill rate (min)",
		"bill_rate.max":         "Bill rate (max)",
		"pay_rate.min":          "Pay rate (min)",
		"pay_rate.max":          "Pay rate (max)",
		"approver.name":         "Approver (name)",
		"work_site":             "Work site",
		"billing_contact.email": "Billing contact (e-mail)",
		"net_days":              "Due after days",
		"overtime_rate":         "Bill rate of overtime",
		"bill_to":               "Invoice goes to",
		"guarantee_days":        "Guarantee in days",
		"effective_from":        "Changed terms hold from",
		"outcome":               "Over or taken back",
		"external_req_number":   "Requisition number outside",
		"application.job_id":    "Application (job id)",
		"clientCorporation.id":  "Client corporation (id)",
		"clientContact.id":      "Client contact (id)",
		"address.countryID":     "Address (country id)",
	}
}

// help says what a field is for, where its label does not.
func help(cell string) string {
	return map[string]string{
		"requisition.external_id":           "The vendor's id, which never changes; the hub finds the requisition again by it.",
		"requisition.number":                "What people call the requisition, for pages and messages.",
		"requisition.revision":              "The vendor's own version of the record, if it has one.",
		"requisition.status":                "The state by the table of the client's words.",
		"requisition.raw_status":            "Left out, it is the word that the table was asked for.",
		"requisition.accepting_submissions": "Left out, an open requisition takes candidates.",
		"requisition.max_submissions":       "Empty or 0: no limit is known.",
		"requisition.respond_by":            "After it the hub holds submissions.",
		"requisition.bill_rate.max":         "Submissions above it are held when there is no NTE.",
		"requisition.nte":                   "Amount, currency and unit; submissions above it are held.",
		"requisition.locations":             "A list; a text such as Austin, TX becomes city, region and country.",
		"requisition.cost_centres":          "A list of code, name and percent; the shares add up to 100.",
		"requisition.questions":             "A list of name, required, type and options.",
		"requisition.custom_fields":         "All of them at once, or one cell for each: custom_fields.name.",
		"requisition.salary.min":            "For permanent positions.",
		"candidate.do_not_submit":           "Yes holds every submission of the person.",
		"candidate.right_to_represent":      "When the person consented.",
		"placement.markup":                  "As a fraction of the pay rate; left out, it follows from bill and pay rate.",
		"placement.effective_from":          "From which day on changed rates hold; without it a person has to say so.",
		"placement.outcome":                 "Ended, cancelled or no-show, where the client's record says so; empty: it goes on.",
		"placement.bill_to":                 "Who is invoiced, where it is not the client.",
		"placement.tax_region":              "Of the work site, e.g. US-NY; held against the client's contract. The ERP works tax out.",
		"placement.guarantee_days":          "Permanent placements: a leaver within them costs the fee.",
		"placement.fee":                     "One fixed fee of a permanent placement.",
		"placement.billing_codes":           "What the client wants on the invoice; one cell for each: billing_codes.name.",
		"placement.revision":                "A new one means that the terms may have changed.",
	}[cell]
}

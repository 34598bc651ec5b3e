package mapping

import "testing"

func TestPathsAndValuesAreForPeople(t *testing.T) {
	for name, c := range map[string]struct{ section, path, value, label, want string }{
		"a text":                    {secRequisition, "title", "Nurse", "Title", "Nurse"},
		"an amount":                 {secRequisition, "bill_rate.max", "1250.5", "Bill rate (max)", "1,250.50"},
		"a fine amount":             {secRequisition, "bill_rate.max", "0.1255", "Bill rate (max)", "0.1255"},
		"no amount":                 {secRequisition, "bill_rate.max", "9e999999", "Bill rate (max)", "9e999999"},
		"a part of a rate":          {secRequisition, "nte.amount", "95", "Not to exceed (NTE) (amount)", "95.00"},
		"a currency":                {secRequisition, "nte.currency", "USD", "Not to exceed (NTE) (currency)", "USD"},
		"a part of a list":          {secRequisition, "locations.0.city", "Austin", "Places of work 1 (city)", "Austin"},
		"an entry of a list":        {secRequisition, "skills.2", "Go", "Skills 3", "Go"},
		"a state":                   {secRequisition, "status", "on_hold", "Status", "on hold"},
		"a date":                    {secRequisition, "start_date", "2026-04-06", "Start date", "6 April 2026"},
		"a moment":                  {secRequisition, "respond_by", "2026-04-06T17:00:00-05:00", "Candidates wanted by", "6 April 2026, 22:00 UTC"},
		"yes":                       {secRequisition, "resume_required", "true", "Résumé required", "yes"},
		"a custom field":            {secRequisition, "custom_fields.shift.0", "night", "Custom field shift 1", "night"},
		"a field of a vendor":       {secJob, "clientCorporation.id", "12", "Client corporation (id)", "12"},
		"an inner list of a vendor": {secJob, "job.openings.0.close_date", "2026-04-06", "Job (openings, 1, close date)", "6 April 2026"},
		"what is not said":          {secRequisition, "title", "", "Title", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := PathLabel(c.section, c.path); got != c.label {
				t.Errorf("the label is %q, want %q", got, c.label)
			}
			if got := HumanValue(c.section, c.path, c.value); got != c.want {
				t.Errorf("the value is %q, want %q", got, c.want)
			}
		})
	}
}

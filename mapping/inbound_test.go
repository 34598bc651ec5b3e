package mapping

import (
	"encoding/json"
	"testing"
)

const clientRecord = `{
 "id": 4000000000000000001, "requisition_id": null, "name": "  Travel Nurse ", "status": " ON  hold", "updated_at": "2026-11-01T10:00:00.000Z",
 "content": "&lt;p onclick=\"x()\"&gt;Care&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
 "openings": [{"status": "open"}, {"status": "closed"}, {"status": "open"}],
 "offices": [{"location": {"name": "SF"}}, {"location": {"name": "Toronto, ON, Canada"}}],
 "departments": [{"name": "ICU"}],
 "custom": {"max_submissions": "3", "respond_by": "2026-12-01 17:00:00", "employment_type": "contractor", "start_date": "2026-12-15",
  "end_date": "13/45/2026", "hours": 37.5, "rate": {"min": "$80.00", "max": 95.50, "currency": "USD", "per": "Hr"}, "nte": "1,000.00",
  "po": 4711, "cost_centres": [{"code": "A", "percent": "60"}, {"code": "B", "percent": 40}], "travel": true, "shift": null},
 "hiring_team": {"hiring_managers": [{"name": "Kim", "email": "kim@example.com"}]},
 "absolute_url": "https://example.com/1",
 "questions": [{"name": "resume", "required": true}, {"name": "q1", "label": "Licence?", "required": true, "type": "boolean", "values": ["yes", "no"]}]
}`

func TestRequisition(t *testing.T) {
	p := mustCompile(t, clientDoc)
	req, gaps, err := p.Requisition(json.RawMessage(clientRecord), testClient())
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.MarshalIndent(req, "", " ")
	t.Logf("%s", b)
	t.Logf("%+v", gaps)
}

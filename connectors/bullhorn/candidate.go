package bullhorn

import (
	"context"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// candidateFields is what a submission needs, and no more of a person.
const candidateFields = "id,firstName,lastName,name,email,phone,mobile,occupation,companyName,address,status,source," +
	"skillSet,primarySkills[10](id,name),dateAvailable,dateLastModified,isDeleted"

const submissionFields = "id,status,billRate,payRate,salary,startDate,endDate,comments,source,dateAdded,dateWebResponse,dateLastModified,isDeleted," +
	"candidate(id),jobOrder(id,title,externalID,employmentType,salaryUnit,status,isOpen),sendingUser(id)"

// Candidate gives a candidate. A value that the API user may not see is absent,
// and named under _confidential.
func (c *Connector) Candidate(ctx context.Context, id string) (staffing.Record, error) {
	r, err := c.one(ctx, "Candidate", id, withFields(candidateFields, c.set["candidate_fields"]))
	if err != nil {
		return staffing.Record{}, err
	}
	c.days(r, "dateAvailable")
	return r.record()
}

// Submission gives a candidate on a job with the rates that were agreed. Bullhorn
// keeps no currency with them: _currency is the connection's setting.
func (c *Connector) Submission(ctx context.Context, id string) (staffing.Record, error) {
	r, err := c.one(ctx, "JobSubmission", id, withFields(submissionFields, c.set["submission_fields"]))
	if err != nil {
		return staffing.Record{}, err
	}
	r["_currency"] = c.set["currency"]
	c.days(r, "startDate", "endDate")
	return r.record()
}

// days puts the calendar days of moments under _days: Bullhorn keeps a day as its
// first moment in the account's zone, which in UTC may be the day before.
func (c *Connector) days(r row, names ...string) {
	out := map[string]any{}
	for _, name := range names {
		if t := r.time(name); !t.IsZero() {
			out[name] = t.In(c.zone).Format(time.DateOnly)
		}
	}
	r["_days"] = out
}

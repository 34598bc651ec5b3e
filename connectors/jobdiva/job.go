package jobdiva

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// longestKey is a careful guess: the size of optionalref is not known.
const longestKey = 50

// PutJob creates the job of a requisition, or updates it when its id is known. The
// key is kept as optionalref. The new job's number is read back by it: a bare number
// that was cut off on its way would be another job's.
func (c *Connector) PutJob(ctx context.Context, req staffing.JobRequest) (staffing.Receipt, error) {
	fields, err := jobFields(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if req.ID != "" {
		return c.updateJob(ctx, req.ID, fields)
	}
	found, err := c.FindJob(ctx, req.Key)
	if err == nil || staffing.CodeOf(err) != staffing.NotFound {
		return found, err
	}
	if n, ok := fields["status"].(json.Number); ok && n != "0" { // a new job may be open or on hold
		fields["status"] = 1
	}
	var id json.Number
	if err := c.write(ctx, "createJob", fields, &id); err != nil {
		return staffing.Receipt{}, err
	}
	made, err := c.FindJob(ctx, req.Key)
	if err != nil {
		return staffing.Receipt{}, unknown("JobDiva's answer to createJob is %q, and the job cannot be read back: %s", id, staffing.MessageOf(err))
	}
	if made.ID != id.String() {
		return staffing.Receipt{}, unknown("JobDiva's answer to createJob is %q, but the job with our key is %q", id, made.ID)
	}
	made.Existed = false
	return made, nil
}

// createOnly are fields that updateJob does not have, and those that the firm's
// people may have changed.
func createOnly() []string {
	return []string{"department", "companyid", "contacts", "contactfirstname", "contactlastname", "users", "billratecurrency", "billrateunit", "payratecurrency", "payrateunit"}
}

func (c *Connector) updateJob(ctx context.Context, id string, fields map[string]any) (staffing.Receipt, error) {
	if err := checkID("job", id); err != nil {
		return staffing.Receipt{}, err
	}
	for _, k := range createOnly() {
		delete(fields, k)
	}
	fields["jobid"] = json.Number(id)
	if err := c.confirm(ctx, "updateJob", fields); err != nil {
		return staffing.Receipt{}, err
	}
	return staffing.Receipt{ID: id, At: c.now()}, nil
}

// confirm sends a write that answers true.
func (c *Connector) confirm(ctx context.Context, name string, body map[string]any) error {
	var done bool
	if err := c.write(ctx, name, body, &done); err != nil {
		return err
	}
	if !done {
		return staffing.Errorf(staffing.Invalid, "JobDiva answers false to %s, without a reason: see whether the record still exists in JobDiva", name)
	}
	return nil
}

// FindJob looks for a job by our key. Parameters that JobDiva does not know it
// ignores, so the answer is compared; one without any reference counts only alone.
func (c *Connector) FindJob(ctx context.Context, key string) (staffing.Receipt, error) {
	if err := checkKey(key); err != nil {
		return staffing.Receipt{}, err
	}
	rows, err := c.search(ctx, "SearchJob", map[string]any{"optionalref": key})
	if err != nil {
		return staffing.Receipt{}, err
	}
	for _, r := range rows {
		ref := r.text("OPTIONALREF", "OPTIONALREFERENCE", "JOBOPTIONALREF", "CLIENTREFERENCENUMBER")
		if ref == "" && len(rows) > 1 {
			return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "JobDiva gives %d jobs for our key and names the reference of none: the hub does not guess which is ours", len(rows))
		}
		id := r.text("ID", "JOBID")
		if (ref == "" || strings.EqualFold(ref, key)) && id != "" {
			return staffing.Receipt{ID: id, Number: r.text("JOBDIVANO", "JOBDIVAREF", "REFERENCENUMBER"), At: c.now(), Existed: true}, nil
		}
	}
	return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "JobDiva has no job with the optional reference %q", key)
}

func checkKey(key string) error {
	if key == "" || len(key) > longestKey {
		return staffing.Errorf(staffing.Invalid, "the key of a job must have 1 to %d characters", longestKey)
	}
	return nil
}

func jobFields(req staffing.JobRequest) (map[string]any, error) {
	if err := checkKey(req.Key); err != nil {
		return nil, err
	}
	var fields map[string]any
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil || fields == nil {
		return nil, staffing.Errorf(staffing.Invalid, "the job map gave no JSON object")
	}
	if _, taken := fields["optionalref"]; taken {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "optionalref",
			Message: "the job map sets optionalref, which holds the hub's own key: give the client's number another field"}
	}
	fields["optionalref"] = req.Key
	return fields, nil
}

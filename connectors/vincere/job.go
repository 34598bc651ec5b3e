package vincere

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	longestKey = 100 // a careful guess: the size of external_id is not known
	nearest    = 25  // how many answers of the index are looked at
)

// PutJob creates the job of a requisition, or updates it when its id is known. The
// key is kept in external_id.
func (c *Connector) PutJob(ctx context.Context, req staffing.JobRequest) (staffing.Receipt, error) {
	fields, err := jobFields(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if req.ID != "" {
		return c.updateJob(ctx, req.ID, fields)
	}
	known, err := c.FindJob(ctx, req.Key)
	if err == nil || staffing.CodeOf(err) != staffing.NotFound {
		return known, err
	}
	if err := c.addCompany(ctx, fields); err != nil {
		return staffing.Receipt{}, err
	}
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.jobs, Body: fields})
	if err != nil {
		return staffing.Receipt{}, explain(err, "Vincere did not confirm the new job")
	}
	var made row
	if err := resp.Decode(&made); err != nil {
		return staffing.Receipt{}, explain(err, "Vincere's answer to the new job cannot be read")
	}
	if made.text("id") == "" {
		e := staffing.Errorf(staffing.Unavailable, "Vincere's answer to the new job names no id")
		e.OutcomeUnknown = true
		return staffing.Receipt{}, e
	}
	return staffing.Receipt{ID: made.text("id"), At: c.now()}, nil
}

// written are the fields of a job that are known; what an update does not say is
// sent as it stands, since what a PUT does to what it leaves out is not known.
func written() []string {
	return []string{"job_title", "company_id", "contact_id", "company_location_id", "head_count", "employment_type", "job_type", "open_date", "close_date",
		"contract_length", "pay_rate", "compensation", "private_job", "public_description", "internal_description", "registration_date"}
}

func (c *Connector) updateJob(ctx context.Context, id string, fields row) (staffing.Receipt, error) {
	if err := checkID("job", id); err != nil {
		return staffing.Receipt{}, err
	}
	now, err := c.one(ctx, c.jobs, id)
	if err != nil {
		return staffing.Receipt{}, err
	}
	delete(fields, "_client")
	for _, k := range []string{"company_id", "contact_id", "company_location_id", "registration_date"} { // the firm's people own them
		delete(fields, k)
	}
	for _, k := range written() {
		if fields[k] == nil && now[k] != nil {
			fields[k] = now[k]
		}
	}
	if _, err := c.call(ctx, httpx.Request{Method: http.MethodPut, URL: c.jobs + "/" + id, Body: fields}); err != nil {
		return staffing.Receipt{}, explain(err, "Vincere did not confirm the change of job %s", id)
	}
	return staffing.Receipt{ID: id, At: c.now()}, nil
}

// FindJob looks for a job by our key in the vendor's index. Whether the index knows
// external_id is not certain: an answer is compared with the job itself, and an
// index that seems to filter nothing is an error, never a second job.
func (c *Connector) FindJob(ctx context.Context, key string) (staffing.Receipt, error) {
	if key == "" || len(key) > longestKey {
		return staffing.Receipt{}, staffing.Errorf(staffing.Invalid, "the key of a job must have 1 to %d characters", longestKey)
	}
	got, err := c.search(ctx, c.jobs, "id,external_id", term("external_id", key), nearest)
	if err != nil {
		return staffing.Receipt{}, err
	}
	for _, r := range got.items {
		id := r.text("id")
		if r.text("external_id") == "" {
			if err := checkID("job", id); err != nil {
				return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "Vincere's search gives a job without a number")
			}
			if r, err = c.one(ctx, c.jobs, id); err != nil {
				return staffing.Receipt{}, err
			}
		}
		if r.text("external_id") == key {
			return staffing.Receipt{ID: id, At: c.now(), Existed: true}, nil
		}
	}
	if got.total > len(got.items) {
		return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "Vincere gives %d jobs for one external ID: its search does not filter by it, so the hub cannot tell whether the job is there", got.total)
	}
	return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "Vincere has no job with the external ID %q", key)
}

// addCompany fills in company_id by the hint _client.name. Companies are never
// created: they are the firm's master data.
func (c *Connector) addCompany(ctx context.Context, fields row) error {
	client, _ := fields["_client"].(map[string]any) // absent: no hint
	name := strings.TrimSpace(row(client).text("name"))
	delete(fields, "_client")
	if fields["company_id"] != nil || name == "" {
		return nil
	}
	got, err := c.search(ctx, "/company", "id,name", term("name", name), 100)
	if err != nil {
		return err
	}
	var ids []string
	for _, r := range got.items {
		if strings.EqualFold(strings.TrimSpace(r.text("name")), name) {
			ids = append(ids, r.text("id"))
		}
	}
	if len(ids) != 1 {
		e := staffing.Errorf(staffing.Invalid, "Vincere has %d companies named %q: give company_id in the job map of this client", len(ids), name)
		e.Field = "company_id"
		return e
	}
	fields["company_id"] = json.Number(ids[0])
	return nil
}

func jobFields(req staffing.JobRequest) (row, error) {
	var fields row
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil || fields == nil {
		return nil, staffing.Errorf(staffing.Invalid, "the job map gave no JSON object")
	}
	if _, taken := fields["external_id"]; taken {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "external_id",
			Message: "the job map sets external_id, which holds the hub's own key: give the client's number another field"}
	}
	fields["external_id"] = req.Key
	return fields, nil
}

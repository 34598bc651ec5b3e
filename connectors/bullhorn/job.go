package bullhorn

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/tributary-hub/tributary/staffing"
)

// longestKey is the size of JobOrder.externalID.
const longestKey = 100

// PutJob creates the job order of a requisition, or updates it when its id is
// known. The key is kept in externalID and looked for in the database: the search
// index is behind, and would miss a job that was created a moment ago.
// https://bullhorn.github.io/rest-api-docs/#put-entity
func (c *Connector) PutJob(ctx context.Context, req staffing.JobRequest) (staffing.Receipt, error) {
	fields, err := jobFields(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	objects, err := fields.customObjects()
	if err != nil {
		return staffing.Receipt{}, err
	}
	if req.ID != "" {
		return c.updateJob(ctx, req, fields, objects)
	}
	found, err := c.FindJob(ctx, req.Key)
	if err == nil || staffing.CodeOf(err) != staffing.NotFound {
		return found, err
	}
	if err := c.addClient(ctx, fields); err != nil {
		return staffing.Receipt{}, err
	}
	fields.dropHints()
	id, err := c.write(ctx, http.MethodPut, "entity/JobOrder", fields, "the new job")
	if staffing.CodeOf(err) == staffing.NotFound { // the vendor documents 404 beside 400 for wrong fields
		err = recode(err, staffing.Invalid)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return staffing.Receipt{ID: id, At: c.now()}, nil
}

// updateJob changes a job. Its owner, company and contact stay what the firm's
// people made them: changing an owner needs a right of its own.
func (c *Connector) updateJob(ctx context.Context, req staffing.JobRequest, fields row, objects []string) (staffing.Receipt, error) {
	if err := checkID("JobOrder", req.ID); err != nil {
		return staffing.Receipt{}, err
	}
	for _, k := range []string{"owner", "clientCorporation", "clientContact"} {
		delete(fields, k)
	}
	fields.dropHints()
	if err := c.keepInstances(ctx, req.ID, fields, objects); err != nil {
		return staffing.Receipt{}, err
	}
	id, err := c.write(ctx, http.MethodPost, "entity/JobOrder/"+req.ID, fields, "the change of job "+req.ID)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return staffing.Receipt{ID: id, At: c.now()}, nil
}

// FindJob looks for a job by our key. The vendor's database compares without
// regard to case, so the answer is compared again.
func (c *Connector) FindJob(ctx context.Context, key string) (staffing.Receipt, error) {
	if err := checkKey(key); err != nil {
		return staffing.Receipt{}, err
	}
	rows, err := c.list(ctx, "query/JobOrder", url.Values{"where": {"externalID = " + quote(key) + " AND isDeleted = false"},
		"fields": {"id,externalID,dateAdded"}, "orderBy": {"id"}, "count": {"50"}})
	if err != nil {
		return staffing.Receipt{}, err
	}
	var found row
	for _, r := range rows {
		if r.text("externalID") == key && (found == nil || r.int("id") < found.int("id")) {
			found = r
		}
	}
	if found == nil {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "Bullhorn has no job with the external ID %q", key)
	}
	return staffing.Receipt{ID: found.text("id"), At: found.time("dateAdded"), Existed: true}, nil
}

func checkKey(key string) error {
	if key == "" || utf8.RuneCountInString(key) > longestKey {
		return staffing.Errorf(staffing.Invalid, "the key of a job must have 1 to %d characters", longestKey)
	}
	return nil
}

func jobFields(req staffing.JobRequest) (row, error) {
	if err := checkKey(req.Key); err != nil {
		return nil, err
	}
	var fields row
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil || fields == nil {
		return nil, staffing.Errorf(staffing.Invalid, "the job map gave no JSON object")
	}
	if _, taken := fields["externalID"]; taken {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "externalID",
			Message: "the job map sets externalID, which holds the hub's own key: give the client's number another field"}
	}
	fields["externalID"] = req.Key
	return fields, nil
}

// dropHints takes out what is meant for this connector and not for the vendor.
func (r row) dropHints() {
	for k := range r {
		if strings.HasPrefix(k, "_") {
			delete(r, k)
		}
	}
}

// recode gives the same error another code.
func recode(err error, code staffing.Code) error {
	return &staffing.Error{Code: code, Message: staffing.MessageOf(err), Err: err, OutcomeUnknown: staffing.IsOutcomeUnknown(err)}
}

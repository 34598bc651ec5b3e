package successfactors

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"net/url"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// schema is what is read of an entity's metadata: EDMX of OData 2.
type schema struct {
	Types []struct {
		Name       string `xml:"Name,attr"`
		Properties []struct {
			Name     string `xml:"Name,attr"`
			Type     string `xml:"Type,attr"`
			Label    string `xml:"label,attr"`
			Required string `xml:"required,attr"`
		} `xml:"Property"`
	} `xml:"DataServices>Schema>EntityType"`
}

// Fields gives the fields of the tenant's requisitions, its templates' own included.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	resp, err := c.call(ctx, httpx.Request{URL: requisitions + "/$metadata", Header: http.Header{"Accept": {"application/xml"}}})
	if err != nil {
		return nil, unread(err, requisitions)
	}
	return readFields(resp.Body)
}

func readFields(body []byte) ([]staffing.VendorField, error) {
	var in schema
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&in); err != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "SuccessFactors's metadata cannot be read: %w", err)
	}
	kinds := map[string]string{"Edm.Int64": "number", "Edm.Int32": "number", "Edm.Decimal": "number", "Edm.Double": "number", "Edm.Boolean": "yes or no",
		"Edm.DateTime": "date", "Edm.DateTimeOffset": "time"}
	for _, t := range in.Types {
		if t.Name != requisitions {
			continue
		}
		out := []staffing.VendorField{}
		for _, p := range t.Properties {
			if p.Name == "" {
				continue
			}
			f := staffing.VendorField{Section: "requisition", Key: "raw." + p.Name, Label: p.Label, Type: kinds[p.Type], Required: p.Required == "true"}
			if f.Label == "" {
				f.Label = p.Name
			}
			if f.Type == "" {
				f.Type = "text"
			}
			out = append(out, f)
		}
		return out, nil
	}
	return nil, staffing.Errorf(staffing.Unavailable, "SuccessFactors's metadata do not describe %s", requisitions)
}

// DeclaredStatuses gives the tenant's statuses of applications, SAP's own words for
// the ways out, and those of requisitions.
func (c *Connector) DeclaredStatuses(ctx context.Context) ([]staffing.DeclaredStatus, error) {
	rows, err := c.all(ctx, "JobApplicationStatus", url.Values{"$format": {"json"}, "$select": {"appStatusId,appStatusName"}})
	if err != nil {
		return nil, err
	}
	var out []staffing.DeclaredStatus
	seen := map[string]bool{}
	add := func(subject staffing.Subject, word string) {
		if key := string(subject) + "/" + word; word != "" && !seen[key] {
			seen[key] = true
			out = append(out, staffing.DeclaredStatus{Subject: subject, Word: word, Label: word})
		}
	}
	for _, r := range rows {
		add(staffing.SubjectSubmission, r.text("appStatusName"))
	}
	for _, word := range []string{"Open", "Disqualified", "Closed", "Withdraw"} {
		add(staffing.SubjectSubmission, word)
	}
	for _, word := range []string{"Pre-Approved", "Approved", "Closed", "Deleted"} {
		add(staffing.SubjectRequisition, word)
	}
	return out, nil
}

package fieldglass

import (
	"context"
	"net/url"
	"strconv"

	"github.com/tributary-hub/tributary/staffing"
)

// Placement gives the newest revision of the work order that a job seeker led to,
// in whatever state it is: what a state means is the mapping's and the rules'
// business. [staffing.NotFound] says that there is no work order yet.
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	s, err := c.seeker(ctx, ref.RequisitionID, ref.Key, ref.ID)
	if err != nil {
		return staffing.Record{}, err
	}
	if s.id == "" && s.workOrder == "" {
		return staffing.Record{}, noWorkOrder()
	}
	query := filter(s.id)
	if s.workOrder != "" {
		query = byRef(s.workOrder)
	}
	orders, err := c.workOrders(ctx, query)
	if err != nil {
		return staffing.Record{}, err
	}
	var newest staffing.Record
	best := -1
	for _, o := range orders {
		if o.jobSeeker != "" && s.id != "" && o.jobSeeker != s.id {
			continue // the tenant's download knows no filter
		}
		if o.revision >= best && (s.workOrder == "" || o.id == s.workOrder) {
			best = o.revision
			newest = record(o.id, o.value)
			newest.Version = strconv.Itoa(o.revision)
		}
	}
	if best < 0 {
		return staffing.Record{}, noWorkOrder()
	}
	return newest, nil
}

func noWorkOrder() error {
	return staffing.Errorf(staffing.NotFound, "SAP Fieldglass has no work order for this job seeker yet")
}

type workOrder struct {
	id        string
	jobSeeker string
	revision  int
	value     obj
}

func (c *Connector) workOrders(ctx context.Context, query url.Values) ([]workOrder, error) {
	connector := c.set["work_orders"]
	data, _, err := c.run(ctx, job{connector: connector, query: query})
	if isObjectUnknown(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	roots, err := parseAnswer(data, connector)
	if err != nil {
		return nil, err
	}
	var out []workOrder
	for _, r := range unwrap(roots) {
		assignment := at(r.value, "AssignmentType", "Assignment")
		id := text(at(assignment, "AssignmentId", "IdValue"))
		if id == "" {
			continue
		}
		revision, _ := strconv.Atoi(text(at(assignment, "AssignmentId", "@revisionNumber"))) // none is the first
		out = append(out, workOrder{id: id, revision: revision, value: r.value,
			jobSeeker: text(at(assignment, "ReferenceInformation", "UserArea", "JobSeekerId"))})
	}
	return out, nil
}

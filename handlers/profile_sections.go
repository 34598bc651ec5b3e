package handlers

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// section is one map of a profile as the pages show it.
type section struct {
	key, label, help string
	role             staffing.Role // whose profiles have it
	open             bool          // it takes fields that nobody listed: the vendor's own
	samples          func(s *Server, ctx context.Context, p profile, n int) ([]sample, error)
}

// statusSection is the map that reads a status record. It is no list of cells in
// the document, and is edited as if it were one.
const statusSection = "status"

// profileSections are the maps, in the order of the page.
func profileSections() []section {
	return []section{
		{"requisition", "Requisition", "What the client's record says of a job.", staffing.RoleClient, false, rawSamples(staffing.FeedRequisitions)},
		{statusSection, "Status record", "Where the client's word for a candidate stands, and when it was said.", staffing.RoleClient, false, rawSamples(staffing.FeedStatuses)},
		{"submission", "Candidate to the client", "What is sent to the client with a candidate.", staffing.RoleClient, true, (*Server).submissionSamples},
		{"placement", "Placement", "What the client's record says of a hire.", staffing.RoleClient, false, (*Server).placementSamples},
		{"job", "Job in the internal ATS", "What the internal ATS gets of a requisition.", staffing.RoleInternalATS, true, (*Server).jobSamples},
		{"candidate", "Candidate", "What the internal ATS says of a candidate.", staffing.RoleInternalATS, false, rawSamples(staffing.FeedCandidates)},
		{"offered", "Offered terms", "Rates and dates that a recruiter offers.", staffing.RoleInternalATS, false, rawSamples(staffing.FeedCandidates)},
		{"bill", "Bill", "What the ERP gets of a placement.", staffing.RoleERP, true, (*Server).billSamples},
	}
}

// sectionsOf are the maps of one connection: those of its role, and those that its
// document has.
func sectionsOf(p profile) (out []section) {
	for _, x := range profileSections() {
		if x.role == p.connection.Role || len(cellsOf(p.document, x.key)) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// sectionNamed gives a map of the connection; without a name the first.
func sectionNamed(p profile, name string) (section, error) {
	list := sectionsOf(p)
	at := slices.IndexFunc(list, func(x section) bool { return x.key == name || name == "" })
	if at < 0 {
		return section{}, staffing.Errorf(staffing.NotFound, "the profile of this connection has no such map")
	}
	return list[at], nil
}

// sample is one record that cells are tried on.
type sample struct {
	title, url string
	raw        json.RawMessage // as the vendor sent it; nil: the hub's own record is what cells see
	ctx        mapping.Sample
}

// samplesFeed is what raw records of hires are kept under.
const samplesFeed staffing.Feed = "placements"

func rawSamples(feed staffing.Feed) func(*Server, context.Context, profile, int) ([]sample, error) {
	return func(s *Server, ctx context.Context, p profile, n int) (out []sample, err error) {
		list, err := s.store.RecentRaw(ctx, p.connection.ID, feed, n)
		for _, r := range list {
			out = append(out, sample{title: "the record " + r.ExternalID, raw: r.Raw, ctx: mapping.Sample{Client: p.client.Domain()}})
		}
		return out, err
	}
}

// placementSamples are hires, with the submission and requisition that they are of.
func (s *Server) placementSamples(ctx context.Context, p profile, n int) ([]sample, error) {
	out, err := rawSamples(samplesFeed)(s, ctx, p, n)
	if err != nil || len(out) == 0 {
		return out, err
	}
	subs, err := s.submissionSamples(ctx, p, 1)
	if err == nil && len(subs) > 0 {
		for i := range out {
			out[i].ctx.Submission, out[i].ctx.Requisition = subs[0].ctx.Submission, subs[0].ctx.Requisition
		}
	}
	return out, err
}

// submissionSamples are candidates for this client, newest first.
func (s *Server) submissionSamples(ctx context.Context, p profile, n int) (out []sample, err error) {
	list, _, err := s.store.Submissions(ctx, store.SubmissionFilter{ClientID: value(p.connection.ClientID), Limit: min(n, 25)})
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if x.ConnectionID != p.connection.ID {
			continue
		}
		req, err := s.store.Requisition(ctx, x.RequisitionID)
		if err != nil {
			return nil, err
		}
		out = append(out, sample{title: x.CandidateName + " for " + x.RequisitionTitle, url: "/submissions/" + x.ID.String(),
			ctx: mapping.Sample{Client: p.client.Domain(), Requisition: req.Canonical.V, Submission: x.Canonical.V}})
	}
	return out, nil
}

// jobSamples are requisitions that have a job here, or are to have one.
func (s *Server) jobSamples(ctx context.Context, p profile, n int) (out []sample, err error) {
	ids, err := s.store.RequisitionsForJobs(ctx, p.connection.ID, n)
	if err != nil {
		return nil, err
	}
	list, err := s.store.RequisitionsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	clients, err := s.clientsByID(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		client := clients[x.ClientID].Domain()
		out = append(out, sample{title: orText(x.Title, x.ExternalID), url: "/requisitions/" + x.ID.String(), ctx: mapping.Sample{Client: client, Requisition: x.Canonical.V}})
	}
	return out, nil
}

// billSamples are the newest placements that have a bill.
func (s *Server) billSamples(ctx context.Context, _ profile, n int) (out []sample, err error) {
	ids, err := s.store.PlacementsForPreview(ctx, uuid.Nil, n)
	if err != nil {
		return nil, err
	}
	list, err := s.store.PlacementsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	clients, err := s.clientsByID(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if x.Bill.V == nil {
			continue
		}
		client := clients[x.ClientID].Domain()
		out = append(out, sample{title: "the bill of " + x.Canonical.V.WorkerName, url: "/placements/" + x.ID.String(),
			ctx: mapping.Sample{Client: client, Placement: x.Canonical.V, Bill: *x.Bill.V}})
	}
	return out, nil
}

func (s *Server) clientsByID(ctx context.Context) (map[uuid.UUID]store.Client, error) {
	list, err := s.store.Clients(ctx)
	out := make(map[uuid.UUID]store.Client, len(list))
	for _, c := range list {
		out[c.ID] = c
	}
	return out, err
}

// fieldsOf finds the fields that cells of the map can read: those of stored records,
// and those of the hub's own that stand beside them.
func (x section) fieldsOf(samples []sample) []mapping.SourceField {
	var payloads []json.RawMessage
	var with mapping.Sample
	for i, one := range samples {
		if i == 0 {
			with = one.ctx
		}
		if one.raw != nil {
			payloads = append(payloads, one.raw)
		}
	}
	return append(mapping.Discover(payloads), mapping.Sources(x.key, with)...)
}

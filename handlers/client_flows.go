package handlers

import (
	"context"
	"slices"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// missingSystems names, for the flows that have nowhere to write to, the system that
// is not connected yet.
func (s *Server) missingSystems(ctx context.Context) (map[store.Flow]string, error) {
	list, err := s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	has := func(role staffing.Role, can func(any) bool) bool {
		return slices.ContainsFunc(list, func(c store.Connection) bool {
			if c.Role != role {
				return false
			}
			opened, err := s.cfg.Systems.Connector(ctx, c.ID)
			return err != nil || can(opened) // one that cannot be opened now says so elsewhere
		})
	}
	out := map[store.Flow]string{}
	if !has(staffing.RoleInternalATS, func(c any) bool { _, ok := c.(staffing.JobSink); return ok }) {
		out[store.FlowJobs] = "internal ATS"
	}
	if !has(staffing.RoleERP, func(c any) bool { _, ok := c.(staffing.BillingSink); return ok }) {
		out[store.FlowBills] = "ERP"
	}
	return out, nil
}

// flowsView lists the flows of a connection with what waits for each.
func flowsView(x clientSystem, missing map[store.Flow]string) (out []web.ClientFlow) {
	waiting := map[store.Flow]int{store.FlowJobs: x.score.Jobs, store.FlowCandidates: x.score.Deliveries, store.FlowStatuses: x.score.Statuses, store.FlowBills: x.score.Bills}
	for _, f := range store.Flows() {
		v := web.ClientFlow{Key: string(f), Live: x.writes(f), Waiting: waiting[f], System: missing[f]}
		if needs := f.Needs(); needs != "" && !x.writes(needs) {
			v.Needs = string(needs)
		}
		if v.System != "" {
			v.MissingURL = "/connections/new"
		}
		out = append(out, v)
	}
	return out
}

func (x clientSystem) writes(f store.Flow) bool { return slices.Contains(x.row.Live, string(f)) }

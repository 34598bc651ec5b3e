package handlers

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/web"
)

// recentActivity is how many changes the overview tells.
const recentActivity = 12

// showOverview shows the whole river.
func (s *Server) showOverview(w http.ResponseWriter, r *http.Request) error {
	v, err := s.overview(r)
	if err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavOverview, "Overview"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.OverviewPage(v))
}

// showOverviewFragment shows its body again, after a change.
func (s *Server) showOverviewFragment(w http.ResponseWriter, r *http.Request) error {
	v, err := s.overview(r)
	if err != nil {
		return err
	}
	v.Page = s.bare(r, web.NavOverview, "Overview")
	return s.render(w, r, http.StatusOK, web.OverviewFragment(v))
}

func (s *Server) overview(r *http.Request) (v web.OverviewView, err error) {
	ctx := r.Context()
	pipeline, err := s.store.Pipeline(ctx)
	if err != nil {
		return v, err
	}
	stages, err := s.store.StageCounts(ctx)
	if err != nil {
		return v, err
	}
	causes, err := s.store.Causes(ctx)
	if err != nil {
		return v, err
	}
	activity, err := s.store.RecentActivity(ctx, recentActivity)
	if err != nil {
		return v, err
	}
	rows, err := s.connectionRows(ctx, uuid.Nil)
	if err != nil {
		return v, err
	}
	v = web.OverviewView{Clients: pipelineView(pipeline), Stages: stagesView(stages), Causes: causesView(causes), Activity: activityView(activity), Connections: len(rows)}
	for _, c := range rows {
		v.Feeds = append(v.Feeds, c.Feeds...)
	}
	v.Start, err = s.startSteps(ctx, rows)
	return v, err
}

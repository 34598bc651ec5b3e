package handlers

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// listRequisitions lists what clients ask for.
func (s *Server) listRequisitions(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r, "/requisitions")
	rows, total, err := s.store.Requisitions(r.Context(), store.RequisitionFilter{ClientID: q.id("client"), State: q.text("state"), Status: q.text("status"),
		Search: q.text("q"), Limit: rowsPerPage, Offset: q.offset()})
	if err != nil {
		return err
	}
	v := web.RequisitionsView{Q: q.text("q"), Filtered: q.filtered("q", "client", "status", "state"), Pager: q.pager(total),
		Statuses: statusOptions(q.text("status")), States: requisitionStates(q.text("state"))}
	for _, row := range rows {
		v.Rows = append(v.Rows, requisitionRowView(row))
	}
	if v.Clients, err = s.clientOptions(r, q.text("client")); err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavRequisitions, "Requisitions"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.RequisitionsPage(v))
}

// showRequisition shows one requisition with all that is known of it.
func (s *Server) showRequisition(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	facts, err := s.requisitionFacts(r.Context(), id)
	if err != nil {
		return err
	}
	v := requisitionView(facts)
	if v.Page, err = s.page(r, web.NavRequisitions, orText(v.Title, "Requisition")); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.RequisitionPage(v))
}

// requisitionFacts collects what the page of a requisition tells.
func (s *Server) requisitionFacts(ctx context.Context, id uuid.UUID) (f requisitionFacts, err error) {
	if f.requisition, err = s.store.Requisition(ctx, id); err != nil {
		return f, err
	}
	if f.client, err = s.store.Client(ctx, f.requisition.ClientID); err != nil {
		return f, err
	}
	if f.raw, err = optional(s.store.RawRecord(ctx, f.requisition.RawID)); err != nil {
		return f, err
	}
	if f.effects, err = s.store.Effects(ctx, staffing.SubjectRequisition, id); err != nil {
		return f, err
	}
	if f.submissions, _, err = s.store.Submissions(ctx, store.SubmissionFilter{RequisitionID: id, Limit: 200}); err != nil {
		return f, err
	}
	if f.audit, _, err = s.store.AuditLog(ctx, store.AuditFilter{Subject: string(staffing.SubjectRequisition), ID: id.String(), Limit: 50}); err != nil {
		return f, err
	}
	if f.systems, err = s.systemNames(ctx); err != nil {
		return f, err
	}
	f.sources, err = s.sourcesOf(ctx, f.requisition.ConnectionID, f.requisition.ProfileVersion)
	return f, err
}

// revalidateRequisition checks a requisition again under the profile in force.
func (s *Server) revalidateRequisition(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := s.revalidateBy(r.Context(), viewer(r).Email, id); err != nil {
		return err
	}
	return s.done(w, r, "/requisitions/"+id.String(), "The requisition is being validated again.")
}

// systemNames gives the name of each connection.
func (s *Server) systemNames(ctx context.Context) (map[uuid.UUID]string, error) {
	list, err := s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]string{}
	for _, c := range list {
		out[c.ID] = c.Name
	}
	return out, nil
}

// optional makes a thing that is not there its zero value.
func optional[T any](v T, err error) (T, error) {
	if staffing.CodeOf(err) == staffing.NotFound {
		var none T
		return none, nil
	}
	return v, err
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func versionText(n int) string { return fmt.Sprintf("version %d", n) }

package handlers

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// mostJobs is how many jobs of an internal ATS are made again at a time.
const mostJobs = 10_000

// older is what can be processed again under the version in force.
type older struct {
	store.OlderRecords
	jobs int // of an internal ATS: all that it holds
}

// olderRecords counts what the version in force did not make.
func (s *Server) olderRecords(ctx context.Context, c store.Connection) (o older, err error) {
	switch c.Role {
	case staffing.RoleClient:
		o.OlderRecords, err = s.store.OlderRecords(ctx, c.ID)
	case staffing.RoleInternalATS:
		var ids []uuid.UUID
		ids, err = s.store.RequisitionsForJobs(ctx, c.ID, mostJobs)
		o.jobs = len(ids)
	}
	return o, err
}

// againView is the offer to process records again; nil where there is nothing in
// force, or nothing that can be.
func (s *Server) againView(ctx context.Context, p profile) (*web.AgainView, error) {
	if p.published.Version == 0 || p.connection.Role == staffing.RoleERP {
		return nil, nil //nolint:nilnil // no offer is a page without it
	}
	o, err := s.olderRecords(ctx, p.connection)
	if err != nil {
		return nil, err
	}
	return &web.AgainView{Requisitions: o.Requisitions, Submissions: o.Submissions, Placements: o.Placements, Jobs: o.jobs, Held: o.Held,
		Shadow: p.connection.Mode == store.ModeShadow}, nil
}

// reprocessProfile processes again what older versions made.
func (s *Server) reprocessProfile(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	ports, err := s.profiles()
	if err != nil {
		return err
	}
	n, err := ports.Reprocess(r.Context(), id, viewer(r))
	if refused(err) {
		return s.renderVersions(w, r, statusOf(err), web.VersionsView{Error: problemWords(err)})
	}
	if err != nil {
		return err
	}
	message := "There was nothing to process again."
	if n > 0 {
		message = counted(n, "record is", "records are") + " processed again now. What comes out the same is not sent again."
	}
	return s.done(w, r, profileURL(id.String(), "versions"), message)
}

// heldWords says what becomes of what was held when a version came into force.
func heldWords(n int) string {
	if n == 0 {
		return "Nothing was held."
	}
	return counted(n, "held record is", "held records are") + " tried again now, by themselves."
}

// withdrawBy takes the request for a publication back; with a revision, only of
// that one.
func (s *Server) withdrawBy(ctx context.Context, by string, id uuid.UUID, revision int) error {
	return s.audited(ctx, deed{by, "profile.request_withdrawn", staffing.SubjectConnection, id}, func(tx *store.Tx) (map[string]any, error) {
		p, err := tx.LockDraft(ctx, id)
		if err == nil && revision != 0 {
			p, err = tx.RequireRevision(ctx, id, revision)
		}
		switch {
		case err != nil:
			return nil, err
		case p.RequestedBy == "":
			return nil, &staffing.Error{Code: staffing.Conflict, Message: "nobody asks for this publication any more", Err: store.ErrOvertaken}
		}
		return map[string]any{"revision": p.Revision, "requested_by": p.RequestedBy}, tx.WithdrawRequest(ctx, id)
	})
}

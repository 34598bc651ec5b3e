package handlers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// showProfilePreview shows what the draft changes, and what that does to the
// records that are here.
func (s *Server) showProfilePreview(w http.ResponseWriter, r *http.Request) error {
	return s.renderPreview(w, r, http.StatusOK, web.PreviewView{})
}

func (s *Server) renderPreview(w http.ResponseWriter, r *http.Request, status int, v web.PreviewView) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	if err := s.fillPreview(r, p, &v); err != nil {
		return err
	}
	if v.ProfileView, err = s.profileFrame(r, p, "preview"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfilePreviewPage(v))
}

// showPreviewFragment shows the run again while it goes on.
func (s *Server) showPreviewFragment(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	var v web.PreviewView
	if err := s.fillPreview(r, p, &v); err != nil {
		return err
	}
	if v.ProfileView, err = s.profileFrame(r, p, "preview"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.PreviewFragment(v))
}

// previewSizes are how many records a preview may look at.
var previewSizes = [][2]string{{"1000", "1,000"}, {"100", "100, for a first look"}, {"5000", "5,000"}, {"10000", "10,000"}}

func (s *Server) fillPreview(r *http.Request, p profile, v *web.PreviewView) error {
	v.At, v.Sizes, v.Limit = p.edition(), options(formText(r, "records"), previewSizes...), store.DefaultReviewThreshold
	if p.connection.ClientID != nil {
		v.Limit = p.client.ReviewThreshold
	}
	if !p.drafted() {
		return nil
	}
	v.Changes = s.changesSince(p.published.Document, p.draft.Document)
	var err error
	if v.Again, err = s.againView(r.Context(), p); err != nil {
		return err
	}
	run, err := s.store.LatestPreview(r.Context(), p.connection.ID, p.draft.Revision)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if v.Run, err = s.previewRun(r, p, run); err != nil {
		return err
	}
	v.Run.Stale, err = s.staleness(r.Context(), p, run)
	return err
}

// fullPreview is how many records a preview has to look at before the draft can be
// published, unless there are fewer.
const fullPreview = 1000

// staleness says why a preview does not count for publishing; empty: it does.
func (s *Server) staleness(ctx context.Context, p profile, run store.Preview) (string, error) {
	_, lists, err := s.store.ProfileStamp(ctx, p.connection.ID)
	switch {
	case err != nil:
		return "", err
	case run.BaseVersion != p.published.Version:
		return "Another version came into force after this preview. Run it again.", nil
	case run.Lists != lists:
		return "A code list changed after this preview. Run it again.", nil
	case run.Wanted < fullPreview && run.Total >= run.Wanted:
		return "A first look. Run it over 1,000 records or more before you publish.", nil
	}
	return "", nil
}

// startProfilePreview runs the draft over the newest records.
func (s *Server) startProfilePreview(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.profileForm(r)
	if err != nil {
		return err
	}
	records, err := strconv.Atoi(formText(r, "records"))
	if err != nil {
		records = fullPreview
	}
	ports, err := s.profiles()
	if err != nil {
		return err
	}
	if _, err := ports.StartPreview(r.Context(), id, records, viewer(r).Email); err != nil {
		if err = s.draftGone(r.Context(), id, err); refused(err) {
			return s.renderPreview(w, r, statusOf(err), web.PreviewView{Error: problemWords(err)})
		}
		return err
	}
	http.Redirect(w, r, profileURL(id.String(), "preview"), http.StatusSeeOther) //nolint:gosec // the id was parsed
	return nil
}

// publishProfile puts the draft in force, or asks a second person to.
func (s *Server) publishProfile(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	note := formText(r, "note")
	ports, err := s.profiles()
	if err != nil {
		return err
	}
	draft, err := optional(s.store.Draft(r.Context(), id))
	if err != nil {
		return err
	}
	if note == "" && draft.RequestedBy == "" {
		return s.renderPreview(w, r, http.StatusUnprocessableEntity, web.PreviewView{Error: "Say in the note what changed and why."})
	}
	older, err := s.store.OlderRecords(r.Context(), id)
	if err != nil {
		return err
	}
	version, waiting, err := ports.Publish(r.Context(), id, at.Revision, viewer(r), note)
	err = s.draftGone(r.Context(), id, err)
	switch {
	case refused(err):
		return s.renderPreview(w, r, statusOf(err), web.PreviewView{Error: problemWords(err), Note: note})
	case err != nil:
		return err
	case waiting:
		return s.done(w, r, profileURL(id.String(), "preview"), "Asked for. A second person confirms it on this page.")
	}
	s.cfg.Systems.Forget(id)
	return s.done(w, r, profileURL(id.String(), "versions"), "Version "+strconv.Itoa(version)+" is in force. "+heldWords(older.Held))
}

// withdrawProfile takes the request for a publication back.
func (s *Server) withdrawProfile(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	err = s.draftGone(r.Context(), id, s.withdrawBy(r.Context(), viewer(r).Email, id, max(at.Revision, 1)))
	if refused(err) {
		return s.renderPreview(w, r, statusOf(err), web.PreviewView{Error: problemWords(err), Note: formText(r, "note")})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, profileURL(id.String(), "preview"), "The request is taken back.")
}

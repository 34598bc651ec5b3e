package handlers

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// profile is a connection's profile as the pages work on it: the draft if there is
// one, else what is in force.
type profile struct {
	connection store.Connection
	client     store.Client // zero: a system of the firm
	published  store.Profile
	draft      store.Profile // its state is empty when there is none
	document   mapping.Document
	problem    error // the document cannot be read
}

func (p profile) id() string { return p.connection.ID.String() }

func (p profile) drafted() bool { return p.draft.State == store.ProfileDraft }

// edition is what a form that opens now is opened on.
func (p profile) edition() web.Edition {
	return web.Edition{Revision: p.draft.Revision, Base: p.published.Version}
}

// text is the document that the pages show.
func (p profile) text() string {
	if p.drafted() {
		return p.draft.Document
	}
	return p.published.Document
}

// loadProfile reads the profile of the connection in the path.
func (s *Server) loadProfile(r *http.Request) (p profile, err error) {
	id, err := pathID(r)
	if err != nil {
		return p, err
	}
	return s.profileOf(r.Context(), id)
}

func (s *Server) profileOf(ctx context.Context, id uuid.UUID) (p profile, err error) {
	if p.connection, err = s.store.Connection(ctx, id); err != nil {
		return p, err
	}
	if c := p.connection.ClientID; c != nil {
		if p.client, err = s.store.Client(ctx, *c); err != nil {
			return p, err
		}
	}
	if p.published, err = optional(s.store.PublishedProfile(ctx, id)); err != nil {
		return p, err
	}
	if p.draft, err = optional(s.store.Draft(ctx, id)); err != nil {
		return p, err
	}
	p.document, p.problem = mapping.Parse([]byte(p.text()))
	return p, nil
}

// withLists gives the document with the connection's code lists in it, as it runs.
func (s *Server) withLists(ctx context.Context, id uuid.UUID, d mapping.Document) (mapping.Document, error) {
	lists, err := s.store.AllCodeLists(ctx, id)
	if err != nil {
		return d, err
	}
	return d.WithLists(lists), nil
}

// profileFrame fills what every page of the profile shows.
func (s *Server) profileFrame(r *http.Request, p profile, tab string) (v web.ProfileView, err error) {
	v = web.ProfileView{ID: p.id(), Name: p.connection.Name, System: p.connection.Kind, Client: p.client.Name, Tab: tab, Version: p.published.Version,
		ClientID: idOf(p.connection.ClientID)}
	if kind, err := s.cfg.Registry.Kind(p.connection.Kind); err == nil {
		v.System = kind.Label
	}
	if s.cfg.Profiles == nil {
		v.Locked = sentence(noProfiles)
	}
	if p.problem != nil {
		v.Problem = sentence(staffing.MessageOf(p.problem))
	}
	if p.drafted() {
		v.Draft = &web.Draft{Revision: p.draft.Revision, Base: p.draft.BaseVersion, By: p.draft.UpdatedBy, At: p.draft.UpdatedAt,
			Requested: p.draft.RequestedBy, RequestedAt: value(p.draft.RequestedAt), Note: p.draft.RequestNote, Yours: p.draft.RequestedBy == viewer(r).Email}
	}
	v.Page, err = s.page(r, web.NavConnections, "Profile of "+p.connection.Name)
	return v, err
}

// discardDraft throws the draft away, if it is still the one that the page showed.
func (s *Server) discardDraft(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	tab := tabURL(id, formText(r, "tab"))
	if err := s.draftGone(r.Context(), id, s.discardDraftBy(r.Context(), viewer(r).Email, id, max(at.Revision, 1))); err != nil {
		if refused(err) {
			return s.undone(w, r, tab, err)
		}
		return err
	}
	return s.done(w, r, profileURL(id.String()), "The draft is gone. What is in force stays as it is.")
}

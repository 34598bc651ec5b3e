package handlers

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// listConnections lists the outside systems.
func (s *Server) listConnections(w http.ResponseWriter, r *http.Request) error {
	rows, err := s.connectionRows(r.Context(), uuid.Nil)
	if err != nil {
		return err
	}
	due, err := s.watch(r.Context())
	if err != nil {
		return err
	}
	v := web.ConnectionsView{Rows: rows}
	for _, d := range due {
		if d.Tone != web.ToneMuted {
			v.Due++
		}
	}
	if v.Page, err = s.page(r, web.NavConnections, "Connections"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.ConnectionsPage(v))
}

// connectionRows gives every connection with its feeds, or the one of that id.
func (s *Server) connectionRows(ctx context.Context, only uuid.UUID) ([]web.ConnectionRow, error) {
	list, err := s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	feeds, err := s.store.Feeds(ctx, only)
	if err != nil {
		return nil, err
	}
	gaps, err := s.store.Gaps(ctx, only)
	if err != nil {
		return nil, err
	}
	failed, err := s.store.LiveFailuresByConnection(ctx)
	if err != nil {
		return nil, err
	}
	clients, err := s.store.Clients(ctx)
	if err != nil {
		return nil, err
	}
	var out []web.ConnectionRow
	for _, c := range list {
		if only == uuid.Nil || c.ID == only {
			row := s.connectionRow(c, clients, feeds)
			row.Gaps, row.Failed = gapsOf(gaps, c.ID), failed[c.ID]
			out = append(out, row)
		}
	}
	return out, nil
}

// showConnection shows one connection.
func (s *Server) showConnection(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return s.renderConnection(w, r, id, nil)
}

func (s *Server) renderConnection(w http.ResponseWriter, r *http.Request, id uuid.UUID, test *web.TestReport) error {
	v, err := s.connectionView(r.Context(), id)
	if err != nil {
		return err
	}
	v.Test = test
	if v.Page, err = s.page(r, web.NavConnections, v.Name); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.ConnectionPage(v))
}

// showFeedsFragment shows the feeds of a connection again, after a change.
func (s *Server) showFeedsFragment(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	rows, err := s.connectionRows(r.Context(), id)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errNoPage
	}
	v := web.ConnectionView{Page: s.bare(r, web.NavConnections, rows[0].Name), ConnectionRow: rows[0]}
	return s.render(w, r, http.StatusOK, web.FeedsFragment(v))
}

// connectionView collects what the page of a connection tells.
func (s *Server) connectionView(ctx context.Context, id uuid.UUID) (v web.ConnectionView, err error) {
	c, err := s.store.Connection(ctx, id)
	if err != nil {
		return v, err
	}
	rows, err := s.connectionRows(ctx, id)
	if err != nil {
		return v, err
	}
	if len(rows) == 0 {
		return v, errNoPage
	}
	v.ConnectionRow, v.CreatedAt = rows[0], c.CreatedAt
	document, version, err := s.documentInForce(ctx, id)
	if err != nil {
		return v, err
	}
	gaps, err := s.store.Gaps(ctx, id)
	if err != nil {
		return v, err
	}
	refusals, err := s.store.Refusals(ctx, id.String())
	if err != nil {
		return v, err
	}
	exchanges, err := s.store.ExchangesWith(ctx, id, shownExchanges)
	if err != nil {
		return v, err
	}
	v.Profile, v.GapList, v.Refusals = version, connectionGaps(gaps, document), refusalsView(refusals)
	v.Exchanges = exchangesView(exchanges, map[uuid.UUID]string{id: c.Name})
	s.addKind(ctx, &v, c)
	return v, nil
}

// addKind adds what the connector says of itself: links, settings, webhooks. A
// connector that this build does not have leaves them out.
func (s *Server) addKind(ctx context.Context, v *web.ConnectionView, c store.Connection) {
	kind, err := s.cfg.Registry.Kind(c.Kind)
	if err != nil {
		v.System = c.Kind
		return
	}
	v.System, v.DocsURL, v.APIVersion = kind.Label, kind.DocsURL, kind.APIVersion
	secrets, err := s.store.ConnectionSecrets(c)
	if err != nil {
		s.log.Error("the secrets of a connection cannot be opened", "connection_id", c.ID, "err", err)
	}
	v.Settings = settingsView(kind.Spec, c.Settings.V, secrets)
	opened, err := s.cfg.Systems.Connector(ctx, c.ID)
	if err != nil {
		s.log.Warn("a connection cannot be opened", "connection_id", c.ID, "err", err)
	}
	if _, ok := opened.(staffing.WebhookReceiver); ok || (err != nil && kind.WebhookHelp != "") {
		v.WebhookURL, v.WebhookHelp = s.cfg.PublicURL+"/hooks/"+c.ID.String(), kind.WebhookHelp
	}
}

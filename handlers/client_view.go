package handlers

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// clientSystem is one connection of a client with what the page tells of it.
type clientSystem struct {
	row      web.ConnectionRow
	version  int
	draft    bool
	document mapping.Document // in force
	gaps     []store.Gap
	score    store.ShadowScore
}

func (s *Server) clientView(ctx context.Context, c store.Client) (v web.ClientView, err error) {
	v.ClientRow = web.ClientRow{ID: c.ID.String(), Code: c.Code, Name: c.Name, Currency: c.Currency, Timezone: c.Timezone, CreatedAt: c.CreatedAt}
	if s.cfg.Profiles == nil {
		v.Locked = sentence(noProfiles)
	}
	systems, err := s.clientSystems(ctx, c.ID)
	if err != nil {
		return v, err
	}
	missing, err := s.missingSystems(ctx)
	if err != nil {
		return v, err
	}
	for _, x := range systems {
		v.Connections = append(v.Connections, web.ClientConnection{ConnectionRow: x.row, Profile: x.version, Draft: x.draft, Score: scoreView(x), Flows: flowsView(x, missing)})
		for _, g := range x.gaps {
			v.Gaps = append(v.Gaps, clientGap(c, x, g))
		}
	}
	v.Steps = clientSteps(c.ID.String(), systems)
	return v, nil
}

func (s *Server) clientSystems(ctx context.Context, client uuid.UUID) (out []clientSystem, err error) {
	list, err := s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.connectionRows(ctx, uuid.Nil)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		at := slices.IndexFunc(rows, func(r web.ConnectionRow) bool { return r.ID == c.ID.String() })
		if c.ClientID == nil || *c.ClientID != client || at < 0 {
			continue
		}
		x := clientSystem{row: rows[at]}
		if err := s.addProfile(ctx, &x, c.ID); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// documentInForce reads the published profile; version 0: there is none. A document
// that cannot be read is an empty one here: the profile's own page says why.
func (s *Server) documentInForce(ctx context.Context, id uuid.UUID) (d mapping.Document, version int, err error) {
	p, err := optional(s.store.PublishedProfile(ctx, id))
	if err != nil {
		return d, 0, err
	}
	d, bad := mapping.Parse([]byte(p.Document))
	if bad != nil {
		s.log.Warn("a profile cannot be read", "connection_id", id, "err", bad)
	}
	return d, p.Version, nil
}

// addProfile reads what the connection's profile says and does not know.
func (s *Server) addProfile(ctx context.Context, x *clientSystem, id uuid.UUID) error {
	var err error
	if x.document, x.version, err = s.documentInForce(ctx, id); err != nil {
		return err
	}
	draft, err := optional(s.store.Draft(ctx, id))
	if err != nil {
		return err
	}
	x.draft = draft.State == store.ProfileDraft
	if x.gaps, err = s.store.Gaps(ctx, id); err != nil {
		return err
	}
	x.score, err = s.store.ShadowScore(ctx, id)
	return err
}

// scoreView sums the shadow run up; what waits for each flow stands at its switch.
func scoreView(x clientSystem) []web.Field {
	s := x.score
	if x.row.Mode != store.ModeShadow {
		return nil
	}
	return []web.Field{{Label: "Requisitions read", Value: fmt.Sprint(s.Requisitions)}, {Label: "Go through", Value: fmt.Sprintf("%d %%", s.Clean())},
		{Label: "Wait for a person", Value: fmt.Sprint(s.RequisitionHeld + s.SubmissionHeld + s.PlacementHeld)}}
}

func clientGap(c store.Client, x clientSystem, g store.Gap) web.ClientGap {
	out := web.ClientGap{Gap: connectionGaps([]store.Gap{g}, x.document)[0], Connection: x.row.Name}
	if !g.Kind.Holds() {
		return out // no record waits for it
	}
	switch section, _, _ := strings.Cut(g.Field, "."); section {
	case "requisition", "requisition_status":
		out.RecordsURL = "/requisitions?" + url.Values{"client": {c.ID.String()}, "state": {store.RequisitionNeedsAttention}}.Encode()
	case "stages", "status", "submission":
		out.RecordsURL = "/submissions?" + url.Values{"client": {c.ID.String()}}.Encode()
	case "placement":
		out.RecordsURL = "/placements?" + url.Values{"client": {c.ID.String()}, "tab": {store.PlacementNeedsAttention}}.Encode()
	}
	return out
}

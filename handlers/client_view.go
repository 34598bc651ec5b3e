package handlers

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
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
	for _, x := range systems {
		v.Connections = append(v.Connections, web.ClientConnection{ConnectionRow: x.row, Profile: x.version, Draft: x.draft, Score: scoreView(x)})
		for _, g := range x.gaps {
			v.Gaps = append(v.Gaps, clientGap(c, x, g))
		}
	}
	v.Steps = clientSteps(systems)
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

func scoreView(x clientSystem) []web.Field {
	s := x.score
	if x.row.Mode != store.ModeShadow {
		return nil
	}
	out := []web.Field{{Label: "Requisitions read", Value: fmt.Sprint(s.Requisitions)}, {Label: "Would have gone through", Value: fmt.Sprintf("%d %%", s.Clean())},
		{Label: "Jobs created or updated", Value: fmt.Sprint(s.Jobs)}, {Label: "Waiting for a person", Value: fmt.Sprint(s.RequisitionHeld + s.SubmissionHeld + s.PlacementHeld)}}
	for _, f := range []struct {
		label string
		n     int
	}{{"Candidates sent to the client", s.Deliveries}, {"Stages shown to recruiters", s.Statuses}, {"Bills posted", s.Bills}} {
		if f.n > 0 {
			out = append(out, web.Field{Label: f.label, Value: fmt.Sprint(f.n)})
		}
	}
	return out
}

func clientGap(c store.Client, x clientSystem, g store.Gap) web.ClientGap {
	out := web.ClientGap{Gap: connectionGaps([]store.Gap{g}, x.document)[0], Connection: x.row.Name}
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

// clientSteps is the checklist: what is done, and where the next step is.
func clientSteps(systems []clientSystem) []web.ClientStep {
	if len(systems) == 0 {
		return []web.ClientStep{{Name: "Connected", Text: "No system is connected yet.", URL: "/connections/new", Do: "Connect a system"},
			{Name: "Mapped", Text: "Every value the client sends has a meaning."}, {Name: "Rules", Text: "The client's own rules are checked."},
			{Name: "Shadow run", Text: "Real records are tried, and nothing is written outside."}, {Name: "Live", Text: "Requisitions become jobs by themselves."}}
	}
	return []web.ClientStep{connectedStep(systems), mappedStep(systems), rulesStep(systems), shadowStep(systems), liveStep(systems)}
}

func connectedStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Connected", Done: true, Text: "The hub reads the client's system."}
	for _, x := range systems {
		read := len(x.row.Feeds) == 0 || slices.ContainsFunc(x.row.Feeds, func(f web.Feed) bool { return !f.LastSuccess.IsZero() })
		if x.row.State != staffing.ConnectionActive || !read {
			out.Done, out.Text, out.URL, out.Do = false, x.row.Name+" was not read yet, or needs attention.", "/connections/"+x.row.ID, "Test the connection"
		}
	}
	return out
}

func mappedStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Mapped", Done: true, Text: "Every value that was sent has a meaning."}
	for _, x := range systems {
		switch {
		case x.version == 0:
			out.Done, out.Text, out.URL, out.Do = false, x.row.Name+" has no profile in force.", profileURL(x.row.ID), "Open the profile"
		case len(x.gaps) > 0:
			out.Done, out.Text, out.URL, out.Do = false, x.row.Name+": "+counted(len(x.gaps), "value is not mapped.", "values are not mapped."), "#gaps", "See the gaps"
		}
	}
	return out
}

func rulesStep(systems []clientSystem) web.ClientStep {
	n := 0
	for _, x := range systems {
		n += len(x.document.Rules)
	}
	if n > 0 {
		return web.ClientStep{Name: "Rules", Done: true, Text: counted(n, "rule of this client is checked", "rules of this client are checked") + ", and the hub's own."}
	}
	return web.ClientStep{Name: "Rules", Text: "Only the hub's own rules are checked. Add what this client's programme asks for.", URL: profileURL(systems[0].row.ID, "rules"), Do: "Add a rule"}
}

func shadowStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Shadow run", Done: true, Text: "Real records were tried before the hub wrote anything."}
	for _, x := range systems {
		if x.row.Mode != store.ModeShadow {
			continue
		}
		if out.Done = x.score.Requisitions > 0; out.Done {
			out.Text = fmt.Sprintf("%s: %d %% of %d requisitions would have gone through.", x.row.Name, x.score.Clean(), x.score.Requisitions)
		} else {
			out.Text, out.URL, out.Do = x.row.Name+" is in shadow mode, and no record was read yet.", "/connections/"+x.row.ID, "Read it now"
		}
	}
	return out
}

func liveStep(systems []clientSystem) web.ClientStep {
	out := web.ClientStep{Name: "Live", Done: true, Text: "Requisitions become jobs by themselves."}
	for _, x := range systems {
		if x.row.Mode == store.ModeShadow {
			out.Done, out.Text, out.URL, out.Do = false, x.row.Name+" writes nothing outside yet.", "#connections", "Go live there"
		}
	}
	return out
}

// counted gives the number with the words that fit it.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n) + " " + many
}

package handlers

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// showWatch lists what will stop connections unless somebody acts: credentials that
// end, versions of APIs that end, permissions that were taken away, tests that fail.
func (s *Server) showWatch(w http.ResponseWriter, r *http.Request) error {
	rows, err := s.watch(r.Context())
	if err != nil {
		return err
	}
	v := web.WatchView{Rows: rows}
	if v.Page, err = s.page(r, web.NavConnections, "Due dates"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.WatchPage(v))
}

// watch gives the rows, the soonest first.
func (s *Server) watch(ctx context.Context) (out []web.WatchRow, err error) {
	list, err := s.store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	checks, err := s.store.Checks(ctx)
	if err != nil {
		return nil, err
	}
	last := map[uuid.UUID]store.Check{}
	for _, c := range checks {
		last[c.ConnectionID] = c
	}
	for _, c := range list {
		kind, err := s.cfg.Registry.Kind(c.Kind)
		if err != nil {
			continue // its own page says that this build has no such connector
		}
		out = append(out, s.watchOne(c, kind, last[c.ID])...)
	}
	slices.SortStableFunc(out, func(a, b web.WatchRow) int { return cmp.Compare(a.Days, b.Days) })
	return out, nil
}

func (s *Server) watchOne(c store.Connection, kind connectors.Kind, k store.Check) (out []web.WatchRow) {
	row := func(what, text string, on time.Time) {
		r := web.WatchRow{ID: c.ID.String(), Connection: c.Name, System: kind.Label, What: what, Text: text, On: on}
		if !on.IsZero() {
			r.Days = int(on.Sub(s.now()).Hours() / 24)
		}
		r.Tone = watchTone(r)
		out = append(out, r)
	}
	for _, p := range k.Lost() {
		row("A permission was taken away", fmt.Sprintf("%s: needed to %s. %s", p.Name, p.Purpose, sentence(p.Detail)), time.Time{})
	}
	if k.Error != "" {
		row("The last test failed", sentence(k.Error), time.Time{})
	}
	if at, text := credentialEnd(c, k); !at.IsZero() {
		row("The credential ends", text, at)
	}
	if kind.End != nil {
		row("This version of the API ends", sentence(kind.End.What)+" Source: "+kind.End.Source, kind.End.On)
	}
	return out
}

// credentialEnd is the day that the vendor told, or the one that a person entered,
// whichever is sooner.
func credentialEnd(c store.Connection, k store.Check) (at time.Time, text string) {
	if entered, err := time.Parse(time.DateOnly, c.Settings.V[connectors.CredentialExpires]); err == nil {
		at, text = entered, "As entered in the connection's settings. Make a new credential at the vendor and enter it there."
	}
	if told := value(k.ExpiresAt); !told.IsZero() && (at.IsZero() || told.Before(at)) {
		at, text = told, "As the system tells. Make a new credential there and enter it in the connection's settings."
	}
	return at, text
}

// watchTone says how near it is.
func watchTone(r web.WatchRow) web.Tone {
	switch {
	case r.Days <= 7:
		return web.ToneBad
	case r.Days <= 45:
		return web.ToneWarn
	default:
		return web.ToneMuted
	}
}

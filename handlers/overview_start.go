package handlers

import (
	"context"
	"slices"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// startSteps lead from an empty hub to a first client for whom something is
// written; none when there is one.
func (s *Server) startSteps(ctx context.Context, rows []web.ConnectionRow) ([]web.ClientStep, error) {
	if slices.ContainsFunc(rows, func(c web.ConnectionRow) bool { return c.Role == staffing.RoleClient && len(c.Live) > 0 }) {
		return nil, nil
	}
	clients, err := s.store.Clients(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rows, func(c web.ConnectionRow) bool { return c.Role == staffing.RoleClient })
	theirs := connectTheirs(clients)
	out := []web.ClientStep{addClient(clients), theirs,
		connectOurs(rows, staffing.RoleInternalATS, "Your internal ATS", "Requisitions become jobs there. It can wait until the shadow run looks good."),
		connectOurs(rows, staffing.RoleERP, "Your ERP", "Approved placements become bills there. It can wait until the first hire."),
		{Name: "Map, try, go live", Text: "Real records are mapped and checked in shadow mode first; then each flow is turned on, one by one."}}
	if at < 0 {
		return out, nil
	}
	out[1].Done, out[1].URL, out[1].Text = true, "", rows[at].Name+" is connected."
	out[4].URL, out[4].Do = "/clients/"+rows[at].ClientID, "Go on with "+rows[at].Client
	return out, nil
}

func addClient(clients []store.Client) web.ClientStep {
	if n := len(clients); n > 0 {
		return web.ClientStep{Name: "The client", Done: true, Text: counted(n, "client is here.", "clients are here.")}
	}
	return web.ClientStep{Name: "The client", Text: "A company that uses your workers and pays the bills.", URL: "/clients", Do: "Add a client"}
}

func connectTheirs(clients []store.Client) web.ClientStep {
	out := web.ClientStep{Name: "The client's system", Text: "Their ATS, VMS or HRIS, in which they keep their requisitions."}
	if len(clients) > 0 {
		out.URL, out.Do = connectURL(clients[0].ID.String()), "Connect the system of "+clients[0].Name
	}
	return out
}

func connectOurs(rows []web.ConnectionRow, role staffing.Role, name, text string) web.ClientStep {
	at := slices.IndexFunc(rows, func(c web.ConnectionRow) bool { return c.Role == role })
	if at >= 0 {
		return web.ClientStep{Name: name, Done: true, Text: rows[at].Name + " is connected."}
	}
	return web.ClientStep{Name: name, Text: text, URL: "/connections/new", Do: "Connect it"}
}

// connectURL leads to the choice of a system for a client.
func connectURL(client string) string { return "/connections/new?client=" + client }

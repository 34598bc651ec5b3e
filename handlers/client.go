package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// mostThreshold is the highest number of records that a publication may change
// without a second person.
const mostThreshold = 1_000_000

// showClient shows how far a client is set up, and what its mappings do not know.
func (s *Server) showClient(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	c, err := s.store.Client(r.Context(), id)
	if err != nil {
		return err
	}
	form := web.ClientForm{Code: c.Code, Name: c.Name, Currency: c.Currency, Timezone: c.Timezone}
	return s.renderClient(w, r, http.StatusOK, c, form, web.ClientThreshold{Value: strconv.Itoa(c.ReviewThreshold)})
}

func (s *Server) renderClient(w http.ResponseWriter, r *http.Request, status int, c store.Client, form web.ClientForm, threshold web.ClientThreshold) error {
	v, err := s.clientView(r.Context(), c)
	if err != nil {
		return err
	}
	v.Form, v.Threshold = form, threshold
	if err := s.addFinance(r, c, &v); err != nil {
		return err
	}
	if v.Page, err = s.page(r, web.NavClients, c.Name); err != nil {
		return err
	}
	return s.render(w, r, status, web.ClientPage(v))
}

// updateClient changes what may change of a client. A refused form keeps what was
// entered.
func (s *Server) updateClient(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	ctx := r.Context()
	c, err := s.store.Client(ctx, id)
	if err != nil {
		return err
	}
	f := web.ClientForm{Code: c.Code, Name: formText(r, "name"), Currency: formText(r, "currency"), Timezone: formText(r, "timezone")}
	t := web.ClientThreshold{Value: formText(r, "threshold")}
	limit, err := strconv.Atoi(t.Value)
	if err != nil || limit < 0 || limit > mostThreshold {
		t.Error = "Give a number of records, 0 or more."
	}
	if !checkClient(&f) || t.Error != "" {
		return s.renderClient(w, r, http.StatusUnprocessableEntity, c, f, t)
	}
	after := c
	after.Name, after.Currency, after.Timezone, after.ReviewThreshold = f.Name, f.Currency, f.Timezone, limit
	err = s.audited(ctx, deed{viewer(r).Email, "client.updated", subjectClient, id}, func(tx *store.Tx) (map[string]any, error) {
		return map[string]any{"fields": changedOfClient(c, after)}, tx.UpdateClient(ctx, after)
	})
	if err != nil {
		return err
	}
	return s.done(w, r, "/clients/"+id.String(), "Saved.")
}

// subjectClient is what the audit log calls a client.
const subjectClient staffing.Subject = "client"

func changedOfClient(before, after store.Client) string {
	var out []string
	for name, differs := range map[string]bool{"name": before.Name != after.Name, "currency": before.Currency != after.Currency,
		"timezone": before.Timezone != after.Timezone, "threshold": before.ReviewThreshold != after.ReviewThreshold} {
		if differs {
			out = append(out, name)
		}
	}
	return strings.Join(sorted(out), " ")
}

// goLive lets a connection write outside, or the one flow that the form names. What
// was left out is done now.
func (s *Server) goLive(w http.ResponseWriter, r *http.Request) error {
	return s.switchMode(w, r, true)
}

// goShadow stops a connection's writes outside, or those of one flow.
func (s *Server) goShadow(w http.ResponseWriter, r *http.Request) error {
	return s.switchMode(w, r, false)
}

func (s *Server) switchMode(w http.ResponseWriter, r *http.Request, on bool) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	c, err := s.store.Connection(r.Context(), id)
	if err != nil {
		return err
	}
	p, err := s.profiles()
	if err != nil {
		return err
	}
	flow := store.Flow(formText(r, "flow"))
	switch {
	case flow != "":
		err = p.SwitchFlow(r.Context(), id, flow, on, viewer(r))
	case on:
		err = p.GoLive(r.Context(), id, viewer(r))
	default:
		err = p.GoShadow(r.Context(), id, viewer(r))
	}
	if err != nil {
		return err
	}
	target := "/connections/" + id.String()
	if c.ClientID != nil {
		target = "/clients/" + c.ClientID.String() + "#connections"
	}
	return s.done(w, r, target, switched(c, flow, on))
}

// switched says what has become of a connection.
func switched(c store.Connection, flow store.Flow, on bool) string {
	switch {
	case flow != "" && on:
		return sentence(string(flow) + " of " + c.Name + " are live; what waited is being done now")
	case flow != "":
		return sentence(string(flow) + " of " + c.Name + " are held back from now on")
	case on:
		return "Live. What was left out in shadow mode is being done now."
	default:
		return "In shadow mode. Nothing is written outside for its records."
	}
}

// noProfiles is why profiles cannot be changed in a hub without that port.
const noProfiles = "profiles cannot be changed here"

// profiles gives the port, or the error that there is none.
func (s *Server) profiles() (Profiles, error) {
	if s.cfg.Profiles == nil {
		return nil, staffing.Errorf(staffing.Unavailable, noProfiles)
	}
	return s.cfg.Profiles, nil
}

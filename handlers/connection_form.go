package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

const longName = 120 // characters of a name

// connectionForm is the settings form as it was sent, or as it is opened.
type connectionForm struct {
	id      uuid.UUID // nil: a new connection
	kind    connectors.Kind
	name    string
	client  string
	opened  string            // the client whose page the form was opened from
	typed   map[string]string // nil: the form is opened
	stored  map[string]string // settings of the saved connection
	secrets map[string]string // of the saved connection; never leaves the server
	clients []store.Client
	shadow  bool // a client's system begins without writing outside
	browse  bool // the catalogue is only looked at

	nameError, clientError, formError string
	problems                          map[string]string // by setting
}

// showNewConnection offers the systems, or the form of the one that was chosen.
func (s *Server) showNewConnection(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r, "")
	clients, err := s.store.Clients(r.Context())
	if err != nil {
		return err
	}
	f := connectionForm{clients: clients, client: q.text("client")}
	if f.clientID() == nil {
		f.client = ""
	}
	name := q.text("kind")
	if name == "" {
		return s.showCatalogue(w, r, f)
	}
	if f.kind, err = s.cfg.Registry.Kind(name); err != nil {
		return err
	}
	f.opened = f.client
	if f.client == "" && len(clients) == 1 {
		f.client = clients[0].ID.String()
	}
	f.name = f.suggestedName()
	return s.renderConnectionForm(w, r, http.StatusOK, f)
}

// suggestedName names a connection after its client and its system.
func (f *connectionForm) suggestedName() string {
	for _, c := range f.clients {
		if f.kind.Role == staffing.RoleClient && c.ID.String() == f.client && len([]rune(c.Name+f.kind.Label)) < longName-3 {
			return c.Name + " · " + f.kind.Label
		}
	}
	return f.kind.Label
}

// showCatalogue offers the systems by role; for a client only what a client has.
func (s *Server) showCatalogue(w http.ResponseWriter, r *http.Request, f connectionForm) error {
	list, err := s.store.Connections(r.Context())
	if err != nil {
		return err
	}
	v := web.CatalogueView{ClientID: f.client, Have: map[staffing.Role][]string{}}
	for _, c := range f.clients {
		if c.ID.String() == f.client {
			v.Client = c.Name
		}
	}
	for _, c := range list {
		if c.Role != staffing.RoleClient {
			v.Have[c.Role] = append(v.Have[c.Role], c.Name)
		}
	}
	for _, k := range s.cfg.Registry.Kinds() {
		v.Kinds = append(v.Kinds, kindCard(k))
	}
	title := "Connect a system"
	if v.Browse = f.browse; v.Browse {
		title = "Connectors"
	}
	if v.Page, err = s.page(r, web.NavConnections, title); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.CataloguePage(v))
}

// showConnectors is the catalogue for whoever only looks.
func (s *Server) showConnectors(w http.ResponseWriter, r *http.Request) error {
	return s.showCatalogue(w, r, connectionForm{browse: true})
}

// showConnectionForm opens the settings of a connection. Secrets stay behind.
func (s *Server) showConnectionForm(w http.ResponseWriter, r *http.Request) error {
	f, err := s.savedForm(r)
	if err != nil {
		return err
	}
	return s.renderConnectionForm(w, r, http.StatusOK, f)
}

// savedForm reads a saved connection into a form.
func (s *Server) savedForm(r *http.Request) (f connectionForm, err error) {
	if f.id, err = pathID(r); err != nil {
		return f, err
	}
	c, err := s.store.Connection(r.Context(), f.id)
	if err != nil {
		return f, err
	}
	f.name, f.client, f.stored = c.Name, idOf(c.ClientID), c.Settings.V
	if f.kind, err = s.cfg.Registry.Kind(c.Kind); err != nil {
		return f, err
	}
	f.secrets, err = s.store.ConnectionSecrets(c)
	return f, err
}

func (s *Server) renderConnectionForm(w http.ResponseWriter, r *http.Request, status int, f connectionForm) error {
	isSet := func(key string) bool { return f.secrets[key] != "" }
	v := web.ConnectionFormView{Kind: kindCard(f.kind), Name: f.name, NameError: f.nameError, ClientError: f.clientError, Error: f.formError,
		Fields: formFields(f.kind.Spec, f.typed, f.stored, isSet, f.problems)}
	title := "Connect " + f.kind.Label
	if f.id != uuid.Nil {
		v.ID, title = f.id.String(), "Settings of "+f.name
	} else if f.kind.Role == staffing.RoleClient {
		v.Clients, v.ClientID = append([]web.Option{{Label: "Choose one"}}, optionsOfClients(f.clients, f.client)...), f.opened
		if len(f.clients) == 0 {
			v.Clients, v.NoClient = nil, true
		}
	}
	var err error
	if v.Page, err = s.page(r, web.NavConnections, title); err != nil {
		return err
	}
	return s.render(w, r, status, web.ConnectionFormPage(v))
}

// read takes over what was sent. A secret that is left empty keeps its stored
// value.
func (f *connectionForm) read(r *http.Request) {
	f.typed, f.name = map[string]string{}, formText(r, "name")
	for _, field := range f.kind.Spec {
		f.typed[field.Key] = formText(r, "setting."+field.Key)
	}
}

// check validates the form and gives the complete settings, or nil and what is
// wrong beside each field.
func (f *connectionForm) check() connectors.Settings {
	if f.name == "" || len([]rune(f.name)) > longName {
		f.nameError = "Give it a name of at most 120 characters."
	}
	if f.id == uuid.Nil && f.kind.Role == staffing.RoleClient && f.clientID() == nil {
		f.clientError = "Choose whose system it is."
	}
	f.problems = map[string]string{}
	all, moved := connectors.Settings{}, addressMoved(f.kind.Spec, f.stored, f.typed)
	for _, field := range f.kind.Spec {
		v := f.typed[field.Key]
		if field.Secret && v == "" && f.secrets[field.Key] != "" {
			if v = f.secrets[field.Key]; moved {
				f.problems[field.Key] = "Enter it again, because the address changed."
				continue
			}
		}
		one, err := (connectors.Spec{field}).Complete(connectors.Settings{field.Key: v})
		if err != nil {
			f.problems[field.Key] = sentence(staffing.MessageOf(err))
			continue
		}
		if v := one[field.Key]; v != "" {
			all[field.Key] = v
		}
	}
	if f.nameError != "" || f.clientError != "" || len(f.problems) > 0 {
		return nil
	}
	return all
}

// addressMoved says that new settings point a saved connection at another address.
// Its secrets were entrusted to the old one: whoever may change the settings must
// not be able to send them elsewhere, so they have to be entered again.
func addressMoved(spec connectors.Spec, before, after map[string]string) bool {
	for _, field := range spec {
		if field.URL && strings.TrimRight(orText(after[field.Key], field.Default), "/") != strings.TrimRight(before[field.Key], "/") {
			return true
		}
	}
	return false
}

// clientID gives the chosen client when it is one of ours.
func (f *connectionForm) clientID() *uuid.UUID {
	for _, c := range f.clients {
		if c.ID.String() == f.client {
			return &c.ID
		}
	}
	return nil
}

// split parts settings into what may be read and what is sealed.
func split(spec connectors.Spec, all connectors.Settings) (settings, secrets map[string]string) {
	settings, secrets = map[string]string{}, map[string]string{}
	for _, f := range spec {
		switch v := all[f.Key]; {
		case v == "":
		case f.Secret:
			secrets[f.Key] = v
		default:
			settings[f.Key] = v
		}
	}
	return settings, secrets
}

// createConnection saves a new connection with the default profile of its kind.
func (s *Server) createConnection(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	kind, err := s.cfg.Registry.Kind(formText(r, "kind"))
	if err != nil {
		return err
	}
	clients, err := s.store.Clients(r.Context())
	if err != nil {
		return err
	}
	f := connectionForm{kind: kind, clients: clients, client: formText(r, "client"), shadow: kind.Role == staffing.RoleClient && s.cfg.Profiles != nil}
	f.read(r)
	all := f.check()
	if all != nil {
		err = s.tryOpen(&f, all)
	}
	if all == nil || err != nil {
		return s.renderConnectionForm(w, r, http.StatusUnprocessableEntity, f)
	}
	c, err := s.insertConnection(r.Context(), viewer(r).Email, f, all)
	if err != nil {
		return err
	}
	s.wake(r.Context())
	message := "Saved. The connection is being tested now."
	if f.shadow {
		message = "Saved, in shadow mode: the system is read and checked, and nothing is written outside until somebody goes live."
	}
	return s.done(w, r, "/connections/"+c.ID.String()+"/setup?test=now", message)
}

// tryOpen catches settings that fit the spec but cannot work, such as a key that
// is none. It calls nobody.
func (s *Server) tryOpen(f *connectionForm, all connectors.Settings) error {
	_, err := s.cfg.Systems.Try(f.kind, all)
	if err != nil {
		f.formError = sentence(staffing.MessageOf(err))
	}
	return err
}

func (s *Server) insertConnection(ctx context.Context, by string, f connectionForm, all connectors.Settings) (c store.Connection, err error) {
	settings, secrets := split(f.kind.Spec, all)
	c = store.Connection{Kind: f.kind.Name, Role: f.kind.Role, Name: f.name, Settings: store.Doc(settings)}
	if f.kind.Role == staffing.RoleClient {
		c.ClientID = f.clientID()
	}
	if f.shadow {
		c.Mode = store.ModeShadow
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if c, err = tx.InsertConnection(ctx, c, secrets); err != nil {
			return err
		}
		if err := s.cfg.Systems.Adopt(ctx, tx, c); err != nil {
			return err
		}
		return tx.Audit(ctx, by, "connection.created", string(staffing.SubjectConnection), c.ID.String(), map[string]any{"kind": c.Kind})
	})
	return c, err
}

// updateConnection saves changed settings; the log names which, not to what.
func (s *Server) updateConnection(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	f, err := s.savedForm(r)
	if err != nil {
		return err
	}
	oldName := f.name
	f.read(r)
	all := f.check()
	if all != nil {
		err = s.tryOpen(&f, all)
	}
	if all == nil || err != nil {
		return s.renderConnectionForm(w, r, http.StatusUnprocessableEntity, f)
	}
	settings, secrets := split(f.kind.Spec, all)
	changed := changedFields(f, oldName, settings, secrets)
	err = s.store.InTx(r.Context(), func(tx *store.Tx) error {
		if err := tx.UpdateConnectionSettings(r.Context(), f.id, f.name, settings, secrets); err != nil {
			return err
		}
		return tx.Audit(r.Context(), viewer(r).Email, "connection.updated", string(staffing.SubjectConnection), f.id.String(), map[string]any{"fields": changed})
	})
	if err != nil {
		return err
	}
	s.cfg.Systems.Forget(f.id)
	return s.done(w, r, "/connections/"+f.id.String(), "Saved. Test the connection next.")
}

// changedFields names the settings that differ from the stored ones.
func changedFields(f connectionForm, oldName string, settings, secrets map[string]string) string {
	var out []string
	if f.name != oldName {
		out = append(out, "name")
	}
	for _, field := range f.kind.Spec {
		if settings[field.Key] != f.stored[field.Key] || secrets[field.Key] != f.secrets[field.Key] {
			out = append(out, field.Key)
		}
	}
	return strings.Join(out, " ")
}

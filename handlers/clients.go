package handlers

import (
	"net/http"
	"regexp"
	"time"

	"golang.org/x/text/currency"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

var clientCode = regexp.MustCompile(`^[A-Z0-9](?:[A-Z0-9-]{0,30}[A-Z0-9])?$`)

// listClients lists the companies that the firm serves.
func (s *Server) listClients(w http.ResponseWriter, r *http.Request) error {
	return s.renderClients(w, r, http.StatusOK, web.ClientForm{})
}

func (s *Server) renderClients(w http.ResponseWriter, r *http.Request, status int, form web.ClientForm) error {
	clients, err := s.store.Clients(r.Context())
	if err != nil {
		return err
	}
	connections, err := s.store.Connections(r.Context())
	if err != nil {
		return err
	}
	v := web.ClientsView{Form: form}
	for _, c := range clients {
		row := web.ClientRow{ID: c.ID.String(), Code: c.Code, Name: c.Name, Currency: c.Currency, Timezone: c.Timezone, CreatedAt: c.CreatedAt}
		for _, k := range connections {
			if k.ClientID != nil && *k.ClientID == c.ID {
				row.Connections++
			}
		}
		v.Rows = append(v.Rows, row)
	}
	if v.Page, err = s.page(r, web.NavClients, "Clients"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ClientsPage(v))
}

// createClient adds a client. A refused form keeps what was entered.
func (s *Server) createClient(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unread(err)
	}
	f := web.ClientForm{Code: formText(r, "code"), Name: formText(r, "name"), Currency: formText(r, "currency"), Timezone: formText(r, "timezone")}
	if !checkClient(&f) {
		return s.renderClients(w, r, http.StatusUnprocessableEntity, f)
	}
	ctx := r.Context()
	var c store.Client
	err := s.store.InTx(ctx, func(tx *store.Tx) (err error) {
		c, err = tx.InsertClient(ctx, store.Client{Code: f.Code, Name: f.Name, Currency: f.Currency, Timezone: f.Timezone})
		if err != nil {
			return err
		}
		return tx.Audit(ctx, viewer(r).Email, "client.created", "client", c.ID.String(), map[string]any{"code": c.Code})
	})
	if staffing.CodeOf(err) == staffing.Conflict {
		f.CodeError = "Another client has this code."
		return s.renderClients(w, r, http.StatusConflict, f)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, "/clients/"+c.ID.String(), f.Name+" is added. Connect its system next.")
}

// checkClient says what is wrong beside each field.
func checkClient(f *web.ClientForm) bool {
	if f.Name == "" || len([]rune(f.Name)) > longName {
		f.NameError = "Give the name that stands on bills, at most 120 characters."
	}
	if !clientCode.MatchString(f.Code) {
		f.CodeError = "Use capital letters, digits and hyphens, at most 32."
	}
	if _, err := currency.ParseISO(f.Currency); err != nil || len(f.Currency) != 3 {
		f.Error = "The currency must be one of ISO 4217, for example USD."
	}
	if _, err := time.LoadLocation(f.Timezone); err != nil || f.Timezone == "" || f.Timezone == "Local" {
		f.Error = "The time zone must be one like America/Chicago."
	}
	return f.NameError == "" && f.CodeError == "" && f.Error == ""
}

package bullhorn

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// addClient fills in clientCorporation and clientContact where the job map gave
// no numbers. It finds them by the hints _client.code, _client.name and
// _contact.email. Companies are the firm's master data: a missing one is created only
// when a setting says so.
func (c *Connector) addClient(ctx context.Context, fields row) error {
	company := fields.object("clientCorporation").int("id")
	if company == 0 {
		var err error
		if company, err = c.corporation(ctx, fields.object("_client")); errors.Is(err, errNoCompany) && c.creates() {
			company, err = c.openCompany(ctx, fields.object("_client"))
		}
		if err != nil {
			return err
		}
		fields["clientCorporation"] = map[string]any{"id": company}
	}
	if fields["clientContact"] != nil {
		return nil
	}
	id, err := c.contact(ctx, company, fields.object("_contact").text("email"))
	if errors.Is(err, errNoContact) && c.creates() {
		id, err = c.openContact(ctx, company)
	}
	if err != nil {
		return err
	}
	fields["clientContact"] = map[string]any{"id": id}
	return nil
}

// corporation finds the client's company: by the field that holds the hub's client
// code (External ID, unless a setting names another), else by its name.
func (c *Connector) corporation(ctx context.Context, client row) (int64, error) {
	code, name := client.text("code"), client.text("name")
	var parts []string
	if code != "" {
		parts = append(parts, c.codeField()+" = "+quote(code))
	}
	if name != "" {
		parts = append(parts, "name = "+quote(name))
	}
	if len(parts) == 0 {
		return 0, clientProblem("the job map names no company: it needs clientCorporation.id, or _client.code and _client.name")
	}
	rows, err := c.list(ctx, "query/ClientCorporation", url.Values{"where": {strings.Join(parts, " OR ")}, "fields": {"id,name,status," + c.codeField()},
		"orderBy": {"id"}, "count": {"50"}})
	if err != nil {
		return 0, err
	}
	for _, field := range []struct{ name, want string }{{c.codeField(), code}, {"name", name}} {
		var ids []int64
		for _, r := range rows {
			if field.want != "" && strings.EqualFold(strings.TrimSpace(r.text(field.name)), field.want) && !archived(r) {
				ids = append(ids, r.int("id"))
			}
		}
		if len(ids) > 1 {
			return 0, clientProblem("Bullhorn has %d companies with the %s %q: enter %q as %s of the right one only", len(ids), c.codeLabel(field.name), field.want, code, c.codeLabel(c.codeField()))
		}
		if len(ids) == 1 {
			return ids[0], nil
		}
	}
	e := clientProblem("Bullhorn has no company with the %s %q and none named %q: open the client's company in Bullhorn and enter %q as %s",
		c.codeLabel(c.codeField()), code, name, code, c.codeLabel(c.codeField()))
	e.Err = errNoCompany
	return 0, e
}

// contact gives the contact with that address, else the company's oldest one. A
// job order cannot be without.
func (c *Connector) contact(ctx context.Context, corporation int64, email string) (int64, error) {
	rows, err := c.list(ctx, "query/ClientContact", url.Values{
		"where":  {fmt.Sprintf("clientCorporation.id = %d AND isDeleted = false", corporation)},
		"fields": {"id,email,status"}, "orderBy": {"id"}, "count": {"500"}})
	if err != nil {
		return 0, err
	}
	var first int64
	for _, r := range rows {
		switch {
		case archived(r):
		case email != "" && strings.EqualFold(strings.TrimSpace(r.text("email")), email):
			return r.int("id"), nil
		case first == 0:
			first = r.int("id")
		}
	}
	if first == 0 {
		e := clientProblem("the company %d has no contact in Bullhorn, and a job needs one: add a contact, e.g. “VMS Desk”, to the company", corporation)
		e.Err = errNoContact
		return 0, e
	}
	return first, nil
}

// archived tells the contact that Bullhorn makes by itself with every company.
func archived(r row) bool { return strings.EqualFold(r.text("status"), "Archive") }

func clientProblem(format string, args ...any) *staffing.Error {
	e := staffing.Errorf(staffing.Invalid, format, args...)
	e.Field = "clientCorporation"
	return e
}

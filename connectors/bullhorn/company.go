package bullhorn

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// What is wrong with a client's master data, for those who may mend it.
var (
	errNoCompany = errors.New("no such company")
	errNoContact = errors.New("no such contact")
)

// madeFor is how long a company or contact that was made is remembered: long enough for
// the jobs that come with the first one.
const madeFor = 3 * time.Minute

// The settings of a client's company, and their defaults.
const (
	codeFieldSetting = "company_code_field"
	missingSetting   = "missing_company"
	missingCreate    = "create"
	externalID       = "externalID"
	longestCode      = 30 // of ClientCorporation.externalID
)

func companySettings() connectors.Spec {
	return connectors.Spec{
		{Key: codeFieldSetting, Label: "Field of the client code", Required: true, Default: externalID, Pattern: `externalID|customText[0-9]{1,2}`, Advanced: true,
			Help: "The field of a company that holds the hub's client code. Another than External ID when your back office uses that one: Bullhorn: Menu > Admin > Field Mappings > Company, e.g. customText3."},
		{Key: missingSetting, Label: "A client without a company", Required: true, Default: "refuse", Options: []string{"refuse", missingCreate}, Advanced: true,
			Help: "refuse: the job waits and says what to enter in Bullhorn. create: the hub makes the company with its code and a contact \"VMS Desk\". It needs the entitlements ClientCorporation CREATE and ClientContact CREATE (Bullhorn: Menu > Admin > User Type)."},
	}
}

func (c *Connector) creates() bool { return c.set[missingSetting] == missingCreate }

func (c *Connector) codeField() string {
	if f := c.set[codeFieldSetting]; f != "" {
		return f
	}
	return externalID
}

// codeLabel is what people see on a company's page.
func (c *Connector) codeLabel(field string) string {
	switch field {
	case externalID:
		return "External ID"
	case "name":
		return "name"
	}
	return field
}

// openCompany makes the company of a client. Bullhorn has no key that keeps two hubs or
// two jobs from making it twice, so one caller over all replicas makes it, after it has
// looked once more, and the others take what it made.
func (c *Connector) openCompany(ctx context.Context, client row) (int64, error) {
	code, name := client.text("code"), client.text("name")
	switch {
	case code == "" || name == "":
		return 0, clientProblem("a company is created only with the client's code and name: the job map gives _client.code %q and _client.name %q", code, name)
	case c.codeField() == externalID && utf8.RuneCountInString(code) > longestCode:
		return 0, clientProblem("the client code %q is longer than the %d characters of an External ID", code, longestCode)
	}
	return c.once(ctx, "company of "+code, func(ctx context.Context) (int64, error) {
		if id, err := c.corporation(ctx, client); !errors.Is(err, errNoCompany) {
			return id, err
		}
		return c.create(ctx, "ClientCorporation", row{"name": name, c.codeField(): code, "status": "Active",
			"annualRevenue": 0, "feeArrangement": 0, "numEmployees": 0, "numOffices": 0})
	})
}

// openContact makes the contact of a company that has none.
func (c *Connector) openContact(ctx context.Context, company int64) (int64, error) {
	return c.once(ctx, fmt.Sprintf("contact of %d", company), func(ctx context.Context) (int64, error) {
		if id, err := c.contact(ctx, company, ""); !errors.Is(err, errNoContact) {
			return id, err
		}
		return c.create(ctx, "ClientContact", row{"clientCorporation": map[string]any{"id": company}, "firstName": "VMS", "lastName": "Desk",
			"name": "VMS Desk", "status": "Active", "email": fmt.Sprintf("vms-desk-%d@no-reply.invalid", company)})
	})
}

// once runs do in one caller over all replicas, and gives the others its result.
func (c *Connector) once(ctx context.Context, what string, do func(context.Context) (int64, error)) (int64, error) {
	t, err := c.tokens.Token(ctx, what, func(ctx context.Context) (connectors.Token, error) {
		id, err := do(ctx)
		return connectors.Token{Value: strconv.FormatInt(id, 10), ExpiresAt: c.now().Add(madeFor)}, err
	})
	if err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(t.Value, 10, 64)
	if err != nil {
		return 0, staffing.Errorf(staffing.Internal, "the number of the %s cannot be read: %w", what, err)
	}
	return id, nil
}

func (c *Connector) create(ctx context.Context, entity string, fields row) (int64, error) {
	id, err := c.write(ctx, http.MethodPut, "entity/"+entity, fields, "the new "+entity)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(id, 10, 64)
}

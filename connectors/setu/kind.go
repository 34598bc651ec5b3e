// Package setu connects clients that speak the SETU standard for staffing (on HR
// Open's SIDES): staffing orders in, human resources out, orders and assignments
// back. The client pushes to the hub, as the standard has it (version 1.x in XML,
// version 2 in JSON), and is called in either version. README.md says
// which fact rests on what, and what the standard leaves to the two parties.
package setu

import (
	_ "embed"
	"log/slog"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for the SETU standard.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "setu",
		Label:      "SETU / HR Open staffing messages",
		Role:       staffing.RoleClient,
		DocsURL:    "https://www.setu.nl",
		APIVersion: "purchase-to-pay v2.0; v1.4 (HR-XML SIDES)",
		Summary:    "Any client system that speaks the SETU standard: it pushes staffing orders and assignments, and takes human resources.",
		Spec:       spec(),
		// The standard names no limits.
		Limits: connectors.Limits{PerSecond: 5, Burst: 5, Concurrency: 2},
		WebhookHelp: "Give the client this connection's address for the messages that it sends to its supplier (StaffingOrder, HumanResource status, Assignment), " +
			"to be POSTed with the push user and secret of this page.",
		// With every address set; without the client's own it only takes what is pushed.
		Can:     []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsPlacements, connectors.TakesWebhooks},
		Shaped:  true,
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return append(connectors.Spec{
		{Key: "base_url", Label: "Client's address", URL: true,
			Help: "The address before /purchase-to-pay (version 2) or before /offer (version 1.4) of the client's SETU interface. Ask the client's integration contact. Empty: the client only pushes, and the hub submits nobody."},
		{Key: "version", Label: "Version of offers", Default: "2.0", Options: []string{"2.0", "1.4"},
			Help: "In which version of SETU the client takes offers; messages from the client are read in both. Ask the client's integration contact."},
		{Key: "orders_url", Label: "List of staffing orders", URL: true,
			Help: "Optional, and no part of the standard: an address that gives all open staffing orders, if the client has one. Ask the client's integration contact."},
		{Key: "auth", Label: "Sign-in", Default: "basic", Options: []string{"basic", "header", "oauth"},
			Help: "SETU leaves the sign-in to the two parties: user and password, a key in a header, or OAuth client credentials. Ask the client's integration contact."},
		{Key: "user", Label: "User or client ID", Help: "From the client's integration contact; with a key: empty."},
		{Key: "secret", Label: "Password, key or client secret", Secret: true, Help: "From the client's integration contact."},
		{Key: "header", Label: "Header of the key", Default: "X-API-Key", Pattern: `[A-Za-z0-9-]{1,60}`, Advanced: true, Help: "With the sign-in header: the header's name, from the client's integration contact."},
		{Key: "token_url", Label: "OAuth token address", URL: true, Advanced: true, Help: "With the sign-in oauth: where tokens come from; ask the client's integration contact."},
	}, parties()...)
}

func parties() connectors.Spec {
	return connectors.Spec{
		{Key: "supplier_id", Label: "Our id at the client", Required: true, Help: "The supplier number that the client's system knows your firm by; ask the client's integration contact."},
		{Key: "supplier_kvk", Label: "Our KvK number", Pattern: `[0-9]{8}`, Help: "Optional: your firm's number in the Dutch trade register (KvK uittreksel)."},
		{Key: "customer_id", Label: "The client's id", Required: true, Help: "The number under which your firm or the client itself keeps the client: your contract with the client."},
		{Key: "rate_code", Label: "Rate code", Default: "HT100", Advanced: true, Help: "The code of ordinary hours in offers, by the client's list of rate codes: ask the client's integration contact."},
		{Key: "resume", Label: "Résumés", Default: "attach", Options: []string{"attach", "leave out"},
			Help: "SETU lets an offer carry no contact data. Attach résumés only if your recruiters send them without; your contract with the client says what it wants."},
		{Key: "resume_max_mb", Label: "Largest résumé (MB)", Default: "5", Pattern: `[1-9][0-9]?`, Advanced: true, Help: "Larger files are refused before the call: the standard names no limit, ask the client's integration contact."},
		{Key: "push_user", Label: "Push user", Help: "The user name that you give the client for its messages to the hub. Empty: it sends the secret as a bearer token."},
		{Key: "push_secret", Label: "Push secret", Secret: true, Generate: connectors.SharedSecret, Help: "The password or token that you give the client. Empty: every message is refused."},
		{Key: "push_secret_previous", Label: "Previous push secret", Secret: true, Help: "While the secret is being changed: the old one. Empty it when the client sends the new one."},
	}
}

// Connector is an opened SETU connection, as far as every one goes: it takes what
// the client pushes. It keeps nothing but its settings; all methods may run at the
// same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
	resume int64 // bytes
}

// caller submits and reads assignments, lister reads a list of orders: each where
// its address is set.
type (
	caller struct{ c *Connector }
	lister struct{ c *Connector }
)

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	calls := s["base_url"] != "" || s["orders_url"] != ""
	switch {
	case s["base_url"] != "" && s["version"] == "1.4" && s["resume"] == "attach":
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "resume", Message: "Offers of version 1.4 carry no résumé: choose “leave out”"}
	case calls && s["secret"] == "":
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "secret", Message: "The client's address needs a sign-in: enter its password, key or client secret"}
	case calls && s["auth"] != "header" && s["user"] == "":
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "user", Message: "This sign-in needs a user or client ID"}
	case calls && s["auth"] == "oauth" && s["token_url"] == "":
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "token_url", Message: "The sign-in oauth needs the token address"}
	}
	mb, _ := strconv.Atoi(s["resume_max_mb"]) // the spec's pattern allows digits only
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s, resume: int64(mb) << 20}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c.shaped(), nil
}

func (c *Connector) shaped() staffing.Checker {
	calls, lists := c.set["base_url"] != "", c.set["orders_url"] != ""
	old := c.set["version"] == "1.4"
	switch {
	case calls && lists && old:
		return struct {
			*Connector
			oldCaller
			lister
			ordersOnly
		}{c, oldCaller{c}, lister{c}, ordersOnly{c}}
	case calls && old:
		return struct {
			*Connector
			oldCaller
		}{c, oldCaller{c}}
	case calls && lists:
		return struct {
			*Connector
			caller
			lister
		}{c, caller{c}, lister{c}}
	case calls:
		return struct {
			*Connector
			caller
		}{c, caller{c}}
	case lists:
		return struct {
			*Connector
			lister
		}{c, lister{c}}
	}
	return c
}

var (
	_ staffing.Checker           = (*Connector)(nil)
	_ staffing.WebhookReceiver   = (*Connector)(nil)
	_ staffing.SubmissionSink    = caller{}
	_ staffing.PlacementSource   = caller{}
	_ staffing.RequisitionSource = lister{}
	_ staffing.SubmissionSink    = oldCaller{}
	_ staffing.PlacementSource   = ordersOnly{}
)

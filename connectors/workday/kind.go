// Package workday connects a client's Workday tenant: requisitions, applications
// and contracts through the tenant's own reports (RaaS), candidates through the web
// service Recruiting (SOAP). Workday's REST interface for recruiting has none of
// these. README.md says which fact rests on what.
package workday

import (
	_ "embed"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for Workday.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "workday",
		Label:      "Workday",
		Role:       staffing.RoleClient,
		DocsURL:    "https://community.workday.com/sites/default/files/file-hosting/productionapi/Recruiting/v45.2/Recruiting.html",
		APIVersion: "Recruiting v45.2, reports as a service",
		Summary:    "A client's Workday: requisitions, applications and contracts from the tenant's own reports, submissions through its recruiting web service.",
		Spec:       spec(),
		// Workday publishes no limits; about 10 calls a second is what integrators keep
		// to. A report is a long call, so few run at once.
		Limits: connectors.Limits{PerSecond: 5, Burst: 5, Concurrency: 2},
		// With every address set; submissions and placements need theirs (see shaped).
		Can:     []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements},
		Shaped:  true,
		Mapping: defaultMapping,
		Open:    open,
	}
}

// Connector is an opened Workday connection, as far as every one goes. It keeps
// nothing but its settings; all methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
	oauth  bool
	full   time.Duration // between whole readings; 0: never
	zone   *time.Location
	rows   int   // in a page
	resume int64 // bytes
}

// sink submits; contracts reads placements. A tenant has them when their address is
// set.
type (
	sink      struct{ c *Connector }
	contracts struct{ c *Connector }
)

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	oauth, err := credentials(s)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(s["time_zone"])
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "time_zone", Message: fmt.Sprintf("%q is not the name of a time zone such as America/New_York", s["time_zone"])}
	}
	hours, _ := strconv.Atoi(s["full_every_hours"]) // the spec's pattern allows digits only
	rows, _ := strconv.Atoi(s["rows_per_page"])     // likewise
	mb, _ := strconv.Atoi(s["resume_max_mb"])       // likewise
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s, oauth: oauth,
		full: time.Duration(hours) * time.Hour, zone: zone, rows: rows, resume: int64(mb) << 20}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c.shaped(), nil
}

// shaped gives the connector what its settings allow.
func (c *Connector) shaped() staffing.Checker {
	submits, places := c.set["recruiting_url"] != "", c.set["placement_report"] != ""
	switch {
	case submits && places:
		return struct {
			*Connector
			sink
			contracts
		}{c, sink{c}, contracts{c}}
	case submits:
		return struct {
			*Connector
			sink
		}{c, sink{c}}
	case places:
		return struct {
			*Connector
			contracts
		}{c, contracts{c}}
	}
	return c
}

// credentials says whether OAuth is used, and refuses half of either way.
func credentials(s connectors.Settings) (oauth bool, err error) {
	set := func(keys ...string) (n int) {
		for _, k := range keys {
			if s[k] != "" {
				n++
			}
		}
		return n
	}
	isu, client := set("user", "password"), set("client_id", "client_secret", "refresh_token", "token_url")
	switch {
	case isu == 2 && client == 0:
		return false, nil
	case isu == 0 && client == 4:
		return true, nil
	}
	return false, &staffing.Error{Code: staffing.Invalid, Field: "user",
		Message: "Enter either the integration user with its password, or all four OAuth settings (client ID, client secret, refresh token, token address)"}
}

var (
	_ staffing.Checker           = (*Connector)(nil)
	_ staffing.RequisitionSource = (*Connector)(nil)
	_ staffing.StatusSource      = (*Connector)(nil)
	_ staffing.SubmissionSink    = sink{}
	_ staffing.PlacementSource   = contracts{}
)

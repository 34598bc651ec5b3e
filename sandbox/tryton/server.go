// Package tryton simulates the books of a staffing firm in Tryton 6.0: the part of
// its JSON-RPC that an invoicing client uses, with the answers that a real server
// was seen to give (scripts/tryton starts one), its traps included: a tax of 0 until
// the next write, business errors and a dead database with status 200, no key that
// keeps two invoices apart. The demo and the tests reach it by HTTP only. A browser
// that opens the database's address sees the invoices.
package tryton

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/sandbox/state"
)

// Options are the server's settings. The zero value is a working server.
type Options struct {
	Database    string           // default "staffing"
	Login       string           // default "hub": makes drafts
	Password    string           // default "hub-Drafts26", as in scripts/tryton
	Finance     string           // password of "finance", who may post; default "pays-Check26"
	CostCentres []CostCentre     // default: four desks, as in scripts/tryton
	Now         func() time.Time // default time.Now
	// UniqueReference stands for a unique index on the hub's reference, which a firm
	// can add to its database.
	UniqueReference bool
	// SalesOrders stands for the module sale, which tells products that are sold from
	// those that are only bought.
	SalesOrders bool
	// CommitDelay holds every new invoice back before it is committed. The client's
	// patience does not matter: Tryton commits also for one that has gone.
	CommitDelay time.Duration
}

// CostCentre is an analytic account below the root CC.
type CostCentre struct{ Code, Name string }

// Server is one Tryton server with one database. It is an http.Handler.
type Server struct {
	opts   Options
	schema map[string]model
	mu     sync.Mutex // one transaction at a time
	data   map[string]*state.Table[record]

	session  sync.Mutex
	sessions map[string]user
	failed   []time.Time // logins, for the lock
	down     bool        // the database, not the server
	delay    time.Duration
}

// record is a row of any model: ids and floats as JSON numbers, decimals and dates
// as texts.
type record map[string]any

// New makes a server whose state is kept in j (nil: in memory only).
func New(j *state.Journal, opts Options) *Server {
	opts.fill()
	s := &Server{opts: opts, schema: models(opts.SalesOrders), data: map[string]*state.Table[record]{}, sessions: map[string]user{}, delay: opts.CommitDelay}
	for name := range s.schema {
		s.data[name] = state.NewTable[record](j, "tryton."+name, 1)
	}
	s.rollBack()
	if s.data["company.company"].Len() == 0 {
		s.seed()
	}
	s.openYears()
	return s
}

func (o *Options) fill() {
	if o.Database == "" {
		o.Database = "staffing"
	}
	if o.Login == "" {
		o.Login = "hub"
	}
	if o.Password == "" {
		o.Password = "hub-Drafts26"
	}
	if o.Finance == "" {
		o.Finance = "pays-Check26"
	}
	if o.CostCentres == nil {
		o.CostCentres = []CostCentre{{"CC-4100", "IT contract desk"}, {"CC-4200", "Finance perm desk"}, {"CC-4300", "Engineering desk"}, {"CC-4400", "Life science desk"}}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// ServeHTTP answers one call, or shows the invoices to a browser.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	database, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case database != s.opts.Database:
		htmlError(w, http.StatusNotFound, "The requested URL was not found on the server.")
	case r.Method == http.MethodPost && rest == "":
		s.rpc(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		s.page(w, rest)
	default:
		htmlError(w, http.StatusMethodNotAllowed, "The method is not allowed for the requested URL.")
	}
}

// EndSessions ends every session, as a restart of the server would.
func (s *Server) EndSessions() {
	s.session.Lock()
	defer s.session.Unlock()
	clear(s.sessions)
}

// DatabaseDown says whether the server has lost its database.
func (s *Server) DatabaseDown(down bool) {
	s.session.Lock()
	defer s.session.Unlock()
	s.down = down
}

// SlowCommit changes [Options.CommitDelay] for the invoices to come.
func (s *Server) SlowCommit(d time.Duration) {
	s.session.Lock()
	defer s.session.Unlock()
	s.delay = d
}

func (s *Server) insert(model string, values record) int64 {
	id, _ := s.data[model].Insert(func(id int64) record {
		r := record{"id": id, "active": true, "create_date": s.opts.Now().UTC().Format(time.RFC3339Nano)}
		for k, v := range values {
			r[k] = v
		}
		return r
	})
	return id
}

// seed sets up the books that scripts/tryton sets up on a real server.
func (s *Server) seed() {
	usd := s.insert("currency.currency", record{"code": "USD", "name": "US Dollar", "digits": 2})
	for _, other := range [][2]string{{"EUR", "Euro"}, {"GBP", "Pound Sterling"}, {"CAD", "Canadian Dollar"}} {
		s.insert("currency.currency", record{"code": other[0], "name": other[1], "digits": 2})
	}
	company := s.insert("company.company", record{"name": "Tributary Staffing LLC", "currency": usd})
	account := func(kind, name string) int64 {
		t := s.insert("account.account.type", record{"name": kind, "receivable": kind == "Receivable", "revenue": kind == "Revenue"})
		return s.insert("account.account", record{"name": name, "type": t, "company": company, "closed": false})
	}
	receivable, revenue := account("Receivable", "Main Receivable"), account("Revenue", "Main Revenue")
	account("Tax", "Main Tax")
	s.insert("account.configuration", record{"default_account_receivable": receivable})
	s.insert("account.journal", record{"name": "Revenue", "type": "revenue"})
	s.insert("account.invoice.payment_term", record{"name": "Net 30"})
	s.insert("account.tax", record{"name": "Sales tax 6%", "rate": "0.06", "company": company})
	s.seedProducts(s.insert("product.category", record{"name": "Staffing", "account_revenue": revenue}))
	root := s.insert("analytic_account.account", record{"code": "CC", "name": "Cost centres", "type": "root", "company": company})
	s.data["analytic_account.account"].Update(root, func(r *record) { (*r)["root"] = root })
	for _, c := range s.opts.CostCentres {
		s.insert("analytic_account.account", record{"code": c.Code, "name": c.Name, "type": "normal", "root": root, "parent": root, "company": company})
	}
}

func (s *Server) seedProducts(category int64) {
	units := s.insert("product.uom.category", record{"name": "Units"})
	clock := s.insert("product.uom.category", record{"name": "Time"})
	s.insert("product.uom", record{"name": "Unit", "symbol": "u", "digits": 0, "category": units})
	for _, u := range [][2]string{{"Hour", "h"}, {"Day", "d"}, {"Week", "wk"}, {"Month", "mo"}, {"Year", "yr"}} {
		s.insert("product.uom", record{"name": u[0], "symbol": u[1], "digits": 2, "category": clock})
	}
	for _, p := range []struct {
		code, name string
		category   int64
	}{{"TEMP-HOUR", "Contract staffing, hour", clock}, {"TEMP-DAY", "Contract staffing, day", clock}, {"PERM-FEE", "Permanent placement fee", units}} {
		t := s.insert("product.template", record{"name": p.name, "account_category": category, "uom_category": p.category, "salable": true})
		s.insert("product.product", record{"code": p.code, "template": t})
	}
}

// openYears keeps last year to two years ahead open, whatever year the sandbox has
// reached.
func (s *Server) openYears() {
	have := map[string]bool{}
	for _, y := range s.data["account.fiscalyear"].List(nil) {
		have[text(y["name"])] = true
	}
	this := s.opts.Now().UTC().Year()
	for year := this - 1; year <= this+2; year++ {
		if name := fmt.Sprint(year); !have[name] {
			s.insert("account.fiscalyear", record{"name": name, "company": 1, "state": "open", "start_date": name + "-01-01", "end_date": name + "-12-31"})
		}
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) decimal.Decimal {
	d, err := decimal.NewFromString(fmt.Sprint(v))
	if err != nil {
		return decimal.Zero
	}
	return d
}

// idOf reads an id: a row that went through JSON has floats.
func idOf(v any) int64 { return number(v).IntPart() }

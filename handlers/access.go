package handlers

import (
	"slices"
	"strings"
)

// The roles of people.
const (
	accountManager = "account_manager"
	finance        = "finance"
	operator       = "operator"
	admin          = "admin"
)

// roles lists every role with its label, in the order of forms.
var roles = [][2]string{{accountManager, "Account manager"}, {finance, "Finance"}, {operator, "Operator"}, {admin, "Admin"}}

// Access says who may call a route.
type Access struct {
	kind  accessKind
	roles []string // of people
	body  int64    // what a form may hold; 0: formBody
}

type accessKind int

const (
	openKind   accessKind = iota // anybody
	guestKind                    // anybody, with a session
	signedKind                   // a webhook that proves itself by its signature
	bearerKind                   // a program with an API token; the API checks the scope
	peopleKind                   // somebody who is signed in
	liveKind                     // like people, but keeps no idle session alive
)

// Who may do what. Reading is open to every role; the rest is granted.
var (
	open      = Access{kind: openKind}
	guests    = Access{kind: guestKind}
	signed    = Access{kind: signedKind}
	bearer    = Access{kind: bearerKind}
	anyone    = people(accountManager, finance, operator, admin)
	live      = Access{kind: liveKind, roles: anyone.roles}
	records   = people(accountManager, operator, admin)                          // revalidate, retry, discard
	posting   = people(finance, operator, admin)                                 // post an approved placement again
	reviewing = people(finance, admin)                                           // approve, send back
	contracts = people(finance, admin)                                           // contracts, purchase orders, delegations, periods
	terms     = people(accountManager, finance, admin)                           // correct a placement
	operating = people(accountManager, operator, admin)                          // test, poll, pause, resume, backfill
	configure = people(accountManager, admin)                                    // connections and clients
	uploading = Access{kind: peopleKind, roles: configure.roles, body: listBody} // code lists
	auditors  = people(finance, operator, admin)                                 // the audit log
	admins    = people(admin)                                                    // users, tokens, jobs
)

func people(roles ...string) Access { return Access{kind: peopleKind, roles: roles} }

// Allows says whether a person of that role may call the route.
func (a Access) Allows(role string) bool { return slices.Contains(a.roles, role) }

// String names the access for tables and tests.
func (a Access) String() string {
	switch a.kind {
	case openKind, guestKind:
		return "open"
	case signedKind:
		return "signature"
	case bearerKind:
		return "token"
	default:
		return strings.Join(a.roles, " ")
	}
}

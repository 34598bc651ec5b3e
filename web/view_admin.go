package web

import "time"

// AuditView is the page at /audit. Its form sends actor, action, subject and page.
type AuditView struct {
	Page
	Actor   string
	Actions []Option
	Subject string // id or kind of what was acted on
	// Chain is the state of the hash chain; nil: it was not checked for this page.
	Chain    *ChainState
	Filtered bool
	Rows     []AuditRow
	Pager    Pager
}

// ChainState says whether the audit log is as it was written.
type ChainState struct {
	Verified bool
	Entries  int
	Problem  string // which entry broke the chain, in words
	At       time.Time
}

// AuditRow is one entry of the audit log.
type AuditRow struct {
	ID         int64
	At         time.Time
	Actor      string
	Action     string
	Subject    string
	SubjectURL string
	Detail     string // JSON text
	Hash       string // short
}

// UsersView is the page at /users. POST /users sends name, email, role and
// password; POST /users/{id}/role sends role; POST /users/{id}/disable and enable.
type UsersView struct {
	Page
	Rows  []UserRow
	Roles []Option
	Form  UserForm
}

// UserRow is a person who may sign in.
type UserRow struct {
	ID        string
	Name      string
	Email     string
	Role      string
	Disabled  bool
	Self      bool // the viewer: cannot disable themselves
	CreatedAt time.Time
}

// UserForm is the state of the form after a refused user.
type UserForm struct {
	Name  string
	Email string
	Role  string
	Error string
}

// TokensView is the page at /tokens. POST /tokens sends name, scopes (repeated)
// and days; POST /tokens/{id}/revoke.
type TokensView struct {
	Page
	Rows   []TokenRow
	Scopes []Option // Label says what the scope allows
	Issued string   // the new token, shown once; empty: none
	Name   string
	Error  string
}

// TokenRow is an API token; its value is not kept.
type TokenRow struct {
	ID        string
	Name      string
	Scopes    []string
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
	Revoked   bool
}

// LoginView is the page at /login. POST /login sends email, password and next.
type LoginView struct {
	Page
	Email string
	Next  string // where to go after; a path of ours, checked by the handler
	Error string
	Hint  []string // sign-ins of the demo, one line each; empty outside the demo
}

// ErrorView is a page that says in words what went wrong.
type ErrorView struct {
	Page
	Status    int
	Message   string // a sentence for a person; empty: the status's own words
	RequestID string
}

// HelpView is the page at /help.
type HelpView struct{ Page }

// APIDocsView is the page at /api/docs.
type APIDocsView struct {
	Page
	Version string
	SpecURL string
	Intro   string
	Groups  []APIGroup
}

// APIGroup holds the operations of one tag.
type APIGroup struct {
	Tag         string
	Description string
	Operations  []APIOperation
}

// APIOperation is one method on one path.
type APIOperation struct {
	Method      string
	Path        string
	Summary     string
	Description string
	Scope       string
}

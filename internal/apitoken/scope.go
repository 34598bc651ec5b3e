package apitoken

// The scopes of a token. Which operation needs which one stands in openapi.yaml,
// as x-scope.
const (
	ScopeRead        = "read"
	ScopeRecords     = "records:write"
	ScopeConnections = "connections:write"
	ScopeProfiles    = "profiles:write"
	ScopePlacements  = "placements:write"
)

// Scope is one right that a token may have.
type Scope struct {
	Name  string
	Label string // what it allows, for the page that issues tokens
}

// Scopes lists every scope, the weakest first.
func Scopes() []Scope {
	return []Scope{
		{ScopeRead, "Read everything, except secrets"},
		{ScopeRecords, "Validate, deliver and retry records; discard failures"},
		{ScopeConnections, "Add clients; add, change, test, pause and poll connections"},
		{ScopeProfiles, "Change, preview and publish profiles, code lists and shadow mode"},
		{ScopePlacements, "Send placements back, propose amendments, keep contracts and purchase orders, compare with the ERP; approval stays in the browser"},
	}
}

// Known says whether name is one of [Scopes].
func Known(name string) bool {
	for _, s := range Scopes() {
		if s.Name == name {
			return true
		}
	}
	return false
}

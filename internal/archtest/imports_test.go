package archtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mayImport is the dependency rule: what the rooms of the house may import of
// each other. Everything points to staffing; siblings do not know each other;
// only cmd wires. A room that is not here must be added with a thought.
var mayImport = map[string][]string{
	"staffing":   {},
	"migrations": {},
	"internal":   {"staffing", "internal"},
	"mapping":    {"staffing", "internal"},
	"rules":      {"staffing", "internal"},
	"web":        {"staffing", "internal", "web"},
	"api":        {"staffing", "internal"},
	"store":      {"staffing", "internal", "migrations", "store"},
	"connectors": {"staffing", "internal", "connectors"}, // and see TestConnectorsAreStrangers
	"sandbox":    {"staffing", "internal", "sandbox"},
	"jobs":       {"staffing", "internal", "store", "connectors", "mapping", "rules"},
	"handlers":   {"staffing", "internal", "store", "connectors", "mapping", "rules", "web", "api"},
	"cmd":        {"staffing", "internal", "store", "connectors", "mapping", "rules", "web", "api", "jobs", "handlers", "sandbox", "migrations"},
}

func TestDependencyRule(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if f.isGo() && !f.isTest() && !isTestKit(f.dir()) {
			report(t, dependencyFindings(f))
		}
	}
}

func dependencyFindings(f file) (out []string) {
	allowed, known := mayImport[f.room()]
	if !known {
		return []string{fmt.Sprintf("%s: the folder %q is not part of the dependency rule; give it a line in mayImport (internal/archtest)", f.path, f.room())}
	}
	for imported, pos := range f.imports() {
		room, house := houseRoom(imported)
		if house && !slices.Contains(allowed, room) {
			out = append(out, fmt.Sprintf("%s: %s must not import %s; declare the small interface you need and let cmd/server wire it", f.at(pos), f.room(), room))
		}
	}
	return out
}

func houseRoom(imported string) (string, bool) {
	rest, ok := strings.CutPrefix(imported, module+"/")
	room, _, _ := strings.Cut(rest, "/")
	return room, ok
}

// isTestKit says that a package exists for tests only, such as store/storetest.
func isTestKit(dir string) bool { return strings.HasSuffix(dir, "test") && strings.Contains(dir, "/") }

func TestStaffingStandsAlone(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if f.room() == "staffing" && f.isGo() && !f.isTest() {
			report(t, aloneFindings(f))
		}
	}
}

func aloneFindings(f file) (out []string) {
	for imported, pos := range f.imports() {
		first, _, _ := strings.Cut(imported, "/")
		if strings.Contains(first, ".") && imported != "github.com/shopspring/decimal" {
			out = append(out, fmt.Sprintf("%s: the domain imports the standard library and the decimal type only, not %s", f.at(pos), imported))
		}
	}
	return out
}

func TestConnectorsAreStrangers(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if f.room() == "connectors" && f.isGo() {
			report(t, strangerFindings(f))
		}
	}
}

// strangerFindings holds for tests too: a test that needs two connectors is a
// test of the hub.
func strangerFindings(f file) (out []string) {
	if f.dir() == "connectors/all" {
		return nil // the one list
	}
	for imported, pos := range f.imports() {
		other, ok := strings.CutPrefix(imported, module+"/connectors/")
		// Engines: document is no connector (decision 0007); file serves vendors that have an API for half of it (decision 0008).
		shared := other == "connectortest" && f.isTest() || other == "document" || other == "file"
		if ok && "connectors/"+other != f.dir() && !shared {
			out = append(out, fmt.Sprintf("%s: a connector knows no other connector, but this imports %s; what both need belongs into connectors/ or internal/", f.at(pos), other))
		}
	}
	return out
}

// database are the packages that talk to a database.
var database = regexp.MustCompile(`^(database/sql(/.*)?|github\.com/jmoiron/sqlx|github\.com/lib/pq|github\.com/jackc/pgx/.*|github\.com/pressly/goose/.*)$`)

// sqlRooms may speak SQL; handsOn may name *sql.Tx and *sql.DB, to hand them on.
var (
	sqlRooms = []string{"store", "migrations", "internal/localpg"}
	handsOn  = map[string]string{
		"jobs":       "River's client is typed by *sql.Tx, and its insert takes the store's transaction",
		"cmd/server": "it opens the pools and hands them out",
	}
)

func speaksSQL(dir string) bool {
	return slices.ContainsFunc(sqlRooms, func(room string) bool { return dir == room || strings.HasPrefix(dir, room+"/") })
}

func TestOnlyStoreSpeaksSQL(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if f.isGo() && !f.isTest() && !speaksSQL(f.dir()) && !isTestKit(f.dir()) {
			report(t, sqlFindings(f))
		}
	}
}

func sqlFindings(f file) (out []string) {
	_, hands := handsOn[f.dir()]
	for imported, pos := range f.imports() {
		if database.MatchString(imported) && !hands {
			out = append(out, fmt.Sprintf("%s: only store talks to the database, but this imports %s; give store a method with a name from the domain", f.at(pos), imported))
		}
	}
	if f.room() == "connectors" || f.room() == "sandbox" {
		return out // a vendor's own query language; the hub's tables are out of their reach
	}
	for _, lit := range stringsOf(f.ast) {
		if looksLikeSQL(lit.Value) {
			out = append(out, fmt.Sprintf("%s: only store holds SQL; move this statement into a method of store", f.at(lit.Pos())))
		}
	}
	return out
}

var sqlText = regexp.MustCompile("(?is)^[\"`]\\s*(select\\s.+\\sfrom\\s+[a-z_.]+(\\s+(where|order|limit|join|group|for)\\s|\\s*[\"`])|insert\\s+into\\s+\\w+\\s*\\(|update\\s+\\w+\\s+set\\s+\\w+\\s*=|delete\\s+from\\s+\\w+(\\s+where\\s|\\s*[\"`])|create\\s+(table|index)\\s|alter\\s+table\\s)")

func looksLikeSQL(literal string) bool { return sqlText.MatchString(literal) }

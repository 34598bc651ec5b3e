package localpg

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"

	"github.com/tributary-hub/tributary/staffing"
)

// oldest is the first major version that the hub's SQL and its job queue run on.
const oldest = 14

// folders are where packagers put the server, which is often not in PATH.
var folders = []string{
	"/usr/lib/postgresql/*/bin",                               // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                        // Red Hat, from postgresql.org
	"/usr/libexec/postgresql*",                                // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                      // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",                         // Homebrew on Intel
	"/Applications/Postgres.app/Contents/Versions/[0-9]*/bin", // Postgres.app
}

type binaries struct {
	dir   string
	major int
}

func (b binaries) path(name string) string { return filepath.Join(b.dir, name) }

// findBinaries gives the newest server, or one of the major version that made
// the cluster when there is one already (want is not zero).
func findBinaries(ctx context.Context, want int) (binaries, error) {
	found := installed(ctx)
	for _, b := range found {
		if b.major >= oldest && (want == 0 || b.major == want) {
			return b, nil
		}
	}
	if want != 0 {
		return binaries{}, staffing.Errorf(staffing.Unavailable,
			"the embedded database was made by PostgreSQL %d, whose server is not installed here; install it (Debian: apt-get install postgresql-%d), or set DATABASE_URL", want, want)
	}
	return binaries{}, staffing.Errorf(staffing.Unavailable,
		"no PostgreSQL server (version %d or later) is installed here; install it (Debian or Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17; Fedora: dnf install postgresql-server), or set DATABASE_URL to a database of yours", oldest)
}

// installed lists the servers of this machine, newest first.
func installed(ctx context.Context) []binaries {
	var dirs []string
	if p, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(p))
	}
	for _, pattern := range folders {
		more, _ := filepath.Glob(pattern) // only a bad pattern fails
		dirs = append(dirs, more...)
	}
	var out []binaries
	for _, dir := range dirs {
		b := binaries{dir: dir}
		if _, err := os.Stat(b.path("initdb")); err != nil {
			continue // a client without a server
		}
		if b.major = majorOf(ctx, b.path("postgres")); b.major > 0 {
			out = append(out, b)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].major > out[j].major })
	return out
}

var versionPattern = regexp.MustCompile(`\) (\d+)`)

// majorOf asks a server binary for its version; zero when it does not run.
func majorOf(ctx context.Context, postgres string) int {
	out, err := exec.CommandContext(ctx, postgres, "--version").Output()
	if err != nil {
		return 0
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(m[1])) // the pattern lets only digits through
	return n
}

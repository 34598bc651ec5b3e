package localpg

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/tributary-hub/tributary/staffing"
)

// elsewhere is where a cluster goes that root starts from a directory which the
// server's own account cannot reach, such as a clone below /root.
const elsewhere = "/var/tmp"

// place is where a cluster lies and who runs it.
type place struct {
	dir  string // Options.Dir: password, port, log, lock
	base string // parent of the cluster: dir, or a directory below elsewhere
	as   account
}

func (p place) data() string         { return filepath.Join(p.base, "cluster") }
func (p place) file(n string) string { return filepath.Join(p.dir, n) }
func (p place) exists() bool         { return p.version() != 0 }
func (p place) pidFile() string      { return filepath.Join(p.data(), "postmaster.pid") }
func (p place) notice() string       { return p.file("LOCATION") }

// number reads a file that holds one number; zero when it does not.
func number(file string) int {
	b, err := os.ReadFile(file) //nolint:gosec // a path of ours
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(b))) // zero is the answer for anything else
	return n
}

// version is the major version that made the cluster; zero: there is none yet.
func (p place) version() int { return number(filepath.Join(p.data(), "PG_VERSION")) }

// findPlace decides where the cluster lies. What an earlier start decided stays:
// a cluster that moved would look like lost data.
func findPlace(dir string) (place, error) {
	p := place{dir: dir, base: dir}
	if note, err := os.ReadFile(p.notice()); err == nil {
		p.base = strings.TrimSpace(strings.SplitN(string(note), "\n", 2)[0])
	}
	var err error
	if p.as, err = chooseAccount(p.data()); err != nil || !p.as.other {
		return p, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // the account must pass through; every secret in it is 0600
		return p, fmt.Errorf("open the database directory to its account: %w", err)
	}
	switch {
	case p.as.reaches(p.base):
		return p, nil
	case p.exists():
		return p, staffing.Errorf(staffing.Unavailable, "the account %q, which runs the embedded database, cannot reach %s any more; give its parents the x permission (chmod o+x)", p.as.name, p.base)
	}
	return p.moveElsewhere()
}

// moveElsewhere gives the cluster a home that the account can reach, and leaves
// a note in the directory.
func (p place) moveElsewhere() (place, error) {
	sum := sha256.Sum256([]byte(p.dir))
	p.base = filepath.Join(elsewhere, "tributary-"+hex.EncodeToString(sum[:6]))
	if err := os.Mkdir(p.base, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return p, fmt.Errorf("make a home for the database: %w", err)
	}
	info, err := os.Lstat(p.base)
	if err != nil {
		return p, fmt.Errorf("look at the home of the database: %w", err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !info.IsDir() || !ok || owner.Uid != 0 {
		return p, staffing.Errorf(staffing.Unavailable, "%s is in the way: it is not a directory of root; remove it and start again", p.base)
	}
	if err := os.Chmod(p.base, 0o711); err != nil { //nolint:gosec // as above; umask may have narrowed it
		return p, fmt.Errorf("open the home of the database to its account: %w", err)
	}
	note := p.base + "\n\nThe embedded PostgreSQL lives in the directory named above, because its account cannot reach this one.\nRemove both to start from nothing.\n"
	if err := os.WriteFile(p.notice(), []byte(note), 0o600); err != nil {
		return p, fmt.Errorf("note where the database lives: %w", err)
	}
	return p, nil
}

// lockDir makes the directory and takes it for this process. The lock goes with
// the process, also after a kill -9.
func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // see findPlace: secrets inside are 0600
		return nil, unavailable(err, "the database directory %s cannot be made", dir)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // a path of ours
	if err != nil {
		return nil, unavailable(err, "the database directory %s cannot be used by this account", dir)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // never locked
		return nil, staffing.Errorf(staffing.Conflict, "another hub runs its database in %s; stop it first, or set TRIBUTARY_DATA_DIR to another directory", dir)
	}
	return f, nil
}

// command prepares a program of PostgreSQL under the right account, with a small
// environment and English messages.
func (p place) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...) //nolint:gosec,noctx // binaries of our own search; it ends by end()
	cmd.Dir = p.base
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=" + p.base}
	cmd.SysProcAttr = p.as.attributes()
	return cmd
}

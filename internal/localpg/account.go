package localpg

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"

	"github.com/tributary-hub/tributary/staffing"
)

// account is who runs the server. PostgreSQL refuses root.
type account struct {
	name     string
	uid, gid uint32
	other    bool // not the account of this process
}

// chooseAccount keeps this process's own account unless that is root; then it
// takes the owner of the cluster, or for a new cluster postgres, else nobody.
func chooseAccount(data string) (account, error) {
	owner, owned := ownerOf(data)
	if uid := uint32(os.Getuid()); uid != 0 { //nolint:gosec // never negative on Unix
		if owned && owner.uid != uid {
			return account{}, staffing.Errorf(staffing.Unavailable, "the embedded database in %s belongs to the account %q; start the hub as root, or set TRIBUTARY_DATA_DIR to another directory", data, owner.name)
		}
		return account{uid: uid}, nil
	}
	if owned && owner.uid != 0 {
		return owner, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return accountOf(u), nil
		}
	}
	return account{}, staffing.Errorf(staffing.Unavailable, "PostgreSQL refuses to run as root and there is no account postgres or nobody to run it; start the hub as another user, or set DATABASE_URL")
}

func accountOf(u *user.User) account {
	uid, _ := strconv.ParseUint(u.Uid, 10, 32) // decimal on every Unix
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), other: true}
}

func ownerOf(path string) (account, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return account{}, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return account{}, false
	}
	a := account{name: strconv.Itoa(int(st.Uid)), uid: st.Uid, gid: st.Gid, other: true}
	if u, err := user.LookupId(a.name); err == nil {
		a.name = u.Username
	}
	return a, true
}

// reaches says whether the account can enter dir. It tries: permissions alone do
// not tell (access lists, mounts).
func (a account) reaches(dir string) bool {
	cmd := exec.Command("/bin/sh", "-c", ":") //nolint:noctx // ends at once
	cmd.Dir = dir
	cmd.SysProcAttr = a.attributes()
	return cmd.Run() == nil
}

// own hands a path to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	return os.Lchown(path, int(a.uid), int(a.gid))
}

// attributes start a process under the account, in a process group of its own:
// a Ctrl-C in the terminal is for the hub, which stops the server last.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	dieWithParent(attr)
	return attr
}

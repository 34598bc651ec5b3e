package localpg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// locales are tried in turn: not every system has the first, and lower() of an
// accented letter needs one of the first two.
var locales = []string{"C.UTF-8", "en_US.UTF-8", "C"}

// initialise makes the cluster if there is none, and gives its password.
func (p place) initialise(ctx context.Context, bin binaries, opts Options) (string, error) {
	password, err := p.password()
	if err != nil || p.exists() {
		return password, err
	}
	opts.Log.InfoContext(ctx, "making an embedded PostgreSQL", "dir", p.data(), "version", bin.major)
	fresh := p.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return "", unavailable(err, "the rest of an unfinished database in %s cannot be removed", fresh)
	}
	for _, locale := range locales {
		if err = p.initdb(ctx, bin, fresh, locale, opts.Fast); err == nil {
			break
		}
	}
	if err != nil {
		return "", err
	}
	return password, os.Rename(fresh, p.data())
}

// password reads the cluster's password, or makes one for a cluster to come.
func (p place) password() (string, error) {
	b, err := os.ReadFile(p.file("password"))
	switch {
	case err == nil && len(b) > 0:
		return strings.TrimSpace(string(b)), nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", unavailable(err, "the password of the embedded database cannot be read")
	case p.exists():
		return "", unavailable(err, "the password of the embedded database is missing: restore the file %s, or move %s away to start from nothing", p.file("password"), p.data())
	}
	password := rand.Text()
	return password, os.WriteFile(p.file("password"), []byte(password+"\n"), 0o600)
}

func (p place) initdb(ctx context.Context, bin binaries, dir, locale string, fast bool) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return unavailable(err, "the directory of the database cannot be made")
	}
	if err := p.as.own(dir); err != nil {
		return unavailable(err, "the directory of the database cannot be given to its account")
	}
	pwfile, err := p.passwordCopy()
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(pwfile) }() // the next start overwrites a copy that stays
	args := []string{"-D", dir, "-U", Database, "--pwfile", pwfile, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=" + locale}
	if fast {
		args = append(args, "--no-sync")
	} else {
		args = append(args, "--data-checksums")
	}
	cmd := p.command(bin.path("initdb"), args...)
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := runUntil(ctx, cmd); err != nil {
		return unavailable(err, "PostgreSQL could not make a database in %s: %s", dir, lastWords(out.String()))
	}
	return nil
}

// passwordCopy lies where initdb's account can read it, and nobody else.
func (p place) passwordCopy() (string, error) {
	b, err := os.ReadFile(p.file("password"))
	if err != nil {
		return "", fmt.Errorf("read the database password: %w", err)
	}
	f, err := os.CreateTemp(p.base, ".initdb-*") // 0600
	if err != nil {
		return "", fmt.Errorf("copy the database password: %w", err)
	}
	_, err = f.Write(b)
	return f.Name(), errors.Join(err, f.Close(), p.as.own(f.Name()))
}

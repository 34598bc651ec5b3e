package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/tributary-hub/tributary/internal/secret"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// doctorCmd checks what the hub stands on, or asks a running one.
type doctorCmd struct {
	Live bool `help:"Only ask the hub that runs on this machine whether it is ready (for container health checks)."`
}

// Run implements the command. It starts nothing and changes nothing.
func (c *doctorCmd) Run(p *program) error {
	if c.Live {
		return p.live()
	}
	checks := []struct {
		name  string
		check func(context.Context) (string, error)
	}{
		{"settings", func(context.Context) (string, error) { return "every variable is good", nil }},
		{"key file", p.checkKeys},
		{"assets", checkAssets},
		{"database", p.checkDatabase},
	}
	failed := 0
	for _, check := range checks {
		ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
		found, err := check.check(ctx)
		cancel()
		if err != nil {
			failed++
			fmt.Fprintf(p.out, "FAIL  %-10s %s\n", check.name, sentence(err))
			continue
		}
		fmt.Fprintf(p.out, "ok    %-10s %s\n", check.name, found)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed", failed, len(checks))
	}
	return nil
}

func (p *program) checkKeys(context.Context) (string, error) {
	info, err := os.Stat(p.cfg.KeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "there is none yet at " + p.cfg.KeyFile + "; the first start makes it. Back it up, apart from the database", nil
	}
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", staffing.Errorf(staffing.Forbidden, "others may read %s; run: chmod 600 %s", p.cfg.KeyFile, p.cfg.KeyFile)
	}
	if _, err := secret.OpenBox(p.cfg.KeyFile, false); err != nil {
		return "", err
	}
	return p.cfg.KeyFile + " can be read", nil
}

// checkAssets looks for the pages' third-party files inside the program.
func checkAssets(context.Context) (string, error) {
	for _, name := range []string{"vendor/tabler.min.css", "vendor/htmx.min.js"} {
		if f, err := web.Static().Open(name); err != nil {
			return "", staffing.Errorf(staffing.NotFound, "the program was built without %s: pages work, but plainly. Run scripts/setup, then build again", name)
		} else if err := f.Close(); err != nil {
			return "", err
		}
	}
	return "the pages' files are inside the program", nil
}

func (p *program) checkDatabase(ctx context.Context) (string, error) {
	if p.cfg.Embedded() {
		if _, err := os.Stat(filepath.Join(p.cfg.DataDir, "postgres")); errors.Is(err, fs.ErrNotExist) {
			return "DATABASE_URL is not set: the hub makes a PostgreSQL of its own below " + p.cfg.DataDir + " at its first start", nil
		}
		return "DATABASE_URL is not set: the hub runs a PostgreSQL of its own below " + p.cfg.DataDir, nil
	}
	pool, err := store.Open(ctx, p.cfg.DatabaseURL.Reveal(), p.cfg.DBInsecure)
	if err != nil {
		return "", err
	}
	defer func() { _ = pool.Close() }() // the process ends
	db := &database{pool: pool, store: store.New(pool, nil, nil)}
	if err := db.clock(ctx); err != nil {
		return "", err
	}
	n, err := store.Pending(ctx, pool.DB)
	if err != nil {
		return "", err
	}
	if n > 0 {
		return fmt.Sprintf("it answers, its clock agrees; %d migrations are to come: the next start runs them, or: server migrate", n), nil
	}
	return "it answers, its clock agrees, its schema is this program's", nil
}

// live asks /readyz of the hub on this machine.
func (p *program) live() error {
	_, port, err := net.SplitHostPort(p.cfg.Addr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the hub is not ready: %s", body)
	}
	fmt.Fprintln(p.out, "ready")
	return nil
}

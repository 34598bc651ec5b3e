package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tributary-hub/tributary/connectors/all"
	"github.com/tributary-hub/tributary/jobs"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// byCommandLine is who did it, as the audit log and the history name them.
const byCommandLine = "command line"

type configCmd struct {
	Export configExportCmd `cmd:"" help:"Write clients, connections, profiles and code lists as YAML, without secrets."`
	Apply  configApplyCmd  `cmd:"" help:"Make the hub as a file says; what the file does not name stays. Exit code 3: --dry-run found differences."`
}

// configExportCmd writes the hub's set-up.
type configExportCmd struct {
	Client string `help:"Only the client with this code."`
	Output string `short:"o" help:"The file to write; standard output when left out."`
}

// Run implements the command.
func (c *configExportCmd) Run(p *program) error {
	p.looksOnly = true
	return p.withStore(func(ctx context.Context, s *store.Store) (err error) {
		f, err := exported(ctx, s, c.Client)
		if err != nil {
			return err
		}
		if c.Output == "" {
			return writeConfig(p.out, f)
		}
		file, err := os.OpenFile(c.Output, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		return writeConfig(file, f)
	})
}

// configApplyCmd makes the hub as a file says.
type configApplyCmd struct {
	File   string `short:"f" required:"" help:"The file, as config export writes it; - is standard input."`
	DryRun bool   `help:"Say what would change, and change nothing. Exit code 3 when something would."`
	// ReviewedBy stands for the second person that the page asks for.
	ReviewedBy string `placeholder:"NAME" help:"Who reviewed the file. Needed where a profile changes more records than its client's review threshold; the history and the audit log name them."`
}

// Run implements the command.
func (c *configApplyCmd) Run(p *program) error {
	f, err := c.read()
	if err != nil {
		return err
	}
	p.looksOnly = c.DryRun
	return p.withStore(func(ctx context.Context, s *store.Store) error { return c.apply(ctx, p, s, f) })
}

func (c *configApplyCmd) read() (configFile, error) {
	in := io.Reader(os.Stdin)
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return configFile{}, err
		}
		defer func() { _ = file.Close() }() // it was read
		in = file
	}
	return readConfig(in)
}

func (c *configApplyCmd) apply(ctx context.Context, p *program, s *store.Store, f configFile) error {
	registry, err := all.Registry()
	if err != nil {
		return err
	}
	hub, err := jobs.New(jobs.Config{Store: s, Registry: registry, Log: p.log}) // it is not started: it only enqueues
	if err != nil {
		return err
	}
	plan := &plan{store: s, registry: registry, hub: hub, reviewedBy: strings.TrimSpace(c.ReviewedBy)}
	if err := plan.make(ctx, f); err != nil {
		return err
	}
	plan.tell(p.out)
	switch {
	case len(plan.changes) == 0:
		return nil
	case c.DryRun:
		return drift{fmt.Errorf("the hub differs from the file in %d things", plan.size())}
	case len(plan.unreviewed) > 0 && plan.reviewedBy == "":
		return &staffing.Error{Code: staffing.Forbidden, Message: "nothing was applied: " + strings.Join(plan.unreviewed, "; ") +
			". Look at what config apply --dry-run says, have somebody review the file, and name them with --reviewed-by"}
	}
	if err := s.InTx(ctx, func(tx *store.Tx) error { return plan.apply(ctx, tx) }); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "applied: %d changes\n", plan.size())
	return nil
}

// drift says that a dry run found differences. It has an exit code of its own, for
// scripts.
type drift struct{ error }

const driftCode = 3

// exitCode gives the exit code of a command that failed.
func exitCode(err error) int {
	var d drift
	if errors.As(err, &d) {
		return driftCode
	}
	return 1
}

// Command server is Tributary: the hub, its commands, and a demo of both with a
// simulated world. main reads the environment and the command line, and hands on;
// run.go is the only wiring.
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/tributary-hub/tributary/internal/config"
)

// commands is the command line.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"Run the hub."`
	Demo    demoCmd    `cmd:"" help:"Run the hub on a database of its own with a simulated world of clients, ATS and ERP."`
	Migrate migrateCmd `cmd:"" help:"Bring the database to this program's schema, and end."`
	User    userCmd    `cmd:"" help:"People who sign in."`
	Token   tokenCmd   `cmd:"" help:"Bearer tokens of the REST API."`
	Audit   auditCmd   `cmd:"" help:"The audit log."`
	Config  configCmd  `cmd:"" help:"The hub's set-up as a file."`
	Doctor  doctorCmd  `cmd:"" help:"Check database, clocks, key file, migrations and assets, and say what to do."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := start(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// program is what every command gets.
type program struct {
	ctx    context.Context //nolint:containedctx // it is the life of the process, made in main
	cfg    config.Config
	log    *slog.Logger
	out    io.Writer
	errOut io.Writer
	beside bool // the command may work beside a running hub
	// looksOnly is a command that reads: it migrates nothing and makes no key file.
	looksOnly bool
}

// start runs one command and gives the exit code: 2 for a wrong command line or
// wrong settings, 1 for what failed, 3 for a dry run that found differences.
func start(ctx context.Context, args []string, out, errOut io.Writer) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli, kong.Name("server"), kong.Description("Tributary, the integration hub of a staffing firm."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { exited = code }), kong.UsageOnError())
	if err != nil {
		return say(errOut, 1, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		return say(errOut, 2, err)
	}
	cfg, err := config.Load(os.LookupEnv)
	if err != nil {
		return say(errOut, 2, err)
	}
	p := &program{ctx: ctx, cfg: cfg, log: logger(cfg, errOut), out: out, errOut: errOut}
	if err := command.Run(p); err != nil && !errors.Is(err, context.Canceled) {
		return say(errOut, exitCode(err), err)
	}
	return 0
}

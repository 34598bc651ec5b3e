// Command testpg runs a command with a throw-away PostgreSQL: it starts one in a
// temporary directory, puts its address into TEST_DATABASE_URL, and passes on
// the command's exit code. The script scripts/test is its user:
//
//	go run ./internal/localpg/cmd/testpg -- go test ./...
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/tributary-hub/tributary/internal/localpg"
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: testpg -- command [argument ...]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, args)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testpg:", err)
	}
	os.Exit(code)
}

func run(ctx context.Context, args []string) (int, error) {
	dir, err := os.MkdirTemp(inMemory("/dev/shm"), "tributary-test-")
	if err != nil {
		return 1, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // as root, the server's account must pass through
		return 1, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	srv, err := localpg.Start(ctx, localpg.Options{Dir: dir, Log: log, Fast: true})
	if err != nil {
		return 1, errors.Join(err, os.RemoveAll(dir))
	}
	defer func() {
		bounded, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = srv.Destroy(bounded) // the system cleans its own temporary folder too
	}()
	return child(ctx, args, srv.DSN(localpg.Database))
}

// inMemory gives dir if it has room for a test run, else "", the usual place for
// temporary files. Every test makes a database of some hundred files, which takes
// a disk several times longer. Who sets TMPDIR has chosen.
func inMemory(dir string) string {
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(dir, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < 4<<30 { //nolint:gosec // a block size is positive; its type differs between systems
		return ""
	}
	return dir
}

// child runs the command. A signal ends it the way a terminal does; its own exit
// code counts.
func child(ctx context.Context, args []string, dsn string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // running what it is told is its purpose
	cmd.Env = append(os.Environ(), "TEST_DATABASE_URL="+dsn)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

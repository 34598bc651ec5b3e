package localpg

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// postmaster is the running server process, watched until it ends.
type postmaster struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended and is reaped
}

// launch starts cmd and watches it. The thread that starts a process must live
// as long as it does: Linux takes the end of that thread for the parent's death.
func launch(cmd *exec.Cmd) (*postmaster, error) {
	pm := &postmaster{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = cmd.Wait() // how it ended stands in the server's own log
		close(pm.done)
	}()
	return pm, <-started
}

// grace is how long a server may take to write everything down: below the ten
// seconds in which the whole hub stops.
const grace = 7 * time.Second

// end shuts the server down in PostgreSQL's own ways, one harder than the other
// (https://www.postgresql.org/docs/current/server-shutdown.html): fast until ctx
// ends, then immediate, then the kernel's.
func (pm *postmaster) end(ctx context.Context) {
	polite, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	_ = pm.cmd.Process.Signal(syscall.SIGINT) // gone already is what we want, here and below
	select {
	case <-pm.done:
		return
	case <-polite.Done():
	}
	_ = pm.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-pm.done:
	case <-time.After(time.Second):
		_ = pm.cmd.Process.Kill()
		<-pm.done
	}
}

// runUntil runs a short program and ends it when ctx ends.
func runUntil(ctx context.Context, cmd *exec.Cmd) error {
	pm, err := launch(cmd)
	if err != nil {
		return err
	}
	select {
	case <-pm.done:
	case <-ctx.Done():
		_ = pm.cmd.Process.Signal(syscall.SIGKILL) // a half-made cluster is thrown away
		<-pm.done
		return ctx.Err()
	}
	if !cmd.ProcessState.Success() {
		return &exec.ExitError{ProcessState: cmd.ProcessState}
	}
	return nil
}

// lastWords are the lines of a server's output that say why it failed.
func lastWords(out string) string {
	var why []string
	for line := range strings.Lines(out) {
		for _, mark := range []string{"FATAL:", "HINT:", "PANIC:", "error:"} {
			if _, text, ok := strings.Cut(line, mark); ok {
				why = append(why, strings.TrimSpace(text))
			}
		}
	}
	if len(why) == 0 {
		return "it did not say why"
	}
	return strings.Join(why, " ")
}

func fileFrom(path string, offset int64) string {
	b, err := os.ReadFile(path) //nolint:gosec // our own log
	if err != nil || int64(len(b)) < offset {
		return ""
	}
	return string(b[offset:])
}

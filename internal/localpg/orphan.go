package localpg

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// endOrphan clears what an earlier hub left behind after a kill -9. This process
// holds the directory's lock, so a server that still runs on it belongs to
// nobody: it is shut down. A postmaster.pid without such a server is stale; it is
// removed, because PostgreSQL refuses to start when its number now belongs to any
// other process of the same account.
func (p place) endOrphan(ctx context.Context, log *slog.Logger) error {
	pid := p.recordedPID()
	if pid != 0 && p.isPostmaster(pid) {
		log.InfoContext(ctx, "ending the database server that an earlier hub left running", "pid", pid)
		if err := p.endByPID(ctx, pid); err != nil {
			return err
		}
	}
	if err := os.Remove(p.pidFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable(err, "the stale file %s cannot be removed", p.pidFile())
	}
	return nil
}

// recordedPID is the first line of postmaster.pid; zero when there is none.
func (p place) recordedPID() int {
	b, err := os.ReadFile(p.pidFile())
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(first)) // zero: a cut-off file, stale
	return pid
}

// isPostmaster says whether a process is the server of this very cluster. A
// number alone proves nothing: it may have been given out again.
func (p place) isPostmaster(pid int) bool {
	if pid <= 1 || syscall.Kill(pid, 0) == syscall.ESRCH {
		return false
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	if exe, err := os.Readlink(filepath.Join(proc, "exe")); err == nil {
		cwd, _ := os.Readlink(filepath.Join(proc, "cwd")) // empty matches nothing
		name := strings.TrimSuffix(filepath.Base(exe), " (deleted)")
		return (name == "postgres" || name == "postmaster") && sameFile(cwd, p.data())
	}
	line, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output() //nolint:gosec,noctx // a number; ends at once
	return err == nil && strings.Contains(string(line), "postgres") && strings.Contains(string(line), "-D "+p.data())
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// endByPID is [postmaster.end] for a process that is not our child.
func (p place) endByPID(ctx context.Context, pid int) error {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = syscall.Kill(pid, syscall.SIGCONT) // a frozen one must wake up to end
		_ = syscall.Kill(pid, sig)             // gone already is what we want
		if p.goneWithin(ctx, pid, grace) {
			return nil
		}
	}
	return staffing.Errorf(staffing.Unavailable, "the database server that an earlier hub left running (process %d) does not end; end it by hand and start again", pid)
}

func (p place) goneWithin(ctx context.Context, pid int, d time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for p.isPostmaster(pid) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

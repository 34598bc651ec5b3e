package file

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Check signs in, lists every folder, and tries where it is to write.
func (c *core) Check(ctx context.Context) (staffing.Report, error) {
	sh, err := c.open(ctx)
	if err != nil {
		return staffing.Report{}, err
	}
	defer sh.close()
	report := staffing.Report{Account: c.account}
	t := &trial{share: sh, report: &report}
	t.reads("read requisitions", c.requisitions)
	if c.statuses != nil && c.statuses.dir != c.requisitions.dir {
		t.reads("read statuses", c.statuses)
	}
	for _, dir := range c.quarantines() {
		t.writes("set aside files that cannot be read", dir, true)
	}
	if c.requisitions.archive != "" {
		t.writes("put away files that were read", within(c.requisitions.dir, c.requisitions.archive), true)
	}
	if c.out != nil {
		t.writes("hand over submissions", c.out.dir, false)
		t.writes("remember which submissions were handed over", c.out.ledger, true)
	}
	if report.OK() {
		for _, dir := range c.quarantines() {
			t.waiting(dir)
		}
	}
	return report, t.err
}

func (c *core) quarantines() []string {
	out := []string{within(c.requisitions.dir, c.requisitions.quarantine)}
	if c.statuses != nil && c.statuses.dir != c.requisitions.dir {
		out = append(out, within(c.statuses.dir, c.statuses.quarantine))
	}
	return out
}

// trial collects what an account may do. The first error that is no missing right ends
// it.
type trial struct {
	share  share
	report *staffing.Report
	err    error
}

func (t *trial) note(name, purpose, help string, err error) {
	p := staffing.Permission{Name: name, Purpose: purpose, Granted: err == nil}
	switch staffing.CodeOf(err) {
	case "":
	case staffing.NotFound, staffing.Forbidden:
		p.Detail = staffing.MessageOf(err) + ". " + help
	default:
		t.err = err
		return
	}
	t.report.Permissions = append(t.report.Permissions, p)
}

func (t *trial) reads(purpose string, r *reader) {
	if t.err != nil {
		return
	}
	_, err := t.share.list(r.dir)
	t.note("list "+shown(r.dir), purpose, "Correct the folder in the settings, or ask the owner of the server for the right to list it.", err)
}

// writes makes a small file and takes it away. ours: the folder may be made.
func (t *trial) writes(purpose, dir string, ours bool) {
	if t.err != nil {
		return
	}
	probe := within(dir, ".tributary-check.tmp")
	_, err := t.share.write(probe, strings.NewReader("written by Test connection\n"))
	if isNotFound(err) && ours {
		if err = t.share.mkdir(dir); err == nil {
			_, err = t.share.write(probe, strings.NewReader("written by Test connection\n"))
		}
	}
	if err == nil {
		err = t.share.remove(probe)
	}
	t.note("write in "+shown(dir), purpose, "Ask the owner of the server for the right to write, rename and remove files there.", err)
}

// waiting tells which files were set aside and wait for a person.
func (t *trial) waiting(dir string) {
	if t.err != nil {
		return
	}
	list, err := t.share.list(dir)
	if err != nil {
		return // it was there a moment ago; the next test tells
	}
	var names []string
	for _, e := range list {
		if name, ok := strings.CutSuffix(e.name, noteEnd); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	detail := "No file waits there."
	if n := len(names); n > 0 {
		detail = fmt.Sprintf("%d files wait there for a person, the newest is %s; the reason lies beside each.", n, names[n-1])
	}
	t.report.Permissions = append(t.report.Permissions, staffing.Permission{Name: shown(dir), Purpose: "hold files that could not be read", Granted: true, Detail: detail})
}

func shown(dir string) string {
	if dir == "" || dir == "." {
		return "the folder"
	}
	return dir
}

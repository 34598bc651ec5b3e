package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/sandbox/world"
	"github.com/tributary-hub/tributary/staffing"
)

// demoCmd runs the hub with a simulated world: three clients, the firm's ATS and
// its books, all on loopback. What happened is kept in the data directory.
type demoCmd struct {
	Seed  uint64  `default:"2026" help:"Of everything that happens by chance."`
	Speed float64 `default:"1" help:"How fast the world lives; 0 makes it stand still."`
	// Trouble is small, so that failed records heal while one looks.
	Trouble float64 `default:"0.01" help:"Share of calls to the simulated systems that go wrong: slow, busy, broken, or acted upon and the answer lost."`
	ERP     string  `name:"erp" help:"Use a real ERP instead of the simulated one: the name of a script in scripts/ that starts it, such as the one that make demo ERP=... names."`
}

const demoNotice = "This is a demo: clients, candidates, ATS and ERP are simulated on this machine. The hub between them is the real one."

// demoPassword is everybody's in the demo, which listens on loopback.
const demoPassword = "river-runs-deep"

type demoUser struct{ email, name, role, does string }

// demoUsers are one sign-in per role.
func demoUsers() []demoUser {
	return []demoUser{
		{"alma@demo.test", "Alma Reyes", "account_manager", "configures clients and clears what needs attention"},
		{"finn@demo.test", "Finn Okafor", "finance", "reviews placements and approves what is billed"},
		{"opal@demo.test", "Opal Lindqvist", "operator", "keeps connections and failed records in order"},
		{"ada@demo.test", "Ada Moreau", "admin", "may do everything"},
	}
}

// Run implements the command.
func (c *demoCmd) Run(p *program) error {
	if !p.cfg.Embedded() {
		return staffing.Errorf(staffing.Invalid, "the demo makes people with a published password, so it runs on a database of its own only; unset DATABASE_URL, or run: server serve")
	}
	if _, said := os.LookupEnv("TRIBUTARY_LOG"); !said { // the sign-ins shall stay in sight
		p.cfg.LogLevel = slog.LevelWarn
		p.log = logger(p.cfg, p.errOut)
	}
	var hints []string
	for _, u := range demoUsers() {
		hints = append(hints, fmt.Sprintf("%s (%s): %s / %s", strings.ReplaceAll(u.role, "_", " "), u.does, u.email, demoPassword))
	}
	erp, down, err := c.realERP(p)
	if err != nil {
		return err
	}
	defer down()
	w, err := world.Open(p.ctx, world.Options{Dir: filepath.Join(p.cfg.DataDir, "sandbox"), Seed: c.Seed, Speed: c.Speed, Trouble: c.Trouble, ERP: erp, Log: p.log})
	if err != nil {
		return err
	}
	defer w.Close()
	h, err := p.newHub(hubOptions{role: "all", allow: w.Networks(), notice: demoNotice, hints: hints})
	if err != nil {
		return err
	}
	targets, err := h.seed(p.ctx, w)
	if err != nil {
		h.close(p)
		return err
	}
	ctx, stop := context.WithCancel(p.ctx)
	lived := make(chan struct{})
	defer func() {
		stop()
		<-lived
	}()
	return h.run(p, func() {
		for key, t := range targets {
			w.SendWebhooks(key, p.cfg.PublicURL+"/hooks/"+t.connection.String(), t.secret)
		}
		go func() {
			defer close(lived)
			w.Run(ctx)
		}()
		fmt.Fprintf(p.out, "\nTributary is ready on %s\n\nSign in as\n  %s\n\nCtrl-C stops everything; the next start goes on where this one ended.\n", p.cfg.PublicURL, strings.Join(hints, "\n  "))
	})
}

// realERP starts the real ERP that was asked for by its script and gives what the
// script printed, one KEY=VALUE a line. down ends it again.
func (c *demoCmd) realERP(p *program) (facts map[string]string, down func(), err error) {
	if c.ERP == "" {
		return nil, func() {}, nil
	}
	script, dir := filepath.Join("scripts", filepath.Base(c.ERP)), filepath.Join(p.cfg.DataDir, "erp")
	fmt.Fprintf(p.out, "starting the real ERP (%s up %s); the first time this installs it and takes a few minutes\n", script, dir)
	cmd := exec.CommandContext(p.ctx, script, "up", dir) //nolint:gosec // the operator names a script of the project
	cmd.Stderr = p.errOut
	out, err := cmd.Output()
	if err != nil {
		return nil, nil, &staffing.Error{Code: staffing.Unavailable, Message: "the real ERP does not start; see what " + script + " said above", Err: err}
	}
	facts = map[string]string{}
	for line := range strings.Lines(string(out)) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			facts[k] = v
		}
	}
	return facts, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), 8*time.Second)
		defer cancel()
		if err := exec.CommandContext(ctx, script, "down", dir).Run(); err != nil { //nolint:gosec // as above
			p.log.Warn("the real ERP did not stop well", "error", err)
		}
	}, nil
}

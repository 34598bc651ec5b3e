// Package world makes the simulated systems live together: clients open and close
// requisitions, recruiters submit people in the internal ATS, clients move them
// along and hire, the books wait for bills. It is the demo's other side and that of
// the tests that crash the hub. A seed says what happens, a speed how fast. It
// drives the simulators by their Go methods; the hub meets them over HTTP only.
package world

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/sandbox/state"
	"github.com/tributary-hub/tributary/staffing"
)

// Options say how the world is made.
type Options struct {
	Dir   string  // where its journal is kept; empty: in memory only
	Seed  uint64  // of all that happens by chance
	Speed float64 // 1: about one event a second; 0: nothing happens by itself
	// Trouble is the share of calls to the systems that go wrong, each in one of many
	// ways; 0: none.
	Trouble float64
	// Requisitions is how many the clients open in all; 0: 240.
	Requisitions int
	// ERP is what the script of a real ERP printed; nil: the simulated one.
	ERP map[string]string
	Log *slog.Logger
}

// Client is a company that the firm serves.
type Client struct{ Code, Name, Currency, Timezone string }

// System is what a person would enter to connect one of the world's systems.
type System struct {
	Key      string // stable name within the world
	Kind     string
	Role     staffing.Role
	Name     string
	Client   string // code; empty for the firm's own systems
	Settings map[string]string
	// WebhookSecret proves the system's webhooks; empty: it sends none.
	WebhookSecret string
}

// World is the whole of it. Its methods are safe for several goroutines.
type World struct {
	opts    Options
	log     *slog.Logger
	journal *state.Journal
	servers []*http.Server
	ats     *ats
	clients []client
	books   *books

	mu       sync.Mutex // one event at a time
	dice     *rand.Rand
	people   *state.Table[person]
	opened   *state.Table[posting]
	secrets  *state.Table[named]
	postings []posting
}

// client is a company's system as the world's people use it.
type client interface {
	system() System
	company() Client
	sendWebhooks(url, secret string)
	// open enters a requisition and gives its title as the client shows it.
	open(w *World, p posting) error
	// step lets the client's people do one thing with one of the people that were
	// submitted to them; false: there is nobody to do anything with.
	step(w *World) (bool, error)
	tally(t *Tally)
	stop()
}

// Open makes the world and serves its systems on loopback. The caller closes it.
func Open(ctx context.Context, o Options) (_ *World, err error) {
	w := &World{opts: o, log: o.Log}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.opts.Requisitions == 0 {
		w.opts.Requisitions = 240
	}
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	if o.Dir != "" {
		if w.journal, err = state.Open(filepath.Join(o.Dir, "journal")); err != nil {
			return nil, fmt.Errorf("open the simulated world: %w", err)
		}
	}
	w.people = state.NewTable[person](w.journal, "world.people", 1)
	w.opened = state.NewTable[posting](w.journal, "world.postings", 1)
	w.secrets = state.NewTable[named](w.journal, "world.secrets", 1)
	if w.postings, err = readPostings(); err != nil {
		return nil, err
	}
	// What happened already moves the dice on, so that a restart does not repeat it.
	w.dice = rand.New(rand.NewPCG(o.Seed, uint64(w.people.Len()*1000+w.opened.Len())))
	return w, w.populate(ctx)
}

// populate makes the systems: three clients, one internal ATS, one set of books.
func (w *World) populate(ctx context.Context) error {
	var err error
	if w.ats, err = newATS(ctx, w); err != nil {
		return err
	}
	if w.books, err = newBooks(ctx, w); err != nil {
		return err
	}
	for _, c := range []struct {
		client Client
		open   func(context.Context, *World, Client) (client, error)
	}{
		{Client{"HALDEN", "Halden Robotics", "USD", "America/Chicago"}, newHiring},
		{Client{"BRIGHTWATER", "Brightwater Health", "USD", "America/New_York"}, newHiring},
		{Client{"CASTELLAN", "Castellan Energy", "USD", "America/Denver"}, newTenant},
	} {
		made, err := c.open(ctx, w, c.client)
		if err != nil {
			return err
		}
		w.clients = append(w.clients, made)
		w.ats.addCompany(c.client)
	}
	return nil
}

// serve puts a simulated system on a loopback port of its own and gives its
// address and the faults that may be put before it.
func (w *World) serve(ctx context.Context, handler http.Handler) (base string, faults *fault.Injector, err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("serve a simulated system: %w", err)
	}
	faults = fault.New(handler)
	w.trouble(faults)
	srv := &http.Server{Handler: faults, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug)}
	w.servers = append(w.servers, srv)
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			w.log.Error("a simulated system ended", "error", err)
		}
	}()
	return "http://" + l.Addr().String(), faults, nil
}

// Clients lists the companies.
func (w *World) Clients() []Client {
	var out []Client
	for _, c := range w.clients {
		out = append(out, c.company())
	}
	return out
}

// Systems lists what is to be connected: the firm's own systems first.
func (w *World) Systems() []System {
	out := append(w.ats.systems(), w.books.system)
	for _, c := range w.clients {
		out = append(out, c.system())
	}
	return out
}

// Networks are the addresses that connectors must be allowed to call.
func (w *World) Networks() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// SendWebhooks has the system with that key send its webhooks there from now on.
func (w *World) SendWebhooks(key, url, secret string) {
	w.ats.sendWebhooks(key, url, secret)
	for _, c := range w.clients {
		if c.system().Key == key {
			c.sendWebhooks(url, secret)
		}
	}
}

// Close ends the systems. What they hold stays in the journal.
func (w *World) Close() {
	for _, c := range w.clients {
		c.stop()
	}
	if w.ats != nil {
		w.ats.stop()
	}
	for _, s := range w.servers {
		_ = s.Close() // its clients see a cut line, as with a vendor that goes away
	}
	if err := w.journal.Close(); err != nil {
		w.log.Warn("the simulated world's journal did not close well", "error", err)
	}
}

package handlers

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	pulseEvery  = time.Second
	streamPing  = 15 * time.Second // keeps proxies from closing a quiet stream
	streamLife  = 10 * time.Minute // then the browser opens it again, and shows who it is
	streamWrite = 5 * time.Second  // for one event; a reader that is gone ends the stream
)

// pulse watches the database for all streams together: one cheap query a second,
// and none while nobody looks.
type pulse struct {
	read func(ctx context.Context) (string, error)
	mu   sync.Mutex
	subs map[chan struct{}]bool
	wake chan struct{}
}

func newPulse(read func(ctx context.Context) (string, error)) *pulse {
	return &pulse{read: read, subs: map[chan struct{}]bool{}, wake: make(chan struct{}, 1)}
}

// subscribe gives a channel that gets a value after each change; leave ends it.
func (p *pulse) subscribe() (changes chan struct{}, leave func()) {
	changes = make(chan struct{}, 1)
	p.mu.Lock()
	p.subs[changes] = true
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // the poller is awake
	}
	return changes, func() {
		p.mu.Lock()
		delete(p.subs, changes)
		p.mu.Unlock()
	}
}

func (p *pulse) watched() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.subs) > 0
}

// tell wakes every stream; one that has not looked yet is told once.
func (p *pulse) tell() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.subs {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// run polls until ctx ends.
func (p *pulse) run(ctx context.Context) {
	tick := time.NewTicker(pulseEvery)
	defer tick.Stop()
	last := ""
	for {
		if !p.watched() {
			select {
			case <-ctx.Done():
				return
			case <-p.wake:
				last = ""
			}
		}
		bounded, cancel := context.WithTimeout(ctx, hookTime)
		now, err := p.read(bounded)
		cancel()
		if err == nil && now != last {
			if last != "" {
				p.tell()
			}
			last = now
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// streamEvents tells a page when it should fetch its fragments again. The first
// event comes at once: what changed since the page was made is not lost.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/event-stream")
		return nil
	}
	changes, leave := s.pulse.subscribe()
	defer leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := stream{w: w, control: http.NewResponseController(w)}
	ping, life := time.NewTicker(streamPing), time.NewTimer(streamLife)
	defer ping.Stop()
	defer life.Stop()
	err := out.send("retry: 3000\nevent: change\ndata: open\n\n")
	for err == nil {
		select {
		case <-r.Context().Done():
			return nil
		case <-s.ctx.Done():
			return nil
		case <-life.C:
			return nil
		case <-changes:
			err = out.send("event: change\ndata: now\n\n")
		case <-ping.C:
			err = out.send(": still here\n\n")
		}
	}
	return nil // the reader is gone
}

type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// send writes one event, whatever deadline the server has for whole answers.
func (o stream) send(event string) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return err
	}
	if _, err := fmt.Fprint(o.w, event); err != nil {
		return err
	}
	return o.control.Flush()
}

package world

import (
	"context"
	"time"
)

// first is how many requisitions each client opens at once when the world begins.
const first = 6

// Run lets the world live until ctx ends.
func (w *World) Run(ctx context.Context) {
	w.Begin()
	if w.opts.Speed <= 0 {
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / w.opts.Speed))
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.Step(n)
		}
	}
}

// Begin opens the first requisitions, if none was ever opened.
func (w *World) Begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opened.Len() > 0 {
		return
	}
	for range first {
		for _, c := range w.clients {
			w.openOne(c)
		}
	}
}

// Step lets a second of the world's time pass: every second recruiters do
// something, and one client; now and then a new requisition comes.
func (w *World) Step(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note("recruiters", w.ats.step(w))
	for i := range w.clients {
		c := w.clients[(n+i)%len(w.clients)]
		did, err := c.step(w)
		w.note(c.company().Name, err)
		if did {
			break
		}
	}
	if n%20 == 0 && w.opened.Len() < w.opts.Requisitions {
		w.openOne(w.clients[w.dice.IntN(len(w.clients))])
	}
}

// OpenRequisition has the client with that code open the next requisition.
func (w *World) OpenRequisition(code string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.clients {
		if c.company().Code == code {
			w.openOne(c)
		}
	}
}

func (w *World) openOne(c client) {
	if len(w.postings) == 0 {
		return
	}
	p := w.postings[(w.opened.Len()*37+int(w.opts.Seed%97))%len(w.postings)]
	p.Client, p.Number = c.company().Code, w.opened.Len()+1
	p.plan(w.dice, time.Now())
	if err := c.open(w, p); err != nil {
		w.note(c.company().Name, err)
		return
	}
	w.opened.Insert(func(int64) posting { return p })
}

func (w *World) note(who string, err error) {
	if err != nil {
		w.log.Debug("the simulated world", "who", who, "error", err)
	}
}

// chance says yes that often.
func (w *World) chance(p float64) bool { return w.dice.Float64() < p }

func pick[T any](w *World, list []T) T { return list[w.dice.IntN(len(list))] }

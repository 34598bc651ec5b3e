package greenhouse

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Post sends one web hook delivery and gives the status that came back.
type Post func(ctx context.Context, url string, header http.Header, body []byte) (int, error)

// Trouble is how deliveries misbehave: every n-th one; 0 is never.
type Trouble struct {
	Duplicate int // is sent twice, with the same event id
	Drop      int // is never sent
	Swap      int // comes after the one that follows it
}

// hooks is the sender of web hooks: one queue, one delivery at a time.
type hooks struct {
	mu      sync.Mutex
	to      Webhook
	trouble Trouble
	count   int
	held    *delivery
	queue   chan delivery
	stop    context.CancelFunc
	done    chan struct{}
	pending sync.WaitGroup
	delays  []time.Duration
}

type delivery struct {
	id   string
	body []byte
}

// Webhook is where events go.
type Webhook struct {
	URL    string
	Secret string   // the Secret key; every delivery is signed with it
	Events []string // the actions that are sent, e.g. hire_candidate; empty: all
	Post   Post     // nil: a plain HTTP client
}

// SetWebhook sends every event from now on as w says; an empty URL ends it. As at
// the vendor, only status 200 counts as received; the retries are few and quick
// here. The ping and the vendor's check of a new web hook are left to [Server.Ping].
func (s *Server) SetWebhook(w Webhook) {
	s.StopWebhook()
	if w.URL == "" {
		return
	}
	if w.Post == nil {
		w.Post = postPlain
	}
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, stop := context.WithCancel(context.Background())
	h.to, h.stop = w, stop
	h.queue, h.done = make(chan delivery, 10_000), make(chan struct{})
	go h.run(ctx, h.queue, h.done)
}

// StopWebhook ends the sender; what was not sent is lost. It returns when the
// sender has stopped.
func (s *Server) StopWebhook() {
	h := &s.hooks
	h.mu.Lock()
	stop, done := h.stop, h.done
	h.stop, h.queue, h.done, h.held = nil, nil, nil, nil
	h.mu.Unlock()
	if stop != nil {
		stop()
		<-done
	}
}

// Disturb makes deliveries misbehave from now on.
func (s *Server) Disturb(t Trouble) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.trouble = t
}

// FlushWebhooks waits until everything in the queue has been sent or given up.
func (s *Server) FlushWebhooks() { s.hooks.pending.Wait() }

// Ping sends the test delivery of a new web hook.
func (s *Server) Ping() { s.tell("ping", object{"web_hook_id": 1}) }

// tell queues an event. The caller holds s.mu, so events have the order of the
// changes.
func (s *Server) tell(action string, payload object) {
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.queue == nil || action != "ping" && len(h.to.Events) > 0 && !slices.Contains(h.to.Events, action) {
		return
	}
	body, err := json.Marshal(map[string]any{"action": action, "payload": payload})
	if err != nil {
		panic(err) // our own types
	}
	h.count++
	d := delivery{id: strconv.FormatInt(s.now().UnixMilli(), 10) + "-" + strconv.Itoa(h.count), body: body}
	if every(h.trouble.Drop, h.count) {
		return
	}
	if every(h.trouble.Swap, h.count) && h.held == nil {
		h.held = &d
		return
	}
	h.push(d)
	if every(h.trouble.Duplicate, h.count) {
		h.push(d)
	}
	if h.held != nil {
		h.push(*h.held)
		h.held = nil
	}
}

func every(n, count int) bool { return n > 0 && count%n == 0 }

// push queues a delivery; a full queue loses it, as an outage at the vendor would.
func (h *hooks) push(d delivery) {
	h.pending.Add(1)
	select {
	case h.queue <- d:
	default:
		h.pending.Done()
	}
}

func (h *hooks) run(ctx context.Context, queue chan delivery, done chan struct{}) {
	defer close(done)
	for {
		select {
		case <-ctx.Done():
			h.drain(queue)
			return
		case d := <-queue:
			h.send(ctx, d)
			h.pending.Done()
		}
	}
}

func (h *hooks) drain(queue chan delivery) {
	for {
		select {
		case <-queue:
			h.pending.Done()
		default:
			return
		}
	}
}

func (h *hooks) send(ctx context.Context, d delivery) {
	h.mu.Lock()
	to := h.to
	h.mu.Unlock()
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "Greenhouse-Sandbox")
	header.Set("Greenhouse-Event-ID", d.id)
	header.Set("Signature", Sign(to.Secret, d.body))
	for attempt := 0; ; attempt++ {
		status, err := to.Post(ctx, to.URL, header, d.body)
		if err == nil && status == http.StatusOK || attempt == len(h.delays) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(h.delays[attempt]):
		}
	}
}

// Sign gives the Signature header of a body.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256 " + hex.EncodeToString(mac.Sum(nil))
}

func postPlain(ctx context.Context, url string, header http.Header, body []byte) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header = header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, err
}

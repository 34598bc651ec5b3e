package fieldglass

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Post sends one push and gives the status that came back.
type Post func(ctx context.Context, url string, header http.Header, body []byte) (int, error)

// Trouble is how pushes misbehave: every n-th one; 0 is never.
type Trouble struct {
	Duplicate int // is sent twice
	Drop      int // is never sent
	Swap      int // comes after the one that follows it
}

// pusher sends what a Publish/Subscribe subscription sends: one queue, one
// delivery at a time.
type pusher struct {
	mu      sync.Mutex
	to      Subscription
	trouble Trouble
	count   int
	held    []byte
	queue   chan []byte
	stop    context.CancelFunc
	done    chan struct{}
	pending sync.WaitGroup
	delays  []time.Duration
}

// Subscription is where a push goes, and the user and password it carries. A nil
// Post uses a plain HTTP client.
type Subscription struct {
	URL, User, Password string
	Post                Post
}

// SetPush sends every event from now on; an empty URL ends it. The vendor documents
// no headers, signature or retries beyond the password: here the retries are few
// and quick.
func (s *Server) SetPush(to Subscription) {
	s.StopPush()
	if to.URL == "" {
		return
	}
	if to.Post == nil {
		to.Post = postPlain
	}
	h := &s.pusher
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, stop := context.WithCancel(context.Background())
	h.to, h.stop = to, stop
	h.queue, h.done = make(chan []byte, 10_000), make(chan struct{})
	go h.run(ctx, h.queue, h.done)
}

// StopPush ends the sender and returns when it has stopped; what was not sent is
// lost.
func (s *Server) StopPush() {
	h := &s.pusher
	h.mu.Lock()
	stop, done := h.stop, h.done
	h.stop, h.queue, h.done, h.held = nil, nil, nil, nil
	h.mu.Unlock()
	if stop != nil {
		stop()
		<-done
	}
}

// Disturb makes pushes misbehave from now on.
func (s *Server) Disturb(t Trouble) {
	s.pusher.mu.Lock()
	defer s.pusher.mu.Unlock()
	s.pusher.trouble = t
}

// FlushPushes waits until everything in the queue has been sent or given up.
func (s *Server) FlushPushes() { s.pusher.pending.Wait() }

// push queues an event. The caller holds s.mu, so events have the order of the
// changes.
func (s *Server) push(event string, what element) {
	h := &s.pusher
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.queue == nil {
		return
	}
	h.count++
	body := pushBody(event, h.count, s.now().In(s.opts.Zone), what)
	if every(h.trouble.Drop, h.count) {
		return
	}
	if every(h.trouble.Swap, h.count) && h.held == nil {
		h.held = body
		return
	}
	h.send(body)
	if every(h.trouble.Duplicate, h.count) {
		h.send(body)
	}
	if h.held != nil {
		h.send(h.held)
		h.held = nil
	}
}

// pushBody has the fields that this tenant's administrator chose.
func pushBody(event string, n int, at time.Time, what element) []byte {
	doc := append(element{{"EventType", event}, {"EventId", strconv.Itoa(n)}, {"EventTime", at.Format("2006-01-02T15:04:05.000")}}, what...)
	body, err := json.Marshal(doc)
	if err != nil {
		panic(err) // texts only
	}
	return body
}

func every(n, count int) bool { return n > 0 && count%n == 0 }

// send queues a delivery; a full queue loses it, as an outage at the vendor would.
func (h *pusher) send(body []byte) {
	h.pending.Add(1)
	select {
	case h.queue <- body:
	default:
		h.pending.Done()
	}
}

func (h *pusher) run(ctx context.Context, queue chan []byte, done chan struct{}) {
	defer close(done)
	for {
		select {
		case body := <-queue:
			if ctx.Err() == nil {
				h.deliver(ctx, body)
			}
			h.pending.Done()
		case <-ctx.Done():
			if len(queue) == 0 {
				return
			}
		}
	}
}

func (h *pusher) deliver(ctx context.Context, body []byte) {
	h.mu.Lock()
	to := h.to
	h.mu.Unlock()
	header := PushHeader(to.User, to.Password)
	for attempt := 0; ; attempt++ {
		status, err := to.Post(ctx, to.URL, header, body)
		if err == nil && status < 300 || attempt == len(h.delays) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(h.delays[attempt]):
		}
	}
}

// PushHeader gives the headers of a push.
func PushHeader(user, password string) http.Header {
	r := http.Request{Header: http.Header{"Content-Type": {"application/json"}}}
	r.SetBasicAuth(user, password)
	return r.Header
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

package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

const (
	hookTime       = 5 * time.Second // from the first byte to the answer
	hooksAtOnce    = 256             // deliveries that are being kept
	longDeliveryID = 200             // bytes; a longer one is kept as its hash
)

var (
	errNoHook    = staffing.Errorf(staffing.NotFound, "there is no webhook at this address")
	errBadProof  = staffing.Errorf(staffing.Unauthorized, "the signature is missing or wrong")
	errHookBusy  = staffing.Errorf(staffing.Unavailable, "the hub is busy; deliver it again")
	errHookStuck = staffing.Errorf(staffing.Unavailable, "the hub cannot keep the delivery now; deliver it again")
)

// receiveWebhook keeps one delivery. A 2xx means: proven, committed, and its job
// is in the queue. Everything takes five seconds at most; a sender that is told
// anything else delivers again.
func (s *Server) receiveWebhook(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), hookTime)
	defer cancel()
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(hookTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	word, err := s.takeDelivery(ctx, w, r)
	if err != nil {
		s.refusals.count(refusedOf(r, err), refusalReason(err))
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": word})
}

// takeDelivery proves the delivery and keeps it, and says what became of it.
func (s *Server) takeDelivery(ctx context.Context, w http.ResponseWriter, r *http.Request) (word string, err error) {
	id, err := uuid.Parse(chi.URLParam(r, "connection_id"))
	if err != nil {
		return "", errNoHook
	}
	receiver, err := within(ctx, s.hooks, func() (staffing.WebhookReceiver, error) { return s.receiver(ctx, id) })
	if err != nil {
		return "", err
	}
	if packed(receiver, r.Header.Get("Content-Encoding")) {
		return "", errEncoded
	}
	if r.ContentLength > hookBody {
		return "", errTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, hookBody))
	if err != nil {
		return "", unread(err)
	}
	if err := receiver.Verify(r.Header, body, s.now()); err != nil {
		if greeted(w.Header(), receiver, r.Header, body) {
			return "listening", nil
		}
		s.log.Warn("webhook refused", "request_id", visitOf(r).id, "connection_id", id, "err", err)
		return "", errBadProof
	}
	d := store.Delivery{ConnectionID: id, DeliveryID: shortID(receiver.DeliveryID(r.Header, body)), Headers: store.Doc(neededHeaders(r.Header)), Body: body}
	fresh, err := within(ctx, s.hooks, func() (bool, error) { return s.keepDelivery(ctx, d) })
	if !fresh {
		return "received before", err
	}
	return "accepted", err
}

// packed says that the body is in a form that its receiver does not read.
func packed(receiver staffing.WebhookReceiver, encoding string) bool {
	if encoding == "" || strings.EqualFold(encoding, "identity") {
		return false
	}
	u, ok := receiver.(staffing.WebhookUnpacker)
	return !ok || !u.Unpacks(strings.ToLower(encoding))
}

// greeted answers a vendor that asks whether this address listens. Nothing is kept.
func greeted(out http.Header, receiver staffing.WebhookReceiver, h http.Header, body []byte) bool {
	g, ok := receiver.(staffing.WebhookGreeter)
	if !ok {
		return false
	}
	reply := g.Greet(h, body)
	for name, values := range reply {
		out[name] = values
	}
	return reply != nil
}

// keepDelivery commits the delivery with its job, in one transaction.
func (s *Server) keepDelivery(ctx context.Context, d store.Delivery) (fresh bool, err error) {
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		id, isNew, err := tx.InsertDelivery(ctx, d)
		if err != nil || !isNew {
			return err
		}
		fresh = true
		return s.cfg.Queue.Received(ctx, tx, id)
	})
	return fresh, err
}

// within runs do and stops waiting for it when ctx ends: on a dead connection the
// database's driver comes back only at its own deadline. What do still commits is
// no harm, the second delivery is known by its id. slots bounds how many run.
func within[T any](ctx context.Context, slots chan struct{}, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return none, errHookBusy
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-slots }()
		value, err := do()
		done <- outcome{value, err}
	}()
	select {
	case out := <-done:
		if ctx.Err() != nil && out.err != nil {
			return none, errHookStuck
		}
		return out.value, out.err
	case <-ctx.Done():
		return none, errHookStuck
	}
}

// receiver finds who proves deliveries to a connection. One that is not there and
// one that takes no webhooks look the same.
func (s *Server) receiver(ctx context.Context, id uuid.UUID) (staffing.WebhookReceiver, error) {
	c, err := s.cfg.Systems.Connector(ctx, id)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil, errNoHook
	}
	if err != nil {
		return nil, err
	}
	receiver, ok := c.(staffing.WebhookReceiver)
	if !ok {
		return nil, errNoHook
	}
	return receiver, nil
}

func shortID(id string) string {
	if len(id) <= longDeliveryID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// neededHeaders keeps what reading a delivery may need, such as the name of its
// event. Credentials never reach the database: the signature has done its work.
func neededHeaders(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		lower := strings.ToLower(name)
		if containsAny(lower, "auth", "cookie", "token", "secret", "password", "key", "session", "signature") {
			continue
		}
		if lower == "content-type" || strings.HasSuffix(lower, "-id") || containsAny(lower, "event", "delivery", "hook", "topic", "timestamp", "message", "link") {
			out[name] = values
		}
	}
	return out
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

package inbox_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/inbox"
	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	whsec    = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	outgoing = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
	shared   = "5f1d7a88c0e94b53a2b7"
	older    = "0e1c2d3b4a5968778695"
)

func TestConformanceStandardWebhooksWithCallback(t *testing.T) {
	connectortest.Run(t, inbox.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		client := &clientSystem{there: map[string]string{}}
		n := 0
		settings := func(secret string) func(string) connectors.Settings {
			return func(base string) connectors.Settings {
				return connectors.Settings{"secret": whsec, "callback_url": base + "/submissions", "callback_secret": secret}
			}
		}
		return connectortest.Vendor{
			Handler: client, Settings: settings(outgoing), WrongSecret: settings(whsec),
			Submission:       func() staffing.SubmissionRequest { n++; return submission("0198-" + strconv.Itoa(n)) },
			CountSubmissions: client.count,
			Webhook:          func() (http.Header, []byte) { n++; return standard(t, n) },
			SignedTime:       true,
		}
	})
}

func TestConformanceHMACWithTimeAndNothingToCall(t *testing.T) {
	conform(t, connectors.Settings{"proof": "hmac", "secret": shared, "secret_previous": older, "signature_header": "X-Acme-Signature", "signature_prefix": "sha256=", "timestamp_header": "X-Acme-Time"},
		func(n int) (http.Header, []byte) {
			body, stamp := payload(n), strconv.FormatInt(time.Now().Unix(), 10)
			return http.Header{"X-Acme-Time": {stamp}, "X-Acme-Signature": {"sha256=" + hex.EncodeToString(sign(shared, stamp+"."+string(body)))}}, body
		}, connectortest.Vendor{SignedTime: true})
}

func TestConformanceHMACOfTheBodyInBase64(t *testing.T) {
	conform(t, connectors.Settings{"proof": "hmac", "secret": shared, "signature_encoding": "base64"}, func(n int) (http.Header, []byte) {
		body := payload(n)
		return http.Header{"X-Signature": {base64.StdEncoding.EncodeToString(sign(shared, string(body)))}}, body
	}, connectortest.Vendor{})
}

func TestConformanceBearerSecret(t *testing.T) {
	conform(t, connectors.Settings{"proof": "bearer", "secret": shared, "signature_header": "Authorization"}, func(n int) (http.Header, []byte) {
		return http.Header{"Authorization": {"Bearer " + shared}}, payload(n)
	}, connectortest.Vendor{UnsignedBody: true})
}

func conform(t *testing.T, s connectors.Settings, hook func(int) (http.Header, []byte), v connectortest.Vendor) {
	t.Helper()
	connectortest.Run(t, inbox.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		out, n := v, 0
		out.Settings = func(string) connectors.Settings { return maps.Clone(s) }
		out.Webhook = func() (http.Header, []byte) { n++; return hook(n) }
		return out
	})
}

func sign(secret, text string) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func payload(n int) []byte {
	return fmt.Appendf(nil, `{"type":"requisition.created","data":{"id":"R-%d","title":"Nurse","status":"Open"}}`, n)
}

func standard(t *testing.T, n int) (http.Header, []byte) {
	t.Helper()
	h, body := http.Header{}, payload(n)
	if err := stdhooks.SetHeaders(h, whsec, "msg_"+strconv.Itoa(n), time.Now(), body); err != nil {
		t.Fatal(err)
	}
	return h, body
}

var resume = []byte("%PDF-1.4 Ada Grey")

func submission(key string) staffing.SubmissionRequest {
	return staffing.SubmissionRequest{Key: key, RequisitionID: "R-1", Fields: json.RawMessage(`{"first_name":"Ada","last_name":"Grey"}`),
		Resume: &staffing.File{Name: "ada-grey.pdf", ContentType: "application/pdf", Size: int64(len(resume)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}}
}

// clientSystem is a client's address for submissions, as the README asks for it.
type clientSystem struct {
	mu    sync.Mutex
	there map[string]string // key to id
	last  []byte
}

func (c *clientSystem) count() int { c.mu.Lock(); defer c.mu.Unlock(); return len(c.there) }

// ServeHTTP implements http.Handler.
func (c *clientSystem) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = stdhooks.Verify([]string{outgoing}, r.Header, body, time.Now())
	}
	if err != nil {
		http.Error(w, `{"message":"the signature is wrong"}`, http.StatusUnauthorized)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		id, ok := c.there[r.URL.Query().Get("key")]
		fmt.Fprintf(w, `{"found":%v,"id":%q}`, ok, id)
		return
	}
	var m struct {
		Type string
		Data struct{ Key string }
	}
	if json.Unmarshal(body, &m) != nil || m.Type != "ping" && (m.Type != "submission.created" || m.Data.Key != r.Header.Get("Webhook-Id")) {
		http.Error(w, `{"message":"what is this?"}`, http.StatusBadRequest)
		return
	}
	if m.Type == "ping" {
		fmt.Fprint(w, `{"ok":true}`)
		return
	}
	c.last = body
	if c.there[m.Data.Key] == "" {
		c.there[m.Data.Key] = "sub-" + strconv.Itoa(len(c.there)+1)
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"id":%q}`, c.there[m.Data.Key])
}

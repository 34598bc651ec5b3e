package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/greenhouse"
	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// The vendor's documented limit, in the vendor's own windows.
const (
	paceLimit  = 75
	paceWindow = 30 * time.Second
	paceWorker = "JOBS_PACE_WORKER" // set in a process that only works: the database's address
)

// oneCall is an internal ATS whose every job costs one call to the simulated vendor.
type oneCall struct{ requisitions staffing.RequisitionSource }

func (o oneCall) Check(context.Context) (staffing.Report, error) { return staffing.Report{}, nil }

func (o oneCall) PutJob(ctx context.Context, req staffing.JobRequest) (staffing.Receipt, error) {
	_, err := o.requisitions.Requisitions(ctx, nil)
	return staffing.Receipt{ID: req.Key}, err
}

func (o oneCall) FindJob(context.Context, string) (staffing.Receipt, error) {
	return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "it is not there")
}

func paceRegistry() (*connectors.Registry, error) {
	vendor := greenhouse.Kind()
	client := &clientSystem{vendor: newVendor()}
	return connectors.NewRegistry(
		connectors.Kind{Name: "their-ats", Label: "Theirs", Role: staffing.RoleClient, DocsURL: "https://vendor.test", APIVersion: "1", Mapping: []byte(clientProfile),
			Open: func(connectors.Deps) (staffing.Checker, error) { return client, nil }},
		connectors.Kind{Name: "paced-ats", Label: "Paced", Role: staffing.RoleInternalATS, DocsURL: vendor.DocsURL, APIVersion: "1", Mapping: []byte(atsProfile), Spec: vendor.Spec, Limits: vendor.Limits,
			Open: func(d connectors.Deps) (staffing.Checker, error) {
				c, err := vendor.Open(d)
				if err != nil {
					return nil, err
				}
				return oneCall{c.(staffing.RequisitionSource)}, nil
			}})
}

func paceHub(s *store.Store, dsn string, works bool) (*Hub, error) {
	listener, err := store.OpenListener(context.Background(), dsn, true)
	if err != nil {
		return nil, err
	}
	registry, err := paceRegistry()
	if err != nil {
		return nil, err
	}
	return New(Config{Store: s, Listener: listener, Registry: registry, WorksHere: works, Log: testLog(), JobTimeout: 10 * time.Second, Tick: 200 * time.Millisecond, Workers: 8,
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
}

// paceWork is the whole of a worker process: it ends when nobody holds its input.
func paceWork(dsn string) int {
	pool, err := store.Open(context.Background(), dsn, true)
	if err == nil {
		var h *Hub
		if h, err = paceHub(store.New(pool, storetest.Sealer(), nil), dsn, true); err == nil {
			err = h.Start(context.Background())
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin) // the end of it is what counts
	return 0
}

// counted counts what the vendor was asked and refused, after the token.
type counted struct {
	http.Handler
	mu              sync.Mutex
	served, refused int
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &statusWriter{ResponseWriter: w}
	c.Handler.ServeHTTP(rec, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !strings.HasPrefix(r.URL.Path, "/v3/"):
	case rec.status == http.StatusTooManyRequests:
		c.refused++
	default:
		c.served++
	}
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// BenchmarkThreeWorkersOnOneCredential lets three worker processes share one
// credential for two of the vendor's windows, with more work than fits, and reports
// the share of the allowed calls that were made and the answers with 429. Run it
// with: make bench BENCH=ThreeWorkersOnOneCredential
func BenchmarkThreeWorkersOnOneCredential(b *testing.B) {
	for b.Loop() {
		s, dsn := storetest.NewWithDSN(b)
		vendor := &counted{Handler: sandbox.New(nil, sandbox.Options{RateLimit: paceLimit})}
		srv := httptest.NewServer(vendor)
		hub, err := paceHub(s, dsn, false)
		if err != nil {
			b.Fatal(err)
		}
		client := paceConnect(b, hub, srv.URL)
		for range 3 {
			b.Cleanup(paceProcess(b, dsn))
		}
		<-time.After(time.Until(time.Now().Truncate(paceWindow).Add(paceWindow)))
		paceBacklog(b, hub, client, 600)
		<-time.After(time.Until(time.Now().Truncate(paceWindow).Add(2*paceWindow - 50*time.Millisecond)))
		vendor.mu.Lock()
		b.ReportMetric(100*float64(vendor.served)/(2*paceLimit), "%-of-the-allowed")
		b.ReportMetric(float64(vendor.refused), "refused")
		vendor.mu.Unlock()
	}
}

func paceConnect(b *testing.B, hub *Hub, base string) store.Connection {
	b.Helper()
	settings := map[string]string{"client_id": "sandbox-client", "base_url": base + "/v3", "token_url": base + "/token"}
	var client store.Connection
	for _, c := range []store.Connection{{Kind: "paced-ats", Role: staffing.RoleInternalATS, Settings: store.Doc(settings)}, {Kind: "their-ats", Role: staffing.RoleClient, Settings: store.Doc(map[string]string{})}} {
		made := storetest.Connection(b, hub.store, c.Role, func(n *store.Connection) { n.Kind, n.Settings = c.Kind, c.Settings })
		if err := hub.store.UpdateConnectionSettings(b.Context(), made.ID, made.Name, made.Settings.V, map[string]string{"client_secret": "sandbox-secret"}); err != nil {
			b.Fatal(err)
		}
		if err := hub.store.InTx(b.Context(), func(tx *store.Tx) error {
			now, err := tx.Connection(b.Context(), made.ID)
			if err != nil {
				return err
			}
			return hub.Systems().Adopt(b.Context(), tx, now)
		}); err != nil {
			b.Fatal(err)
		}
		client = made
	}
	return client
}

func paceBacklog(b *testing.B, hub *Hub, client store.Connection, n int) {
	b.Helper()
	err := hub.store.InTx(b.Context(), func(tx *store.Tx) error {
		for i := range n {
			raw, err := json.Marshal(rawRequisition(fmt.Sprintf("R-%d", i), "Welder"))
			if err != nil {
				return err
			}
			rec := staffing.Record{ExternalID: fmt.Sprintf("R-%d", i), Raw: raw}
			id, _, err := tx.InsertRawIfChanged(b.Context(), client.ID, staffing.FeedRequisitions, rec)
			if err != nil {
				return err
			}
			var req uuid.UUID
			if req, err = tx.ReceiveRequisition(b.Context(), *client.ClientID, client.ID, rec.ExternalID, id); err != nil {
				return err
			}
			if err := hub.Validate(b.Context(), tx, req); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// paceProcess starts this test program once more as a worker, and gives what ends it.
func paceProcess(b *testing.B, dsn string) (stop func()) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^$")
	cmd.Env, cmd.Stderr = append(os.Environ(), paceWorker+"="+dsn), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 6)); err != nil {
		b.Fatal(err)
	}
	return func() {
		_ = in.Close()
		_ = cmd.Wait() // it ends with its input
	}
}

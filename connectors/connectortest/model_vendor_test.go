package connectortest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	modelSecret = "model-client-secret"
	hookSecret  = "model-hook-secret"
	pageSize    = 2
)

// modelVendor is a small well-behaved vendor: rows with a growing change number,
// an event queue that empties on reading, and things that are created as often as
// one asks.
type modelVendor struct {
	mu     sync.Mutex
	seq    int
	token  string
	rows   map[string][]*modelRow // by table
	events []string
	hooks  int
}

type modelRow struct {
	ID     string `json:"id"`
	Seq    int    `json:"seq"`
	Key    string `json:"key,omitempty"`
	Status string `json:"status,omitempty"`
}

func newModelVendor() *modelVendor { return &modelVendor{rows: map[string][]*modelRow{}} }

func (m *modelVendor) next() int { m.seq++; return m.seq }

func (m *modelVendor) add(table, key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.insert(table, key).ID
}

func (m *modelVendor) insert(table, key string) *modelRow {
	row := &modelRow{ID: fmt.Sprintf("%s-%d", table, m.next()), Seq: m.seq, Key: key, Status: "new"}
	m.rows[table] = append(m.rows[table], row)
	return row
}

func (m *modelVendor) addMany(table string) func(int) []string {
	return func(n int) (ids []string) {
		for range n {
			ids = append(ids, m.add(table, ""))
		}
		return ids
	}
}

func (m *modelVendor) touch(table string) func(string) {
	return func(id string) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if row := m.find(table, id); row != nil {
			row.Seq = m.next()
		}
	}
}

func (m *modelVendor) find(table, id string) *modelRow {
	for _, row := range m.rows[table] {
		if row.ID == id {
			return row
		}
	}
	return nil
}

func (m *modelVendor) count(table string) func() int {
	return func() int { m.mu.Lock(); defer m.mu.Unlock(); return len(m.rows[table]) }
}

func (m *modelVendor) addEvents(n int) (ids []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range n {
		ids = append(ids, fmt.Sprintf("event-%d", m.next()))
	}
	m.events = append(m.events, ids...)
	return ids
}

func sign(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (m *modelVendor) webhook() (http.Header, []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks++
	body := fmt.Appendf(nil, `{"event":"requisition.changed","delivery":"d-%d"}`, m.hooks)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	return http.Header{"X-Timestamp": {stamp}, "X-Signature": {"v1=" + sign(hookSecret, stamp, body)}, "Content-Type": {"application/json"}}, body
}

// ServeHTTP implements http.Handler.
func (m *modelVendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/token" {
		if !strings.Contains(string(body), modelSecret) {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		m.token = fmt.Sprintf("access-token-%d", m.next())
		answer(w, map[string]string{"access_token": m.token})
		return
	}
	if m.token == "" || r.Header.Get("Authorization") != "Bearer "+m.token {
		http.Error(w, `{"error":"invalid_token"}`, http.StatusUnauthorized)
		return
	}
	part := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	m.route(w, r, part, body)
}

func (m *modelVendor) route(w http.ResponseWriter, r *http.Request, part []string, body []byte) {
	table := part[0]
	switch {
	case table == "me":
		answer(w, map[string]string{"account": "model"})
	case table == "events":
		n := min(pageSize, len(m.events))
		answer(w, map[string]any{"events": m.events[:n], "more": len(m.events) > n})
		m.events = m.events[n:]
	case len(part) == 3 && part[2] == "resume":
		_, _ = w.Write([]byte(modelResume))
	case len(part) == 2:
		m.one(w, r, m.find(table, part[1]), body)
	case r.Method == http.MethodPost:
		var in modelRow
		if json.Unmarshal(body, &in) != nil {
			http.Error(w, `{"message":"no JSON"}`, http.StatusBadRequest)
			return
		}
		answer(w, m.insert(table, in.Key))
	default:
		m.list(w, r, table)
	}
}

func (m *modelVendor) one(w http.ResponseWriter, r *http.Request, row *modelRow, body []byte) {
	if row == nil {
		http.Error(w, `{"message":"no such row"}`, http.StatusNotFound)
		return
	}
	if r.Method == http.MethodPut {
		var in modelRow
		if json.Unmarshal(body, &in) == nil && in.Status != "" {
			row.Status = in.Status
		}
		row.Seq = m.next()
	}
	answer(w, row)
}

func (m *modelVendor) list(w http.ResponseWriter, r *http.Request, table string) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	key := r.URL.Query().Get("key")
	var found []*modelRow
	for _, row := range m.rows[table] {
		if row.Seq > after && (key == "" || row.Key == key) {
			found = append(found, row)
		}
	}
	for i := range found { // by change number
		for j := i + 1; j < len(found); j++ {
			if found[j].Seq < found[i].Seq {
				found[i], found[j] = found[j], found[i]
			}
		}
	}
	n := min(pageSize, len(found))
	answer(w, map[string]any{"items": found[:n], "more": len(found) > n})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

const modelResume = "%PDF-1.7 a résumé of some length, so that half of it is not all of it"

// vendor is the harness of a model vendor.
func (m *modelVendor) vendor() connectortest.Vendor {
	settings := func(secret string) func(string) connectors.Settings {
		return func(base string) connectors.Settings {
			return connectors.Settings{"base_url": base, "client_secret": secret, "hook_secret": hookSecret}
		}
	}
	key := func() string { m.mu.Lock(); defer m.mu.Unlock(); return fmt.Sprintf("key-%d", m.next()) }
	return connectortest.Vendor{
		Handler: m, Settings: settings(modelSecret), WrongSecret: settings("another-secret"),
		AddRequisitions: m.addMany("requisitions"), TouchRequisition: m.touch("requisitions"),
		AddStatuses: m.addMany("statuses"), MoveStatus: m.touch("statuses"), AddCandidateEvents: m.addEvents,
		Placement:        func() staffing.SubmissionRef { return staffing.SubmissionRef{ID: m.add("placements", "")} },
		Candidate:        func() (string, []byte) { return m.add("candidates", ""), []byte(modelResume) },
		SubmissionRecord: func() string { return m.add("records", "") },
		Submission:       func() staffing.SubmissionRequest { return staffing.SubmissionRequest{Key: key()} },
		CountSubmissions: m.count("submissions"),
		Job:              func() staffing.JobRequest { return staffing.JobRequest{Key: key()} },
		CountJobs:        m.count("jobs"),
		Billing:          func() staffing.BillingRequest { return staffing.BillingRequest{Key: key()} },
		CountBillings:    m.count("billings"),
		Status: func() staffing.StatusRequest {
			return staffing.StatusRequest{Key: key(), SubmissionID: m.add("applications", ""), Status: "interview"}
		},
		StatusOf: func(id string) string {
			m.mu.Lock()
			defer m.mu.Unlock()
			return m.find("applications", id).Status
		},
		Webhook: m.webhook, SignedTime: true, PageSize: pageSize, Consumes: []staffing.Feed{staffing.FeedCandidates},
	}
}

package rest_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/rest"
	"github.com/tributary-hub/tributary/staffing"
)

// The example of the README passes the suite: a submission of three calls, of which
// each is broken once, pages by offset and by cursor, and a signed time.
func TestConformanceOfTheReadmesExample(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest1, _ := strings.Cut(string(page), "```yaml\n")
	source, _, _ := strings.Cut(rest1, "```")
	connectortest.Run(t, rest.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return (&harbor{t: t}).vendor(source)
	})
}

// harbor is the system of the example.
type harbor struct {
	t     *testing.T
	mu    sync.Mutex
	next  int
	jobs  []map[string]any
	apps  []map[string]any
	cands map[string]string
	files map[string]bool
}

func (h *harbor) vendor(source string) connectortest.Vendor {
	h.cands, h.files, h.jobs, h.apps = map[string]string{}, map[string]bool{}, []map[string]any{}, []map[string]any{}
	settings := func(token string) func(string) connectors.Settings {
		return func(base string) connectors.Settings {
			return connectors.Settings{"base_url": base + "/v2", "document": source, "token": token, "values": "agency: a-7", "webhook_secret": "harbor-webhook-secret"}
		}
	}
	touch := func(list *[]map[string]any) func(string) {
		return func(id string) { h.edit(list, id, func(m map[string]any) { m["status"] = "hired" }) }
	}
	return connectortest.Vendor{
		Handler: h, Settings: settings("harbor-token"), WrongSecret: settings("another-token"),
		AddRequisitions: func(n int) []string { return h.add(&h.jobs, n) }, TouchRequisition: touch(&h.jobs),
		AddStatuses: func(n int) []string { return h.add(&h.apps, n) }, MoveStatus: touch(&h.apps),
		Placement: func() staffing.SubmissionRef {
			id := h.add(&h.apps, 1)[0]
			touch(&h.apps)(id)
			return staffing.SubmissionRef{ID: id}
		},
		Submission: h.submission,
		CountSubmissions: func() int {
			h.mu.Lock()
			defer h.mu.Unlock()
			return len(h.apps)
		},
		Webhook: h.delivery, SignedTime: true, PageSize: 50,
	}
}

func (h *harbor) id() string { h.next++; return fmt.Sprintf("h%d", h.next) }

func stamp() string { return time.Now().UTC().Format(time.RFC3339Nano) }

func (h *harbor) add(list *[]map[string]any, n int) (ids []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for range n {
		id := h.id()
		*list = append(*list, map[string]any{"id": id, "status": "open", "updated_at": stamp()})
		ids = append(ids, id)
	}
	return ids
}

func (h *harbor) edit(list *[]map[string]any, id string, f func(map[string]any)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range *list {
		if m["id"] == id {
			f(m)
			m["updated_at"] = stamp()
		}
	}
}

func (h *harbor) submission() staffing.SubmissionRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	mail := h.id() + "@mail.example"
	content := []byte("%PDF-1.4")
	return staffing.SubmissionRequest{Key: "key-" + mail, RequisitionID: "job-1", Fields: json.RawMessage(`{"first_name":"Ada","email":"` + mail + `"}`),
		Resume: &staffing.File{Name: "cv.pdf", ContentType: "application/pdf", Size: int64(len(content)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}}
}

func (h *harbor) delivery() (http.Header, []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	body := []byte(`{"id":"` + h.id() + `","type":"application.moved"}`)
	at := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte("harbor-webhook-secret"))
	mac.Write([]byte(at + "." + string(body)))
	return http.Header{"X-Harbor-Signature": {"t=" + at + ",v1=" + hex.EncodeToString(mac.Sum(nil))}}, body
}

// ServeHTTP answers harbor's calls.
func (h *harbor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer harbor-token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	status, out := h.route(r, strings.Split(strings.TrimPrefix(r.URL.Path, "/v2/"), "/"))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // the caller is gone: nobody to tell
}

func (h *harbor) route(r *http.Request, path []string) (int, any) {
	q, get := r.URL.Query(), r.Method == http.MethodGet
	switch {
	case get && len(path) == 1 && path[0] == "jobs":
		list := changed(h.jobs, q.Get("changed_since"))
		from, _ := strconv.Atoi(q.Get("offset")) // absent: the beginning
		limit, _ := strconv.Atoi(q.Get("limit"))
		return 200, map[string]any{"data": list[min(from, len(list)):min(from+limit, len(list))], "total": len(list), "account": map[string]string{"name": "Agency"}}
	case get && len(path) == 1 && path[0] == "applications":
		list := changed(h.apps, q.Get("changed_since"))
		from, _ := strconv.Atoi(q.Get("after")) // absent: the beginning
		out := map[string]any{"data": list[min(from, len(list)):min(from+50, len(list))]}
		if from+50 < len(list) {
			out["next"] = strconv.Itoa(from + 50)
		}
		return 200, out
	case get && path[0] == "candidates":
		found := []map[string]any{{"id": "stranger", "email": "else@mail.example"}}
		if id := h.cands[q.Get("email")]; id != "" {
			found = append(found, map[string]any{"id": id, "email": q.Get("email")})
		}
		return 200, map[string]any{"data": found}
	case get && len(path) == 2:
		return h.one(func(m map[string]any) bool { return m["id"] == path[1] })
	case get && len(path) == 4:
		return h.one(func(m map[string]any) bool { return m["job"] == path[1] && m["candidate"] == path[3] })
	case get && len(path) == 3:
		files := []map[string]any{}
		if h.files[path[1]] {
			files = append(files, map[string]any{"kind": "resume"})
		}
		return 200, map[string]any{"data": files}
	}
	return h.write(r, path)
}

func changed(list []map[string]any, since string) []map[string]any {
	at, _ := time.Parse(time.RFC3339, since) // absent: all
	return slices.DeleteFunc(slices.Clone(list), func(m map[string]any) bool {
		updated, err := time.Parse(time.RFC3339Nano, fmt.Sprint(m["updated_at"]))
		return err != nil || updated.Before(at)
	})
}

func (h *harbor) one(is func(map[string]any) bool) (int, any) {
	if i := slices.IndexFunc(h.apps, is); i >= 0 {
		return 200, h.apps[i]
	}
	return 404, map[string]string{"message": "not there"}
}

func (h *harbor) write(r *http.Request, path []string) (int, any) {
	if path[len(path)-1] == "files" {
		if _, _, err := r.FormFile("upload"); err != nil || r.FormValue("kind") != "resume" {
			return 400, map[string]string{"message": "no file"}
		}
		h.files[path[1]] = true
		return 201, map[string]any{}
	}
	var in struct {
		Email       string `json:"email"`
		ExternalRef string `json:"external_ref"`
		CandidateID string `json:"candidate_id"`
		Source      string `json:"source"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return 400, map[string]string{"message": "no JSON"}
	}
	if path[0] == "candidates" {
		switch {
		case in.ExternalRef == "":
			return 400, map[string]string{"message": "no reference"}
		case h.cands[in.Email] != "":
			return 409, map[string]string{"message": "there is one"}
		}
		h.cands[in.Email] = h.id()
		return 201, map[string]string{"id": h.cands[in.Email]}
	}
	if in.Source != "a-7" {
		return 400, map[string]string{"message": "no agency"}
	}
	app := map[string]any{"id": h.id(), "job": path[1], "candidate": in.CandidateID, "status": "new", "updated_at": stamp()}
	h.apps = append(h.apps, app)
	return 201, app
}

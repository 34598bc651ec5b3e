package file_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/file"
	sandbox "github.com/tributary-hub/tributary/sandbox/file"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformanceBySFTP(t *testing.T) {
	connectortest.Run(t, file.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t).vendor()
	})
}

// harness drives a simulated SFTP server: every change is a file of its own.
type harness struct {
	t      *testing.T
	server *sandbox.Server
	mu     sync.Mutex
	files  int
	ids    int
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	server, err := sandbox.New(sandbox.Options{User: "tributary", Password: "river-runs-deep-22"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.Mkdir("/acme")
	server.Mkdir("/acme/out")
	server.Mkdir("/acme/in")
	return &harness{t: t, server: server}
}

func (h *harness) settings(password string) connectors.Settings {
	host, port := h.server.Address()
	return connectors.Settings{"transport": "sftp", "host": host, "port": port, "user": "tributary", "password": password, "host_key": h.server.Fingerprint(),
		"folder": "/acme", "requisition_folder": "out", "requisition_files": "req-*.csv", "id_column": "requisition_id", "settle_seconds": "0",
		"status_folder": "out", "status_files": "status-*.csv", "submission_folder": "in", "submission_marker": ".done", "after_reading": "archive"}
}

func (h *harness) vendor() connectortest.Vendor {
	return connectortest.Vendor{
		Wire:             h.server.Wire,
		Settings:         func(string) connectors.Settings { return h.settings("river-runs-deep-22") },
		WrongSecret:      func(string) connectors.Settings { return h.settings("another") },
		AddRequisitions:  func(n int) []string { return h.add("req", "requisition_id,title,status", "R", n) },
		TouchRequisition: func(id string) { h.drop("req", "requisition_id,title,status", id+",changed,Open") },
		AddStatuses:      func(n int) []string { return h.add("status", "submission_key,status,changed_at", "S", n) },
		MoveStatus:       func(id string) { h.drop("status", "submission_key,status,changed_at", id+",Interview,2026-11-25") },
		Submission:       h.submission,
		CountSubmissions: func() int { return len(h.server.Names("/acme/in/submission-*.json")) },
		PageSize:         200,
	}
}

func (h *harness) drop(kind, header string, rows ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files++
	h.server.Put(fmt.Sprintf("/acme/out/%s-%05d.csv", kind, h.files), header+"\n"+strings.Join(rows, "\n")+"\n")
}

func (h *harness) add(kind, header, prefix string, n int) (ids []string) {
	var rows []string
	for range n {
		h.mu.Lock()
		h.ids++
		id := fmt.Sprintf("%s-%05d", prefix, h.ids)
		h.mu.Unlock()
		ids, rows = append(ids, id), append(rows, id+",Nurse,Open")
	}
	h.drop(kind, header, rows...)
	return ids
}

var resume = []byte("%PDF-1.4 Ada Grey")

func (h *harness) submission() staffing.SubmissionRequest {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids++
	return submission(fmt.Sprintf("0198-%05d", h.ids))
}

func submission(key string) staffing.SubmissionRequest {
	return staffing.SubmissionRequest{Key: key, RequisitionID: "R-1", Fields: json.RawMessage(`{"first_name":"Ada","last_name":"Grey","bill_rate":85.5}`),
		Resume: &staffing.File{Name: "Ada Grey.PDF", ContentType: "application/pdf", Size: int64(len(resume)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}}
}

// Package file connects clients whose system sends files: CSV, XML or JSON with
// requisitions and statuses, by SFTP or in a folder of this machine; submissions go out
// as files too. It serves the vendor management systems that publish no API. README.md
// says how files are read and written, and what never happens to them.
package file

import (
	"context"
	_ "embed"
	"log/slog"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

// Kind is the registry's entry for systems that send files.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "file",
		Label:      "Files (SFTP or folder)",
		Role:       staffing.RoleClient,
		DocsURL:    "https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02",
		APIVersion: "SFTP 3; CSV, XML, JSON",
		Summary:    "A client whose system drops files with requisitions and statuses, by SFTP or in a shared folder, and takes submissions as files.",
		Spec:       spec(),
		Limits:     connectors.Limits{PerSecond: 2, Burst: 10, Concurrency: 2}, // sessions: servers allow few at a time
		Shaped:     true,
		Mapping:    mapping,
		Open:       open,
	}
}

// core is what every connection by file has.
type core struct {
	open         opener
	account      string
	requisitions *reader
	statuses     *reader // nil: none
	out          *writer // nil: none
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	c := &core{}
	if c.open, c.account, err = place(d, s); err != nil {
		return nil, err
	}
	if c.requisitions, err = c.reader(d, s, feedKeys{"requisition_folder", "requisition_files", "id_column", "updated_column"}); err != nil {
		return nil, err
	}
	if s["status_files"] != "" {
		if c.statuses, err = c.reader(d, s, feedKeys{"status_folder", "status_files", "status_id_column", "status_updated_column"}); err != nil {
			return nil, err
		}
		c.statuses.full = false // a status that is no longer told has not changed
	}
	if s["submission_folder"] != "" {
		c.out = c.writer(d, s)
	}
	return c.shape(), nil
}

// place is where the files lie.
func place(d connectors.Deps, s connectors.Settings) (opener, string, error) {
	if s["transport"] == "folder" {
		if d.ShareDir == "" {
			return nil, "", invalid("transport", "the operator of this hub has opened no folder for files (TRIBUTARY_SHARE_DIR)")
		}
		return openFolder(d.ShareDir, s["folder"]), "the folder " + s["folder"] + " of this machine", nil
	}
	for _, key := range []string{"host", "user", "host_key"} {
		if s[key] == "" {
			return nil, "", invalid(key, "SFTP needs the "+strings.ReplaceAll(key, "_", " "))
		}
	}
	open, err := dialSFTP(d.HTTP, s)
	return open, s["user"] + " at " + s["host"], err
}

func invalid(field, text string) error {
	return &staffing.Error{Code: staffing.Invalid, Field: field, Message: text}
}

type feedKeys struct{ dir, pattern, id, updated string }

func (c *core) reader(d connectors.Deps, s connectors.Settings, k feedKeys) (*reader, error) {
	if s[k.id] == "" {
		return nil, invalid(k.id, "the column that holds the id is needed")
	}
	header, _ := strconv.Atoi(s["header_line"]) // the pattern admits digits only
	settle, _ := strconv.Atoi(s["settle_seconds"])
	r := &reader{
		layout: layout{format: s["format"], encoding: s["encoding"], delimiter: s["delimiter"], header: header, records: s["record_path"], id: s[k.id], updated: s[k.updated]},
		open:   c.open, dir: path.Clean(s[k.dir]), pattern: s[k.pattern], ready: s["ready"], settle: time.Duration(settle) * time.Second,
		full: s["contents"] == "full", byTime: s["order"] == "time", quarantine: s["quarantine_folder"], now: d.Now, log: d.Log,
	}
	switch r.ready {
	case "marker":
		r.marker = s["marker_ending"]
	case "manifest":
		r.marker = s["manifest_ending"]
	}
	if s["after_reading"] == "archive" {
		r.archive = s["archive_folder"]
	}
	return r, nil
}

func (c *core) writer(d connectors.Deps, s connectors.Settings) *writer {
	mb, _ := strconv.ParseInt(s["resume_mb"], 10, 64) // the pattern admits digits only
	w := &writer{open: c.open, dir: path.Clean(s["submission_folder"]), format: s["submission_format"], types: list(strings.ToLower(s["resume_types"])),
		columns: list(s["submission_columns"]), marker: s["submission_marker"], maxSize: mb << 20, now: d.Now}
	w.ledger = within(w.dir, s["ledger_folder"])
	return w
}

func list(s string) (out []string) {
	for _, v := range strings.Split(s, ",") {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Requisitions implements [staffing.RequisitionSource].
func (c *core) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.requisitions.page(ctx, cur)
}

type watcher struct{ r *reader }

// Statuses implements [staffing.StatusSource].
func (w watcher) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return w.r.page(ctx, cur)
}

type sender struct{ w *writer }

// Submit implements [staffing.SubmissionSink].
func (s sender) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	o, err := s.w.start(ctx, req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	defer o.share.close()
	return o.put(ctx)
}

// FindSubmission implements [staffing.SubmissionSink].
func (s sender) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	o, err := s.w.start(ctx, req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	defer o.share.close()
	return o.find()
}

// shape gives a value with the methods of what the settings ask for, and no others.
func (c *core) shape() staffing.Checker {
	switch {
	case c.out != nil && c.statuses != nil:
		return struct {
			*core
			sender
			watcher
		}{c, sender{c.out}, watcher{c.statuses}}
	case c.out != nil:
		return struct {
			*core
			sender
		}{c, sender{c.out}}
	case c.statuses != nil:
		return struct {
			*core
			watcher
		}{c, watcher{c.statuses}}
	}
	return c
}

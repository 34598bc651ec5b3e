package stdhooks

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-hub/tributary/staffing"
)

// The types of the hub's own webhook. A ping proves address and secret and
// changes nothing.
const (
	CandidateStatusChanged = "candidate.status_changed"
	Ping                   = "ping"
)

const (
	maxText  = 200     // characters of an id or a status
	maxEvent = 1 << 16 // bytes of a whole payload; a real one has 300
)

// Events reads a verified delivery of the hub's own webhook: one event, or none
// for a ping. Any connector whose system can fire that webhook calls it from its
// own Events. The errors are [staffing.Invalid] and name the field.
func Events(h http.Header, body []byte) ([]staffing.Event, error) {
	c, isPing, err := parse(body)
	if err != nil || isPing {
		return nil, err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the candidate event cannot be written as JSON: %w", err)
	}
	return []staffing.Event{{
		DeliveryID: h.Get(HeaderID),
		Feed:       staffing.FeedCandidates,
		Record:     &staffing.Record{ExternalID: c.SubmissionID, UpdatedAt: c.OccurredAt, Raw: raw},
	}}, nil
}

// ParseCandidateStatusChanged reads the payload of candidate.status_changed. Its
// errors are [staffing.Invalid] and name the field.
func ParseCandidateStatusChanged(body []byte) (staffing.CandidateStatusChanged, error) {
	c, isPing, err := parse(body)
	if err == nil && isPing {
		err = wrong("type", "is %q, not %q", Ping, CandidateStatusChanged)
	}
	return c, err
}

func parse(body []byte) (c staffing.CandidateStatusChanged, isPing bool, err error) {
	if len(body) > maxEvent {
		return c, false, wrong("", "has more than %d bytes", maxEvent)
	}
	whole, err := object("", body)
	if err != nil {
		return c, false, err
	}
	kind, err := word("type", whole["type"])
	if err != nil {
		return c, false, err
	}
	if kind == Ping {
		return c, true, nil
	}
	if kind != CandidateStatusChanged {
		return c, false, wrong("type", "is %q; this address takes %q and %q", kind, CandidateStatusChanged, Ping)
	}
	if _, err := moment("timestamp", whole["timestamp"]); err != nil {
		return c, false, err
	}
	data, err := object("data", whole["data"])
	if err != nil {
		return c, false, err
	}
	c, err = change(data)
	return c, false, err
}

func change(data map[string]json.RawMessage) (c staffing.CandidateStatusChanged, err error) {
	for _, f := range []struct {
		name string
		into *string
		read func(string, json.RawMessage) (string, error)
	}{
		{"job_id", &c.JobID, id}, {"candidate_id", &c.CandidateID, id}, {"submission_id", &c.SubmissionID, id}, {"status", &c.Status, word},
	} {
		if *f.into, err = f.read("data."+f.name, data[f.name]); err != nil {
			return staffing.CandidateStatusChanged{}, err
		}
	}
	c.OccurredAt, err = moment("data.occurred_at", data["occurred_at"])
	if err != nil {
		return staffing.CandidateStatusChanged{}, err
	}
	return c, nil
}

// object reads names exactly as they are written; decoding into a struct would
// take "JOB_ID" for "job_id".
func object(field string, raw json.RawMessage) (map[string]json.RawMessage, error) {
	if len(raw) == 0 {
		return nil, wrong(field, "is missing")
	}
	var out map[string]json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil || out == nil || !utf8.Valid(raw) {
		return nil, wrong(field, "is not a JSON object in UTF-8")
	}
	return out, nil
}

// id takes a text, or a whole number as it is written: many systems number their
// records.
func id(field string, raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil && n >= 0 {
		return string(raw), nil
	}
	return word(field, raw)
}

func word(field string, raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", wrong(field, "is missing")
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "", wrong(field, "is not a text")
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return "", wrong(field, "is empty")
	}
	if utf8.RuneCountInString(s) > maxText {
		return "", wrong(field, "has more than %d characters", maxText)
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return "", wrong(field, "holds a character that cannot be printed")
		}
	}
	return s, nil
}

func moment(field string, raw json.RawMessage) (time.Time, error) {
	s, err := word(field, raw)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1970 || t.Year() > 9998 {
		return time.Time{}, wrong(field, "is not a time of the form 2026-11-30T09:15:00Z")
	}
	return t.UTC(), nil
}

// wrong never quotes ids: a field's value may be somebody's name by mistake.
func wrong(field, format string, args ...any) error {
	subject := "the payload's "
	if field == "" {
		field, subject = "payload", "the "
	}
	e := staffing.Errorf(staffing.Invalid, subject+field+" "+format, args...)
	e.Field = field
	return e
}

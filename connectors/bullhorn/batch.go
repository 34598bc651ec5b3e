package bullhorn

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// batch is the answer of one read of the subscription.
type batch struct {
	Request int64             `json:"requestId"`
	Events  []json.RawMessage `json:"events"`
}

// event is one event, as far as it is used. It carries no values: an entry of
// updatedProperties only says that the field changed.
type event struct {
	Entity     string   `json:"entityName"`
	EntityID   int64    `json:"entityId"`
	Type       string   `json:"entityEventType"`
	At         int64    `json:"eventTimestamp"`
	Properties []string `json:"updatedProperties"`
}

// parseBatch reads what was spooled. A body that is no batch becomes one event
// that cannot be read, so that it is seen.
func parseBatch(body []byte) batch {
	var b batch
	if err := json.Unmarshal(body, &b); err != nil {
		return batch{Events: []json.RawMessage{body}}
	}
	return b
}

func readEvent(raw json.RawMessage) (e event, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(&e); err != nil {
		return event{}, false
	}
	return e, e.Entity != "" && e.Type != "" && e.EntityID > 0
}

// concerns says whether a status may have changed. An update that names its
// properties and not the status is about something else; one that names none may
// be about anything.
func (e event) concerns() bool {
	if e.Entity != "JobSubmission" || e.Type == "DELETED" {
		return false
	}
	return e.Type != "UPDATED" || len(e.Properties) == 0 || slices.Contains(e.Properties, "status")
}

// dirty gives the submissions whose history is to be read, each with the time of
// its first event (milliseconds). Events that stand twice do no harm.
func (b batch) dirty() map[int64]int64 {
	out := map[int64]int64{}
	for _, raw := range b.Events {
		e, ok := readEvent(raw)
		if !ok || !e.concerns() {
			continue
		}
		if first, seen := out[e.EntityID]; !seen || e.At < first {
			out[e.EntityID] = e.At
		}
	}
	return out
}

// latest is the time of the last event; zero when none has one.
func (b batch) latest() time.Time {
	var last int64
	for _, raw := range b.Events {
		if e, ok := readEvent(raw); ok {
			last = max(last, e.At)
		}
	}
	if last <= 0 || last > 253402300800000 { // no time, or past the year 9999
		return time.Time{}
	}
	return time.UnixMilli(last).UTC()
}

// unparsed gives a record for every event that cannot be read. No mapping can read
// it either: it waits as a failed record and holds nothing else up.
func (b batch) unparsed() (out []staffing.Record) {
	for _, raw := range b.Events {
		if _, ok := readEvent(raw); !ok {
			out = append(out, unreadable("event", raw))
		}
	}
	return out
}

func unreadable(what string, raw []byte) staffing.Record {
	sum := sha256.Sum256(raw)
	text := strings.ReplaceAll(strings.ToValidUTF8(string(raw), "?"), "\x00", "?")
	body, _ := json.Marshal(map[string]string{"_unparsed": text, "_error": "Bullhorn's " + what + " has another form than documented"}) // two texts
	return staffing.Record{ExternalID: "unparsed-" + hex.EncodeToString(sum[:8]), Raw: body}
}

package connectors_test

import (
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

func TestAMaintenanceWindowComesBackEachWeek(t *testing.T) {
	t.Parallel()
	const text = "Sat 22:00-02:00 America/New_York; mon-fri 03:00-03:30 UTC; daily 12:00-12:01 UTC"
	m, err := connectors.ParseMaintenance(text)
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-11-28T22:30:00-05:00": "2026-11-29T02:00:00-05:00", // Saturday night
		"2026-11-29T01:59:59-05:00": "2026-11-29T02:00:00-05:00", // after midnight
		"2026-11-29T02:00:00-05:00": "",
		"2026-11-29T22:30:00-05:00": "", // Sunday night
		"2026-11-25T03:10:00Z":      "2026-11-25T03:30:00Z",
		"2026-11-28T03:10:00Z":      "", // Saturday
		"2026-11-28T12:00:30Z":      "2026-11-28T12:01:00Z",
		"2026-11-28T11:59:59Z":      "",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		end, in := m.Until(at)
		if got := end.Format(time.RFC3339); in != (want != "") || in && !end.Equal(parse(t, want)) {
			t.Errorf("%s: in %t until %s, want %q", now, in, got, want)
		}
	}
}

func parse(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestABadMaintenanceWindowIsRefusedInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Sat 22:00-02:00":         `the maintenance window "Sat 22:00-02:00": it needs days, times and a time zone; write it like Sat 22:00-02:00 America/New_York`,
		"Sax 22:00-02:00 UTC":     `the maintenance window "Sax 22:00-02:00 UTC": "sax" is no day of the week; write it like Sat 22:00-02:00 America/New_York`,
		"Sat 22-02:00 UTC":        `the maintenance window "Sat 22-02:00 UTC": "22" is no time of day; write it like Sat 22:00-02:00 America/New_York`,
		"Sat 22:00-02:00 Nowhere": `the maintenance window "Sat 22:00-02:00 Nowhere": there is no time zone "Nowhere"; write it like Sat 22:00-02:00 America/New_York`,
	} {
		if _, err := connectors.ParseMaintenance(text); staffing.MessageOf(err) != want {
			t.Errorf("%s:\n got %s\nwant %s", text, staffing.MessageOf(err), want)
		}
	}
}

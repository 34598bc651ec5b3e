package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestDueDatesListWhatWillStopAConnection(t *testing.T) {
	t.Parallel()
	old := testKind("old", staffing.RoleClient)
	old.End = &connectors.End{On: time.Now().Add(200*24*time.Hour + time.Hour), What: "v9 ends; v10 takes its place", Source: "https://docs.vendor.test/ends"}
	h := openHub(t, func(c *Config) {
		registry, err := connectors.NewRegistry(testKind("test", staffing.RoleClient), old)
		if err != nil {
			t.Fatal(err)
		}
		c.Registry = registry
	})
	b := h.as("operator")
	if got := b.get("/connections/watch").must(t, http.StatusOK).page(t).Find("h1").Text(); got != "Due dates" {
		t.Errorf("the empty page is called %q", got)
	}
	storetest.Connection(t, h.store, staffing.RoleClient, func(c *store.Connection) { c.Kind, c.Name = "old", "Old system" })
	lost := storetest.Connection(t, h.store, staffing.RoleClient, func(c *store.Connection) { c.Kind, c.Name = "test", "Lost rights" })
	storetest.Connection(t, h.store, staffing.RoleClient, func(c *store.Connection) {
		c.Kind, c.Name = "test", "Ends soon"
		c.Settings = store.Doc(map[string]string{connectors.CredentialExpires: time.Now().UTC().AddDate(0, 0, 11).Format(time.DateOnly)})
	})
	for _, granted := range []bool{true, false} {
		report := staffing.Report{Permissions: []staffing.Permission{{Name: "jobs:list", Purpose: "read requisitions", Granted: granted, Detail: "Tick it again"}}}
		if err := h.store.SaveCheck(t.Context(), lost.ID, report, ""); err != nil {
			t.Fatal(err)
		}
	}
	doc := b.get("/connections/watch").must(t, http.StatusOK).page(t)
	var rows []string
	doc.Find("tbody tr").Each(func(_ int, s *goquery.Selection) { rows = append(rows, plainWords(s.Text())) })
	wants := [][]string{{"Lost rights", "A permission was taken away", "jobs:list: needed to read requisitions. Tick it again.", "now"},
		{"Ends soon", "The credential ends", "10 days left"}, {"Old system", "This version of the API ends", "V9 ends; v10 takes its place.", "200 days left"}}
	if len(rows) != len(wants) {
		t.Fatalf("%d rows: %q", len(rows), rows)
	}
	for i, parts := range wants {
		for _, want := range parts {
			if !strings.Contains(rows[i], want) {
				t.Errorf("row %d lacks %q: %s", i, want, rows[i])
			}
		}
	}
	if got := plainWords(b.get("/connections").must(t, http.StatusOK).page(t).Find(`a[href="/connections/watch"] .count`).Text()); got != "2" {
		t.Errorf("the list of connections says that %q things are due soon", got)
	}
}

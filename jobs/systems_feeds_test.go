package jobs

import (
	"slices"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// onlyReads reads requisitions only requisitions; a clientSystem does more.
type onlyReads struct {
	staffing.Checker
	staffing.RequisitionSource
}

func TestADocumentThatGainsStatusesIsReadForThem(t *testing.T) {
	b := newBench(t)
	shaped := connectors.Kind{Name: "shaped", Label: "Shaped", Role: staffing.RoleClient, DocsURL: "https://vendor.test", APIVersion: "1", Mapping: []byte(clientProfile), Shaped: true,
		Spec: connectors.Spec{{Key: "more", Label: "More", Help: "What it can."}},
		Open: func(d connectors.Deps) (staffing.Checker, error) {
			if d.Settings["more"] == "" {
				return onlyReads{b.client, b.client}, nil
			}
			return b.client, nil
		}}
	var err error
	b.registry, err = connectors.NewRegistry(shaped)
	b.must(err)
	b.hub = b.newHub(b.store)
	id := b.connect(staffing.RoleClient, "shaped")
	feeds := func() (out []staffing.Feed) {
		list, err := b.store.Feeds(b.ctx, id)
		b.must(err)
		for _, f := range list {
			out = append(out, f.Feed)
		}
		return out
	}
	if got := feeds(); !slices.Equal(got, []staffing.Feed{staffing.FeedRequisitions}) {
		t.Fatalf("it begins with the feeds %v", got)
	}
	b.tx(func(tx *store.Tx) error {
		return tx.UpdateConnectionSettings(b.ctx, id, "Shaped", map[string]string{"more": "yes"}, nil)
	})
	if _, err := b.hub.Systems().Connector(b.ctx, id); err != nil {
		t.Fatal(err)
	}
	if got := feeds(); !slices.Equal(got, []staffing.Feed{staffing.FeedRequisitions, staffing.FeedStatuses}) {
		t.Errorf("it is read for %v", got)
	}
}

package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestACodeListIsVersionedAndStampsTheProfile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn := storetest.Connection(t, s, staffing.RoleClient).ID
	save := func(name string, entries map[string]string) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.SaveCodeList(ctx, conn, name, entries, "am@example.com")
			return err
		})
	}
	stamp := func() string {
		_, lists, err := s.ProfileStamp(ctx, conn)
		ok(t, err)
		return lists
	}
	seen := map[string]bool{stamp(): true}
	for i, step := range []func() error{
		func() error { return save("sites", map[string]string{"NYC": "New York"}) },
		func() error { return save("sites", map[string]string{"NYC": "New York", "LDN": "London \x00é"}) },
		func() error { return save("cost_centres", nil) },
		func() error {
			return try(s, func(ctx context.Context, tx *store.Tx) error { return tx.DropCodeList(ctx, conn, "cost_centres") })
		},
		func() error { return save("cost_centres", nil) },
	} {
		ok(t, step())
		if now := stamp(); seen[now] != (i == 3) { // without the second list it is what it was before
			t.Errorf("after step %d the stamp is %q; seen are %v", i, now, seen)
		} else {
			seen[now] = true
		}
	}
	entries, version, err := s.CodeList(ctx, conn, "sites")
	if err != nil || version != 2 || len(entries) != 2 || entries["LDN"] != "London \x00é" {
		t.Errorf("the list is %d: %q (%v)", version, entries, err)
	}
	lists, err := s.CodeLists(ctx, conn)
	if err != nil || len(lists) != 2 || lists[1].Name != "sites" || lists[1].Count != 2 || lists[1].CreatedBy != "am@example.com" {
		t.Errorf("the lists are %+v (%v)", lists, err)
	}
	for _, name := range []string{"", "Sites", "2nd", "a-b", "a.b"} {
		coded(t, save(name, nil), staffing.Invalid)
	}
}

func TestAHundredThousandCodesAreSavedAndReadInSeconds(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn := storetest.Connection(t, s, staffing.RoleClient).ID
	entries := make(map[string]string, 100_000)
	for i := range 100_000 {
		entries[fmt.Sprintf("CC-%06d", i)] = fmt.Sprintf("Cost centre %d of the plant in Springfield", i)
	}
	began := time.Now()
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.SaveCodeList(ctx, conn, "cost_centres", entries, "am@example.com")
		return err
	})
	all, err := s.AllCodeLists(ctx, conn)
	took := time.Since(began)
	t.Logf("saved and read in %s", took)
	if err != nil || len(all["cost_centres"]) != 100_000 || took > 15*time.Second {
		t.Errorf("%d of 100,000 codes after %s (%v)", len(all["cost_centres"]), took, err)
	}
}

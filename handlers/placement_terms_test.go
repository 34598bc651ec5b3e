package handlers

import (
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// A person reads which fields a term comes from, not how the map works it out.
func TestATermSaysWhichFieldsItComesFrom(t *testing.T) {
	t.Parallel()
	for cel, want := range map[string]string{
		`one_or_many(raw.Assignment.Rates).filter(r, r["@type"] == "bill").map(r, rate(money(r.Amount)))[0]`: "raw.Assignment.Rates · profile version 3",
		`first([raw["@status"], raw.Order["@status"], req.worker_type, raw["@status"]])`:                     `raw.Order["@status"]; raw["@status"]; req.worker_type · profile version 3`,
		`"contract"`: `"contract" · profile version 3`,
	} {
		if got := termSource(store.Provenance{"bill_rate": staffing.Source{Path: cel, ProfileVersion: 3}}, "bill_rate"); got != want {
			t.Errorf("%s is told as %q, want %q", cel, got, want)
		}
	}
}

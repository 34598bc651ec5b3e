package rules

import "testing"

func TestBaselineCompiles(t *testing.T) {
	if _, err := Compile(Baseline(), nil); err != nil {
		t.Fatal(err)
	}
}

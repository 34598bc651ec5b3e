package handlers

import (
	"context"
	"testing"
	"time"
)

func probeOf(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

func TestAProbeThatHangsIsCutOff(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	began := time.Now()
	got := Probe{Name: "deaf", Check: func(context.Context) error { <-release; return nil }}.run(t.Context())
	if got.OK || got.Problem == "" || time.Since(began) > 2*probeTime {
		t.Errorf("after %s it says %+v", time.Since(began), got)
	}
}

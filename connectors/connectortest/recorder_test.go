package connectortest

import (
	"fmt"
	"runtime"
	"slices"
)

// recorder is a T that only remembers. It is used by one goroutine.
type recorder struct {
	log      []string
	cleanups []func()
}

// Helper implements T.
func (r *recorder) Helper() {}

// Logf implements T.
func (r *recorder) Logf(string, ...any) {}

// Errorf implements T.
func (r *recorder) Errorf(format string, args ...any) {
	r.log = append(r.log, fmt.Sprintf(format, args...))
}

// Fatalf implements T.
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// Cleanup implements T.
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) cleanup() {
	for _, f := range slices.Backward(r.cleanups) {
		f()
	}
}

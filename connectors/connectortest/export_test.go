package connectortest

import (
	"strings"

	"github.com/tributary-hub/tributary/connectors"
)

// Try runs the cases whose name contains part on a recorder, and gives the names
// of all that ran and what went wrong in each.
func Try(kind connectors.Kind, part string, start func() Vendor) (ran []string, wrong map[string][]string) {
	wrong = map[string][]string{}
	var list []testCase
	note := func(name string, log []string) {
		if len(log) > 0 {
			wrong[name] = log
		}
	}
	note("opening", record(func(t T) { list = casesFor(&suite{T: t, kind: kind, start: start}) }))
	for _, c := range list {
		if strings.Contains(c.name, part) {
			ran = append(ran, c.name)
			note(c.name, record(func(t T) { c.run(&suite{T: t, kind: kind, start: start}) }))
		}
	}
	return ran, wrong
}

// record runs f as the testing package would, and gives what it reported.
func record(f func(T)) []string {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.cleanup()
		f(r)
	}()
	<-done
	return r.log
}

package main

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store/storetest"
)

// It is not parallel: it measures time and memory.
func TestAHostileFileIsRefusedSoon(t *testing.T) {
	u := newSetUp(t, storetest.New(t))
	bomb := "about: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += fmt.Sprintf("      %c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	cell := func(cel string) string { return "requisition: {title: '" + cel + "'}" }
	for name, c := range map[string]struct{ profile, want string }{
		"an expression of ten megabytes":   {cell(strings.Repeat("1+", 5<<20) + "1"), "larger than"},
		"an expression of half a megabyte": {cell(strings.Repeat("1+", 1<<18) + "1"), "longer than 16 KiB"},
		"a pattern that grows":             {cell(`"a".matches("` + strings.Repeat("(a{1,99}){1,9}", 99) + `")`), "the profile: "},
		"brackets in brackets":             {cell(strings.Repeat("(", 7000) + "1" + strings.Repeat(")", 7000)), "the profile: "},
		"macros in macros":                 {cell(strings.Repeat("raw.x.map(a, ", 900) + "1" + strings.Repeat(")", 900)), "the profile: "},
		"a type error":                     {cell(`"a" * 2`), "do not fit"},
		"lists in lists":                   {"lists: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "cannot be read"},
		"maps in maps":                     {"lists: " + strings.Repeat("{a: ", 4_000) + "1" + strings.Repeat("}", 4_000), ""},
		"anchors that multiply":            {bomb, "anchors, aliases"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := u.apply("connections:\n  - client: "+u.client.Code+"\n    name: Their system\n    kind: webhook\n    profile:\n      "+c.profile+"\n", false)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 3000 {
				t.Errorf("the error is %.400v", err)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 3*time.Second || used > 400 {
				t.Errorf("it took %v and %d MiB", took, used)
			}
		})
	}
	if u.document() != "about: a profile\n" {
		t.Error("something was applied")
	}
}

package archtest

import (
	"fmt"
	"testing"
)

// Ceilings, in lines. The aim is 60 to 200 for a file.
const (
	fileCeiling = 400
	mainCeiling = 100
)

func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if !f.isTest() && !f.generated {
			report(t, sizeFindings(f))
		}
	}
}

func sizeFindings(f file) []string {
	n := len(f.lines())
	switch {
	case f.path == "cmd/server/main.go" && n > mainCeiling:
		return []string{fmt.Sprintf("%s:%d: it has %d lines, %d is the ceiling; main reads the settings and calls run, the rest is elsewhere", f.path, mainCeiling+1, n, mainCeiling)}
	case n > fileCeiling:
		return []string{fmt.Sprintf("%s:%d: it has %d lines, %d is the ceiling; split it by noun", f.path, fileCeiling+1, n, fileCeiling)}
	}
	return nil
}

//go:build !linux

package localpg

import "syscall"

// dieWithParent has no counterpart here: a server that outlives a killed hub is
// ended by the next start.
func dieWithParent(*syscall.SysProcAttr) {}

package localpg

import "syscall"

// dieWithParent asks for a fast, clean shutdown when the hub dies without
// stopping the server.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }

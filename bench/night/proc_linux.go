package main

import (
	"os/exec"
	"syscall"
)

// dieWithParent lets the system end the process when this one is gone. The
// main thread must start it (see main), since the tie is to the thread.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

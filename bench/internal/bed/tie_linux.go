package bed

import (
	"os/exec"
	"syscall"
)

// DieWithParent lets the system end the process when this one is gone. The
// main thread must start it (see main), since the tie is to the thread.
func DieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

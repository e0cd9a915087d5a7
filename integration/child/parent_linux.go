package child

import (
	"os/exec"
	"runtime"
	"syscall"
)

// tieToParent lets the system end the process when the thread that starts it is
// gone, so that a test that is killed leaves nothing behind.
func tieToParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// withThread runs f on a thread of its own that does nothing else.
func withThread(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	f()
}

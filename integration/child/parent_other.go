//go:build !linux

package child

import "os/exec"

// tieToParent does nothing where the system knows no such tie; Stop and Kill
// end the process.
func tieToParent(*exec.Cmd) {}

func withThread(f func()) { f() }

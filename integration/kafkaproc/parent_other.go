//go:build !linux

package kafkaproc

import "os/exec"

// tieToParent does nothing where the system knows no such tie; Stop and Kill
// end the broker.
func tieToParent(*exec.Cmd) {}

func withThread(f func()) { f() }

//go:build unix

package child

import "syscall"

// Pause stops the process where it stands, with SIGSTOP: its connections stay
// open and nobody answers on them.
func (p *Process) Pause() error { return p.signal(syscall.SIGSTOP) }

// Continue lets a paused process go on.
func (p *Process) Continue() error { return p.signal(syscall.SIGCONT) }

package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// patience is how long a process may take to end after SIGKILL, and after
// SIGTERM before it gets SIGKILL.
const patience = 20 * time.Second

// Process is a running process. Its methods are safe for concurrent use.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	// ended is the result of waiting; read after done.
	ended error
}

// Start starts a command that is not bound to a context: Stop and Kill end it,
// and the end of this process. Its input and output are those of cmd.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, done: make(chan struct{})}
	result := make(chan error, 1)
	// On a thread that lives as long as the process is wanted: the system tells
	// the process when the thread that started it is gone.
	go withThread(func() {
		tieToParent(cmd)
		err := cmd.Start()
		result <- err
		if err != nil {
			return
		}
		p.ended = cmd.Wait()
		close(p.done)
	})
	if err := <-result; err != nil {
		return nil, err
	}
	return p, nil
}

// Pid is the process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Running reports whether the process has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Err is how the process ended, nil for exit status 0. It waits for the end.
func (p *Process) Err() error {
	<-p.done
	return p.ended
}

// Stop asks the process to end, and kills it when it has not after 20 seconds.
// A process that has ended already is no error.
func (p *Process) Stop() error { return p.end(syscall.SIGTERM) }

// Kill ends the process at once, as a crash would, and waits for its end.
func (p *Process) Kill() error { return p.end(syscall.SIGKILL) }

func (p *Process) end(with syscall.Signal) error {
	if err := p.signal(with); err != nil {
		return err
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-p.done:
		return nil
	case <-wait.C:
	}
	if with == syscall.SIGKILL {
		return fmt.Errorf("process %d does not end", p.Pid())
	}
	return p.end(syscall.SIGKILL)
}

// signal sends a signal; a process that has ended already is no error.
func (p *Process) signal(s syscall.Signal) error {
	if !p.Running() {
		return nil
	}
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("process %d, %s: %w", p.Pid(), s, err)
	}
	return nil
}

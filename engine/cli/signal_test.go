package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// start starts the program with its streams open.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, stdin io.WriteCloser, stdout io.ReadCloser) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if stdout, err = cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, stdin, stdout
}

func entries(t *testing.T, dir string) int {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestInterrupt: Ctrl-C ends a replay with status 1 and removes what it sorted.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	cmd, stdin, _ := start(t, "replay", "--temp-dir", dir, "-")
	defer stdin.Close()
	for deadline := time.Now().Add(20 * time.Second); entries(t, dir) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the replay never began")
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 1 {
		t.Errorf("exit status %d, want 1", got)
	}
	if n := entries(t, dir); n != 0 {
		t.Errorf("%d entries were left in the temporary directory", n)
	}
}

// TestClosedPipe: a reader that goes away ends the program quietly and cleanly.
func TestClosedPipe(t *testing.T) {
	dir := t.TempDir()
	cmd, stdin, stdout := start(t, "replay", "--violations", os.DevNull, "--outcomes", "-", "--temp-dir",
		dir, simulated(t, 60, 30))
	stdin.Close()
	if _, err := bufio.NewReaderSize(stdout, 16).ReadByte(); err != nil {
		t.Fatal(err)
	}
	stdout.Close()
	_ = cmd.Wait()
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		t.Errorf("killed by %s", s.Signal())
	}
	if n := entries(t, dir); n != 0 {
		t.Errorf("%d entries were left in the temporary directory", n)
	}
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestEmbeddedFromNothing starts the engine with its own broker on a directory that does not exist
// yet: it makes the topics at once, waits for nothing and ends cleanly; a second start finds them.
func TestEmbeddedFromNothing(t *testing.T) {
	t.Parallel()
	const made = "created the topics of the embedded broker"
	dir := t.TempDir()
	for start := 1; start <= 2; start++ {
		log, err := os.Create(filepath.Join(t.TempDir(), "log"))
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		run := program{dir: dir, said: log}.engine(t, "run", "--embedded", "broker", "--data-dir", "data")
		if err := run.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		ends(t, run)
		said := read(t, log.Name())
		if status := run.ProcessState.ExitCode(); status != 0 || strings.Contains(said, "waiting for") ||
			strings.Contains(said, made) != (start == 1) {
			t.Errorf("start %d: exit status %d, it said\n%s", start, status, said)
		}
	}
}

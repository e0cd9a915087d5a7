package integration

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// backup lets the running engine write a backup, over the one before. Of a state
// that was damaged it may refuse to.
func (e *instance) backup(t *testing.T) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.backups++
	to := filepath.Join(e.campaign.dir, fmt.Sprintf("engine%d-backup%d", e.number, e.backups))
	if out, err := exec.Command(e.program, "state", "backup", "--data-dir", filepath.Join(e.dir, "data"),
		"--to", to).CombinedOutput(); err != nil {
		if !e.damaged {
			t.Errorf("step %d: backup of engine %d: %v: %s", e.steps, e.number, err, out)
		}
		t.Logf("step %d: no backup of the damaged state of engine %d: %s", e.steps, e.number, bytes.TrimSpace(out))
		return
	}
	if e.saved != "" {
		_ = os.Remove(e.saved) // only space
	}
	e.saved = to
}

// restore deletes what the stopped engine has and makes it again of the newest
// backup, if there is one: as the same instance, or as a new one.
func (e *instance) restore(t *testing.T, same bool) error {
	t.Helper()
	if err := e.forget(true); err != nil || e.saved == "" {
		return err
	}
	args := []string{"state", "restore", "--data-dir", filepath.Join(e.dir, "data")}
	if same {
		args = append(args, "--same-instance")
	}
	out, err := exec.Command(e.program, append(args, e.saved)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	t.Logf("step %d: restored %s", e.steps, bytes.TrimSpace(out))
	return nil
}

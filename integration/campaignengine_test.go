package integration

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tilsyn/integration/child"
)

// instance is one engine of a campaign; its state stays in its directory.
type instance struct {
	*campaign
	number  int
	dir     string
	mounted bool

	// mu is held by whoever starts, ends or damages the engine.
	mu  sync.Mutex
	now *service
	// damaged is set while the state is damaged, until it is deleted: an engine may refuse such a
	// state.
	damaged bool
	starts  int
	// kept is the run whose output was kept last.
	kept *service
	// saved is the newest backup, empty for none; backups counts them.
	saved   string
	backups int
}

// start starts the engine, or ends the test.
func (e *instance) start(t *testing.T) {
	t.Helper()
	if err := e.again(); err != nil {
		t.Fatal(err)
	}
}

// again starts the engine on what is there.
func (e *instance) again() error {
	// Weeks of facts come in minutes, so a rebuild meets more withdrawals than a year of real
	// operation.
	args := append(e.engineArgs(filepath.Join(e.dir, "data")), "--accept", "--session-timeout", sessionTimeout.String())
	args = append(args, e.variant()...)
	cmd := exec.Command(e.program, args...)
	e.now = &service{}
	cmd.Stdout, cmd.Stderr = e.now, e.now
	var err error
	e.now.Process, err = child.Start(cmd)
	e.starts++
	return err
}

// end ends the engine as a crash would.
func (e *instance) end() error {
	err := e.now.Kill()
	e.keep()
	return err
}

// endOrderly asks the engine to end and wants it to do so cleanly.
func (e *instance) endOrderly() error {
	began := time.Now()
	if err := e.now.Stop(); err != nil {
		return err
	}
	e.keep()
	if took := time.Since(began); took > 15*time.Second || e.now.Err() != nil {
		return fmt.Errorf("engine %d took %s to stop and ended with %w\n%s", e.number, took.Round(time.Second),
			e.now.Err(), last(e.now.text()))
	}
	return nil
}

// stop ends the engine at the end of the campaign.
func (e *instance) stop(t *testing.T) {
	t.Helper()
	if err := e.endOrderly(); err != nil {
		t.Error(err)
	}
}

// keep writes down what the engine said, where that is wanted.
func (e *instance) keep() {
	if e.kept != e.now {
		e.tally()
		e.kept = e.now
	}
	if *campaignLogs == "" {
		return
	}
	name := filepath.Join(*campaignLogs, fmt.Sprintf("engine%d-%03d.log", e.number, e.starts))
	_ = os.WriteFile(name, []byte(e.now.text()), 0o600) // it is only for reading
}

// finish ends the engine whatever happened.
func (e *instance) finish(t *testing.T) {
	if err := e.end(); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Logf("engine %d said at the end:\n%s", e.number, last(e.now.text()))
	}
	if e.mounted {
		if err := e.unmount(); err != nil {
			t.Errorf("taking the small disk of engine %d away: %v", e.number, err)
		}
	}
}

// damage changes a file of the state and says which and where.
func (e *instance) damage(random *rand.Rand) (string, error) {
	var files []string
	err := filepath.WalkDir(filepath.Join(e.dir, "data", "state"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && d.Type().IsRegular() && info.Size() > 0 && d.Name() != "LOCK" {
			files = append(files, path)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(files) == 0 {
		return "nothing: there is no state yet", nil
	}
	if err != nil {
		return "", err
	}
	e.damaged = true
	path := files[random.IntN(len(files))]
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	// Files are allocated larger than their content: damage only the part that has content.
	used := len(bytes.TrimRight(text, "\x00"))
	if used == 0 {
		return filepath.Base(path) + ", which is empty", nil
	}
	at := random.IntN(used)
	var n int
	var what string
	switch random.IntN(3) {
	case 0:
		n = min(1+random.IntN(64), used-at)
		for i := range n {
			text[at+i] ^= byte(1 + random.IntN(255))
		}
		what = fmt.Sprintf("%d bytes changed", n)
	case 1:
		n = min(4096, used-at)
		clear(text[at : at+n])
		what = fmt.Sprintf("%d bytes zeroed", n)
	default:
		what = "cut off"
		err = os.Truncate(path, int64(at))
	}
	if n > 0 {
		err = overwrite(path, text[at:at+n], int64(at))
	}
	return fmt.Sprintf("%s of %d bytes: %s at %d", filepath.Base(path), used, what, at), err
}

// overwrite changes some bytes of a file and leaves the others alone. Parts of the file that were
// never written take no space on disk and must stay so.
func overwrite(path string, text []byte, at int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(text, at)
	return errors.Join(err, f.Close())
}

// forget deletes the state, or all that the instance has, its identity included.
func (e *instance) forget(all bool) error {
	e.damaged = false
	dir := filepath.Join(e.dir, "data")
	if !all {
		dir = filepath.Join(dir, "state")
	}
	return os.RemoveAll(dir)
}

// revive starts an engine that ended by itself, as a service manager would, and
// counts how it ended. A state that was damaged and refused is deleted, which
// is what an operator can do. The caller holds mu.
func (e *instance) revive(t *testing.T) error {
	t.Helper()
	if e.now.Running() {
		return nil
	}
	e.keep()
	said := strings.TrimSpace(e.now.text())
	line := said[strings.LastIndexByte(said, '\n')+1:]
	how := "other"
	switch {
	case strings.Contains(said, "panic:") || strings.Contains(said, "fatal error:") || strings.Contains(said, "SIGBUS"):
		how = "crash"
		t.Errorf("step %d: engine %d crashed:\n%s", e.steps, e.number, last(said))
	case e.damaged:
		how = "damaged state refused"
		if err := e.forget(false); err != nil {
			return err
		}
	default:
		t.Errorf("step %d: engine %d ended by itself with %v:\n%s", e.steps, e.number, e.now.Err(), last(said))
	}
	e.count(e.ended, how)
	t.Logf("step %d: engine %d ended by itself (%s): %.500s", e.steps, e.number, how, line)
	return e.again()
}

// reviveNow is revive for who does not hold mu.
func (e *instance) reviveNow(t *testing.T) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.revive(t); err != nil {
		t.Fatal(err)
	}
}

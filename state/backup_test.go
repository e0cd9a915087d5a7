package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/state"
)

// TestBackupRestore takes a full backup and two incremental ones while random
// commits, merges, deletions and a discard go on between them; restoring each
// prefix of the three gives exactly what the model held at that moment.
func TestBackupRestore(t *testing.T) {
	seed := seedOf(t)
	p := newPair(t, seed)
	defer func() { p.db.Close() }()
	dir := t.TempDir()
	var files []string
	var upto uint64
	for n := range 3 {
		p.commits(size(400))
		if n == 1 {
			if err := errors.Join(p.tasks[1].real.Discard(), p.tasks[1].model.Discard()); err != nil {
				t.Fatal(err)
			}
			p.commits(50)
		}
		p.reopen()
		file := filepath.Join(dir, fmt.Sprintf("backup-%d", n))
		upto = backupTo(t, p.db, file, upto)
		files = append(files, file)

		restored := filepath.Join(dir, fmt.Sprintf("restored-%d", n))
		if err := state.Restore(restored, small, files...); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		q := &pair{t: t, r: p.r, dir: restored, model: p.model.Copy(), opt: small, now: p.now}
		q.open()
		for i := range q.tasks {
			q.sameTask(i)
			q.sameWalk(i, state.Never, 9)
			for who := range 60 {
				q.samePerson(i, fmt.Sprintf("P%03d", who), state.Undated)
			}
		}
		// The restored store works on.
		q.commits(30)
		q.sameTask(0)
		if err := q.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *pair) commits(n int) {
	p.t.Helper()
	var b state.Batch
	for range n {
		i := p.r.IntN(2)
		b.Reset()
		p.fill(&b)
		if err := errors.Join(p.tasks[i].real.Commit(&b), p.tasks[i].model.Commit(&b)); err != nil {
			p.t.Fatal(err)
		}
	}
}

func backupTo(t *testing.T, db *state.DB, file string, since uint64) (upto uint64) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	upto, err = db.Backup(f, since)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return upto
}

// TestRestoreRefuses: a damaged, cut, foreign or misplaced file is refused
// before anything is loaded.
func TestRestoreRefuses(t *testing.T) {
	p := newPair(t, seedOf(t))
	dir := t.TempDir()
	p.commits(50)
	full, next := filepath.Join(dir, "full"), filepath.Join(dir, "next")
	upto := backupTo(t, p.db, full, 0)
	p.commits(10)
	backupTo(t, p.db, next, upto)
	if err := p.db.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(full)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad")
	refused := func(name string, content []byte, files ...string) {
		t.Helper()
		if content != nil {
			if err := os.WriteFile(bad, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		into := filepath.Join(dir, "into-"+name)
		if err := state.Restore(into, small, files...); !errors.Is(err, state.ErrBackup) {
			t.Errorf("%s: %v, want ErrBackup", name, err)
		}
		if _, err := os.Stat(into); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was loaded", name)
		}
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	refused("flipped", flipped, bad)
	refused("cut", good[:len(good)-5], bad)
	refused("foreign", []byte("something else that is long enough for it"), bad)
	other := bytes.Clone(good)
	other[15]++
	refused("other-format", other, bad)
	refused("no-full", nil, next)
	refused("twice", nil, full, full)
	refused("none", nil)
	if err := state.Restore(dir, small, full); !errors.Is(err, state.ErrFormat) {
		t.Errorf("into a full directory: %v, want ErrFormat", err)
	}
	f, err := os.Open(full)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := state.CheckBackup(f)
	if err != nil || info.Since != 0 || info.Upto != upto || info.Bytes == 0 || info.Format != state.FormatVersion {
		t.Errorf("CheckBackup: %+v %v", info, err)
	}
}

// TestBackupWhileCommitting takes backups while a task commits: each holds one
// commit whole, as after a kill.
func TestBackupWhileCommitting(t *testing.T) {
	db, err := state.Open(t.TempDir(), small)
	if err != nil {
		t.Fatal(err)
	}
	task, err := db.Task(3)
	if err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan error, 1)
	started := make(chan struct{})
	go func() {
		var b state.Batch
		for n := uint64(1); ; n++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			b.Reset()
			fillCommit(&b, n)
			if err := task.Commit(&b); err != nil {
				done <- err
				return
			}
			if n == 1 {
				close(started)
			}
		}
	}()
	<-started
	dir := t.TempDir()
	var files []string
	var upto uint64
	for n := range 4 {
		file := filepath.Join(dir, fmt.Sprint("backup-", n))
		upto = backupTo(t, db, file, upto)
		files = append(files, file)
	}
	close(stop)
	if err := errors.Join(<-done, db.Close()); err != nil {
		t.Fatal(err)
	}
	restored := filepath.Join(dir, "restored")
	if err := state.Restore(restored, small, files...); err != nil {
		t.Fatal(err)
	}
	if db, err = state.Open(restored, small); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	checkWhole(t, db, 1)
	infos, err := db.Inspect()
	if err != nil || len(infos) != 1 || infos[0].Task != 3 || infos[0].Checkpoint != 8 || infos[0].Commit == 0 {
		t.Errorf("Inspect: %+v %v", infos, err)
	}
}

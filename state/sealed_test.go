package state_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tilsyn/state"
	"tilsyn/state/statetest"
)

// sealVar makes the victim of a kill encrypt.
const sealVar = "TILSYN_STATE_KILL_SEALED"

// mark stands in every name and fact of the victim. Values are compressed, and a text that came before
// becomes a reference to it: of these bytes no part comes twice.
const mark = "q7Zk2Wm9Xv4Tb"

// sealed are the options of an encrypted state whose own keys live for as short as Badger can tell, a second.
var sealed = func() state.Options {
	opt := small
	opt.Key, opt.KeyRotation = bytes.Repeat([]byte{7}, 32), time.Second
	return opt
}()

// marked returns the files below a directory in which the mark can be read.
func marked(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := statetest.WithoutHoles(path)
		if bytes.Contains(text, []byte(mark)) {
			files = append(files, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestSealed kills a process in the middle of its commits. Where it encrypts, no file has anything of
// a person, not those of write buffers either, and what was acknowledged is there; where it does not,
// the same search finds them.
func TestSealed(t *testing.T) {
	t.Parallel()
	plain := t.TempDir()
	killAfter(t, plain, 200*time.Millisecond)
	if len(marked(t, plain)) == 0 {
		t.Fatal("nothing can be read in a state that is not encrypted: the test tests nothing")
	}
	dir := t.TempDir()
	env := []string{sealVar + "=1"}
	if os.Getenv("TILSYN_FULL") == "" {
		env = append(env, pauseVar+"=5ms") // it is to live as long, and need not write as much
	}
	for range 3 { // more than a second: Badger makes new keys
		acknowledged := killAfter(t, dir, 600*time.Millisecond, env...)
		if files := marked(t, dir); len(files) > 0 {
			t.Fatalf("after a kill, %v have what is of a person", files)
		}
		db := open(t, dir, sealed)
		checkWhole(t, db, acknowledged)
		if err := errors.Join(db.Verify(), db.Close()); err != nil {
			t.Fatal(err)
		}
		if files := marked(t, dir); len(files) > 0 {
			t.Fatalf("after the next start, %v have what is of a person", files)
		}
	}
	before := listing(t, dir)
	other := sealed
	other.Key = bytes.Repeat([]byte{8}, 32)
	for name, opt := range map[string]state.Options{"another key": other, "no key": small} {
		if _, err := state.Open(dir, opt); !errors.Is(err, state.ErrKey) || errors.Is(err, state.ErrCorrupt) {
			t.Errorf("%s: %v, want ErrKey", name, err)
		}
	}
	if _, err := state.Open(plain, sealed); !errors.Is(err, state.ErrKey) {
		t.Errorf("a key for a state that is not encrypted: %v, want ErrKey", err)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("a refusal changes the directory:\n%s\nbefore:\n%s", after, before)
	}
	backup(t, dir)
}

// backup writes a backup of the encrypted state, which is not encrypted, and restores it into one that is.
func backup(t *testing.T, dir string) {
	t.Helper()
	db := open(t, dir, sealed)
	var out bytes.Buffer
	if _, err := db.Backup(&out, 0); err != nil {
		t.Fatal(err)
	}
	n, err := lastCommit(task(t, db, 3))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	next := t.TempDir()
	if err := state.Restore(next, sealed, file); err != nil {
		t.Fatal(err)
	}
	if files := marked(t, next); len(files) > 0 {
		t.Errorf("after a restore, %v have what is of a person", files)
	}
	checkWhole(t, open(t, next, sealed), n)
}

// listing is the names and sizes of the files of a directory.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(e.Name() + " " + info.ModTime().String() + "\n")
	}
	return out.String()
}

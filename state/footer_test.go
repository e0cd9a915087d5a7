package state_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/state"
)

// TestDamagedTableDoesNotEndTheProcess damages the end of a table, where Badger
// looks when it opens, in every way that a disk has: the process must live and
// say that the state is corrupt.
func TestDamagedTableDoesNotEndTheProcess(t *testing.T) {
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 9))
	origin := t.TempDir()
	db := open(t, origin, small)
	tk := task(t, db, 0)
	var b state.Batch
	for n := range uint64(60) {
		b.Reset()
		fillCommit(&b, n+1)
		if err := tk.Commit(&b); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(origin, "*.sst"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables to damage: %v %v", files, err)
	}
	again := open(t, copyOf(t, origin), small)
	if _, err := again.Task(0); err != nil {
		t.Fatalf("undamaged: %v", err)
	}
	for round := range 60 {
		file := files[r.IntN(len(files))]
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// The last bytes are the most telling; the index lies before them.
		at := len(text) - 1 - r.IntN(min(len(text), []int{4, 40, 2000}[round%3]))
		how := "cut off"
		switch r.IntN(3) {
		case 0:
			how = "changed"
			text[at] ^= byte(1 + r.IntN(255))
		case 1:
			how = "set"
			for i := range text[at:] {
				text[at+i] = 0xff
			}
		default:
			text = text[:at]
		}
		dir := copyOf(t, origin)
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if db, err := state.Open(dir, small); !errors.Is(err, state.ErrCorrupt) {
			t.Errorf("seed %d: %d bytes from the end %s: %v, want ErrCorrupt", seed, len(text)-at, how, err)
			if err == nil {
				_ = db.Close()
			}
		}
	}
}

func copyOf(t *testing.T, origin string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.CopyFS(dir, os.DirFS(origin)); err != nil {
		t.Fatal(err)
	}
	return dir
}

package state_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tilsyn/state"
)

// TestDamageIsFoundAtOpen damages tables, and the list of tables, in every way that a disk may.
// Badger alone would end the process, or take the damaged part for absent: facts would then be
// missing under a checkpoint that counts on them.
func TestDamageIsFoundAtOpen(t *testing.T) {
	seed := seedOf(t)
	for name, opt := range map[string]state.Options{"plain": small, "encrypted": sealed} {
		t.Run(name, func(t *testing.T) { damageIsFound(t, rand.New(rand.NewPCG(seed, 9)), opt) })
	}
	if t.Failed() {
		t.Logf("seed %d", seed)
	}
}

func damageIsFound(t *testing.T, r *rand.Rand, opt state.Options) {
	t.Helper()
	origin := t.TempDir()
	db := open(t, origin, opt)
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
	tables, err := filepath.Glob(filepath.Join(origin, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("no tables to damage: %v %v", tables, err)
	}
	again := open(t, copyOf(t, origin), opt)
	if _, err := again.Task(0); err != nil {
		t.Fatalf("undamaged: %v", err)
	}
	for round := range size(60) {
		file := tables[r.IntN(len(tables))]
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// The last bytes are the most telling; index and blocks lie before them.
		at := len(text) - 1 - r.IntN(min(len(text), []int{4, 40, len(text)}[round%3]))
		wantCorrupt(t, origin, opt, filepath.Base(file), damaged(r, text, at))
	}
	list, err := os.ReadFile(filepath.Join(origin, "MANIFEST"))
	if err != nil {
		t.Fatal(err)
	}
	for range size(20) {
		at := len(list) - 1 - r.IntN(8)
		wantCorrupt(t, origin, opt, "MANIFEST", damaged(r, list, at))
	}
	wantCorrupt(t, origin, opt, "MANIFEST", append(slices.Clone(list), make([]byte, 64)...))
}

// damaged returns text with a byte changed, the rest overwritten, or cut off.
func damaged(r *rand.Rand, text []byte, at int) []byte {
	out := slices.Clone(text)
	switch r.IntN(3) {
	case 0:
		out[at] ^= byte(1 + r.IntN(255))
	case 1:
		for i := range out[at:] {
			out[at+i] ^= 0xff
		}
	default:
		out = out[:at]
	}
	return out
}

func wantCorrupt(t *testing.T, origin string, opt state.Options, file string, text []byte) {
	t.Helper()
	dir := copyOf(t, origin)
	if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := state.Open(dir, opt)
	if !errors.Is(err, state.ErrCorrupt) {
		t.Errorf("a damaged %s: %v, want ErrCorrupt", file, err)
	}
	if err == nil {
		_ = db.Close()
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

// TestUnlistedTable opens a state with a table that a kill left half written and that is in no
// list. Nothing is lost without it.
func TestUnlistedTable(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, small)
	tk := task(t, db, 3)
	var b state.Batch
	fillCommit(&b, 1)
	if err := errors.Join(tk.Commit(&b), db.Close()); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"000888.sst": {}, "000999.sst": make([]byte, 1<<20)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	checkWhole(t, open(t, dir, small), 1)
}

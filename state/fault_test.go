package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tilsyn/state"
)

func open(t *testing.T, dir string, opt state.Options) *state.DB {
	t.Helper()
	db, err := state.Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func task(t *testing.T, s state.Store, id int32) state.Task {
	t.Helper()
	task, err := s.Task(id)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, small)
	if _, err := state.Open(dir, small); !errors.Is(err, state.ErrInUse) {
		t.Errorf("second open: %v, want ErrInUse", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "FORMAT"), []byte("tilsyn state 99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := state.Open(dir, small)
	if !errors.Is(err, state.ErrFormat) || !strings.Contains(err.Error(), "tilsyn state 99") {
		t.Errorf("other format: %v, want ErrFormat that names it", err)
	}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "letters.txt"), []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Open(foreign, small); !errors.Is(err, state.ErrFormat) {
		t.Errorf("foreign directory: %v, want ErrFormat", err)
	}
	if _, err := state.Open(t.TempDir(), state.Options{Pages: 100}); !errors.Is(err, state.ErrBounds) {
		t.Errorf("100 pages: %v, want ErrBounds", err)
	}
}

// TestEmptyLogs: what a kill in the moment of a new log leaves does not keep
// the store from opening.
func TestEmptyLogs(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, small)
	var b state.Batch
	b.SetCheckpoint([]byte("c"))
	if err := errors.Join(task(t, db, 0).Commit(&b), db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"00099.mem", "000099.vlog"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db = open(t, dir, small)
	if check, found, err := task(t, db, 0).Checkpoint(); err != nil || !found || string(check) != "c" {
		t.Errorf("checkpoint %q %v %v", check, found, err)
	}
}

// TestPagesStay: a task keeps the number of pages it was created with.
func TestPagesStay(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, small)
	var b state.Batch
	b.SetHeader("P1", 5, []byte("x"))
	b.SetCheckpoint([]byte("c"))
	if err := errors.Join(task(t, db, 0).Commit(&b), db.Close()); err != nil {
		t.Fatal(err)
	}
	other := small
	other.Pages = 256
	db = open(t, dir, other)
	if h, err := task(t, db, 0).Header("P1"); err != nil || h.Next != 5 {
		t.Errorf("header after reopening with other pages: %v %v", h, err)
	}
	infos, err := db.Inspect()
	if err != nil || len(infos) != 1 || infos[0].Pages != small.Pages {
		t.Errorf("Inspect: %+v %v, want %d pages", infos, err, small.Pages)
	}
}

// TestDiskFull: commits are refused while space is short, nothing of them
// happens, and the same batch works when space is back.
func TestDiskFull(t *testing.T) {
	var free atomic.Int64
	free.Store(math.MaxInt64 / 2)
	opt := small
	opt.FreeBytes = func(string) (int64, error) { return free.Load(), nil }
	dir := t.TempDir()
	db := open(t, dir, opt)
	tk := task(t, db, 0)
	var b state.Batch
	b.AddFact("P1", 1, []byte("one"))
	b.SetCheckpoint([]byte("1"))
	if err := tk.Commit(&b); err != nil {
		t.Fatal(err)
	}
	free.Store(1 << 20)
	b.Reset()
	b.AddFact("P1", 1, []byte("two"))
	b.SetCheckpoint([]byte("2"))
	if err := tk.Commit(&b); !errors.Is(err, state.ErrDiskFull) || !strings.Contains(err.Error(), "1 MiB left") {
		t.Fatalf("full disk: %v, want ErrDiskFull that says how much is left", err)
	}
	if check, _, _ := tk.Checkpoint(); string(check) != "1" {
		t.Errorf("checkpoint %q after a refused commit", check)
	}
	if p, err := tk.Person("P1", 0); err != nil || len(p.Facts) != 1 {
		t.Errorf("a refused commit left %v %v", p, err)
	}
	free.Store(math.MaxInt64 / 2)
	if err := tk.Commit(&b); err != nil {
		t.Fatalf("space is back: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir, opt)
	if p, err := task(t, db, 0).Person("P1", 0); err != nil || len(p.Facts) != 2 {
		t.Errorf("after reopening: %v %v", p, err)
	}
}

// TestMergeSurvivesFullDisk: when a merge finds the disk full, commits fail with ErrDiskFull
// before memory grows. The merge is done once there is space.
func TestMergeSurvivesFullDisk(t *testing.T) {
	var short atomic.Bool
	opt := small
	opt.ReserveBytes = 1 << 20
	// Enough for a commit, not for a merge.
	opt.FreeBytes = func(string) (int64, error) {
		if short.Load() {
			return 1<<20 + 4000, nil
		}
		return math.MaxInt64 / 2, nil
	}
	db := open(t, t.TempDir(), opt)
	tk := task(t, db, 0)
	short.Store(true)
	var b state.Batch
	var refused error
	n := 0
	for ; n < 1000 && refused == nil; n++ {
		b.Reset()
		b.AddFact("P1", 1, fmt.Append(nil, n, strings.Repeat("x", 100)))
		refused = tk.Commit(&b)
	}
	if !errors.Is(refused, state.ErrDiskFull) {
		t.Fatalf("%d commits, then %v; want ErrDiskFull", n, refused)
	}
	short.Store(false)
	if err := tk.Commit(&b); err != nil {
		t.Fatalf("space is back: %v", err)
	}
	if p, err := tk.Person("P1", 0); err != nil || len(p.Facts) != n {
		t.Errorf("%d facts %v, want %d", len(p.Facts), err, n)
	}
}

// TestCorrupt damages each table of a store in turn, once all over and once in
// few places: what is read is what was there, or the error is ErrCorrupt; and
// Verify always finds it.
func TestCorrupt(t *testing.T) {
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 3))
	origin := t.TempDir()
	db := open(t, origin, small)
	tk := task(t, db, 0)
	var b state.Batch
	for n := range uint64(300) {
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
	read := 0
	for _, file := range files {
		for _, flips := range []int{2000, 3} {
			dir := filepath.Join(t.TempDir(), "state")
			if err := os.CopyFS(dir, os.DirFS(origin)); err != nil {
				t.Fatal(err)
			}
			damage(t, r, filepath.Join(dir, filepath.Base(file)), flips)
			got, err := readAll(dir)
			if err != nil {
				read++
			}
			if err != nil && !errors.Is(err, state.ErrCorrupt) {
				t.Errorf("seed %d: %v, want ErrCorrupt", seed, err)
			}
			if err == nil && got != 300*50 {
				t.Errorf("seed %d: %d facts were read without an error, there were %d", seed, got, 300*50)
			}
		}
	}
	if read == 0 {
		t.Errorf("seed %d: no reader noticed any damage to %d tables", seed, len(files))
	}
}

// damage flips bits in the first nine tenths of a file, where the blocks are.
func damage(t *testing.T, r *rand.Rand, file string, flips int) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for range flips {
		content[r.IntN(len(content)*9/10)] ^= 1 << r.IntN(8)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// readAll verifies the store and reads everybody.
func readAll(dir string) (facts int, err error) {
	db, err := state.Open(dir, small)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Verify(); err != nil {
		return 0, err
	}
	tk, err := db.Task(0)
	if err != nil {
		return 0, err
	}
	for i := range 50 {
		p, err := tk.Person(victim(i), state.Undated)
		if err != nil {
			return 0, err
		}
		facts += len(p.Facts)
	}
	return facts, nil
}

// TestDiscardUnopenable: a task that does not open can be discarded through the
// store, and opens empty then; other tasks keep what they have.
func TestDiscardUnopenable(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, small)
	var b state.Batch
	b.SetHeader("P1", 5, nil)
	b.SetCheckpoint([]byte("c"))
	for id := range int32(2) {
		if err := task(t, db, id).Commit(&b); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Discard(0); err == nil {
		t.Error("Discard of an open task through the store went through")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir, small)
	if err := db.Discard(0); err != nil {
		t.Fatal(err)
	}
	if _, found, err := task(t, db, 0).Checkpoint(); found || err != nil {
		t.Errorf("a discarded task has a checkpoint: %v", err)
	}
	if h, err := task(t, db, 0).Header("P1"); err != nil || h.Known {
		t.Errorf("a discarded task has a header: %v %v", h, err)
	}
	if _, found, err := task(t, db, 1).Checkpoint(); !found || err != nil {
		t.Errorf("the other task lost its checkpoint: %v", err)
	}
}

func TestBounds(t *testing.T) {
	db := open(t, t.TempDir(), small)
	tk := task(t, db, 0)
	big := make([]byte, state.MaxValueBytes+1)
	for name, fill := range map[string]func(b *state.Batch){
		"empty person": func(b *state.Batch) { b.AddFact("", 1, nil) },
		"long person":  func(b *state.Batch) { b.SetHeader(strings.Repeat("x", state.MaxPersonBytes+1), 1, nil) },
		"long fact":    func(b *state.Batch) { b.AddFact("P", 1, big) },
		"long said":    func(b *state.Batch) { b.SetSaid("P", 1, 1, big) },
		"long meta":    func(b *state.Batch) { b.SetMeta("k", big) },
		"long check":   func(b *state.Batch) { b.SetCheckpoint(big) },
	} {
		var b state.Batch
		b.SetHeader("P", 1, nil)
		fill(&b)
		if err := tk.Commit(&b); !errors.Is(err, state.ErrBounds) {
			t.Errorf("%s: %v, want ErrBounds", name, err)
		}
		if h, _ := tk.Header("P"); h.Known {
			t.Errorf("%s: half of the batch was committed", name)
		}
		if strings.Contains(fmt.Sprint(tk.Commit(&b)), "xxx") {
			t.Errorf("%s: the error carries the person", name)
		}
	}
	if _, _, err := tk.Due(1, []byte("zz"), 1); !errors.Is(err, state.ErrBounds) {
		t.Errorf("foreign cursor: %v", err)
	}
	if _, _, err := tk.Persons(nil, 0); !errors.Is(err, state.ErrBounds) {
		t.Errorf("limit 0: %v", err)
	}
	var b state.Batch
	b.AddFact("P", 1, big[:state.MaxValueBytes])
	b.AddFact("P", 1, bytes.Repeat([]byte("y"), 100))
	if err := tk.Commit(&b); err != nil {
		t.Fatalf("the largest fact: %v", err)
	}
	if p, err := tk.Person("P", 0); err != nil || len(p.Facts) != 2 {
		t.Errorf("the largest fact: %d facts %v", len(p.Facts), err)
	}
}

func TestClosed(t *testing.T) {
	db := open(t, t.TempDir(), small)
	tk := task(t, db, 0)
	if err := errors.Join(db.Sync(), db.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	var b state.Batch
	b.SetCheckpoint(nil)
	_, _, checkErr := tk.Checkpoint()
	_, personErr := tk.Person("P", 0)
	_, headerErr := tk.Header("P")
	_, _, dueErr := tk.Due(1, nil, 1)
	_, walkErr := tk.WalkDue(1, nil, 1, daysOf, nil)
	pageErr := tk.PageHeaders(0, nil)
	_, _, metaErr := tk.Meta("k")
	_, taskErr := db.Task(1)
	_, inspectErr := db.Inspect()
	_, backupErr := db.Backup(&bytes.Buffer{}, 0)
	for i, err := range []error{tk.Commit(&b), checkErr, personErr, headerErr, dueErr, metaErr, taskErr, walkErr, pageErr,
		inspectErr, backupErr, tk.Discard(), db.Discard(1)} {
		if !errors.Is(err, state.ErrClosed) {
			t.Errorf("%d: %v, want ErrClosed", i, err)
		}
	}
}

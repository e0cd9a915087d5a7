package state_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"tilsyn/state"
)

// TestRealDiskFull fills a small file system: the process lives on, commits are
// refused with ErrDiskFull, and go on when space is back. It needs the right to
// mount; TestDiskFull holds the same without it.
func TestRealDiskFull(t *testing.T) {
	mount := t.TempDir()
	if err := unix.Mount("tmpfs", mount, "tmpfs", 0, "size=256m"); err != nil {
		t.Skipf("cannot mount a small file system here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(mount, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(mount, "filler")
	if err := os.WriteFile(filler, make([]byte, 96<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	opt := state.Options{Pages: 8, MergeBytes: 256 << 10, ReserveBytes: 96 << 20}
	db := open(t, filepath.Join(mount, "state"), opt)
	tk := task(t, db, 0)
	var b state.Batch
	var refused error
	n := uint64(0)
	noise := rand.NewChaCha8([32]byte{1})
	fact := make([]byte, 20_000)
	for refused == nil && n < 1_000 {
		n++
		b.Reset()
		for i := range 50 { // a megabyte that does not compress
			noise.Read(fact)
			b.AddFact(victim(i), int32(n), fact)
		}
		b.SetCheckpoint(binary.BigEndian.AppendUint64(nil, n))
		refused = tk.Commit(&b)
	}
	if !errors.Is(refused, state.ErrDiskFull) {
		t.Fatalf("%d commits, then %v; want ErrDiskFull", n, refused)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := tk.Commit(&b); err != nil {
		t.Fatalf("space is back: %v", err)
	}
	if last, err := lastCommit(tk); err != nil || last != n {
		t.Errorf("checkpoint %d %v, want %d", last, err, n)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

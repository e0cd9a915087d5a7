package state

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// TestTrim: mapped tables leave the process's memory, and what they hold is
// read all the same, while compactions go on.
func TestTrim(t *testing.T) {
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skipf("this system does not say what is mapped: %v", err)
	}
	db, err := Open(t.TempDir(), Options{Pages: 16, MergeBytes: 1 << 20, MappedBytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tk, err := db.Task(0)
	if err != nil {
		t.Fatal(err)
	}
	noise := rand.NewChaCha8([32]byte{7})
	const commits, persons = 60, 100
	var b Batch
	fact := make([]byte, 8<<10)
	for n := range commits { // 48 MiB, which do not compress
		b.Reset()
		for i := range persons {
			noise.Read(fact)
			binary.BigEndian.PutUint32(fact, uint32(n))
			b.AddFact(fmt.Sprint("P", i), int32(n%7), fact)
		}
		if err := tk.Commit(&b); err != nil {
			t.Fatal(err)
		}
	}
	for i := range persons {
		if p, err := tk.Person(fmt.Sprint("P", i), Undated); err != nil || len(p.Facts) != commits {
			t.Fatalf("%d facts %v, want %d", len(p.Facts), err, commits)
		}
	}
	db.untrimmed.Store(-trimStep)
	before, trimmed := mappedNow(), 0
	err = db.whileHeld(func(held map[uint64]bool) error {
		trimmed = len(held)
		return nil
	})
	if err != nil || trimmed == 0 {
		t.Fatalf("no table is held: %v", err)
	}
	if err := db.trim(); err != nil {
		t.Fatal(err)
	}
	if after := mappedNow(); after > before-8<<20 {
		t.Errorf("%d MiB of files were in memory, %d MiB still are", before>>20, after>>20)
	}
	for i := range persons {
		if p, err := tk.Person(fmt.Sprint("P", i), Undated); err != nil || len(p.Facts) != commits {
			t.Fatalf("after trimming: %d facts %v, want %d", len(p.Facts), err, commits)
		}
	}
}

package state

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// TestTrim: mapped tables are removed from the process's memory and can still be read, while
// compactions go on.
func TestTrim(t *testing.T) {
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skipf("this system does not say what is mapped: %v", err)
	}
	before := mappedNow()
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
	held := 0
	err = db.whileHeld(func(tables map[uint64]bool) error {
		held = len(tables)
		return nil
	})
	if err != nil || held == 0 {
		t.Fatalf("no table is held: %v", err)
	}
	// All of it was read a moment ago; of logs, this program and what a compaction
	// has just written something stays.
	for until := time.Now().Add(20 * time.Second); mappedNow() > before+24<<20; time.Sleep(trimPause) {
		if time.Now().After(until) {
			t.Fatalf("%d MiB of files were in memory at the start, %d MiB still are", before>>20, mappedNow()>>20)
		}
	}
	for i := range persons {
		if p, err := tk.Person(fmt.Sprint("P", i), Undated); err != nil || len(p.Facts) != commits {
			t.Fatalf("after trimming: %d facts %v, want %d", len(p.Facts), err, commits)
		}
	}
}

package state_test

import (
	"os"
	"path/filepath"
	"testing"

	"tilsyn/state"
)

// TestUsage reads what a store has written and how much space it takes, at once and while it is in
// use.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, state.Options{})
	tk := task(t, db, 0)
	keys, bytes := db.Puts()
	var b state.Batch
	for n := range uint64(100) {
		b.Reset()
		for i := range uint64(1_000) {
			b.AddFact(benchPerson(int(i)), 1, noise(n, i, 60))
		}
		b.SetMeta("k", []byte("v"))
		b.SetCheckpoint([]byte("c"))
		if err := tk.Commit(&b); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			continue
		}
		// Two parts of a delta, a meta value and the checkpoint.
		if k, by := db.Puts(); k-keys != 4 || by-bytes < 60_000 || by-bytes > 90_000 {
			t.Errorf("the first commit put %d keys, %d bytes", k-keys, by-bytes)
		}
	}
	if keys, bytes = db.Puts(); keys < 400 || bytes < 6_000_000 {
		t.Errorf("%d keys and %d bytes", keys, bytes)
	}
	if _, logs, _ := db.Size(); logs == 0 {
		t.Error("no logs")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	tables, logs, values := db.Size()
	files, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	want := int64(0)
	for _, file := range files {
		info, statErr := os.Stat(file)
		if statErr != nil {
			t.Fatal(statErr)
		}
		want += info.Size()
	}
	if err != nil || tables < want || tables > want+int64(len(files))*8192 || want == 0 || logs != 0 || values > 1<<20 {
		t.Errorf("tables %d, want %d; logs %d, values %d %v", tables, want, logs, values, err)
	}
}

package statetest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/state/statetest"
)

// TestWithoutHoles: all that was written of a file of half a gigabyte is read.
func TestWithoutHoles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[int64]string{0: "the beginning", 100 << 20: "the middle", 512<<20 - 7: "the end"}
	for at, text := range texts {
		if _, err := f.WriteAt([]byte(text), at); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Truncate(512 << 20); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := statetest.WithoutHoles(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if !bytes.Contains(got, []byte(text)) {
			t.Errorf("%q is missing", text)
		}
	}
	if _, err := statetest.WithoutHoles(path + ".none"); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}

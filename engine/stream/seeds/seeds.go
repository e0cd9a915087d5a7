package seeds

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"tilsyn/engine/duty"
)

// This file has what random tests of the engine's packages share.

// ForEach runs a test with the seeds from 0 to n-1 and stops at the first that fails, logging it.
func ForEach(t *testing.T, n uint64, f func(t *testing.T, seed uint64)) {
	t.Helper()
	for seed := range n {
		if !t.Run("", func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			f(t, seed)
		}) {
			return
		}
	}
}

// EnvInt returns the positive number in an environment variable, or other if it is not set.
func EnvInt(t *testing.T, name string, other int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return other
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return n
}

// Start is when the random worlds begin, a Monday.
const Start = duty.Instant(1_767_571_200_000)

// Files lists everything below a directory.
func Files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		out = append(out, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

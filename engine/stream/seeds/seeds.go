package seeds

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"tilsyn/engine/duty"
)

// This file has what random tests of the engine's packages share.

// fullSize is the variable in the environment that makes random tests run at full size.
const fullSize = "TILSYN_FULL"

// Full reports whether random tests run at full size, as in CI. They do if TILSYN_FULL is set.
func Full() bool { return os.Getenv(fullSize) != "" }

// Size returns how many cases a random test tries whose full size is given: all of them with
// TILSYN_FULL=1, twice as many with TILSYN_FULL=2, and so on. Without it a sixtieth, rounded
// up, so that a run of all tests stays short.
func Size(t *testing.T, full int) int {
	t.Helper()
	if !Full() {
		return (full + 59) / 60
	}
	return full * EnvInt(t, fullSize, 1)
}

// AtLeast is Size, but not less than a test needs to see what it wants of all its cases together.
func AtLeast(t *testing.T, full, least int) int {
	t.Helper()
	return max(Size(t, full), least)
}

// ForEach runs a test with the seeds from 0 up, Size of n of them, and stops at the first that
// fails, logging it. With TILSYN_SEED it runs that seed alone; what a test wants of all its seeds
// together may then be missing.
func ForEach(t *testing.T, n int, f func(t *testing.T, seed uint64)) {
	t.Helper()
	ForEachOf(t, Size(t, n), f)
}

// ForEachOf is ForEach with exactly so many seeds.
func ForEachOf(t *testing.T, n int, f func(t *testing.T, seed uint64)) {
	t.Helper()
	first, runs := uint64(0), uint64(n)
	if os.Getenv("TILSYN_SEED") != "" {
		first, runs = Seed(t, 0), 1
	}
	for seed := first; seed < first+runs; seed++ {
		if !t.Run("", func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("replay with TILSYN_SEED=%d", seed)
				}
			}()
			f(t, seed)
		}) {
			return
		}
	}
}

// Expect fails a test whose cases together did not show what they are there for. Only the seed that is built in
// is held to it: some hundred cases of a seed that TILSYN_SEED gives may miss what is rare.
func Expect(t testing.TB, shown bool, format string, args ...any) {
	t.Helper()
	if !shown && os.Getenv("TILSYN_SEED") == "" {
		t.Errorf(format, args...)
	}
}

// Seed returns the seed in TILSYN_SEED, or other if it is not set.
func Seed(t *testing.T, other uint64) uint64 {
	t.Helper()
	text := os.Getenv("TILSYN_SEED")
	if text == "" {
		return other
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("TILSYN_SEED=%q is no seed: a whole number from zero", text)
	}
	return seed
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

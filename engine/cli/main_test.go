package cli

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/seeds"
	"tilsyn/state/statetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	if os.Getenv(asWorker) != "" {
		os.Exit(work(os.Stdin, os.Stdout))
	}
	seeds.TestsThatWait()
	statetest.InMemory()
	status := m.Run()
	endWorkers()
	os.Exit(status)
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// simulated writes the facts of some weeks and returns the file.
func simulated(t *testing.T, persons, days int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "facts.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := simulate.NewLines(f)
	cfg := simulate.Config{Seed: 11, Start: duty.DateOf(2026, 1, 5), Days: days, Persons: persons}
	if _, err := simulate.Run(cfg, lines); err != nil {
		t.Fatal(err)
	}
	if err := lines.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := read(t, path); got != want {
		t.Errorf("%s differs; `go test ./engine/cli -update` writes it anew\n--- got\n%s--- want\n%s", path, got, want)
	}
}

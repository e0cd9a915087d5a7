package cli

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// asProgram makes the test binary behave as the program, so that tests run it
// as users do: arguments, streams, environment and exit status.
const asProgram = "TILSYN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testkit.TestsThatWait()
	os.Exit(m.Run())
}

// result is what a run of the program left.
type result struct {
	stdout, stderr string
	status         int
}

// within is how long a test waits for what a program must do. It is long, since the machine may be slow.
const within = 3 * time.Minute

// program is one run of the program. What its engine says goes to said, or to the test's own errors.
type program struct {
	dir   string
	stdin string
	env   []string
	said  *os.File
}

func (p program) run(t *testing.T, args ...string) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir = p.dir
	// Most runs are over before collecting garbage is worth its time.
	cmd.Env = append(append(os.Environ(), asProgram+"=1", "GOGC=400"), p.env...)
	cmd.Stdin = strings.NewReader(p.stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// ok runs the program and wants success.
func (p program) ok(t *testing.T, args ...string) result {
	t.Helper()
	r := p.run(t, args...)
	if r.status != 0 {
		t.Fatalf("tilsyn %s: exit status %d\n%s", strings.Join(args, " "), r.status, r.stderr)
	}
	return r
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

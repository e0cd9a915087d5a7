package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOutputOverInput: no output takes the place of anything that the command
// reads, by whatever name; nothing is written then.
func TestOutputOverInput(t *testing.T) {
	dir := t.TempDir()
	text := read(t, filepath.Join("testdata", "one-night.jsonl"))
	facts := write(t, filepath.Join(dir, "facts.jsonl"), text)
	write(t, filepath.Join(dir, "policy.yaml"), "parameters: {report.grace: PT15M}\n")
	write(t, filepath.Join(dir, "config.yaml"), "log-level: info\n")
	write(t, filepath.Join(dir, "said.jsonl"), "")
	if err := os.Symlink(".", filepath.Join(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("facts.jsonl", filepath.Join(dir, "link.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(facts, filepath.Join(dir, "hard.jsonl")); err != nil {
		t.Fatal(err)
	}
	p := program{dir: dir}
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"--violations facts.jsonl facts.jsonl",
		"--violations ./facts.jsonl facts.jsonl",
		"--violations " + facts + " facts.jsonl",
		"--outcomes linked/facts.jsonl facts.jsonl",
		"--data-quality link.jsonl facts.jsonl",
		"--observations hard.jsonl facts.jsonl",
		"--skip-bad facts.jsonl linked/link.jsonl",
		"--outcomes linked/policy.yaml --policy policy.yaml facts.jsonl",
		"--outcomes linked/policy.yaml --policy policy.yaml@2026-01-01T00:00:00Z facts.jsonl",
		"--outcomes linked/config.yaml --config config.yaml facts.jsonl",
		"--outcomes linked/said.jsonl --said said.jsonl facts.jsonl",
		"--violations new.jsonl --outcomes linked/new.jsonl facts.jsonl",
	} {
		r := p.run(t, append([]string{"replay"}, strings.Fields(line)...)...)
		if r.status != statusUsage || !strings.Contains(r.stderr, "write somewhere else") &&
			!strings.Contains(r.stderr, "give each its own file") {
			t.Errorf("%s: status %d\n%s", line, r.status, r.stderr)
		}
		if read(t, facts) != text {
			t.Fatalf("%s: the facts were replaced", line)
		}
	}
	if after, _ := os.ReadDir(dir); len(after) != len(before) {
		t.Errorf("%d names in the directory, %d before", len(after), len(before))
	}
	p.ok(t, "replay", "--violations", "new.jsonl", "--outcomes", os.DevNull, "--data-quality", os.DevNull, "facts.jsonl")
	p.ok(t, "replay", "--violations", "linked/new.jsonl", "--said", "said.jsonl", "facts.jsonl")
}

// TestStreamsOverInput: the shell's redirections are files as well.
func TestStreamsOverInput(t *testing.T) {
	dir := t.TempDir()
	text := read(t, filepath.Join("testdata", "one-night.jsonl"))
	facts := write(t, filepath.Join(dir, "facts.jsonl"), text)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`"$0" replay - --violations facts.jsonl < facts.jsonl`,
		`"$0" replay facts.jsonl >> facts.jsonl`,
		`"$0" replay - < facts.jsonl >> ./facts.jsonl`,
		`"$0" replay /dev/stdin --violations facts.jsonl < facts.jsonl`,
	} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line, self)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), asProgram+"=1")
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		if cmd.ProcessState.ExitCode() != statusUsage ||
			!strings.Contains(string(out), "is both input and output") || read(t, facts) != text {
			t.Errorf("%s: status %d\n%s", line, cmd.ProcessState.ExitCode(), out)
		}
	}
}

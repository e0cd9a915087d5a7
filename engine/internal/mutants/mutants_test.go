package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestOnePackage makes all mutants of a small package and lets its test judge.
func TestOnePackage(t *testing.T) {
	u, err := load(t.Context(), "testdata", "rules")
	if err != nil {
		t.Fatal(err)
	}
	sites := find(u)
	dir := t.TempDir()
	trial, err := build(t.Context(), u, sites, dir, ".")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range sites {
		for _, m := range s.alts {
			if got[m.name], err = trial.killer(t.Context(), m.number, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	const in = "rules/rules.go judge: "
	want := map[string]string{
		in + "n < limit -> n <= limit":                          "TestJudge",
		in + "n < limit -> true":                                "TestJudge",
		in + "n < limit -> n < (limit + 1)":                     "TestJudge",
		in + "ok -> true":                                       "TestJudge",
		in + "c == blue -> false":                               "TestJudge",
		in + `return green, "STY-02" -> return blue, "STY-02"`:  "TestJudge",
		in + `return green, "STY-02" -> return green, "OTHER"`:  "",
		in + "red -> ^colour(0)":                                "TestJudge",
		in + `return red, "no rule" -> return green, "no rule"`: "TestJudge",
		in + "min(n, 1) -> max(n, 1)":                           "",
		in + "min(n, 1) -> min(n, (1 + 1))":                     "",
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if by, ok := want[name]; !ok || by != got[name] {
			t.Errorf("%q is killed by %q, want %q, expected at all: %t", name, got[name], by, ok)
		}
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("there is no mutant %q", name)
		}
	}
}

// TestEquivalentFile: each line names a mutant and has a reason.
func TestEquivalentFile(t *testing.T) {
	if _, err := readEquivalent("equivalent.txt"); err != nil {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "list.txt")
	for text, want := range map[string]string{
		"# a comment\n\na -> b\n\twhy\n  and why\n": "",
		"a -> b\n":                       "has no reason",
		"\twhy\n":                        "without a mutant",
		"a -> b\n\twhy\na -> b\n\twhy\n": "stands here twice",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		reasons, err := readEquivalent(path)
		if want == "" && (err != nil || reasons["a -> b"] != "why and why") {
			t.Errorf("%q reads as %v: %v", text, reasons, err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestKillersAreKept: what is written is read; a file that is not there is empty.
func TestKillersAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "killers.txt")
	if got := readKillers(path); len(got) != 0 {
		t.Errorf("no file holds %v", got)
	}
	want := map[string]string{"a -> b": "TestA", "c": "TestC"}
	if err := writeKillers(path, want); err != nil {
		t.Fatal(err)
	}
	if got := readKillers(path); !maps.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

// TestWhoFailed reads the output of a test run that ended in each way.
func TestWhoFailed(t *testing.T) {
	for out, want := range map[string]string{
		"=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n--- FAIL: TestB (0.00s)\nFAIL\n":  "TestB",
		"=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n=== RUN   TestB/sub\npanic: no\n": "TestB",
		"panic: in init\n": "the start of the tests",
	} {
		if got := failed([]byte(out)); got != want {
			t.Errorf("%q: %q, want %q", out, got, want)
		}
	}
}

// TestWrongEquivalents: a line that names no mutant of a file that is looked at is
// found.
func TestWrongEquivalents(t *testing.T) {
	u, err := load(t.Context(), "testdata", "rules")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{"rules/rules.go judge: ok -> true": "r", "rules/rules.go judge: gone": "r",
		"rules/other.go f: gone": "r"}
	if n := unknown(u, find(u), reasons); n != 1 {
		t.Errorf("%d lines name no mutant, want 1", n)
	}
	if regexp.MustCompile(`^rules/`).FindString(find(u)[0].alts[0].name) == "" {
		t.Error("a name does not begin with its file")
	}
}

package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// release is a version that was given to others.
type release struct {
	version, commit, date string
	// layout is that of the state (stored.StateLayout).
	layout int
}

// releases are those that .github/releases names, newest first.
func releases(t *testing.T) (out []release) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", ".github", "releases"))
	must(t, err)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var r release
		if _, err := fmt.Sscan(line, &r.version, &r.commit, &r.date, &r.layout); err != nil {
			t.Fatalf(".github/releases: %q: %v; want VERSION COMMIT DATE STATE-LAYOUT", line, err)
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		t.Fatal(".github/releases names no release")
	}
	return out
}

// build compiles the program of the release from the history of this repository, and returns its path. A history that
// is not here cannot be tried: the test skips in a shallow clone, and outside CI in files that are no clone. One that
// is here must have the commit.
func (r release) build(t *testing.T) string {
	t.Helper()
	git := func(args ...string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", ".."}, args...)...).CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	if out, err := git("cat-file", "-e", r.commit+"^{commit}"); err != nil {
		shallow, noHistory := git("rev-parse", "--is-shallow-repository")
		switch {
		case noHistory != nil && os.Getenv("CI") == "":
			t.Skipf("NOT CHECKED: these files are no clone, so that %s cannot be built: %s", r.version, shallow)
		case shallow == "true":
			t.Skipf("NOT CHECKED: this clone is shallow and has not the commit of %s; `git fetch --unshallow` brings it",
				r.version)
		}
		t.Fatalf("the history has not the commit %s of %s: %s", r.commit, r.version, out)
	}
	dir := t.TempDir()
	archive, program := filepath.Join(dir, "release.tar"), filepath.Join(dir, "tilsyn-"+r.version)
	if out, err := git("archive", "--format=tar", "-o", archive, r.commit); err != nil {
		t.Fatalf("the files of %s: %v\n%s", r.version, err, out)
	}
	sources := filepath.Join(dir, "sources")
	must(t, os.Mkdir(sources, 0o700))
	for _, command := range [][]string{{"tar", "-xf", archive}, {"go", "build", "-trimpath", "-o", program, "."}} {
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Dir = sources
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v: %v\n%s", r.version, command, err, last(string(out)))
		}
	}
	return program
}

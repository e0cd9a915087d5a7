package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/datadir"
)

// listing is everything below a directory, with times and sizes.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !d.IsDir() {
			b.WriteString(path + " " + info.ModTime().String() + " " + info.Mode().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDemoDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	d, err := openDemoDir(dir)
	if err != nil || d.replaced {
		t.Fatalf("a new directory: %+v, %v", d, err)
	}
	d.unlock()
	if err := os.MkdirAll(filepath.Join(dir, demoBroker, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{simulate.FactsFile, "notes.txt", filepath.Join(demoBroker, "x", "log")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d, err = openDemoDir(dir); err != nil || !d.replaced {
		t.Fatalf("an earlier demo's directory: %+v, %v", d, err)
	}
	d.unlock()
	if exists(filepath.Join(dir, simulate.FactsFile)) || exists(filepath.Join(dir, demoBroker, "x")) ||
		!exists(filepath.Join(dir, "notes.txt")) {
		t.Error("a demo replaces what demos write, and nothing else")
	}
}

// A directory that is refused stays exactly as it was, and the message says what
// to do.
func TestDemoDirectoryRefused(t *testing.T) {
	foreign, running, mine := t.TempDir(), filepath.Join(t.TempDir(), "demo"), filepath.Join(t.TempDir(), "demo")
	if err := os.WriteFile(filepath.Join(foreign, simulate.FactsFile), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{running, mine} {
		d, err := openDemoDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		d.unlock()
		if err := os.MkdirAll(filepath.Join(dir, demoBroker, "topic"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	// What `run --embedded` does on a demo's directory.
	unlock, err := datadir.LockDirs(filepath.Join(running, demoState), filepath.Join(running, demoBroker))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	cases := map[string]string{foreign: "no demo wrote", running: "a tilsyn runs on it"}
	if os.Geteuid() != 0 { // root may write everywhere
		if err := os.Chmod(mine, 0o500); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.Chmod(mine, 0o700) }()
		cases[mine] = "permission denied"
	}
	for dir, want := range cases {
		before := listing(t, dir)
		_, err := openDemoDir(dir)
		if status(err) != statusUsage || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "choose another") {
			t.Errorf("%s: %v", want, err)
		}
		if after := listing(t, dir); after != before {
			t.Errorf("%s: the directory was\n%sand is\n%s", want, before, after)
		}
	}
}

// Where the current directory cannot be written, the demo goes to a temporary
// one and says so.
func TestDemoWithoutAPlace(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	here := t.TempDir()
	if err := os.Chmod(here, 0o500); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(here, 0o700) }()
	t.Chdir(here)
	t.Setenv("TMPDIR", t.TempDir())
	d, err := openDemoDir("")
	if err != nil || !strings.HasPrefix(d.path, os.TempDir()) || !strings.Contains(d.note, d.path) || d.shown != d.path {
		t.Fatalf("%+v, %v", d, err)
	}
	d.unlock()
	t.Setenv("TMPDIR", here)
	if _, err := openDemoDir(""); status(err) != statusUsage || !strings.Contains(err.Error(), "--dir DIR") {
		t.Errorf("without any place: %v", err)
	}
}

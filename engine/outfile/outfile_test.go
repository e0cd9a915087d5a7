package outfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/outfile"
)

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func create(t *testing.T, path, text string) *outfile.File {
	t.Helper()
	f, err := outfile.Create(path, outfile.Private)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestAppearsWhole: until Commit the file before stands, after it the new one;
// Discard leaves nothing behind.
func TestAppearsWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	put(t, path, "before")
	f := create(t, path, "after")
	if got := content(t, path); got != "before" {
		t.Errorf("before Commit the file is %q", got)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Discard()
	create(t, path, "never").Discard()
	if got := content(t, path); got != "after" || names(t, dir) != "out" {
		t.Errorf("at the end the file is %q, the directory holds %s", got, names(t, dir))
	}
}

// TestLinks: a symbolic link stays one, also where what it names is not there
// yet; so does a name of 255 bytes.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join("sub", "new"), link); err != nil {
		t.Fatal(err)
	}
	if err := create(t, link, "x").Commit(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, filepath.Join(sub, "new")); got != "x" || names(t, dir) != "link sub" || names(t, sub) != "new" {
		t.Errorf("%q; %s; %s", got, names(t, dir), names(t, sub))
	}
	if err := create(t, filepath.Join(sub, strings.Repeat("n", 255)), "x").Commit(); err != nil {
		t.Error(err)
	}
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	if _, err := outfile.Create(filepath.Join(dir, "loop"), outfile.Private); err == nil {
		t.Error("a link to itself is written")
	}
	if _, err := outfile.Create(sub, outfile.Private); err == nil {
		t.Error("a directory is written")
	}
}

// TestDevices are written directly.
func TestDevices(t *testing.T) {
	if err := create(t, os.DevNull, "x").Commit(); err != nil {
		t.Error(err)
	}
	if outfile.Identify(os.DevNull).Regular() {
		t.Errorf("%s is a regular file", os.DevNull)
	}
}

// TestSame: one file is one file by whatever way it is named.
func TestSame(t *testing.T) {
	dir := t.TempDir()
	real := filepath.Join(dir, "real")
	if err := os.Mkdir(real, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(real, "a"), "")
	put(t, filepath.Join(real, "b"), "")
	for _, l := range [][2]string{{"real", "dir"}, {"real/a", "link"}, {"real/new", "dangling"},
		{"dir/new", "dangling2"}} {
		if err := os.Symlink(l[0], filepath.Join(dir, l[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(filepath.Join(real, "a"), filepath.Join(dir, "hard")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	id := func(name string) outfile.ID { return outfile.Identify(name) }
	for _, same := range [][]string{
		{"real/a", "./real/../real/a", filepath.Join(real, "a"), "dir/a", "link", "hard"},
		{"real/new", "dir/new", filepath.Join(dir, "dir", "new"), "dangling", "dangling2"},
	} {
		for _, x := range same {
			if !id(x).Same(id(same[0])) || !id(x).Regular() {
				t.Errorf("%s is not %s", x, same[0])
			}
		}
	}
	for _, differ := range [][2]string{{"real/a", "real/b"}, {"real/new", "real/other"}, {"new", "real/new"},
		{"real/a", "real/new"}, {"nowhere/a", "nowhere/a"}} {
		if id(differ[0]).Same(id(differ[1])) {
			t.Errorf("%s is %s", differ[0], differ[1])
		}
	}
	f, err := os.Open("link")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !outfile.IdentifyOpen(f).Same(id("hard")) || outfile.IdentifyOpen(strings.NewReader("")).Same(outfile.ID{}) {
		t.Error("an open file is not what it is")
	}
}

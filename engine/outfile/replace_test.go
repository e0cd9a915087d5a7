package outfile_test

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"tilsyn/engine/outfile"
)

// TestReplace: what a killed process left of the same file goes, and of no other;
// an error leaves the file before.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "identity.json")
	for _, left := range []string{".identity.json.0123abcd", ".other.json.0123abcd", ".identity.json.bak",
		"identity.json.0123abcd"} {
		put(t, filepath.Join(dir, left), "half")
	}
	if err := outfile.ReplaceBytes(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := outfile.Replace(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "two"); err != nil {
			return err
		}
		return broken
	})
	if got := content(t, path); !errors.Is(err, broken) || got != "one" {
		t.Errorf("%v; the file is %q", err, got)
	}
	if got := names(t, dir); got != ".identity.json.bak .other.json.0123abcd identity.json identity.json.0123abcd" {
		t.Errorf("the directory holds %s", got)
	}
	if err := outfile.ReplaceBytes(filepath.Join(dir, "nowhere", "x"), nil); err == nil {
		t.Error("a file in no directory is written")
	}
}

// TestUnfinished knows the names that Create gives, and no others.
func TestUnfinished(t *testing.T) {
	dir := t.TempDir()
	f := create(t, filepath.Join(dir, "a.b"), "x")
	if target, ok := outfile.Unfinished(names(t, dir)); !ok || target != "a.b" {
		t.Errorf("%s is of %q, %v", names(t, dir), target, ok)
	}
	f.Discard()
	for _, name := range []string{"", ".", "a.b", ".a.b", ".a.0123456", ".a.0123456g", "a.01234567",
		".01234567", "..01234567"} {
		if target, ok := outfile.Unfinished(name); ok {
			t.Errorf("%q is of %q", name, target)
		}
	}
}

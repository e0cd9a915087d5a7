package topics

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A directory is a broker's by its meta.json alone, as it is written by what runs
// here; else everything in it that no broker writes is another's.
func TestEmbeddedDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "broker")
	look := func(want ...string) {
		t.Helper()
		others, err := EmbeddedDir(dir)
		if err != nil || !slices.Equal(others, want) {
			t.Errorf("%v, %v, want %v", others, err, want)
		}
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	look()
	b, err := StartEmbedded(EmbeddedConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	put("notes.txt", "")
	look()
	put(embeddedMeta, `{"name":"a web application"}`)
	put(".hidden", "")
	look("meta.json", "notes.txt")
	for _, name := range []string{embeddedMeta, "notes.txt"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	put("topics.json.tmp", "") // killed while it began
	look()
	dir = filepath.Join(dir, "topics.json.tmp")
	if _, err := EmbeddedDir(dir); err == nil {
		t.Error("a file is a directory")
	}
}

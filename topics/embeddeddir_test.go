package topics

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A directory belongs to an embedded broker if its meta.json is as the broker writes it. Otherwise
// any file that no broker writes means that it belongs to something else.
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

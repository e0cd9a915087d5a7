package topics

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEmbeddedKilledInATransaction: what was open when the broker was killed stays aborted, however often it is
// killed, and what the same producer commits later is read.
func TestEmbeddedKilledInATransaction(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	root := t.TempDir()
	// A copy of the files of a broker that runs is what a kill leaves of it.
	kill := func(from, name string) string {
		to := filepath.Join(root, name)
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		return to
	}
	read := func(e *Embedded, what string, want ...string) {
		t.Helper()
		c := connect(t, e)
		p := TopicPartition{Violations, 0}
		var got []string
		for _, r := range readTo(t, c.NewFetcher(FetchOptions{}), Position{Topic: p.Topic, Partition: p.Partition},
			stableEnd(t, c, p.Topic, p.Partition)) {
			got = append(got, r.value)
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %q, want %q", what, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%s: %q, want %q", what, got, want)
			}
		}
	}
	write := func(e *Embedded, value string) *TxnWriter {
		t.Helper()
		w := connect(t, e).NewTxnWriter(TxnConfig{TransactionalID: "task"})
		if err := w.Init(ctx); err != nil {
			t.Fatal(err)
		}
		begin(t, w)
		produce(t, w, Out{Topic: Violations, Value: []byte(value)})
		return w
	}
	dir := filepath.Join(root, "first")
	e := embedded(t, EmbeddedConfig{Dir: dir})
	if _, err := connect(t, e).Create(ctx, CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	write(e, "open at the first kill")
	dir = kill(dir, "second")
	e = embedded(t, EmbeddedConfig{Dir: dir})
	read(e, "after the first kill")
	if err := write(e, "kept").Commit(ctx); err != nil {
		t.Fatal(err)
	}
	read(e, "after a commit", "kept")
	e = embedded(t, EmbeddedConfig{Dir: kill(dir, "third")})
	read(e, "after the second kill", "kept")
	write(e, "open at an orderly end")
	e.Close()
	e = embedded(t, EmbeddedConfig{Dir: filepath.Join(root, "third")})
	if err := write(e, "kept too").Commit(ctx); err != nil {
		t.Fatal(err)
	}
	read(e, "in the end", "kept", "kept too")
}

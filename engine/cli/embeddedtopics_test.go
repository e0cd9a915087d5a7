package cli

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/stream"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// TestExplainEmbedded: a unit is explained from the topics of an embedded broker, whether it runs or not, as
// from the files; nothing in its directory changes.
func TestExplainEmbedded(t *testing.T) {
	t.Parallel()
	dir, own := t.TempDir(), t.TempDir()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: own})
	if err != nil {
		t.Fatal(err)
	}
	open := true
	defer func() {
		if open {
			broker.Close()
		}
	}()
	p := program{dir: dir}
	to := "--brokers=" + strings.Join(broker.Brokers(), ",")
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create", to)
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1"))
	p.ok(t, "load", "facts.jsonl", to)
	at := "--as-of=2026-02-20T08:00:00+01:00"
	p.ok(t, "replay", "facts.jsonl", at, "--violations", "said.jsonl")
	produceSaid(t, broker.Brokers(), read(t, filepath.Join(dir, "said.jsonl")))
	unit := "STAY:2026-02-03:P-1"
	want := p.ok(t, "explain", unit, at, to).stdout

	// It runs: whoever holds the directory says where.
	unlock, err := datadir.LockDirs(own)
	if err != nil {
		t.Fatal(err)
	}
	r := p.run(t, "explain", unit, at, "--embedded", own)
	if r.status != 2 || !strings.Contains(r.stderr, "another process has it") {
		t.Errorf("in use by one that says nothing: status %d, %s", r.status, r.stderr)
	}
	untell, err := stream.TellEmbedded(own, broker.Brokers())
	if err != nil {
		t.Fatal(err)
	}
	if got := p.ok(t, "explain", unit, at, "--embedded", own).stdout; got != want {
		t.Errorf("from one that runs:\n%s\nwant\n%s", got, want)
	}
	untell()
	unlock()
	broker.Close()
	open = false

	before := contents(t, own)
	if got := p.ok(t, "explain", unit, at, "--embedded", own).stdout; got != want {
		t.Errorf("from one that does not run:\n%s\nwant\n%s", got, want)
	}
	if after := contents(t, own); !maps.Equal(before, after) {
		t.Errorf("its directory has changed: there were %d files, and are %d", len(before), len(after))
	}
	missing := filepath.Join(dir, "missing")
	r = p.run(t, "explain", unit, "--embedded", missing)
	if r.status != 2 || !strings.Contains(r.stderr, "is no directory of an embedded broker") {
		t.Errorf("without a directory: status %d, %s", r.status, r.stderr)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("the missing directory is there")
	}
}

// contents are the texts of all files below a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range seeds.Files(t, dir) {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			out[name] = read(t, name)
		}
	}
	return out
}

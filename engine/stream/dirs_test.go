package stream

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// contents lists what is below a directory, with what is in the files.
func contents(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	for _, path := range seeds.Files(t, root) {
		info, err := os.Lstat(path)
		must(t, err)
		fmt.Fprintf(&b, "%s %s", path, info.Mode())
		if info.Mode().IsRegular() {
			text, err := os.ReadFile(path)
			must(t, err)
			fmt.Fprintf(&b, " %x", sha256.Sum256(text))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A run that is refused leaves the directories as they were: those that an engine had used stay,
// and those that it made, with their new parents, are removed.
func TestRefusalsLeaveDirectories(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	first := r.config(seeds.Start)
	first.Leave = true
	e := start(t, first)
	e.rest()
	e.end()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	for _, c := range []struct {
		name   string
		change func(*Config)
		want   error
	}{
		{"no broker", func(c *Config) {
			c.Kafka = topics.Config{Brokers: []string{freeAddress(t)}, GiveUpAfter: 500 * time.Millisecond}
		}, topics.ErrGaveUp},
		{"no topics", func(c *Config) { c.Kafka.Prefix = "none." }, task.ErrTopics},
		{"times of the producers", func(c *Config) { c.TrustTimestamps = false }, task.ErrTopics},
		{"another policy", func(c *Config) { c.Policy = testkit.MustPolicy(t, "settle.required: []\n") }, task.ErrPolicy},
		{"another group", func(c *Config) { c.Group = "other" }, nil},
		{"an address that is taken", func(c *Config) { c.Listen = taken.Addr().String() }, ErrConfig},
		{"a directory that cannot be made", func(c *Config) { c.Snapshots = filepath.Join(first.DataDir, datadir.IdentityFile, "x", "y") }, ErrConfig},
	} {
		root := t.TempDir()
		for _, dir := range []string{first.DataDir, filepath.Join(root, "not", "there")} {
			cfg := r.config(seeds.Start)
			cfg.DataDir, cfg.Snapshots = dir, filepath.Join(root, "shared", "snapshots")
			c.change(&cfg)
			before := contents(t, first.DataDir)
			err := trial(t, cfg)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
			if after := contents(t, first.DataDir); after != before {
				t.Errorf("%s: the directory was\n%sand is\n%s", c.name, before, after)
			}
			if left := seeds.Files(t, root); len(left) != 1 {
				t.Errorf("%s: it leaves %v", c.name, left)
			}
		}
	}
}

// The same with the engine's own broker, which is running by the time that the engine is refused.
// Directories of another program are not used.
func TestRefusalsLeaveEmbedded(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	cfg := (&rig{t: t}).config(seeds.Start)
	cfg.DataDir, cfg.Embedded, cfg.EmbeddedPartitions = filepath.Join(root, "a", "data"),
		filepath.Join(root, "b", "broker"), 1
	refused := func(what string, cfg Config, want string) {
		t.Helper()
		before := contents(t, root)
		err := trial(t, cfg)
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
		if after := contents(t, root); after != before {
			t.Errorf("%s: there was\n%sand is\n%s", what, before, after)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	port := cfg
	port.EmbeddedPort = taken.Addr().(*net.TCPAddr).Port
	refused("a port that is taken", port, "address already in use")

	// An engine that was refused after its broker had started did not run: the next start rebuilds
	// nothing.
	cfg.EmbeddedPort = 0
	e := start(t, cfg)
	e.rest()
	e.end()
	wrong := cfg
	wrong.Policy = testkit.MustPolicy(t, "settle.required: []\n")
	data := contents(t, cfg.DataDir)
	if err := trial(t, wrong); !errors.Is(err, task.ErrPolicy) {
		t.Errorf("another policy: %v", err)
	}
	if after := contents(t, cfg.DataDir); after != data {
		t.Errorf("the data directory was\n%sand is\n%s", data, after)
	}

	notes := filepath.Join(root, "notes")
	must(t, os.Mkdir(notes, 0o700))
	must(t, os.WriteFile(filepath.Join(notes, "letter.txt"), []byte("x"), 0o600))
	must(t, os.WriteFile(filepath.Join(notes, "meta.json"), []byte("{}"), 0o600))
	foreign := cfg
	foreign.Embedded = notes
	refused("a broker in another's directory", foreign, "is no directory of an embedded broker and not empty, "+
		"it holds 2 of another's files: give a new or an empty directory")
	foreign = cfg
	foreign.DataDir = notes
	refused("an engine in another's directory", foreign,
		"is no data directory of `tilsyn run` and not empty, it holds 2 of")
	foreign.DataDir, foreign.Embedded = cfg.DataDir, filepath.Join(cfg.DataDir, "..", "data")
	refused("both in one", foreign, "are one directory: give each its own")
	foreign.Embedded = filepath.Join(notes, "letter.txt", "x")
	refused("below a file", foreign, "--embedded "+foreign.Embedded+": not a directory; give a directory")

	// What a disk of its own has, and one directory in the other, are no obstacle.
	for _, hidden := range []string{"lost+found", ".snapshot"} {
		must(t, os.MkdirAll(filepath.Join(root, "disk", hidden), 0o700))
	}
	nested := cfg
	nested.DataDir, nested.Embedded = filepath.Join(root, "disk"), filepath.Join(root, "disk", "broker")
	for range 2 {
		e = start(t, nested)
		e.rest()
		e.end()
	}
}

package integration

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// variant returns settings in which one run of an engine differs from another: with and without
// snapshots, with pages merged all the time or hardly ever. The seed chooses them at every start.
func (e *instance) variant() (args []string) {
	random := rand.New(rand.NewPCG(e.seed, uint64(e.number)<<32|uint64(e.starts)))
	if random.IntN(2) == 0 {
		args = append(args, "--snapshots", e.snapshots(), "--snapshot-every", "2s")
		e.count(e.variants, "with snapshots")
	}
	if n := []string{"", "4096", "65536"}[random.IntN(3)]; n != "" {
		args = append(args, "--state-merge-bytes", n)
		e.count(e.variants, "merging "+n+" bytes")
	}
	e.count(e.variants, "all")
	return args
}

// snapshots is the directory that all engines share.
func (c *campaign) snapshots() string { return filepath.Join(c.dir, "snapshots") }

// deeds are the log lines of an engine that the campaign counts.
var deeds = []string{"task begins from a snapshot", "the snapshot is not used",
	"the snapshot is newer than the last commit", "the local state of the task is damaged"}

// tally counts what the engine did since it was started, by its log.
func (e *instance) tally() {
	said := e.now.text()
	for _, deed := range deeds {
		for range strings.Count(said, deed) {
			e.count(e.done, deed)
		}
	}
}

// pages counts the merged pages that the running engine holds; of a damaged
// state it may refuse to look.
func (e *instance) pages(t *testing.T) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	out, err := exec.CommandContext(t.Context(), e.program, "state", "inspect", "--data-dir",
		filepath.Join(e.dir, "data"), "--json").Output()
	if err != nil {
		return
	}
	for _, task := range decode[inspected](t, out).Tasks {
		for _, k := range task.Kinds {
			if k.Kind == "day segments" && k.Entries > 0 {
				e.count(e.done, "task with merged pages at a check")
			}
		}
	}
}

// inspected is what is read here of `state inspect --json`.
type inspected struct {
	Tasks []struct {
		Kinds []struct {
			Kind    string `json:"kind"`
			Entries int    `json:"entries"`
		} `json:"kinds"`
	} `json:"tasks"`
}

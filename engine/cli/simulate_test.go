package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

func TestSimulateFlags(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 10, 0, 0, time.UTC)
	good := func() simulateCmd { return simulateCmd{Days: 21, Persons: 200, DelayMax: time.Hour} }
	cmd := good()
	cfg, err := cmd.simulation(now)
	if err != nil || cfg.Start != duty.DateOf(2026, 11, 1) || cfg.Until != duty.DateOf(2026, 11, 22).Clock(4, 0) {
		t.Errorf("without --start: %v to %v, %v", cfg.Start, cfg.Until, err)
	}
	cmd.Start, cmd.Until = "2026-02-02", "2026-02-20T08:00:00+01:00"
	cmd.Lose = []string{"KH,2026-02-06T11:00:00Z,2026-02-06T20:00:00Z,60",
		"SJ,2026-02-06T11:00:00Z,2026-02-06T20:00:00Z,5,2026-02-06T12:00:00Z"}
	cfg, err = cmd.simulation(now)
	if err != nil || len(cfg.Faults.Lose) != 2 {
		t.Fatalf("%v, %d losses", err, len(cfg.Faults.Lose))
	}
	if l := cfg.Faults.Lose; l[0].Known != 0 || l[0].Percent != 60 || l[0].Centre != "KH" ||
		l[1].Known-l[1].From != duty.Hour {
		t.Errorf("losses are %+v", l)
	}
	for name, change := range map[string]func(*simulateCmd){
		"start":       func(c *simulateCmd) { c.Start = "2 Feb" },
		"until":       func(c *simulateCmd) { c.Until = "tomorrow" },
		"persons":     func(c *simulateCmd) { c.Persons = 0 },
		"lose parts":  func(c *simulateCmd) { c.Lose = []string{"KH,60"} },
		"lose time":   func(c *simulateCmd) { c.Lose = []string{"KH,x,2026-02-06T20:00:00Z,60"} },
		"lose share":  func(c *simulateCmd) { c.Lose = []string{"KH,2026-02-06T11:00:00Z,2026-02-06T20:00:00Z,many"} },
		"no plan":     func(c *simulateCmd) { c.Fault = []string{"flood"} },
		"no numbers":  func(c *simulateCmd) { c.Fault = []string{"lost-rows"} },
		"heartbeats":  func(c *simulateCmd) { c.Heartbeats = 2 * time.Hour },
		"lose centre": func(c *simulateCmd) { c.Lose = []string{"XX,2026-02-06T11:00:00Z,2026-02-06T20:00:00Z,6"} },
	} {
		bad := good()
		change(&bad)
		if _, err := bad.simulation(now); status(err) != statusUsage {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The same flags write the same bytes, and nowhere to write is refused.
func TestSimulateWritesFiles(t *testing.T) {
	var first [][]byte
	for range 2 {
		out := &bytes.Buffer{}
		cmd := simulateCmd{Dir: t.TempDir(), Start: "2026-02-02", Days: 15, Persons: 25, Seed: 9,
			Duplicate: 0.05, Reorder: 20}
		if err := cmd.Run(&console{ctx: t.Context(), stdout: out}); err != nil {
			t.Fatal(err)
		}
		var files [][]byte
		for _, name := range []string{simulate.FactsFile, simulate.TruthFile} {
			data, err := os.ReadFile(filepath.Join(cmd.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if lines := fmt.Sprintf("%d ", bytes.Count(data, []byte("\n"))); !strings.Contains(out.String(), lines) {
				t.Errorf("%s has %slines, the command says:\n%s", name, lines, out)
			}
			files = append(files, data)
		}
		if first == nil {
			first = files
		} else if !bytes.Equal(first[0], files[0]) || !bytes.Equal(first[1], files[1]) {
			t.Error("two runs with the same flags differ")
		}
	}
	out := &bytes.Buffer{}
	faulty := simulateCmd{
		Dir: t.TempDir(), Start: "2026-02-02", Days: 15, Persons: 25, Seed: 9,
		Numbered: true, Heartbeats: time.Hour, Reconciled: true, Fault: []string{"lost-rows", "over-the-fence"},
	}
	if err := faulty.Run(&console{ctx: t.Context(), stdout: out}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2 faults in " + filepath.Join(faulty.Dir, simulate.FaultsFile),
		"heartbeat.interval in " + filepath.Join(faulty.Dir, simulate.PolicyFile),
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the command does not say %s:\n%s", want, out)
		}
	}
	cmd := simulateCmd{Start: "2026-02-02", Days: 5, Persons: 5}
	if err := cmd.Run(&console{ctx: t.Context(), stdout: &bytes.Buffer{}}); status(err) != statusUsage {
		t.Errorf("without --dir and --brokers: %v", err)
	}
}

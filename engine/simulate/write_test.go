package simulate

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/schemas"
)

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func digest(t *testing.T, cfg Config) [32]byte {
	t.Helper()
	h := sha256.New()
	lines := NewLines(h)
	truth, err := Run(cfg, lines)
	if err == nil {
		err = errors.Join(lines.Flush(), truth.Write(h), truth.WriteFaults(h))
	}
	if err != nil {
		t.Fatal(err)
	}
	return [32]byte(h.Sum(nil))
}

func TestSameConfigSameBytes(t *testing.T) {
	cfg := november(3)
	cfg.Persons, cfg.Numbered = 60, true
	a, b := digest(t, cfg), digest(t, cfg)
	if a != b {
		t.Error("two runs of one Config differ")
	}
	cfg.Seed = 4
	if digest(t, cfg) == a {
		t.Error("another seed gives the same bytes")
	}
}

// The files read back: every line is a fact that the contract knows, ascending
// by received_at, with ids that are unique within their topic and versions that
// come one after the other, whatever the day of the week.
func TestFilesReadBack(t *testing.T) {
	// A week's difference in the days of the week moves every office's work.
	for shift := range 7 {
		cfg := november(uint64(5 + shift))
		cfg.Start += duty.Date(shift)
		cfg.Persons = seeds.AtLeast(t, 200, 50)
		readBack(t, cfg)
	}
}

func readBack(t *testing.T, cfg Config) {
	t.Helper()
	dir := t.TempDir()
	truth, n, err := WriteFiles(cfg, dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, FactsFile))
	if err != nil {
		t.Fatal(err)
	}
	topics, ids := map[string]int{}, map[string]bool{}
	versions := map[string]int64{}
	var last int64
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		line, err := schemas.DecodeLine(sc.Bytes())
		if err != nil {
			t.Fatalf("%v in %s", err, sc.Text())
		}
		head, ok := schemas.HeadOf(line.Value)
		key := fmt.Sprintf("%s %s", line.Topic, head.ID)
		if line.Topic == "manual-entries" { // a number that is read later is another version of the same id
			key += fmt.Sprint(" ", head.Version)
		}
		if !ok || ids[key] {
			t.Fatalf("no head or a second time the same id: %s", sc.Text())
		}
		ids[key] = true
		if int64(head.ReceivedAt) < last {
			t.Fatalf("out of order: %s", sc.Text())
		}
		last = int64(head.ReceivedAt)
		if fact := line.Topic + " " + head.Identity; head.Version != versions[fact]+1 {
			t.Fatalf("version %d after %d: %s", head.Version, versions[fact], sc.Text())
		} else {
			versions[fact] = head.Version
		}
		topics[line.Topic]++
	}
	if len(ids) != n {
		t.Errorf("%d facts read, %d written", len(ids), n)
	}
	for _, topic := range []string{"card-events", "manual-entries", "notices", "obligation-changes", "group-changes",
		"permissions", "holds", "departure-assessments", "card-assignments", "incidents", "exclusions", "settlements",
		"supervision-results"} {
		if topics[topic] == 0 {
			t.Errorf("no %s in three weeks of %d residents", topic, cfg.Persons)
		}
	}
	lines, err := os.ReadFile(filepath.Join(dir, TruthFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(lines, []byte("\n")); got != len(truth.Units) {
		t.Errorf("%d lines of truth for %d units", got, len(truth.Units))
	}
}

// A sink that fails ends the simulation with its error.
func TestSinkErrorEndsTheSimulation(t *testing.T) {
	broken := errors.New("no room")
	n := 0
	_, err := Run(november(1), SinkFunc(func(Fact) error {
		if n++; n > 100 {
			return broken
		}
		return nil
	}))
	if !errors.Is(err, broken) || n != 101 {
		t.Errorf("error %v after %d facts", err, n)
	}
}

// Numbered rows count up per device without a hole where nothing is lost, and
// with holes where rows are.
func TestRowNumbers(t *testing.T) {
	cfg := november(2)
	cfg.Persons, cfg.Days, cfg.Ordinary, cfg.Numbered = 80, 8, true, true
	if gaps := gapsOf(t, cfg); gaps != 0 {
		t.Errorf("%d gaps though nothing is lost", gaps)
	}
	cfg.Faults.Lose = []Lose{{Centre: kh, From: at(cfg.Start+3, 0, 0), To: at(cfg.Start+4, 0, 0), Percent: 50}}
	if gaps := gapsOf(t, cfg); gaps == 0 {
		t.Error("no gap though rows are lost")
	}
}

package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// TestEraseCommand: a person is erased as an operator does it, with what the command refuses on the way, and nothing
// that it says names anybody but those who have to be named too.
func TestEraseCommand(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "an engine before an erasure and one after it")
	embedded, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer embedded.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(embedded.Brokers(), ","),
		"TILSYN_LOG_LEVEL=error"}}
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
	p.ok(t, "simulate", "--dir", "sim", "--start", "2026-02-02", "--days", "10",
		"--persons", strconv.Itoa(seeds.AtLeast(t, 12, 4)))
	p.ok(t, "load", "sim/facts.jsonl")
	who, alias := personIn(t, p), "alias-of-somebody"
	write(t, filepath.Join(p.dir, "link.jsonl"), `{"topic":"identity-links","value":{"id":"l1","received_at":`+
		`"2026-02-12T12:00:00Z","person_id":"`+who+`","alias_person_id":"`+alias+`","action":"MERGE",`+
		`"at":"2026-02-12T12:00:00Z"}}`+"\n")
	p.ok(t, "load", "link.jsonl")
	list := write(t, filepath.Join(p.dir, "list"), who+"\n")
	ask := []string{"erase", "--persons", list, "--to", "later."}
	if got := p.run(t, ask...); got.status != 1 || !strings.Contains(got.stderr, "there is nothing to go on from") {
		t.Errorf("before any engine: %d %s", got.status, got.stderr)
	}
	run := p.engine(t, "run", "--data-dir", "data", "--trust-timestamps", "--leave")
	p.judged(t, "tilsyn.")
	if got := p.run(t, ask...); got.status != 1 || !strings.Contains(got.stderr, "stop every engine of the prefix first") {
		t.Errorf("beside an engine: %d %s", got.status, got.stderr)
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := p.run(t, ask...); got.status != 1 || strings.Contains(got.stderr, alias) ||
		strings.Contains(got.stderr, who) || got.stdout != "to be erased together: "+alias+" (identity-links)\n" {
		t.Errorf("without the alias: %d %s%s", got.status, got.stdout, got.stderr)
	}
	p.stdin = who + "\n" + alias + "\n"
	ask[2] = "-"
	rehearsed := p.ok(t, append(ask, "--dry-run")...).stdout
	if !strings.Contains(rehearsed, "card-assignments: 2 records left out\n") ||
		!strings.Contains(rehearsed, "nothing was written") || strings.Contains(rehearsed, who) {
		t.Errorf("rehearsed: %s", rehearsed)
	}
	done := p.ok(t, ask...).stdout
	if !strings.Contains(done, "2 persons are erased under later.: ") || strings.Contains(done, who) ||
		!strings.Contains(done, `'tilsyn\.(card-events|`) {
		t.Errorf("erased: %s", done)
	}
	if got := p.run(t, ask...); got.status != 1 || !strings.Contains(got.stderr, "there are topics under the prefix") {
		t.Errorf("again: %d %s", got.status, got.stderr)
	}
	p.ok(t, "verify", "--topic-prefix", "later.")
	if err := os.RemoveAll(filepath.Join(p.dir, "data")); err != nil {
		t.Fatal(err)
	}
	run = p.engine(t, "run", "--data-dir", "data", "--trust-timestamps", "--topic-prefix", "later.", "--leave")
	p.judged(t, "later.")
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := run.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, s := range topics.All() {
		if s.Class == topics.Internal {
			continue
		}
		text := p.ok(t, "tail", s.Name, "--topic-prefix", "later.", "--from-beginning", "--exit-at-end").stdout
		for line := range strings.Lines(text) {
			if strings.Contains(line, `"`+who+`"`) || strings.Contains(line, alias) {
				t.Errorf("%s has %s", s.Name, line)
			}
		}
	}
}

// judged waits until the engine of a prefix has judged everything.
func (p program) judged(t *testing.T, prefix string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(300 * time.Millisecond) {
		got := p.run(t, "verify", "--topic-prefix", prefix)
		if got.status == 0 && strings.Contains(got.stdout, "(0 tasks have not") &&
			!strings.Contains(got.stdout, "compared 0 units") && strings.Contains(got.stdout, "of 0 the engine") {
			return
		}
		if time.Since(began) > within {
			t.Fatalf("the engine does not judge: %s%s", got.stdout, got.stderr)
		}
	}
}

// personIn is a person who has a card.
func personIn(t *testing.T, p program) string {
	t.Helper()
	for line := range strings.Lines(read(t, filepath.Join(p.dir, "sim", "facts.jsonl"))) {
		var fact struct {
			Topic string `json:"topic"`
			Value struct {
				PersonID string `json:"person_id"`
			} `json:"value"`
		}
		if err := json.Unmarshal([]byte(line), &fact); err != nil {
			t.Fatal(err)
		}
		if fact.Topic == topics.CardAssignments {
			return fact.Value.PersonID
		}
	}
	t.Fatal("nobody has a card")
	return ""
}

package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/treelog"
	"tilsyn/topics"
)

// TestLogCommands: what an engine tells can be proven, its logs checked against checkpoints that were
// kept, and a revision that somebody else adds is named.
func TestLogCommands(t *testing.T) {
	t.Parallel()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	dir := t.TempDir()
	p := program{dir: dir, env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_LOG_LEVEL=error"}}
	public := strings.TrimSpace(p.ok(t, "log", "key", "log.pem").stdout)
	if again := p.ok(t, "log", "key", "log.pem", "--public").stdout; strings.TrimSpace(again) != public {
		t.Errorf("the public key is %s, and was %s", again, public)
	}
	if info, err := os.Stat(filepath.Join(dir, "log.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key has the mode %v (%v)", info.Mode(), err)
	}
	p.ok(t, "topics", "create", "--partitions", "1")
	if got := p.ok(t, "log", "checkpoints").stdout; got != "" {
		t.Errorf("before the first revision: %s", got)
	}
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1"))
	p.ok(t, "load", "facts.jsonl")
	run := p.engine(t, "run", "--data-dir", "data", "--log-key", "log.pem")
	unit := awaitTold(t, p)
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ends(t, run)
	signed := []string{"--public-key", public}
	kept := p.ok(t, append([]string{"log", "checkpoints"}, signed...)...).stdout
	if !strings.HasPrefix(kept, "tilsyn.violations/0\n") || !strings.Contains(kept, "\n\n— tilsyn.violations/0 ") {
		t.Errorf("the checkpoints are\n%s", kept)
	}
	write(t, filepath.Join(dir, "kept.txt"), kept)
	checked := p.ok(t, append([]string{"log", "check", "kept.txt"}, signed...)...).stdout
	if !regexp.MustCompile(`(?s)^tilsyn.violations/0: (\d+) entries, of which \d+ agree and 0 are erased; 0 older revisions\n` +
		`checkpoints that were kept: 1; differences: 0\n$`).MatchString(checked) {
		t.Errorf("the check says\n%s", checked)
	}
	proven := p.ok(t, append([]string{"log", "prove", unit}, signed...)...).stdout
	for line := range strings.Lines(proven) {
		var proof treelog.Proof
		if err := json.Unmarshal([]byte(line), &proof); err != nil {
			t.Fatal(err)
		}
		if err := proof.Check(); err != nil || proof.UnitID != unit || !strings.Contains(kept, proof.Checkpoint) {
			t.Errorf("%s: %v", line, err)
		}
	}
	if proven == "" {
		t.Error("nothing is proven")
	}
	if r := p.run(t, "log", "check", "--public-key", strings.Repeat("A", 43)+"="); r.status != 1 ||
		!strings.Contains(r.stdout, "is not signed by this key") {
		t.Errorf("another key: status %d\n%s", r.status, r.stdout)
	}
	told := p.ok(t, "tail", "violations", "--from-beginning", "--exit-at-end").stdout
	forged := strings.Replace(told, unit, duty.UnitID(duty.KindStay, 0, "Z"), 1)
	produceSaid(t, broker.Brokers(), strings.SplitAfter(forged, "\n")[0])
	r := p.run(t, "log", "check", "kept.txt")
	if r.status != 1 || !strings.Contains(r.stdout, "was never logged: it was added\n") ||
		!strings.Contains(r.stdout, "differences: 1\n") {
		t.Errorf("a revision was added: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	// A checkpoint of a log with other entries.
	origin, _, _ := strings.Cut(kept, "\n")
	write(t, filepath.Join(dir, "kept.txt"), origin+"\n1\n"+(&treelog.Hash{}).String()+"\n")
	if r := p.run(t, "log", "check", "kept.txt"); r.status != 1 ||
		!strings.Contains(r.stdout, "the checkpoint that was kept of 1 entries has the root") {
		t.Errorf("another log was kept: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// awaitTold waits until something is told of one unit at least, and returns the last such unit.
func awaitTold(t *testing.T, p program) (unit string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		for line := range strings.Lines(tailOf(t, p, duty.TopicViolations)) {
			var v struct {
				UnitID string `json:"unit_id"`
			}
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatal(err)
			}
			unit = v.UnitID
		}
		if unit != "" {
			return unit
		}
		if time.Since(began) > within {
			t.Fatal("nothing is told")
		}
	}
}

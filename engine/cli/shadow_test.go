package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// TestShadow: an engine runs beside another on a copy of its inputs, finds no difference as long as both are the
// same, names the units that another policy lets come out otherwise, and writes nothing under the real prefix.
func TestShadow(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "three engines in turn")
	embedded, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer embedded.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(embedded.Brokers(), ","),
		"TILSYN_LOG_LEVEL=error"}}
	write(t, filepath.Join(p.dir, "strict.yaml"), strictPolicy+atOnce)
	write(t, filepath.Join(p.dir, "gentle.yaml"), gentlePolicy+atOnce)
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
	p.ok(t, "simulate", "--dir", "sim", "--start", "2026-01-05", "--persons", "20", "--days", "14")
	p.ok(t, "load", "sim/facts.jsonl")
	real := p.engine(t, "run", "--data-dir", "data", "--trust-timestamps", "--policy", "strict.yaml")
	for began := time.Now(); ; time.Sleep(300 * time.Millisecond) { // until everything is judged
		if got := p.run(t, "verify", "--policy", "strict.yaml"); got.status == 0 &&
			strings.Contains(got.stdout, "(0 tasks have not") && !strings.Contains(got.stdout, "compared 0 units") {
			break
		}
		if time.Since(began) > within {
			t.Fatal("the engine does not judge")
		}
	}
	said := p.ok(t, "tail", "violations", "--from-beginning", "--exit-at-end").stdout
	ask := func(policy, prefix string) result {
		return p.run(t, "run", "--shadow", "--shadow-every", "3s", "--shadow-for", "45s", "--data-dir", policy,
			"--policy", policy+".yaml", "--shadow-prefix", prefix)
	}
	same := ask("strict", "s1.")
	if got := lastComparison(same.stdout); same.status != 0 || !strings.Contains(same.stdout, "copied ") ||
		!strings.Contains(got, ", 0 come out otherwise") || strings.Contains(got, " 0 units compared") {
		t.Errorf("the same policy: status %d\n%s%s", same.status, same.stdout, same.stderr)
	}
	other := ask("gentle", "s2.")
	if got := lastComparison(other.stdout); other.status != 1 || !strings.Contains(got, "(milder)") ||
		strings.Contains(got, "HARSHER") || strings.Contains(got, "P-") {
		t.Errorf("a gentler policy: status %d\n%s%s", other.status, other.stdout, other.stderr)
	}
	if now := p.ok(t, "tail", "violations", "--from-beginning", "--exit-at-end").stdout; now != said {
		t.Error("the shadow told something under the real prefix")
	}
	if real.ProcessState != nil {
		t.Error("the engine of the prefix ended")
	}
	for _, args := range [][]string{{"--shadow", "--embedded", "x"}, {"--shadow", "--insecure-local"},
		{"--shadow-for", "1s"}, {"--shadow", "--shadow-prefix", "tilsyn."}, {"--shadow", "--shadow-prefix", "s1."}} {
		if got := p.run(t, append([]string{"run", "--data-dir", "d"}, args...)...); got.status != 2 {
			t.Errorf("%v: status %d %s", args, got.status, got.stderr)
		}
	}
}

// atOnce lets the ledger follow at once.
const atOnce = "ledger.lag: {value: PT0S, source: test}\n"

// lastComparison is the last one that a shadow printed.
func lastComparison(stdout string) string {
	parts := strings.Split(stdout, " units compared, ")
	if len(parts) < 2 {
		return ""
	}
	before := strings.Split(parts[len(parts)-2], " ")
	return " " + before[len(before)-1] + " units compared, " + parts[len(parts)-1]
}

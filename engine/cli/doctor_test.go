package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/topics"
)

// TestDoctor: what is not as it must be is named with what to do, and then there is nothing left.
func TestDoctor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := program{dir: dir}.run(t, "doctor", "--brokers", "127.0.0.1:1", "--give-up-after", "1s", "--policy", "none.yaml")
	if r.status != 3 || !strings.Contains(r.stdout, "do    brokers: gave up") ||
		!strings.Contains(r.stdout, "do    policy: --policy none.yaml") ||
		!strings.Contains(r.stdout, "note  disk: give --data-dir") {
		t.Errorf("without a broker: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: dir, env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	r = p.run(t, "doctor", "--data-dir", "data")
	if r.status != 1 || !strings.Contains(r.stdout, "do    topics: none of the ") ||
		strings.Contains(r.stdout, "does not exist") {
		t.Errorf("without topics: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, what := range []string{"clock", "policy", "state"} {
		if !strings.Contains(r.stdout, "note  "+what+": not looked at before the topic ") {
			t.Errorf("without topics it does not say that it left out %s:\n%s", what, r.stdout)
		}
	}
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
	r = p.run(t, "doctor", "--data-dir", "data")
	if r.status != 1 || !strings.Contains(r.stdout, "do    topics: card-events: message.timestamp.type is CreateTime") ||
		!strings.Contains(r.stdout, "(mode 755), where facts of persons lie: chmod 700 data") {
		t.Errorf("with times of producers, and a directory for everybody: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	if err := os.Chmod(data, 0o700); err != nil {
		t.Fatal(err)
	}
	r = p.run(t, "doctor", "--data-dir", "data", "--trust-timestamps")
	for _, want := range []string{"ok    brokers: 1 of cluster ", "ok    topics: all ", "ok    group: nobody is in tilsyn",
		"ok    policy: 0 activations", "ok    state: data has no state of this prefix yet", "ok    disk: data has "} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q is missing in\n%s", want, r.stdout)
		}
	}
	if r.status != 0 || strings.Contains(r.stdout, "\ndo ") {
		t.Errorf("with all as it must be: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	r = p.run(t, "doctor", "producer")
	if r.status != 1 || !strings.Contains(r.stdout, "nothing has come in the last 24h0m0s") {
		t.Errorf("a source that sends nothing: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	facts, err := filepath.Abs(filepath.Join("testdata", "one-night.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	p.ok(t, "load", facts)
	r = p.run(t, "doctor", "producer", "--since", "87600h")
	if r.status != 1 || !strings.Contains(r.stdout, "read  card-events: 2 records") ||
		!strings.Contains(r.stdout, "do    NO_HEARTBEAT heartbeats of KH-carousel: ") {
		t.Errorf("a source without heartbeats: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}

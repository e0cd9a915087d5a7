package cli

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestTopicsLoadTail sends facts through an embedded broker and back: nothing
// is lost, and replay says of them what it says of the file.
func TestTopicsLoadTail(t *testing.T) {
	t.Parallel()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_TOPIC_PREFIX=t."}}
	if r := p.run(t, "topics", "check"); r.status != 1 || !strings.Contains(r.stdout, "card-events: topic is missing") {
		t.Fatalf("check of no topics: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	p.ok(t, "topics", "create", "--partitions", "3", "--timestamps", "create")
	if r := p.run(t, "topics", "check"); r.status != 1 || !strings.Contains(r.stdout, "message.timestamp.type") {
		t.Fatalf("check without --trust-timestamps: status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	p.ok(t, "topics", "check", "--trust-timestamps", "--partitions", "3")

	facts := simulated(t, 30, 20)
	sent := strings.Count(read(t, facts), "\n")
	loaded := p.ok(t, "load", facts).stdout
	if !strings.Contains(loaded, "all topics: ") || !strings.HasSuffix(loaded, " records acknowledged\n") {
		t.Fatalf("load printed %s", loaded)
	}
	var files []string
	lines := 0
	for _, s := range schemas.Inputs() {
		text := p.ok(t, "tail", s.Topic(), "--from-beginning", "--exit-at-end").stdout
		lines += strings.Count(text, "\n")
		files = append(files, write(t, filepath.Join(p.dir, s.Topic()+".jsonl"), text))
	}
	if lines != sent {
		t.Fatalf("%d lines came back of %d", lines, sent)
	}
	asOf := []string{"--as-of", "2026-01-27T08:00:00+01:00"}
	want, got := replayAll(t, append(asOf, facts)...), replayAll(t, append(asOf, files...)...)
	if got.outcomes != want.outcomes || got.quality != want.quality || got.observations != want.observations {
		t.Fatal("what came back is not what was sent")
	}
	if a, b := rows(t, got.violations),
		rows(t, want.violations); len(a) == 0 || !slices.EqualFunc(a, b, func(a, b row) bool {
		return a.PersonID == b.PersonID && a.UnitDate == b.UnitDate && a.Status == b.Status
	}) {
		t.Fatal("the violations differ")
	}
}

// TestLoadNamesTheLine: a bad line stops the load, after what came before it.
func TestLoadNamesTheLine(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	dir := t.TempDir()
	p := program{dir: dir, env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "2")
	hold := `{"topic":"holds","value":{"id":"h1","received_at":"2026-02-03T20:00:00Z","hold_id":"h","person_id":"p","kind":"CUSTODY","valid_from":"2026-02-03T20:00:00Z"}}` + "\n"
	reconciliation := `{"topic":"reconciliations","value":{"id":"r1","received_at":"2026-02-03T20:00:00Z","device_id":"DEVICE","from":"2026-02-03T20:00:00Z","to":"2026-02-03T21:00:00Z","rows":1}}` + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"bad.jsonl", hold + "nonsense\n", "bad.jsonl:2: "},
		{"device.jsonl", hold + strings.Replace(reconciliation, "DEVICE", "nobody's", 1), "device.jsonl:2: device_id: "},
		{"resolution.jsonl", hold + `{"topic":"resolutions","value":{"id":"x","received_at":"2026-02-03T20:00:00Z","topic":"holds","partition":0,"offset":99,"outcome":"IRRELEVANT","by":"b","at":"2026-02-03T20:00:00Z"}}` + "\n", "resolution.jsonl:2: "},
	} {
		write(t, filepath.Join(dir, c.name), c.text)
		r := p.run(t, "load", c.name)
		if r.status != 2 || !strings.Contains(r.stderr, c.want) || !strings.Contains(r.stdout, "records acknowledged") {
			t.Errorf("%s: status %d\n%s%s", c.name, r.status, r.stdout, r.stderr)
		}
	}
	write(t, filepath.Join(dir, "good.jsonl"), strings.Replace(reconciliation, "DEVICE", "KH-carousel", 1))
	p.ok(t, "load", "good.jsonl")
	line := p.ok(t, "tail", "reconciliations", "--from-beginning", "--exit-at-end").stdout
	if !strings.Contains(line, `"logged_at":"`) || !strings.Contains(line, `"device_id":"KH-carousel"`) {
		t.Errorf("tail printed %q", line)
	}
}

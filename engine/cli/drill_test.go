package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// TestRecallDrill: an exclusion is declared on a copy alone; the drill is over when consumers that read the
// copy have acknowledged everything, and the control report has it. Where nobody does it fails in time.
func TestRecallDrill(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "two drills, each with an engine of its own")
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
	ask := []string{"recall", "drill", "--centre", "KH", "--from", "2026-02-02", "--to", "2026-02-12"}
	done := make(chan result, 1)
	go func() { done <- p.run(t, append(ask, "--drill-prefix", "d1.", "--limit", "90s")...) }()
	var got result
	wait := 500 * time.Millisecond
	for acknowledged := map[string]bool{}; got.stdout == "" && got.stderr == ""; {
		select {
		case got = <-done:
		case <-time.After(wait):
			if p.acknowledge(t, "d1.", acknowledged); len(acknowledged) > 0 {
				wait = 4 * time.Second // more may be taken back, and the drill waits longer for that
			}
		}
	}
	if got.status != 0 || !strings.Contains(got.stdout, "all acknowledged after") ||
		!strings.Contains(got.stdout, "prosecution: ") || strings.Contains(got.stdout, " 0 acknowledged") {
		t.Fatalf("status %d\n%s%s", got.status, got.stdout, got.stderr)
	}
	actions := p.ok(t, "tail", "control-actions", "--from-beginning", "--exit-at-end").stdout
	if !strings.Contains(actions, `"kind":"RECALL_DRILL","ok":true`) || strings.Count(actions, "\n") != 1 {
		t.Errorf("control-actions: %s", actions)
	}
	if real := p.ok(t, "tail", "exclusions", "--from-beginning", "--exit-at-end").stdout; strings.Contains(real, "drill") {
		t.Errorf("the real prefix has the exclusion: %s", real)
	}
	if again := p.run(t, append(ask, "--drill-prefix", "d1.")...); again.status != 2 ||
		!strings.Contains(again.stderr, "there are topics of that prefix already") {
		t.Errorf("a prefix that is used: %d %s", again.status, again.stderr)
	}
	if same := p.run(t, append(ask, "--drill-prefix", "tilsyn.")...); same.status != 2 {
		t.Errorf("the real prefix: %d %s", same.status, same.stderr)
	}
	late := p.run(t, append(ask, "--drill-prefix", "d2.", "--limit", "1s")...)
	if late.status != 1 || !strings.Contains(late.stdout, "not all acknowledged within 1s") {
		t.Errorf("nobody acknowledged: status %d\n%s%s", late.status, late.stdout, late.stderr)
	}
}

// acknowledge lets every consumer acknowledge what is withdrawn under a prefix.
func (p program) acknowledge(t *testing.T, prefix string, done map[string]bool) {
	t.Helper()
	read := p.run(t, "tail", "violations", "--topic-prefix", prefix, "--from-beginning", "--exit-at-end")
	var facts strings.Builder
	for line := range strings.Lines(read.stdout) { // until the topics are made there are none
		if !strings.Contains(line, "WITHDRAWN") {
			continue
		}
		var v struct {
			UnitID   string `json:"unit_id"`
			Person   string `json:"person_id"`
			Status   string `json:"status"`
			Revision int    `json:"revision"`
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Error(err)
			return
		}
		key := fmt.Sprint(v.UnitID, v.Revision)
		if v.Status != "WITHDRAWN" || done[key] {
			continue
		}
		done[key] = true
		now := time.Now().UTC().Format(time.RFC3339Nano)
		for _, consumer := range strings.Fields("case-management police-reports prosecution benefits counters statistics") {
			fmt.Fprintf(&facts, `{"topic":"acknowledgements","value":{"id":"%s-%s-%d","received_at":%q,"consumer":%q,`+
				`"unit_id":%q,"revision":%d,"person_id":%q,"at":%q}}`+"\n",
				consumer, v.UnitID, v.Revision, now, consumer, v.UnitID, v.Revision, v.Person, now)
		}
	}
	if facts.Len() > 0 {
		p.ok(t, "load", "--topic-prefix", prefix, write(t, filepath.Join(p.dir, "acks.jsonl"), facts.String()))
	}
}

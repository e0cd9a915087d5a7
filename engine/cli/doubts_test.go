package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// TestDoubtsAreToldAndClosed: `run` tells UNLINKED_SHARE with its look at the whole control system as
// `replay` does, keeps it over a restart without telling it again, and closes it once it is known whose
// the rows are.
func TestDoubtsAreToldAndClosed(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "engines in turn")
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_LOG_LEVEL=error"}}
	p.ok(t, "topics", "create", "--partitions", "1")
	row := strings.ReplaceAll(passageOf("null", "c-shr", "SJ-carousel", "CAROUSEL", "IN", "2026-02-03T11:00:00Z"),
		`"KH"`, `"SJ"`)
	p.ok(t, "load", write(t, filepath.Join(p.dir, "opens.jsonl"), febFact("card-events", "shr", 1, row)+"\n"))
	begin := func() (end func()) {
		run := p.engine(t, "run", "--data-dir", "data", "--report-every", "100ms")
		return func() {
			t.Helper()
			if err := run.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			ends(t, run)
		}
	}
	shares := []codeCase{{"UNLINKED_SHARE", "SJ", nil, nil}}
	end := begin()
	awaitLines(t, p, shares, "OPEN")
	end()
	first := time.Now().UTC().Add(time.Millisecond)
	end = begin()
	p.ok(t, "load", write(t, filepath.Join(p.dir, "ends.jsonl"),
		febFact("card-assignments", "k-shr", 1, cardOf("c-shr", "P-shr", "OFF"))+"\n"))
	awaitLines(t, p, shares, "CLOSED")
	end()
	last := time.Now().UTC().Add(time.Millisecond)
	write(t, filepath.Join(p.dir, "all.jsonl"), tailAll(t, p))
	replayInto(t, p.dir, "all.jsonl", first.Format(time.RFC3339Nano), last.Format(time.RFC3339Nano))
	theirs := sharesIn(t, read(t, filepath.Join(p.dir, "q")))
	ours := sharesIn(t, p.ok(t, "tail", "data-quality", "--from-beginning", "--exit-at-end").stdout)
	if len(ours) != 2 || len(theirs) != 2 {
		t.Fatalf("run has\n%v\nreplay\n%v", ours, theirs)
	}
	for i, state := range []string{"OPEN", "CLOSED"} {
		if ours[i]["state"] != state || (ours[i]["closed_at"] != nil) != (state == "CLOSED") {
			t.Errorf("run has %v where it should be %s", ours[i], state)
		}
		for _, field := range []string{"as_of", "closed_at"} { // when somebody looked
			delete(ours[i], field)
			delete(theirs[i], field)
		}
		if a, b := asText(t, ours[i]), asText(t, theirs[i]); a != b {
			t.Errorf("run has\n%s\nreplay\n%s", a, b)
		}
	}
}

// sharesIn are the lines of UNLINKED_SHARE in a text, in its order.
func sharesIn(t *testing.T, text string) (out []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		var q map[string]any
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if q["code"] == "UNLINKED_SHARE" {
			out = append(out, q)
		}
	}
	return out
}

func asText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

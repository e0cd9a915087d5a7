package cli

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"tilsyn/engine/control"
	"tilsyn/topics"
)

// TestReportControl: the report from the topics is that from files but for what only the dead letters
// tell, and every form carries the sentence.
func TestReportControl(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir()}
	at := []string{"--brokers", strings.Join(broker.Brokers(), ",")}
	p.ok(t, append([]string{"topics", "create", "--partitions", "3", "--timestamps", "create"}, at...)...)
	p.ok(t, "simulate", "--dir", "sim", "--start", "2026-02-02", "--persons", "12", "--days", "10",
		"--heartbeats", "1h", "--reconciled", "--numbered", "--fault", "silent-device")
	toldAndTakenBack(t, broker.Brokers(), "P-10001")
	write(t, filepath.Join(p.dir, "sim", "facts.jsonl"), read(t, filepath.Join(p.dir, "sim", "facts.jsonl"))+
		febFact("control-actions", "drill", 1, `"centre_id":"ALL","control":"RECALL_DRILL","at":"2026-02-03T12:00:00Z",`+
			`"kind":"RECALL_DRILL","ok":true,"duration_ms":1000,"ref":"J-1"`)+"\n")
	p.ok(t, append([]string{"load", "sim/facts.jsonl"}, at...)...)
	tail := append([]string{"tail", "violations", "--from-beginning", "--exit-at-end"}, at...)
	write(t, filepath.Join(p.dir, "said.jsonl"), p.ok(t, tail...).stdout)
	ask := []string{"report", "control", "--as-of", "2026-03-20T12:00:00Z", "--period", "2026-02"}
	files := func(more ...string) string {
		return p.ok(t, append(append(ask, more...), "--said", "said.jsonl", "sim/facts.jsonl")...).stdout
	}
	parse := func(text string) map[string]any {
		var out map[string]any
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return out
	}
	ours := parse(files("--format", "json"))
	theirs := parse(p.ok(t, append(append(ask, "--format", "json"), at...)...).stdout)
	for _, field := range []string{
		"centre_id", "period", "from", "to", "as_of", "final", "settlements", "coverage", "withdrawals", "recalls",
		"identity", "supervision", "changes", "sources", "incidents", "losses", "reconciliations",
		"actions",
	} {
		if !reflect.DeepEqual(ours[field], theirs[field]) {
			t.Errorf("%s: from files %v, from the topics %v", field, ours[field], theirs[field])
		}
	}
	if actions := ours["actions"].([]any); len(actions) != 1 || actions[0].(map[string]any)["ref"] != "J-1" {
		t.Errorf("the drill is not in the report: %v", actions)
	}
	if losses := ours["losses"].([]any); len(losses) == 0 {
		t.Error("the watch found no loss")
	}
	units := ours["coverage"].(map[string]any)["units"].(float64)
	if opened := ours["recalls"].(map[string]any)["opened"]; units < 50 || opened != 1.0 {
		t.Errorf("%v units, %v recalls", units, opened)
	}
	// No engine has judged anything: from the topics no duty is controlled.
	title := "Control report, all centres, 2026-02, as of 2026-03-20T12:00:00Z (not final)"
	if text := files(); !strings.Contains(text, title) ||
		!strings.Contains(text, "STAY controlled") || !strings.HasSuffix(text, control.Sentence+"\n") {
		t.Errorf("as text:\n%s", text)
	}
	text := p.ok(t, append(append(ask, "--centre", "SJ"), at...)...).stdout
	if !strings.Contains(text, "STAY NOT CONTROLLED") {
		t.Errorf("nothing was judged, and the report does not say so:\n%s", text)
	}
	page := files("--format", "html", "--centre", "KH")
	if strings.Count(page, control.Sentence) != 2 || !strings.Contains(page, "<svg viewBox") ||
		!strings.Contains(page, "centre KH") || regexp.MustCompile(`(?i)<script|src=|href=|https?:`).MatchString(page) {
		t.Errorf("the page lacks the sentence or a plot, or loads something:\n%s", page)
	}
	for _, text := range []string{files("--format", "json"), page, files()} {
		if strings.Contains(text, "P-100") {
			t.Errorf("the report names a person:\n%s", text)
		}
	}
}

package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestExplainFromTopics: from the topics the verdict and the timeline are those of the files; revisions come
// from violations; without a clock it says what to do.
func TestExplainFromTopics(t *testing.T) {
	t.Parallel()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	dir := t.TempDir()
	p := program{dir: dir, env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "3", "--timestamps", "create")
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1"))
	p.ok(t, "load", "facts.jsonl")
	r := p.run(t, "explain", "STAY:2026-02-03:P-1")
	if r.status != 2 || !strings.Contains(r.stderr, "give --as-of INSTANT") {
		t.Errorf("without a clock: status %d, %s", r.status, r.stderr)
	}
	late := "--as-of=2026-02-20T08:00:00+01:00"
	p.ok(t, "replay", "facts.jsonl", late, "--violations", "said.jsonl")
	told := produceSaid(t, broker.Brokers(), read(t, filepath.Join(dir, "said.jsonl")))
	if told == 0 {
		t.Fatal("nothing was told: the test would compare nothing")
	}
	files := p.ok(t, "explain", "STAY:2026-02-03:P-1", late, "facts.jsonl", "--said", "said.jsonl").stdout
	log := p.ok(t, "explain", "STAY:2026-02-03:P-1", late).stdout
	if !strings.Contains(log, "partition ") {
		t.Errorf("from the topics it names no place in the log:\n%s", log)
	}
	got := placesInLog.ReplaceAllString(log, "")
	got = strings.Replace(got, "Some task of the engine had not reached this clock when the topics were read.\n", "", 1)
	if got != files {
		t.Errorf("from the topics it is another:\n%s\nfrom files:\n%s", got, files)
	}
	r = p.run(t, "explain", "STAY:2026-02-03:nobody", late)
	if r.status != 2 || !strings.Contains(r.stderr, "one person") {
		t.Errorf("of somebody without facts: status %d, %s", r.status, r.stderr)
	}
}

// placesInLog are those that files do not have.
var placesInLog = regexp.MustCompile(` \(partition \d+, offset \d+\)`)

// produceSaid writes a violations log to the topic and returns how many records it had.
func produceSaid(t *testing.T, brokers []string, lines string) int {
	t.Helper()
	client, err := topics.Connect(t.Context(), topics.Config{Brokers: brokers, Prefix: topics.DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	schema, _ := schemas.Lookup(topics.Violations)
	var out []topics.Out
	for line := range strings.Lines(lines) {
		record, _, err := schema.DecodeJSON([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		v := record.(*duty.Violation)
		out = append(out, topics.Out{
			Topic: topics.Violations, Partition: topics.Partition([]byte(v.PersonID), 3), Key: []byte(v.UnitID),
			Value: schema.AppendValue(nil, v), Timestamp: int64(v.EvaluatedAt),
		})
	}
	if _, err := client.NewProducer(topics.ProducerConfig{}).Produce(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	return len(out)
}

package integration

import (
	"bytes"
	"testing"

	"tilsyn/engine/simulate"
	"tilsyn/topics"
)

// carried is a fact as files and tail have it.
type carried struct {
	Topic     string         `json:"topic"`
	Partition *int32         `json:"partition"`
	Offset    *int64         `json:"offset"`
	LoggedAt  string         `json:"logged_at"`
	Value     map[string]any `json:"value"`
}

// TestForeignFactsArriveAsTheyWere sends facts with the foreign client and wants
// tail to print each of them once, unchanged, in the partition that our
// partitioner gives its key, known when the client stamped it; and replay to
// say the same of them.
func TestForeignFactsArriveAsTheyWere(t *testing.T) {
	r := newRig(t)
	facts, truth := simulated(t)
	r.foreign(t, bytes.Join(facts, []byte("\n")), "produce", "--compression", "zstd")
	input := r.inputs(t)

	sent := map[string]map[string]any{}
	for _, line := range facts {
		f := decode[carried](t, line)
		sent[identity(f)] = f.Value
	}
	got := lines(t, input)
	if len(got) != len(facts) {
		t.Fatalf("%d facts sent, tail prints %d", len(facts), len(got))
	}
	for _, line := range got {
		f := decode[carried](t, line)
		want, ok := sent[identity(f)]
		if !ok {
			t.Fatalf("tail prints a fact twice, or one that was not sent: %s %v", f.Topic, f.Value["id"])
		}
		delete(sent, identity(f))
		if f.Partition == nil || f.Offset == nil || f.LoggedAt != text(want["received_at"]) {
			t.Errorf("%s %v: partition, offset or logged_at are not those of the record", f.Topic, f.Value["id"])
			continue
		}
		for field, v := range want {
			if !equalJSON(f.Value[field], v) {
				t.Errorf("%s %v: %s is %v, sent %v", f.Topic, f.Value["id"], field, f.Value[field], v)
			}
		}
		if person, ok := f.Value["person_id"].(string); ok && person != "" {
			if p := topics.Partition([]byte(person), partitions); p != *f.Partition {
				t.Errorf("%s %v: in partition %d, ours is %d", f.Topic, f.Value["id"], *f.Partition, p)
			}
		}
	}

	at := truth.Until
	fromFile, counted := r.replay(t, bytes.Join(facts, []byte("\n")), instant(at))
	fromTail, again := r.replay(t, input, instant(at))
	live := map[string][]violation{}
	for _, v := range fromFile {
		live[v.text("unit_id")] = []violation{v}
	}
	if diff := differences(live, fromTail); len(diff) != 0 || len(fromFile) == 0 {
		t.Errorf("replay of the file (%d records) and of tail differ: %v", len(fromFile), diff)
	}
	if diff := summaryDifferences(counted, again); len(diff) != 0 || len(counted) == 0 {
		t.Errorf("summaries of the file (%d) and of tail differ: %v", len(counted), diff)
	}
	t.Logf("%d facts, %d records, simulated to %s", len(facts), len(fromFile), simulate.DateString(at.Date()))
}

func identity(f carried) string {
	return f.Topic + " " + text(f.Value["id"]) + " " + number(f.Value["version"])
}

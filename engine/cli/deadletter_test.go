package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/stream/seeds"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestUnreadableInTheLog: a record that cannot be read keeps its key and place
// on the way through tail, so that replay holds its person, and a Resolution of
// it gets the same key and partition.
func TestUnreadableInTheLog(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 70<<20)
	for name, out := range map[string]topics.Out{"garbage": {Value: []byte("garbage")},
		"unpacks to 70 MB": {Value: zeros}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(out.Value) == len(zeros) {
				seeds.Large(t, "a record of 70 MB")
			}
			unreadableInTheLog(t, out)
		})
	}
}

func unreadableInTheLog(t *testing.T, lost topics.Out) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
	v := loadVectors(t)[2] // TV-003: out all night
	var facts strings.Builder
	for _, f := range v.Facts {
		facts.Write(append(f, '\n'))
	}
	write(t, filepath.Join(p.dir, "facts.jsonl"), facts.String())
	p.ok(t, "load", "facts.jsonl")
	lost.Key = []byte(v.PersonID)
	at := produceGarbage(t, broker.Brokers(), lost)

	p.stdin = tailAll(t, p)
	if !strings.Contains(p.stdin, `"value_base64":"`) && !strings.Contains(p.stdin, `"error":"the record takes 734`) {
		t.Fatal("tail leaves the record out")
	}
	asOf := []string{"--as-of", "2026-02-04T14:01:00Z", "--outcomes", "o", "--data-quality", "q"}
	if r := p.run(t, append(append([]string{"replay"}, asOf...), "-")...); r.status != 2 ||
		!strings.Contains(r.stderr, "a record that could not be read") {
		t.Fatalf("status %d without --skip-bad: %s", r.status, r.stderr)
	}
	outcome := func() string {
		p.ok(t, append(append([]string{"replay", "--skip-bad", "bad"}, asOf...), "-")...)
		for _, u := range rows(t, read(t, filepath.Join(p.dir, "o"))) {
			if u.Kind == "STAY" && u.UnitDate == "2026-02-03" {
				return u.Outcome
			}
		}
		return "nothing"
	}
	if got := outcome(); got != "PROVISIONAL" {
		t.Errorf("with the unreadable record STAY is %s", got)
	}
	write(t, filepath.Join(p.dir, "resolution.jsonl"), fmt.Sprintf(
		`{"topic":"resolutions","value":{"id":"x","received_at":"2026-02-04T12:00:00Z","topic":"notices","partition":%d,"offset":%d,"outcome":"IRRELEVANT","by":"b","at":"2026-02-04T12:00:00Z"}}`+"\n", at.Partition, at.Offset))
	p.ok(t, "load", "resolution.jsonl")
	p.stdin = tailAll(t, p)
	if got := outcome(); got != "INDICATED" {
		t.Errorf("after the resolution STAY is %s", got)
	}
	if got := tailKey(t, broker.Brokers(),
		topics.Position{Topic: topics.Resolutions, Partition: at.Partition}); got != v.PersonID {
		t.Errorf("the resolution has key %q, not that of the record it speaks of", got)
	}
}

// tailKey returns the key of the record at a position.
func tailKey(t *testing.T, brokers []string, at topics.Position) string {
	t.Helper()
	client, err := topics.Connect(context.Background(), topics.Config{Brokers: brokers, Prefix: topics.DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	got, err := client.NewFetcher(topics.FetchOptions{}).Fetch(context.Background(), []topics.Position{at})
	if err != nil {
		t.Fatal(err)
	}
	key := ""
	for i := range got {
		if err := got[i].Each(func(r *topics.Record) error { key = string(r.Key); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return key
}

// produceGarbage writes a record to notices that nobody can read.
func produceGarbage(t *testing.T, brokers []string, out topics.Out) topics.Position {
	t.Helper()
	return produceTo(t, brokers, topics.Notices, topics.ByKey, out)
}

// produceTo writes a record with a time of 2026-02-03.
func produceTo(t *testing.T, brokers []string, topic string, partition int32, out topics.Out) topics.Position {
	t.Helper()
	client, err := topics.Connect(context.Background(), topics.Config{Brokers: brokers, Prefix: topics.DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	const time20260203 = 1770148800000
	out.Topic, out.Partition, out.Timestamp = topic, partition, time20260203
	where, err := client.NewProducer(topics.ProducerConfig{Compression: topics.Zstd, MaxBatchBytes: 80 << 20}).
		Produce(context.Background(), []topics.Out{out})
	if err != nil {
		t.Fatal(err)
	}
	return topics.Position{Topic: topic, Partition: where[0].Partition, Offset: where[0].First}
}

// tailAll prints every input topic.
func tailAll(t *testing.T, p program) string {
	t.Helper()
	var out strings.Builder
	for _, s := range schemas.Inputs() {
		out.WriteString(tailOf(t, p, s.Topic()))
	}
	return out.String()
}

// tailOf prints a topic from its beginning to its end. No process is started for it, which would cost more than the
// topic does: what a program would be given in its environment are flags here.
func tailOf(t *testing.T, p program, topic string) string {
	t.Helper()
	args := []string{"tail", topic, "--from-beginning", "--exit-at-end"}
	for _, v := range p.env {
		name, value, _ := strings.Cut(strings.TrimPrefix(v, "TILSYN_"), "=")
		args = append(args, "--"+strings.ToLower(strings.ReplaceAll(name, "_", "-"))+"="+value)
	}
	var out, errs strings.Builder
	if status := Main(args, strings.NewReader(""), &out, &errs); status != 0 {
		t.Fatalf("tilsyn %s: exit status %d\n%s", strings.Join(args, " "), status, errs.String())
	}
	return out.String()
}

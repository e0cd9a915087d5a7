package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/topics"
)

// TestDeadLettersCommands: a record that cannot be read is listed with whom it holds, is
// resolved only with --yes, and is closed then; so is one that is sent again.
func TestDeadLettersCommands(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
	if got := p.ok(t, "dead-letters", "list").stdout; got != "dead letters: 0, of which 0 are open\n" {
		t.Fatalf("an empty list is %q", got)
	}
	var places []string
	lost := []topics.Out{
		{Key: []byte("P-1"), Value: []byte("garbage")},
		{Key: []byte("P-1"), Value: []byte("more")},
		{Value: []byte("of nobody")},
	}
	for i, out := range lost {
		at := produceGarbage(t, broker.Brokers(), out)
		produceLetter(t, broker.Brokers(), at, out)
		places = append(places, fmt.Sprintf("notices:%d:%d", at.Partition, at.Offset))
		want := fmt.Sprintf("dead letters: %d, of which %d are open\n", i+1, i+1)
		if got := p.ok(t, "dead-letters", "list").stdout; !strings.HasSuffix(got, want) {
			t.Fatalf("after %d records the list is %q", i+1, got)
		}
	}
	list := p.ok(t, "dead-letters", "list").stdout
	for _, want := range []string{
		places[0] + " open UNREADABLE, in the log since 2026-02-03T20:00:00Z: holds the units of P-1 that fall due after 2026-01-20T20:00:00Z\n    it is torn\n",
		places[2] + " open UNREADABLE, in the log since 2026-02-03T20:00:00Z: holds the units of everybody",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	resolve := []string{"dead-letters", "resolve", places[0], "--outcome", "IRRELEVANT", "--by", "An Officer"}
	r := p.run(t, resolve...)
	if r.status != 2 || !strings.Contains(r.stderr, "say --yes") || !strings.Contains(r.stdout, places[0]) {
		t.Errorf("without --yes: status %d, %s%s", r.status, r.stdout, r.stderr)
	}
	resolve = append(resolve, "--yes")
	p.ok(t, resolve...)
	if r := p.run(t, resolve...); r.status != 2 || !strings.Contains(r.stderr, "is closed already") {
		t.Errorf("resolved twice: status %d, %s", r.status, r.stderr)
	}
	p.ok(t, "dead-letters", "resolve", places[2], "--outcome", "REPLACED", "--by", "An Officer", "--yes")
	list = p.ok(t, "dead-letters", "list", "--all").stdout
	if strings.Count(list, " closed ") != 2 || !strings.Contains(list, places[1]+" open ") {
		t.Errorf("after two resolutions the list is\n%s", list)
	}
	if got := p.ok(t, "dead-letters", "list", "--format", "json").stdout; strings.Count(got, "\n") != 1 ||
		!strings.Contains(got, `"person_id":"P-1"`) {
		t.Errorf("as JSON the open ones are %s", got)
	}
	for place, want := range map[string]string{
		"notices:0":              "is no place of a record",
		"notices:0:-1":           "numbers from 0",
		"nothing:0:0":            "nothing",
		"card-events:0:0":        "neither a dead letter nor",
		"manual-entries:0:77":    "neither a dead letter nor",
		"manual-entries:900:0":   "neither a dead letter nor",
		"manual-entries:a:0":     "numbers from 0",
		"manual-entries:0:0:0:0": "is no place of a record",
	} {
		r := p.run(t, "dead-letters", "resolve", place, "--outcome", "REPLACED", "--by", "N", "--yes")
		if r.status != 2 || !strings.Contains(r.stderr, want) {
			t.Errorf("resolve %s: status %d, %s", place, r.status, r.stderr)
		}
	}
}

// TestUnsentHoldNobody: a heartbeat or a reconciliation that cannot be read was not sent and holds nobody's units
// (W-56), whatever its key; an incident holds its centre's. Of an acknowledgement there is nothing to resolve.
func TestUnsentHoldNobody(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "1", "--timestamps", "create")
	for _, c := range []struct{ topic, key, holds string }{
		{topics.Incidents, "KH", "holds the units at KH that fall due after"},
		{topics.Heartbeats, "KH", "holds nobody's units"},
		{topics.Heartbeats, "", "holds nobody's units"},
		{topics.Reconciliations, "", "holds nobody's units"},
	} {
		out := topics.Out{Key: []byte(c.key), Value: []byte("garbage")}
		at := produceTo(t, broker.Brokers(), c.topic, topics.ByKey, out)
		produceLetter(t, broker.Brokers(), at, out)
		want := fmt.Sprintf("%s:%d:%d open UNREADABLE, in the log since 2026-02-03T20:00:00Z: %s",
			c.topic, at.Partition, at.Offset, c.holds)
		if got := p.ok(t, "dead-letters", "list").stdout; !strings.Contains(got, want) {
			t.Errorf("key %q: the list lacks %q:\n%s", c.key, want, got)
		}
	}
	out := topics.Out{Key: []byte("P-1"), Value: []byte("garbage")}
	at := produceTo(t, broker.Brokers(), topics.Acknowledgements, topics.ByKey, out)
	produceLetter(t, broker.Brokers(), at, out)
	place := fmt.Sprintf("%s:%d:%d", topics.Acknowledgements, at.Partition, at.Offset)
	r := p.run(t, "dead-letters", "resolve", place, "--outcome", "IRRELEVANT", "--by", "N", "--yes")
	if r.status != 2 || !strings.Contains(r.stderr, "holds nobody") {
		t.Errorf("an acknowledgement: status %d, %s", r.status, r.stderr)
	}
}

// TestResolvePaperOfNobody: a paper entry whose number cannot be read is no dead letter, and is
// settled all the same (RD-47).
func TestResolvePaperOfNobody(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "1", "--timestamps", "create")
	write(t, filepath.Join(p.dir, "paper.jsonl"), `{"topic":"manual-entries","value":{"id":"e","received_at":"2026-02-04T08:00:00Z","centre_id":"KH","form":"OUTAGE_PASSAGE","direction":"IN","local_time":"2026-02-03T21:00"}}
{"topic":"manual-entries","value":{"id":"f","received_at":"2026-02-04T08:00:00Z","centre_id":"KH","person_id":"P-1","form":"OUTAGE_PASSAGE","direction":"IN","local_time":"2026-02-03T21:00"}}
`)
	p.ok(t, "load", "paper.jsonl")
	resolve := func(place string) []string {
		return []string{"dead-letters", "resolve", place, "--outcome", "IRRELEVANT", "--by", "N", "--yes"}
	}
	if r := p.run(t, resolve("manual-entries:0:1")...); r.status != 2 {
		t.Errorf("an entry of somebody: status %d, %s", r.status, r.stderr)
	}
	p.ok(t, resolve("manual-entries:0:0")...)
	if got := p.ok(t, "tail", "resolutions", "--from-beginning",
		"--exit-at-end").stdout; !strings.Contains(got, `"offset":0`) || !strings.Contains(got, `"by":"N"`) {
		t.Errorf("resolutions: %s", got)
	}
	if got := tailKey(t, broker.Brokers(), topics.Position{Topic: topics.Resolutions}); got != "KH" {
		t.Errorf("the resolution has key %q, not that of the entry", got)
	}
}

// produceLetter writes the dead letter of a record, as a task does.
func produceLetter(t *testing.T, brokers []string, at topics.Position, out topics.Out) {
	t.Helper()
	out.Headers = []topics.Header{
		{Key: "reason", Value: []byte("UNREADABLE")}, {Key: "topic", Value: []byte(at.Topic)},
		{Key: "partition", Value: []byte(fmt.Sprint(at.Partition))},
		{Key: "offset", Value: []byte(fmt.Sprint(at.Offset))}, {Key: "error", Value: []byte("it is torn")},
	}
	produceTo(t, brokers, topics.DeadLetters, at.Partition, out)
}

package cli

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestTailKeys: tail prints the keys of records so that replay holds whom run holds,
// also where a key is no text, or is not the one that the record names.
func TestTailKeys(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	v := loadVectors(t)[2] // TV-003: out all night
	var facts strings.Builder
	for _, f := range v.Facts {
		facts.Write(append(f, '\n'))
	}
	write(t, filepath.Join(p.dir, "facts.jsonl"), facts.String())
	at, _ := duty.ParseInstant("2026-02-03T20:00:00Z")
	hold := &duty.Hold{ID: "h", Version: 1, ReceivedAt: at, HoldID: "h", PersonID: "other", Kind: duty.HoldKindOther, ValidFrom: at}
	schema, _ := schemas.Of(hold)
	readable := schema.AppendValue(nil, hold)
	for i, c := range []struct {
		name, key, printed string
		value              []byte
		held               bool
	}{
		{"of another", "other", `"value":{`, readable, false},
		{"of another, unreadable", "other", `"key":"other"`, []byte("x"), false},
		{"the person's, unreadable", v.PersonID, `"key":"` + v.PersonID + `"`, []byte("x"), true},
		{"with a frame", "\x00\x00\x00\x00\x07other", `"key":"\u0000\u0000\u0000\u0000\u0007other"`, []byte("x"), true},
		{"no text", "other\xff", `"key_base64":"b3RoZXL/"`, []byte("x"), true},
		{"not the one that the record names", "third", `"key":"third"`, readable, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := p
			prefix := "t" + string(rune('a'+i)) + "."
			p.env = append(append([]string{}, p.env...), "TILSYN_TOPIC_PREFIX="+prefix)
			p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
			p.ok(t, "load", "facts.jsonl")
			client, err := topics.Connect(context.Background(), topics.Config{Brokers: broker.Brokers(), Prefix: prefix})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			out := topics.Out{Topic: topics.Holds, Partition: topics.ByKey, Key: []byte(c.key), Value: c.value, Timestamp: int64(at)}
			if _, err := client.NewProducer(topics.ProducerConfig{}).Produce(context.Background(), []topics.Out{out}); err != nil {
				t.Fatal(err)
			}
			p.stdin = tailAll(t, p)
			if !strings.Contains(p.stdin, c.printed) {
				t.Errorf("tail does not print %s", c.printed)
			}
			p.ok(t, "replay", "--skip-bad", "bad", "--as-of", "2026-02-04T14:01:00Z", "--outcomes", "o", "-")
			for _, u := range rows(t, read(t, filepath.Join(p.dir, "o"))) {
				if u.Kind == "STAY" && u.UnitDate == "2026-02-03" && (u.Outcome == "PROVISIONAL") != c.held {
					t.Errorf("STAY is %s, held should be %v", u.Outcome, c.held)
				}
			}
		})
	}
}

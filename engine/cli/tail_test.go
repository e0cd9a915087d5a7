package cli

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestTailKeys: tail prints the keys of records so that replay holds whom run holds,
// also where a key is no text, or is not the one that the record names.
func TestTailKeys(t *testing.T) {
	t.Parallel()
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
	hold := &duty.Hold{ID: "h", Version: 1, ReceivedAt: at, HoldID: "h", PersonID: "other",
		Kind: duty.HoldKindOther, ValidFrom: at}
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
			out := topics.Out{Topic: topics.Holds, Partition: topics.ByKey, Key: []byte(c.key), Value: c.value,
				Timestamp: int64(at)}
			if _, err := client.NewProducer(topics.ProducerConfig{}).
				Produce(context.Background(), []topics.Out{out}); err != nil {
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

// TestTailLoggedAt: logged_at is when the broker had a record (contract §1). The time
// that a producer put on it is none, unless one says to take it for that; of what is no
// input it is called otherwise.
func TestTailLoggedAt(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	const received = "2026-02-03T20:00:00.000Z"
	at, _ := duty.ParseInstant(received)
	hold := &duty.Hold{ID: "h", Version: 1, ReceivedAt: at, HoldID: "h", PersonID: "p",
		Kind: duty.HoldKindOther, ValidFrom: at}
	schema, _ := schemas.Of(hold)
	for _, stamps := range []string{"append", "create"} {
		prefix := stamps + "."
		p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
			"TILSYN_TOPIC_PREFIX=" + prefix}}
		p.ok(t, "topics", "create", "--partitions", "1", "--timestamps", stamps)
		client, err := topics.Connect(context.Background(), topics.Config{Brokers: broker.Brokers(), Prefix: prefix})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		out := func(topic string, value []byte) topics.Out {
			return topics.Out{Topic: topic, Key: []byte("p"), Value: value, Timestamp: int64(at)}
		}
		producer := client.NewProducer(topics.ProducerConfig{})
		if _, err := producer.Produce(context.Background(),
			[]topics.Out{out(topics.Holds, schema.AppendValue(nil, hold)), out(topics.Holds, []byte("x")),
				out(topics.DeadLetters, []byte("x")), out(topics.Audit, []byte("{\"what\":\n \"VIEW\"}")),
				out(topics.Audit, []byte("{")), out(topics.Audit, []byte{})}); err != nil {
			t.Fatal(err)
		}
		audit := p.ok(t, "tail", topics.Audit, "--from-beginning", "--exit-at-end").stdout
		if strings.Count(audit, "\n") != 3 || !strings.Contains(audit, `"value":{"what":"VIEW"}}`) ||
			!strings.Contains(audit, `"value_base64":"ew=="}`) {
			t.Errorf("a line of audit and two that are none: %s", audit)
		}
		for _, c := range []struct {
			topic string
			args  []string
			// want is the time on each line that is the producer's, none where none is.
			want string
		}{
			{topics.Holds, nil, ""},
			{topics.Holds, []string{"--trust-timestamps"}, `"logged_at":"` + received},
			{topics.DeadLetters, nil, `"timestamp":"` + received},
		} {
			if stamps == "append" && c.topic == topics.DeadLetters {
				continue // its times are always the engine's
			}
			lines := strings.Split(strings.TrimSpace(p.ok(t,
				append([]string{"tail", c.topic, "--from-beginning", "--exit-at-end"}, c.args...)...).stdout), "\n")
			for _, line := range lines {
				head, _, _ := strings.Cut(line, `"value":{`)
				logged := strings.Contains(head, `"logged_at":"`)
				switch {
				case stamps == "append" && (!logged || strings.Contains(head, received)):
					t.Errorf("%s, stamped by the broker: %s", c.topic, line)
				case stamps == "create" && c.want == "" && (logged || strings.Contains(head, `"timestamp"`)):
					t.Errorf("%s, stamped by the producer, shows when the broker had it: %s", c.topic, line)
				case stamps == "create" && !strings.Contains(head, c.want):
					t.Errorf("%s %v: no %s in %s", c.topic, c.args, c.want, line)
				}
			}
			if c.topic == topics.Holds && len(lines) != 2 {
				t.Errorf("%d lines", len(lines))
			}
		}
	}
	if help := (program{}).ok(t, "tail", "--help").stdout; !strings.Contains(help, "CreateTime") {
		t.Error("the help does not say where logged_at is left out")
	}
}

// TestTailGoesOn: giving up is for the start (as of run): a tail that follows a topic
// waits for its broker, however long it is away, says so, and goes on; one that ends at
// the end gives up.
func TestTailGoesOn(t *testing.T) {
	t.Parallel()
	dir, ports := t.TempDir(), []int(nil)
	up := func() *topics.Embedded {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			b, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: dir, Ports: ports})
			if err == nil {
				return b
			}
			if time.Now().After(deadline) {
				t.Fatal(err)
			}
		}
	}
	b := up()
	ports = []int{b.Port()}
	brokers := strings.Join(b.Brokers(), ",")
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + brokers}}
	p.ok(t, "topics", "create", "--partitions", "1")
	hold := func(id string) string {
		return `{"topic":"holds","value":{"id":"` + id + `","received_at":"2026-02-03T20:00:00Z","hold_id":"h","person_id":"p","kind":"CUSTODY","valid_from":"2026-02-03T20:00:00Z"}}` + "\n"
	}
	load := func(id string) {
		t.Helper()
		p.stdin = hold(id)
		p.ok(t, "load", "-")
	}
	load("before")
	cmd, _, stdout := start(t, "tail", "holds", "--from-beginning", "--brokers", brokers, "--give-up-after", "1s")
	lines := bufio.NewScanner(stdout)
	next := func(id string) {
		t.Helper()
		if !lines.Scan() || !strings.Contains(lines.Text(), `"id":"`+id+`"`) {
			t.Fatalf("%q comes, %v; want %s", lines.Text(), lines.Err(), id)
		}
	}
	next("before")
	b.Close()
	time.Sleep(4 * time.Second)
	if r := p.run(t, "tail", "holds", "--from-beginning", "--exit-at-end", "--give-up-after", "1s"); r.status != 3 {
		t.Errorf("without a broker at its start tail ends with %d:\n%s", r.status, r.stderr)
	}
	b = up()
	defer b.Close()
	load("after")
	next("after")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C: %v", err)
	}
}

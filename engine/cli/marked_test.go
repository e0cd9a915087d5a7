package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// personalMark stands in every id of a person, a card, a decision, a permission and a hold of TestMarkedDataStaysIn.
// Nothing that names nobody may have it, whatever its case.
const personalMark = "zqxw"

// TestMarkedDataStaysIn runs an engine on facts whose personal data are marked, and on values and keys that
// nobody can read and that are marked as well. The log at its most detailed, health, readiness, metrics, traces,
// what operators' commands print, the reasons of dead letters, and the errors of files have none of the marks
// (REL-15).
func TestMarkedDataStaysIn(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "an engine, and every command that names nobody")
	embedded, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer embedded.Close()
	var traces collected
	collector := httptest.NewServer(&traces)
	defer collector.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(embedded.Brokers(), ","),
		"TILSYN_LOG_LEVEL=trace"}}
	if p.said, err = os.Create(filepath.Join(p.dir, "run.log")); err != nil {
		t.Fatal(err)
	}
	defer p.said.Close()
	p.ok(t, "topics", "create", "--partitions", "2", "--timestamps", "create")
	p.ok(t, "simulate", "--dir", "sim", "--persons", "12", "--days", "10")
	facts := markedFacts(read(t, filepath.Join(p.dir, "sim", "facts.jsonl")))
	if n := strings.Count(facts, personalMark); n < 1000 {
		t.Fatalf("only %d marks in the facts", n)
	}
	write(t, filepath.Join(p.dir, "facts.jsonl"), facts)
	p.ok(t, "load", "facts.jsonl")
	sendUnreadable(t, embedded.Brokers())
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p.engine(t, "run", "--data-dir", "data", "--trust-timestamps", "--listen", address, "--otlp-endpoint", collector.URL,
		"--report-every", "1s")
	for began := time.Now(); ; time.Sleep(300 * time.Millisecond) {
		if got := p.run(t, "verify"); got.status == 0 && strings.Contains(got.stdout, "(0 tasks have not") &&
			!strings.Contains(got.stdout, "compared 0 units") && traces.size() > 0 &&
			strings.Contains(answer(t, address, "/metrics"), "tilsyn_dead_letters{state=\"open\"} 3") {
			break
		}
		if time.Since(began) > within {
			t.Fatalf("the engine does not judge, trace or find dead letters\n%s", answer(t, address, "/metrics"))
		}
	}
	unmarked := func(what, text string) {
		t.Helper()
		if at := strings.Index(strings.ToLower(text), personalMark); at >= 0 {
			t.Errorf("%s has personal data: …%s…", what, text[max(0, at-200):min(len(text), at+100)])
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		unmarked(path, answer(t, address, path))
	}
	for _, args := range [][]string{{"verify"}, {"report", "accounting"}, {"report", "control", "--period", "2026-H2"},
		{"report", "control", "--period", "2026-H2", "--format", "json"},
		{"report", "control", "--period", "2026-H2", "--format", "html"}, {"recall", "status"}, {"doctor"},
		{"doctor", "producer"}, {"state", "inspect", "--data-dir", "data"}, {"log", "checkpoints"}, {"topics", "check"}} {
		got := p.run(t, args...)
		if unmarked(strings.Join(args, " "), got.stdout+got.stderr); got.stdout+got.stderr == "" {
			t.Errorf("%v prints nothing", args)
		}
	}
	for line := range strings.Lines(p.ok(t, "tail", "control-reports", "--from-beginning", "--exit-at-end").stdout) {
		unmarked("a control report", line)
	}
	markedErrors(t, p, facts, unmarked)
	log := read(t, filepath.Join(p.dir, "run.log"))
	if unmarked("the log", log); strings.Count(log, "\n") < 10 {
		t.Errorf("the log has nothing:\n%s", log)
	}
	unmarked("a trace", traces.text())
}

// markedFacts marks what names a person.
func markedFacts(facts string) string {
	for _, id := range []string{"person_id", "card_id", "decision_id", "permission_id", "hold_id"} {
		facts = strings.ReplaceAll(facts, `"`+id+`":"`, `"`+id+`":"`+personalMark+"-")
	}
	return facts
}

// sendUnreadable sends values that are no Avro, one of them too long, and a key that is not usable.
func sendUnreadable(t *testing.T, brokers []string) {
	t.Helper()
	c, err := topics.Connect(t.Context(), topics.Config{Brokers: brokers, Prefix: topics.DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	key := []byte(personalMark + "-P-1")
	_, err = c.NewProducer(topics.ProducerConfig{}).Produce(t.Context(), []topics.Out{
		{Topic: topics.CardEvents, Partition: topics.ByKey, Key: key, Value: []byte("no Avro " + personalMark)},
		{Topic: topics.Permissions, Partition: topics.ByKey, Key: key,
			Value: append([]byte{0xc3, 0x01}, strings.Repeat(personalMark, 100)...)},
		{Topic: topics.Notices, Partition: topics.ByKey, Key: []byte(" " + personalMark), Value: []byte(personalMark)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// markedErrors breaks one line of each topic in several ways; the error names the place and nobody.
func markedErrors(t *testing.T, p program, facts string, unmarked func(what, text string)) {
	t.Helper()
	seen := map[string]bool{}
	for line := range strings.Lines(facts) {
		topic := strings.SplitN(line, `"`, 5)[3]
		if seen[topic] || !strings.Contains(line, personalMark) {
			continue
		}
		seen[topic] = true
		for i, broken := range []string{
			line[:len(line)*2/3] + "\n",
			strings.Replace(line, `"received_at":"2`, `"received_at":"`+personalMark+` 2`, 1),
			strings.Replace(line, `"version":1`, `"version":"`+personalMark+`"`, 1),
			strings.Replace(line, `"value":{`, `"value":{"another":"`+personalMark+`",`, 1), // left out, and that is said
		} {
			name := fmt.Sprintf("broken-%d.jsonl", i)
			write(t, filepath.Join(p.dir, name), broken)
			got := p.run(t, "replay", name)
			if i < 3 && (got.status != 2 || !strings.Contains(got.stderr, name+":1")) || got.stderr == "" {
				t.Errorf("%s broken in way %d: status %d %s", topic, i, got.status, got.stderr)
			}
			unmarked("the error of a broken line of "+topic, strings.ReplaceAll(got.stderr, p.dir, ""))
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %d topics were tried", len(seen))
	}
}

// collected keeps what is sent to it.
type collected struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// ServeHTTP implements http.Handler.
func (c *collected) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what came is looked at
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all.Write(body)
}

func (c *collected) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all.String()
}

func (c *collected) size() int { return len(c.text()) }

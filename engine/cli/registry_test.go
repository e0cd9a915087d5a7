package cli

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr/srfake"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// TestSchemaRegistry: with a registry everything that commands and the engine write is in its frame, and they read it;
// a start needs no registry; without one the values cannot be read, and that is said.
func TestSchemaRegistry(t *testing.T) {
	t.Parallel()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	// On a port of its own, so that it can go away and come back under its address.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: srfake.NewRegistry().Handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	dir := t.TempDir()
	plain := program{dir: dir, env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_LOG_LEVEL=error", "TILSYN_GIVE_UP_AFTER=20s"}}
	p := plain
	p.env = append(p.env, "TILSYN_SCHEMA_REGISTRY=http://"+listener.Addr().String())

	p.ok(t, "topics", "create", "--partitions", "1")
	write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1"))
	if r := p.run(t, "load", "facts.jsonl"); r.status != 2 || !strings.Contains(r.stderr, "tilsyn schemas register") {
		t.Errorf("before they are registered: status %d, %s", r.status, r.stderr)
	}
	if got := p.ok(t, "schemas", "register", "--dry-run").stdout; !strings.Contains(got, "would be registered") {
		t.Errorf("without writing it says\n%s", got)
	}
	if got := p.ok(t, "schemas", "register").stdout; strings.Count(got, "registered") != strings.Count(got, "-value") {
		t.Errorf("registered\n%s", got)
	}
	if r := p.run(t, "doctor"); !strings.Contains(r.stdout, "ok    schema registry: it has the schemas of all topics") {
		t.Errorf("the doctor says\n%s%s", r.stdout, r.stderr)
	}
	p.ok(t, "load", "facts.jsonl")
	run := p.engine(t, "run", "--data-dir", "data")
	awaitTold(t, p)
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ends(t, run)
	for _, topic := range []string{duty.TopicCardEvents, duty.TopicViolations, duty.TopicOutcomes} {
		if n, framed := inFrame(t, broker.Brokers(), topic); n == 0 || framed != n {
			t.Errorf("%s: %d of %d values are in the registry's frame", topic, framed, n)
		}
	}
	got := p.ok(t, "verify").stdout
	if !strings.Contains(got, "differences: 0,") || strings.Contains(got, "compared 0 units") {
		t.Errorf("verify says\n%s", got)
	}
	told := p.ok(t, "tail", "violations", "--from-beginning", "--exit-at-end").stdout
	if r := plain.run(t, "verify"); r.status != 1 || !strings.Contains(r.stderr, "--schema-registry") {
		t.Errorf("verify without the registry: status %d, %s", r.status, r.stderr)
	}

	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "data", "state")); err != nil {
		t.Fatal(err)
	}
	run = p.engine(t, "run", "--data-dir", "data") // it reads everything anew, by the ids that it keeps
	cached := "--schema-registry-cache=data/schema-registry.json"
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		if got := p.run(t, "verify", cached); got.status == 0 && strings.Contains(got.stdout, "(0 tasks have not") {
			break
		}
		if time.Since(began) > within {
			t.Fatal("the engine does not come back without the registry")
		}
	}
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ends(t, run)
	if again := p.ok(t, "tail", "violations", "--from-beginning", "--exit-at-end", cached).stdout; again != told {
		t.Errorf("told after the start without the registry\n%s\nbefore it\n%s", again, told)
	}
	if n, _ := inFrame(t, broker.Brokers(), duty.TopicDeadLetters); n != 0 {
		t.Errorf("%d dead letters", n)
	}
	p.env = append(p.env, "TILSYN_GIVE_UP_AFTER=1s")
	r := p.run(t, "load", "facts.jsonl")
	if r.status != 3 || !strings.Contains(r.stderr, "gave up waiting for the schema registry") {
		t.Errorf("load without registry and ids: status %d, %s", r.status, r.stderr)
	}
}

// inFrame counts the values of a topic, and those in a registry's frame.
func inFrame(t *testing.T, brokers []string, topic string) (n, framed int) {
	t.Helper()
	client, err := topics.Connect(t.Context(), topics.Config{Brokers: brokers, Prefix: topics.DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	parts, err := client.AllPartitions(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	ends, err := client.Offsets(t.Context(), parts, topics.LastStable)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		for at := int64(0); at < ends[p]; {
			got, err := client.NewFetcher(topics.FetchOptions{}).
				Fetch(t.Context(), []topics.Position{{Topic: p.Topic, Partition: p.Partition, Offset: at}})
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			err = got[0].Each(func(r *topics.Record) error {
				n++
				if len(r.Value) > 4 && r.Value[0] == 0 {
					framed++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			at = got[0].Next
		}
	}
	return n, framed
}

package stream

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// A broker goes away under a running engine, for longer than the engine would wait at its start.
// Within seconds the engine is not ready and says once what it waits for. It stays alive, and goes
// on when the broker is back.
func TestBrokerAway(t *testing.T) {
	t.Parallel()
	dir, ports := t.TempDir(), []int(nil)
	up := func() *topics.Embedded {
		t.Helper()
		var b *topics.Embedded
		var err error
		for begin := time.Now(); time.Since(begin) < within; time.Sleep(50 * time.Millisecond) {
			if b, err = topics.StartEmbedded(topics.EmbeddedConfig{Dir: dir, Ports: ports}); err == nil {
				ports = []int{b.Port()}
				return b
			}
		}
		t.Fatal(err)
		return nil
	}
	b := up()
	r := newRigOn(t, b.Brokers(), 2)
	cfg := r.config(seeds.Start + 3*duty.Day)
	logs := &safeBuffer{}
	cfg.Listen, cfg.Log, cfg.Kafka.GiveUpAfter = freeAddress(t), zerolog.New(logs), time.Second
	e := start(t, cfg)
	e.rest()
	for begin, status := time.Now(), 0; status != http.StatusOK; time.Sleep(50 * time.Millisecond) {
		if status, _ = readiness(t, cfg.Listen); time.Since(begin) > within {
			t.Fatalf("/readyz is %d", status)
		}
	}
	b.Close()
	gone := time.Now()
	for status := http.StatusOK; status == http.StatusOK; time.Sleep(50 * time.Millisecond) {
		var got Readiness
		if status, got = readiness(t, cfg.Listen); time.Since(gone) > within {
			t.Fatalf("/readyz without the broker: %d %+v", status, got)
		}
		if status != http.StatusOK && !strings.HasPrefix(got.WaitsFor[0], "the brokers, for ") {
			t.Errorf("it waits for %q", got.WaitsFor)
		}
	}
	t.Logf("not ready after %s", time.Since(gone))
	time.Sleep(3 * time.Second)
	if status, text := ask(t, cfg.Listen, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz without the broker: %d %s", status, text)
	}
	if err := Health(t.Context(), cfg.DataDir, false); err != nil {
		t.Errorf("its health without the broker: %v", err)
	}
	if err := Health(t.Context(), cfg.DataDir, true); err == nil || !strings.Contains(err.Error(), "the brokers, for ") {
		t.Errorf("whether it is ready without the broker: %v", err)
	}
	if err := Health(t.Context(), t.TempDir(), false); !errors.Is(err, errNotRunning) {
		t.Errorf("the health of nothing: %v", err)
	}
	if v := value(t, scrape(t, cfg.Listen), "tilsyn_brokers_silent_seconds"); v < 3 {
		t.Errorf("tilsyn_brokers_silent_seconds is %v", v)
	}
	if n := strings.Count(logs.String(), "brokers do not answer"); n != 1 ||
		strings.Contains(logs.String(), "waiting for") {
		t.Errorf("told %d times:\n%s", n, logs)
	}
	b = up()
	t.Cleanup(b.Close)
	r.load([]testkit.Feed{{Topic: "holds", Key: "Qperson1", At: seeds.Start,
		Record: &duty.Hold{ID: "4", Version: 1, ReceivedAt: seeds.Start, HoldID: "h", PersonID: "Qperson1",
			Kind: duty.HoldKindHospital, ValidFrom: seeds.Start, ValidTo: duty.Some(seeds.Start + duty.Day)}}})
	for begin, status := time.Now(), 0; status != http.StatusOK ||
		cfg.Stats.Records.Load() == 0; time.Sleep(50 * time.Millisecond) {
		if status, _ = readiness(t, cfg.Listen); time.Since(begin) > within {
			t.Fatalf("it does not go on: %d, %d records", status, cfg.Stats.Records.Load())
		}
	}
	for begin := time.Now(); !strings.Contains(logs.String(),
		"the brokers answer again"); time.Sleep(50 * time.Millisecond) {
		if time.Since(begin) > within {
			t.Fatalf("it does not say that it goes on:\n%s", logs)
		}
	}
	e.end()
}

// While the broker is away nobody can say who has the tasks, so no instance is reported.
func TestBrokerAwayBlamesNobody(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "waits until a broker that is away would be noticed")
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	must(t, err)
	r := newRigOn(t, b.Brokers(), 2)
	m := r.join(t.TempDir(), func(c *Config) { c.Listen, c.signEvery = freeAddress(t), 600*time.Millisecond })
	m.proven(true)
	before := len(m.log.String()) // a slow machine may have been late to commit
	b.Close()
	m.proven(false, "the brokers, for ")
	time.Sleep(ownersWithin) // a look that was under way is over
	if said := m.log.String()[before:]; strings.Contains(said, "no instance makes progress") {
		t.Errorf("it blames who has the tasks:\n%s", said)
	}
	if r := m.proven(false); len(r.WaitsFor) != 1 {
		t.Errorf("it waits for %q", r.WaitsFor)
	}
	m.stop()
	<-m.done
}

// An absence is logged at once and then at growing intervals; its end is logged once.
func TestAwayIsToldAtGrowingIntervals(t *testing.T) {
	t.Parallel()
	var a away
	var told []int
	begin := time.Unix(1000, 0)
	w := topics.Waiting{What: "x", Cause: errors.New("y"), Elapsed: 3 * time.Second}
	backs := 0
	for s := range 2400 {
		gone := s >= 10 && s < 1000 || s >= 2000 && s < 2005
		tell, back := a.look(w, gone, begin.Add(time.Duration(s)*time.Second))
		if tell {
			told = append(told, s)
		}
		if back {
			backs++
		}
	}
	want := []int{10, 20, 40, 80, 160, 320, 640, 2000}
	if backs != 2 || len(told) != len(want) {
		t.Fatalf("told at %v, back %d times; want %v", told, backs, want)
	}
	for i := range want {
		if told[i] != want[i] {
			t.Fatalf("told at %v, want %v", told, want)
		}
	}
}

// A task that waits for the brokers does not count as one that stands still.
func TestAwayIsNotStalled(t *testing.T) {
	t.Parallel()
	var s status
	now := time.Unix(100000, 0)
	s.assign([]int32{0}, false)
	s.set(0, task.TaskState{Live: true, Seen: now.Add(-time.Hour)})
	if s.stalled(now) == "" {
		t.Error("a task that stands still for an hour is healthy")
	}
	s.awayAt(now.Add(-time.Second))
	if why := s.stalled(now); why != "" {
		t.Errorf("without brokers: %s", why)
	}
	if s.stalled(now.Add(time.Hour)) == "" {
		t.Error("a task that does not go on when the brokers are back is healthy")
	}
}

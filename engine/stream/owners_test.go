package stream

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// proven waits until an engine says that every task of the prefix moves, or does not.
func (m *member) proven(want bool, words ...string) Readiness {
	m.t.Helper()
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		_, r := readiness(m.t, m.cfg.Listen)
		said := strings.Join(r.WaitsFor, "\n")
		if r.Ready == want && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(said, w) }) {
			return r
		}
		if time.Since(begin) > within {
			m.t.Fatalf("ready %v, wanted %v with %q: %s\n%s", r.Ready, want, words, said, m.log)
		}
	}
}

// saidSince waits until the log has the words after its first n bytes, and returns what is there.
func (m *member) saidSince(n int, words string) string {
	m.t.Helper()
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		said := m.log.String()[n:]
		if strings.Contains(said, words) {
			return said
		}
		if time.Since(begin) > within {
			m.t.Fatalf("the log does not say %q:\n%s", words, said)
		}
	}
}

// /readyz proves, by what is committed, that every task of the prefix makes progress. A stopped
// instance that keeps its place in the group is noticed and named by the others, with and without
// tasks of their own; when its session is over all is well again.
func TestEveryTaskMoves(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "three engines, and waits until sessions are over")
	if testing.Short() {
		t.Skip("waits for sessions")
	}
	r := newRig(t, 2)
	change := func(c *Config) {
		c.Listen, c.SessionTimeout, c.signEvery = freeAddress(t), 12*time.Second, 300*time.Millisecond
	}
	a := r.join(t.TempDir(), change)
	ready := a.proven(true)
	if len(ready.AllTasks) != 2 || ready.AllTasks[0].Instance == "" || ready.AllTasks[1].CommitAge == nil {
		t.Errorf("%+v", ready.AllTasks)
	}
	b := r.join(t.TempDir(), change)
	a.proven(true)
	b.proven(true)
	// A third one gets nothing, and is ready since the others move.
	c := &member{log: &safeBuffer{}}
	cfg := r.config(seeds.Start)
	change(&cfg)
	cfg.Log = zerolog.New(c.log)
	c.running = launch(t, cfg)
	waitListening(t, cfg.Listen)
	if got := c.proven(true); len(got.Tasks) != 0 || len(got.AllTasks) != 2 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(c.log.String(), "it stands by") {
		t.Errorf("the third one says\n%s", c.log)
	}
	owner := b.cfg.DataDir
	id, err := savedIdentity(owner,
		datadir.Identity{Prefix: "test.", Group: "e2e", Partitions: 2, Cluster: "tilsyn-embedded"})
	must(t, err)

	before := map[*member]int{a: len(a.log.String()), c: len(c.log.String())}
	b.end() // without leaving
	for _, other := range []*member{a, c} {
		// On a slow machine the task of the one that lives may seem to stand still as well.
		other.proven(false, "of the prefix: its owner "+id.InstanceID, "has stopped or stands still")
		metrics := scrape(t, other.cfg.Listen)
		if n := value(t, metrics, "tilsyn_prefix_unproven_tasks"); n < 1 {
			t.Errorf("%g tasks are not proven", n)
		}
		if n := value(t, metrics, "tilsyn_prefix_tasks"); n != 2 {
			t.Errorf("%g tasks", n)
		}
		if n := value(t, metrics, "tilsyn_ready"); n != 0 {
			t.Error("ready by the metric")
		}
	}
	// Its session ends and another one takes over.
	a.proven(true)
	c.proven(true)
	for _, other := range []*member{a, c} {
		// The log says it a moment after /readyz does. On a slow machine the group may be said to
		// share the tasks out as well.
		said := other.saidSince(before[other], "makes progress again")
		n := strings.Count(said, `"waits_for":"its owner `+id.InstanceID)
		if n != 1 || !strings.Contains(said, "no instance makes progress") {
			t.Errorf("it was said %d times:\n%s", n, said)
		}
	}
	c.end()
	a.end()
}

// launch starts an engine that need not have a task.
func launch(t *testing.T, cfg Config) *running {
	t.Helper()
	r := &running{t: t, cfg: cfg, done: make(chan error, 1)}
	ctx, cancel := contextWithin(t)
	r.stop = cancel
	go func() { r.done <- Run(ctx, cfg) }()
	return r
}

// waitReady waits until an engine says that all tasks of its prefix move.
func waitReady(t *testing.T, address string) {
	t.Helper()
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		_, r := readiness(t, address)
		if r.Ready {
			return
		}
		if time.Since(begin) > within {
			t.Fatalf("not ready: %v", r.WaitsFor)
		}
	}
}

// The reasons why a task is not proven are listed in the order in which to act on them.
func TestOwners(t *testing.T) {
	now := time.Now()
	var o owners
	o.begin(2, time.Second, now)
	want := func(at time.Duration, task int32, words string) {
		t.Helper()
		got := o.all(now.Add(at))[task].WaitsFor
		if (words == "") != (got == "") || !strings.Contains(got, words) {
			t.Errorf("task %d after %s: %q, want %q", task, at, got, words)
		}
	}
	want(0, 0, "the group to say who has it")
	group := topics.Group{State: "PreparingRebalance", Ours: true}
	o.described(group)
	want(0, 0, "share the tasks out")
	group.State = topics.GroupStable
	group.Members = []topics.GroupMember{{InstanceID: "a", Host: "/10.0.0.1", Partitions: []int32{0}}, {InstanceID: "b"}}
	o.described(group)
	want(time.Second, 0, "the first commit of its owner a at /10.0.0.1")
	want(time.Second, 1, "no instance has it")
	want(4*time.Second, 0, "committed nothing for 4s")
	o.saw(0, "b", now.Add(4*time.Second))
	want(5*time.Second, 0, "the first commit of its owner a")
	o.saw(0, "a", now.Add(5*time.Second))
	want(5*time.Second, 0, "")
	want(9*time.Second, 0, "stands still")
	group.Members[1].Partitions = []int32{0, 1}
	o.described(group)
	want(5*time.Second, 0, "a at /10.0.0.1 and b both have it")
	group.Ours = false
	o.described(group)
	want(5*time.Second, 1, "others are in the group")
	// While commits cannot be read, no task counts as silent, and that time is not counted later.
	group.Ours, group.Members[1].Partitions = true, nil
	o.described(group)
	o.look(false, now.Add(5*time.Second))
	want(60*time.Second, 0, "")
	if bad, _ := o.tell(now.Add(60 * time.Second)); len(bad) > 0 {
		t.Errorf("without brokers: %+v", bad)
	}
	o.look(true, now.Add(60*time.Second))
	want(62*time.Second, 0, "")
	want(64*time.Second, 0, "committed nothing for 4s")
	now = now.Add(60 * time.Second)
	o.saw(0, "a", now)
	want(3*time.Second, 0, "")
	want(4*time.Second, 0, "committed nothing for 4s")
	group.Ours, group.Members[1].Partitions = false, []int32{0, 1}
	o.described(group)
	// A lasting state is reported once.
	if bad, good := o.tell(now.Add(6 * time.Second)); len(bad) > 0 || len(good) > 0 {
		t.Errorf("%+v %+v at once", bad, good)
	}
	if bad, _ := o.tell(now.Add(10 * time.Second)); len(bad) != 2 {
		t.Errorf("%+v", bad)
	}
	if bad, _ := o.tell(now.Add(20 * time.Second)); len(bad) > 0 {
		t.Errorf("%+v again", bad)
	}
	group.Ours, group.Members[1].Partitions = true, []int32{1}
	o.described(group)
	o.saw(0, "a", now.Add(20*time.Second))
	o.saw(1, "b", now.Add(20*time.Second))
	if _, good := o.tell(now.Add(20 * time.Second)); len(good) != 2 {
		t.Errorf("%v are well again", good)
	}
}

// TestOwnersAsOfTheLastLook: a look that fails says nothing of the time since the one before, however long the brokers
// let it wait for an answer.
func TestOwnersAsOfTheLastLook(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	var o owners
	o.begin(1, time.Second, now)
	o.described(topics.Group{State: topics.GroupStable, Ours: true,
		Members: []topics.GroupMember{{InstanceID: "a", Partitions: []int32{0}}}})
	o.saw(0, "a", now)
	o.look(true, now)
	o.look(false, now.Add(5*time.Second))
	if said := o.all(now.Add(time.Minute))[0].WaitsFor; said != "" {
		t.Errorf("without brokers: %q", said)
	}
	o.look(true, now.Add(time.Minute))
	if said := o.all(now.Add(time.Minute + 4*time.Second))[0].WaitsFor; !strings.Contains(said, "nothing for 4s") {
		t.Errorf("with brokers: %q", said)
	}
}

// When reading the commits fails halfway, each record is still counted once, so that a task that
// stands still does not appear to move while the reads fail.
func TestCommitsSeenOnce(t *testing.T) {
	log := testkit.NewBroker(rand.New(rand.NewPCG(1, 1)), func() duty.Instant { return seeds.Start })
	var e engine
	e.owners.begin(2, time.Second, time.Now())
	a, b := stored.CommitPartition(0), stored.CommitPartition(1)
	for i, p := range []broker.Partition{a, b} {
		log.Append(p, stored.CommitKey(int32(i)), []byte(`{"instance":"x"}`))
	}
	at, fetches, last := broker.Offsets{a: 0, b: 0}, 0, false
	log.Slow = func(p broker.Partition) bool { return p == b && !last }
	log.Fail = func(what string) error {
		if what != "fetch" {
			return nil
		}
		if fetches++; fetches%2 == 0 && !last {
			return testkit.ErrLost
		}
		return nil
	}
	for look := range 2 {
		if _, err := e.seeCommits(t.Context(), log, at); err == nil {
			t.Fatal("the look did not fail")
		}
		if moved := !e.owners.tasks[0].moved.IsZero(); moved != (look == 0) {
			t.Errorf("look %d: the first task moved %t", look, moved)
		}
		e.owners.tasks[0].moved = time.Time{}
	}
	last = true
	ends, err := e.seeCommits(t.Context(), log, at)
	if err != nil || ends[b] != 1 || e.owners.tasks[1].moved.IsZero() || !e.owners.tasks[0].moved.IsZero() {
		t.Errorf("%v, %v, %+v", ends, err, e.owners.tasks)
	}
}

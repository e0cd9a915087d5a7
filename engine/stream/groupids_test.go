package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/topics"
)

// Transactions that an older version left open under its own transactional ids are ended before
// the new version reads, and a process that still writes with those ids is fenced.
func TestFormerTransactionalIDs(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.load(testkit.Residents(rand.New(rand.NewPCG(35, 5)), 10, 9))
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Group = "dotted.group"
	old := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: topics.FormerTransactionalID("test.",
		cfg.Group, 0), Timeout: 10 * time.Minute})
	must(t, old.Init(t.Context()), old.Begin(t.Context()))
	_, err := old.Produce(t.Context(), []topics.Out{{Topic: topics.Violations, Partition: 0, Value: []byte("x")},
		{Topic: topics.TaskCommits, Partition: 0, Value: []byte("x")}})
	must(t, err)
	e := start(t, cfg)
	e.rest()
	if err := old.Commit(t.Context()); !errors.Is(err, topics.ErrFenced) {
		t.Errorf("the one before commits: %v", err)
	}
	e.end()
	r.verified()
}

// Two deployments whose prefix and group concatenate to the same text run side by side and do not
// fence each other.
func TestEqualIDs(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	var engines []*running
	var rigs []*rig
	for i, x := range [][2]string{{"cc.", "dd.g"}, {"cc.dd.", "g"}} {
		cfg := r.cfg
		cfg.Prefix = x[0]
		other := newRigOf(t, cfg, 2)
		other.load(testkit.Residents(rand.New(rand.NewPCG(36, uint64(i))), 15, 9))
		c := other.config(seeds.Start + 20*duty.Day)
		c.Group = x[1]
		rigs, engines = append(rigs, other), append(engines, start(t, c))
	}
	for i, e := range engines {
		e.rest()
		if n := e.cfg.Stats.Fenced.Load(); n > 0 {
			t.Errorf("%s was fenced %d times", rigs[i].cfg.Prefix, n)
		}
		e.end()
		rigs[i].verified()
	}
}

// Engines of two prefixes use one group. The broker refuses the second, which says who is in the
// group and disturbs nobody, also while the first restarts. When the session of the first is over
// the second gets the group.
func TestTwoPrefixesOneGroup(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "waits until the session of a member is over")
	if testing.Short() {
		t.Skip("waits for sessions")
	}
	r := newRig(t, 2)
	cfg := r.cfg
	cfg.Prefix = "test2."
	other := newRigOf(t, cfg, 2)
	other.load(testkit.Residents(rand.New(rand.NewPCG(37, 1)), 15, 9))
	feeds := testkit.Residents(rand.New(rand.NewPCG(37, 2)), 15, 9)
	r.load(feeds[:len(feeds)/2])
	first := r.config(seeds.Start + 20*duty.Day)
	first.SessionTimeout = 6 * time.Second
	e := start(t, first)
	r.load(feeds[len(feeds)/2:])

	second, log := other.config(seeds.Start+20*duty.Day), &safeBuffer{}
	second.SessionTimeout, second.Log = 6*time.Second, zerolog.New(log)
	second.Listen = freeAddress(t)
	done := make(chan error, 1)
	go func() { done <- Run(t.Context(), second) }()
	for begin := time.Now(); !strings.Contains(log.String(),
		"others are in the group"); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > within {
			t.Fatal("it does not say who is there")
		}
	}
	if _, ready := readiness(t, second.Listen); ready.Ready || len(ready.WaitsFor) == 0 ||
		!strings.Contains(ready.WaitsFor[0], "taken by tilsyn-") {
		t.Errorf("/readyz says %+v", ready)
	}
	e.end()
	again := first
	again.Stats = &task.Stats{}
	e = start(t, again) // the leader of the group restarts
	if err := <-done; !errors.Is(err, topics.ErrGroupTaken) || !strings.Contains(err.Error(), "in the group: tilsyn-") {
		t.Errorf("the second prefix ended with %v", err)
	}
	e.rest()
	if m := r.members("e2e"); len(m) != 1 || again.Stats.Recoveries.Load() != 2 {
		t.Errorf("members %v, %d recoveries", m, again.Stats.Recoveries.Load())
	}
	e.end()
	r.verified()

	// The first one is stopped for good: the second gets in when its session is over.
	last := other.config(seeds.Start + 20*duty.Day)
	e = start(t, last)
	e.rest()
	e.end()
	other.verified()
}

// Two deployments whose prefix and group concatenate to the same text have different snapshot
// directories; in a shared one each would remove the other's snapshots.
func TestSnapshotDirectoriesDiffer(t *testing.T) {
	dir := t.TempDir()
	var dirs []string
	for _, id := range []datadir.Identity{{Prefix: "cc.", Group: "dd.g"}, {Prefix: "cc.dd.", Group: "g"},
		{Prefix: "tilsyn.", Group: "tilsyn"}} {
		s, err := task.OpenStateSnapshots(dir, time.Minute, id, nil, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		dirs = append(dirs, s.Dir)
	}
	if dirs[0] == dirs[1] || dirs[2] != filepath.Join(dir, "tilsyn.tilsyn") {
		t.Error(dirs)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Error(entries, err)
	}
}

// An older tilsyn, which joined as an ordinary consumer, is in the group and goes on undisturbed:
// the second engine writes nothing and does not raise the epoch of an id that both have.
func TestOlderVersionInGroup(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	old := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: r.client.TransactionalID("e2e", 0)})
	must(t, old.Init(t.Context()))
	joined := make(chan struct{})
	once := sync.OnceFunc(func() { close(joined) })
	member, err := kgo.NewClient(kgo.SeedBrokers(r.cfg.Brokers...), kgo.ConsumerGroup("e2e"),
		kgo.ConsumeTopics("test.card-events"), kgo.Balancers(kgo.RangeBalancer()),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { once() }))
	must(t, err)
	defer member.Close()
	select {
	case <-joined:
	case <-time.After(3 * time.Minute):
		t.Fatal("the consumer does not join")
	}
	cfg := r.config(seeds.Start)
	cfg.SessionTimeout = 6 * time.Second
	if err := trial(t, cfg); !errors.Is(err, topics.ErrGroupTaken) || !strings.Contains(err.Error(), "in the group: ") {
		t.Errorf("beside an older version: %v", err)
	}
	must(t, old.Begin(t.Context()))
	_, err = old.Produce(t.Context(), []topics.Out{{Topic: topics.Violations, Partition: 0, Value: []byte("x")}})
	must(t, err, old.Abort(t.Context()))
	if at := r.progress(0); at.Group != "" {
		t.Errorf("the group %s is written", at.Group)
	}
}

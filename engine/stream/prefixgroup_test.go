package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// trial runs an engine until it ends by itself, or the patience does.
func trial(t *testing.T, cfg Config) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	err := Run(ctx, cfg)
	if ctx.Err() != nil {
		t.Fatalf("the engine runs on")
	}
	return err
}

// members are the instances in a group.
func (r *rig) members(group string) []string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	g, err := r.client.DescribeGroup(ctx, group)
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []string
	for _, m := range g.Members {
		ids = append(ids, m.InstanceID)
	}
	return ids
}

// revisionsOf is how many revisions a run has told.
func revisionsOf(cfg Config) int64 {
	return cfg.Stats.Indicated.Load() + cfg.Stats.NeedsReview.Load() + cfg.Stats.Withdrawn.Load()
}

// A second group of a prefix is refused before it joins, both while the first runs and after. When
// the prefix is moved to it on purpose, it goes on where the first was and says nothing twice, and
// from then on the first is refused.
func TestTwoGroupsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "engines in turn, and waits until sessions are over")
	r := newRig(t, 3)
	feeds := testkit.Residents(rand.New(rand.NewPCG(31, 1)), 20, 9)
	r.load(feeds[:len(feeds)/2])
	first := r.config(seeds.Start + 20*duty.Day)
	e := start(t, first)
	e.rest()
	second := r.config(seeds.Start + 20*duty.Day)
	second.Group = "other"
	refused := func(cfg Config, words ...string) {
		t.Helper()
		err := trial(t, cfg)
		if !errors.Is(err, task.ErrGroup) {
			t.Fatalf("the group %s was not refused: %v", cfg.Group, err)
		}
		for _, w := range words {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%v does not say %q", err, w)
			}
		}
		if cfg.Stats.Recoveries.Load() > 0 {
			t.Errorf("the group %s had begun", cfg.Group)
		}
	}
	refused(second, `"e2e"`, "another --topic-prefix", "--from-group e2e")
	second.FromGroup = "e2e"
	refused(second, "still has members")
	second.FromGroup = "nobody"
	refused(second, `"e2e"`)
	if m := r.members("other"); len(m) > 0 {
		t.Errorf("the other group has members %v", m)
	}
	e.end()
	second.FromGroup = ""
	refused(second)

	// Moved: with the directory of the first one, after it has left.
	if err := r.client.NewMember(topics.MemberConfig{Group: "e2e", InstanceID: r.members("e2e")[0]}).
		Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := revisionsOf(first)
	r.load(feeds[len(feeds)/2:])
	second.FromGroup, second.DataDir = "e2e", first.DataDir
	e = start(t, second)
	e.rest()
	if second.Stats.Rebuilds.Load() > 0 {
		t.Error("the state was built again")
	}
	e.end()
	r.verified()
	if before == 0 || revisionsOf(second) == 0 {
		t.Errorf("told %d before and %d after the move; it proves nothing", before, revisionsOf(second))
	}
	again := r.config(seeds.Start + 20*duty.Day)
	again.Group, again.DataDir = "other", first.DataDir
	e = start(t, again) // the flag is needed once
	e.rest()
	e.end()
	refused(r.config(seeds.Start+20*duty.Day), `"other"`)
	r.verified()
}

// Two groups start at the same moment on a prefix that has no progress yet. One of them gets it
// and tells everything once; the other ends and says why.
func TestTwoGroupsAtOnce(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "four engines, and waits until their sessions are over")
	for round := range seeds.Size(t, 4) {
		r := newRig(t, 3)
		feeds := testkit.Residents(rand.New(rand.NewPCG(32, uint64(round))), 20, 9)
		r.load(feeds)
		var wg sync.WaitGroup
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		cfgs, errs := make([]Config, 4), make([]error, 4)
		for i := range cfgs {
			cfgs[i] = r.config(seeds.Start + 20*duty.Day)
			cfgs[i].Group, cfgs[i].SessionTimeout = []string{"a", "b"}[i%2], 6*time.Second
			cfgs[i].Log = zerolog.Nop()
			wg.Go(func() { errs[i] = Run(ctx, cfgs[i]) })
		}
		for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			var live int64
			for i := range cfgs {
				live += cfgs[i].Stats.Commits.Load()
			}
			if live >= 3 && len(r.members("a"))+len(r.members("b")) == 2 {
				break
			}
			if time.Since(begin) > within {
				t.Fatalf("round %d: %d commits, members %v and %v", round, live, r.members("a"), r.members("b"))
			}
		}
		for i := range cfgs {
			(&running{t: t, cfg: cfgs[i]}).rest()
		}
		stop()
		wg.Wait()
		r.verified()
		var refused []string
		for i := range cfgs {
			if errors.Is(errs[i], task.ErrGroup) {
				refused = append(refused, cfgs[i].Group)
			} else if errs[i] != nil {
				t.Errorf("%s: %v", cfgs[i].Group, errs[i])
			}
		}
		if len(refused) != 2 || refused[0] != refused[1] {
			t.Fatalf("round %d: refused %v", round, refused)
		}
	}
}

// Another program writes to task-commits under its own transactional id while the engine runs,
// which the brokers allow. The engine's next cycle aborts its transaction, and the engine ends and
// says why.
func TestStrangerWritesProgress(t *testing.T) {
	t.Parallel()
	for _, group := range []string{"other", ""} {
		r := newRig(t, 2)
		feeds := testkit.Residents(rand.New(rand.NewPCG(33, 3)), 20, 9)
		r.load(feeds[:len(feeds)/2])
		cfg := r.config(seeds.Start + 20*duty.Day)
		e := start(t, cfg)
		e.rest()
		said := len(r.read(0)) + len(r.read(1))
		for task := range int32(2) {
			at := r.progress(task)
			at.Group, at.Instance, at.Seq = group, "", at.Seq+1
			record, err := at.Encode()
			must(t, err)
			r.commit("stranger", task, record)
		}
		r.load(feeds[len(feeds)/2:])
		select {
		case err := <-e.done:
			if !errors.Is(err, task.ErrGroup) {
				t.Errorf("%q: it ended with %v", group, err)
			}
		case <-time.After(within):
			t.Fatalf("%q: it runs on", group)
		}
		if n := len(r.read(0)) + len(r.read(1)); n != said {
			t.Errorf("%q: %d records were told after it", group, n-said)
		}
		if m := r.members("e2e"); len(m) > 0 {
			t.Errorf("%q: it has not left the group: %v", group, m)
		}
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// progress is the last record of progress of a task.
func (r *rig) progress(part int32) (last stored.Progress) {
	r.t.Helper()
	log := broker.Scan{From: broker.NewKafka(r.client, "", verify.VerifyWait, verify.VerifyBytes),
		Most: verify.VerifyRecords, Wait: verify.VerifyWait}
	err := log.All(r.t.Context(), []broker.Partition{stored.CommitPartition(part)}, func(rec *broker.Record) (err error) {
		last, err = stored.DecodeProgress(rec.Value, part)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return last
}

// commit writes a record of progress of a task in a transaction with an id.
func (r *rig) commit(id string, task int32, record []byte) {
	r.t.Helper()
	w := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: id})
	must(r.t, w.Init(r.t.Context()), w.Begin(r.t.Context()))
	_, err := w.Produce(r.t.Context(),
		[]topics.Out{{Topic: topics.TaskCommits, Partition: task, Key: stored.CommitKey(task), Value: record}})
	must(r.t, err, w.Commit(r.t.Context()))
}

// Progress of older versions names no group: the first engine that goes on from it takes the
// prefix, and others are refused.
func TestProgressOfBefore(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(34, 4)), 20, 9)
	r.load(feeds[:len(feeds)/2])
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Leave = true
	e := start(t, cfg)
	e.rest()
	e.end()
	for task := range int32(2) {
		at := r.progress(task)
		if at.Group != "e2e" || at.Instance == "" {
			t.Errorf("task %d: group %q, instance %q", task, at.Group, at.Instance)
		}
		at.Group, at.Instance = "", ""
		record, err := at.Encode()
		must(t, err)
		r.commit(r.client.TransactionalID("e2e", task), task, record)
	}
	r.load(feeds[len(feeds)/2:])
	next := r.config(seeds.Start + 20*duty.Day)
	next.DataDir = cfg.DataDir
	e = start(t, next)
	other := r.config(seeds.Start)
	other.Group = "other"
	if err := trial(t, other); !errors.Is(err, task.ErrGroup) {
		t.Errorf("another group: %v", err)
	}
	e.rest()
	e.end()
	r.verified()
	if next.Stats.Rebuilds.Load() > 0 {
		t.Error("the state was built again")
	}
}

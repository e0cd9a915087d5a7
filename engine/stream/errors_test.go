package stream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
	"tilsyn/topics"
)

// newRigWith is a rig that gives the broker's controls.
func newRigWith(t *testing.T, parts int32) (*rig, *kfake.Cluster) {
	t.Helper()
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return newRigOn(t, b.Brokers(), parts), b.Cluster()
}

// ends runs an engine that must end with an error.
func ends(t *testing.T, cfg Config, want error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	err := Run(ctx, cfg)
	if !errors.Is(err, want) {
		t.Fatalf("ended with %v, want %v", err, want)
	}
	t.Log(err)
}

// runToRest runs an engine until it has told what follows, and ends it.
func (r *rig) runToRest(cfg Config) {
	r.t.Helper()
	e := start(r.t, cfg)
	e.rest()
	e.end()
}

// revisions counts the revisions of an engine.
func revisions(cfg Config) int64 {
	return cfg.Stats.Indicated.Load() + cfg.Stats.NeedsReview.Load() + cfg.Stats.Withdrawn.Load()
}

func TestRemedies(t *testing.T) {
	for _, x := range []struct {
		err  error
		want task.Remedy
	}{
		{broker.ErrTransient, task.RemedyRecover}, {topics.ErrAbortable, task.RemedyRecover},
		{topics.ErrOutcomeUnknown, task.RemedyRecover},
		{topics.ErrRebalance, task.RemedyRecover}, {state.ErrDiskFull, task.RemedyRecover},
		{errors.New("unheard of"), task.RemedyRecover},
		{broker.ErrFenced, task.RemedyConfirm}, {broker.BrokerError(topics.ErrFenced), task.RemedyConfirm},
		{state.ErrCorrupt, task.RemedyRebuild},
		{broker.ErrForeignLog, task.RemedyEnd}, {stored.ErrNewer, task.RemedyEnd}, {task.ErrRebuild, task.RemedyEnd},
		{topics.ErrGaveUp, task.RemedyEnd}, {topics.ErrFatal, task.RemedyEnd},
		{topics.ErrCorrupt, task.RemedyEnd}, {state.ErrClosed, task.RemedyEnd}, {&topics.OutOfRangeError{}, task.RemedyEnd},
	} {
		if got := task.RemedyFor(fmt.Errorf("task 1: %w", x.err)); got != x.want {
			t.Errorf("%v: %d, want %d", x.err, got, x.want)
		}
	}
}

// A topic that was deleted and made again is not the one that the state was built from, whatever
// its use. The engine refuses to start, tells nothing again, and says what to do.
func TestTopicsMadeAnew(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{duty.TopicCardEvents, "incidents", duty.TopicViolations, duty.TopicTaskCommits} {
		t.Run(topic, func(t *testing.T) { madeAnew(t, topic, false) })
	}
}

// The same where the ids of the topics are not known: what is in the logs tells.
func TestTopicsMadeAnewWithoutIDs(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "the same as another test, where brokers say less")
	for _, topic := range []string{duty.TopicCardEvents, "incidents", duty.TopicViolations, duty.TopicTaskCommits} {
		t.Run(topic, func(t *testing.T) { madeAnew(t, topic, true) })
	}
}

// If nothing was ever read of a topic, only its id shows that it was made again.
func TestEmptyTopicMadeAnew(t *testing.T) {
	t.Parallel()
	madeAnew(t, "convictions", false)
}

func madeAnew(t *testing.T, topic string, forget bool) {
	t.Helper()
	r, cluster := newRigWith(t, 1)
	feeds := testkit.Residents(rand.New(rand.NewPCG(7, 1)), 12, 5)
	at := seeds.Start + duty.Hour
	feeds = append(feeds, testkit.Feed{At: at, Topic: "incidents", Key: "KH",
		Record: &duty.Incident{ID: "i", Version: 1, ReceivedAt: at, IncidentID: "i",
			CentreID: "KH", Kind: duty.IncidentKindServer, From: at, To: duty.Some(at + duty.Hour),
			FormsStatus: duty.FormsStatusPending}})
	r.load(feeds)
	cfg := r.config(seeds.Start + 20*duty.Day)
	r.runToRest(cfg)
	if revisions(cfg) == 0 {
		t.Fatal("nothing was told")
	}
	if err := cluster.DeleteTopic("test." + topic); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if _, err := r.client.Create(ctx, topics.CreateOptions{Partitions: 1, CreateTime: true}); err != nil {
		t.Fatal(err)
	}
	next := r.config(seeds.Start + 20*duty.Day)
	next.DataDir = cfg.DataDir
	if forget {
		forgetTopicIDs(t, cfg.DataDir)
	}
	ends(t, next, broker.ErrForeignLog)
	if revisions(next) != 0 {
		t.Errorf("told %d", revisions(next))
	}
}

// forgetTopicIDs makes the directory one of before ids were kept.
func forgetTopicIDs(t *testing.T, dir string) {
	t.Helper()
	id, err := readIdentity(dir)
	if err != nil || len(id.TopicIDs) != len(topics.All()) {
		t.Fatalf("%d ids of topics, %v", len(id.TopicIDs), err)
	}
	id.TopicIDs = nil
	if err := datadir.WriteIdentity(dir, id); err != nil {
		t.Fatal(err)
	}
}

// The group and its offsets are gone, as after a week without members. They only serve people and
// tools; nothing is told again.
func TestGroupIsGone(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(7, 2)), 20, 7))
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Leave = true
	r.runToRest(cfg)
	admin, err := kgo.NewClient(kgo.SeedBrokers(r.cfg.Brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	req := kmsg.NewPtrDeleteGroupsRequest()
	req.Groups = []string{"e2e"}
	res, err := req.RequestWith(ctx, admin)
	if err != nil || len(res.Groups) != 1 || res.Groups[0].ErrorCode != 0 {
		t.Fatalf("deleting the group: %+v, %v", res, err)
	}
	next := r.config(seeds.Start + 20*duty.Day)
	next.DataDir = cfg.DataDir
	r.runToRest(next)
	if revisions(cfg) == 0 || revisions(next) != 0 {
		t.Errorf("told %d, then %d", revisions(cfg), revisions(next))
	}
	r.verified()
}

// The broker ends a transaction that took too long, or somebody else takes the
// transactional id: the task is fenced, asks the group, and goes on.
func TestFencedOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	feeds := testkit.Residents(rand.New(rand.NewPCG(7, 3)), 20, 7)
	r.load(feeds[:len(feeds)/2])
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for task := range int32(2) {
		w := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: r.client.TransactionalID("e2e", task)})
		if err := w.Init(ctx); err != nil {
			t.Fatal(err)
		}
	}
	r.load(feeds[len(feeds)/2:])
	for begin := time.Now(); cfg.Stats.Fenced.Load() < 2 ||
		cfg.Stats.Recoveries.Load() < 4; time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > within {
			t.Fatalf("fenced %d times, recovered %d times", cfg.Stats.Fenced.Load(), cfg.Stats.Recoveries.Load())
		}
	}
	e.rest()
	r.verified()
	e.end()
}

// While a transaction stays open on an input nobody is accused; everything is told once it has
// ended.
func TestOpenTransactionStopsAccusing(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "waits long behind an open transaction")
	r := newRig(t, 1)
	r.load(testkit.Residents(rand.New(rand.NewPCG(7, 4)), 20, 3))
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	w := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: "feed"})
	if err := errors.Join(w.Init(ctx), w.Begin(ctx)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Produce(ctx,
		[]topics.Out{{Topic: duty.TopicCardEvents, Partition: 0, Key: []byte("k"), Value: []byte("v"),
			Timestamp: int64(seeds.Start)}}); err != nil {
		t.Fatal(err)
	}
	cfg := r.config(seeds.Start + 20*duty.Day)
	e := start(t, cfg)
	e.rest()
	if revisions(cfg) != 0 {
		t.Errorf("told %d behind an open transaction", revisions(cfg))
	}
	if err := w.Abort(ctx); err != nil {
		t.Fatal(err)
	}
	e.rest()
	if revisions(cfg) == 0 {
		t.Error("nothing was told after the transaction had ended")
	}
	e.end()
	r.verified()
}

// While one stays open on an output nothing is told: earlier revisions may lie behind it.
func TestOpenTransactionOnOutput(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.load(testkit.Residents(rand.New(rand.NewPCG(7, 5)), 20, 7))
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	w := r.client.NewTxnWriter(topics.TxnConfig{TransactionalID: "stranger"})
	if err := errors.Join(w.Init(ctx), w.Begin(ctx)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Produce(ctx,
		[]topics.Out{{Topic: duty.TopicViolations, Partition: 0, Value: []byte("v")}}); err != nil {
		t.Fatal(err)
	}
	cfg := r.config(seeds.Start + 20*duty.Day)
	go func() {
		time.Sleep(2 * time.Second)
		if revisions(cfg) != 0 || cfg.Stats.Commits.Load() != 0 {
			t.Errorf("told %d, committed %d behind an open transaction", revisions(cfg), cfg.Stats.Commits.Load())
		}
		if err := w.Abort(ctx); err != nil {
			t.Error(err)
		}
	}()
	e := start(t, cfg) // once it is ready the transaction has ended
	e.rest()
	e.end()
	if revisions(cfg) == 0 {
		t.Error("nothing was told")
	}
	r.verified()
}

func TestHanging(t *testing.T) {
	var h hanging
	a, b := broker.Partition{Topic: "a"}, broker.Partition{Topic: "b"}
	now := time.UnixMilli(int64(seeds.Start))
	look := func(after time.Duration, stableA int64) string {
		now = now.Add(after)
		open, tell := h.look(broker.Offsets{a: stableA, b: 9}, broker.Offsets{a: 10, b: 9}, now)
		return fmt.Sprint(len(open), len(tell))
	}
	for i, x := range []struct {
		after  time.Duration
		stable int64
		want   string
	}{
		{0, 5, "0 0"}, {hangingAfter / 2, 5, "0 0"}, {hangingAfter / 2, 5, "1 1"}, {time.Second, 5, "1 0"},
		{hangingAgain, 5, "1 1"},
		{time.Second, 6, "0 0"}, {hangingAfter, 6, "1 1"}, {time.Second, 10, "0 0"}, {hangingAfter * 2, 10, "0 0"},
	} {
		if got := look(x.after, x.stable); got != x.want {
			t.Errorf("step %d: open and told %s, want %s", i, got, x.want)
		}
	}
}

// Any bytes of the state are damaged: where that is noticed the state is rebuilt, nothing is told
// from damaged state, and the engine does not end.
func TestDamagedState(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(7, 6)), 30, 9))
	cfg := r.config(seeds.Start + 20*duty.Day)
	r.runToRest(cfg)
	before := revisions(cfg)
	for range 4 {
		files := 0
		err := filepath.WalkDir(filepath.Join(cfg.DataDir, "state"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() ||
				!strings.HasSuffix(path, ".sst") && !strings.HasSuffix(path, ".mem") && d.Name() != "MANIFEST" {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for range 1 + rng.IntN(20) {
				data[rng.IntN(min(len(data), 64<<10))] ^= byte(1 + rng.IntN(255))
			}
			files++
			return os.WriteFile(path, data, 0o600)
		})
		if err != nil || files == 0 {
			t.Fatalf("%d files, %v", files, err)
		}
		next := r.config(seeds.Start + 20*duty.Day)
		next.DataDir = cfg.DataDir
		r.runToRest(next)
		if before == 0 || revisions(next) != 0 {
			t.Errorf("told %d, and %d from damaged state", before, revisions(next))
		}
		r.verified()
	}
}

// Two processes on one directory: the second says so and touches nothing.
func TestTwoOnOneDirectory(t *testing.T) {
	r := newRig(t, 1)
	cfg := r.config(seeds.Start)
	e := start(t, cfg)
	other := r.config(seeds.Start)
	other.DataDir = cfg.DataDir
	ends(t, other, state.ErrInUse)
	e.end()
}

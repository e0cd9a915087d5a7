package task

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/recalls"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/watermark"
	"tilsyn/engine/treelog"
	"tilsyn/schemas"
	"tilsyn/state"
	"tilsyn/state/statetest"
)

// world is an engine of some tasks over models of broker and store, with a
// clock that the test moves.
type world struct {
	t     testing.TB
	rng   *rand.Rand
	parts int32
	now   duty.Instant
	// behind is how far the engine's clock is behind the world's.
	behind duty.Instant
	// slept is how long the machine has slept, which it does not measure.
	slept duty.Instant
	// clock is the engine's, in place of the machine's.
	clock  watermark.Clock
	broker *testkit.Broker
	store  *statetest.Model
	// disk is a real store in place of the model; reopen ends the process that
	// has it open and opens it again.
	disk   state.Store
	reopen func() state.Store
	older  []*statetest.Model
	codec  broker.Codec
	judge  Adjudicator
	policy *duty.Policy
	// parse reads the policies that are activated; there are none where it is nil.
	parse  func(text string) (*duty.Policy, error)
	reader *centres.CentreReader
	tasks  []*Task
	limits Limits
	// effects counts them; the process dies at the one numbered dieAt.
	effects, dieAt int
	died           int
	// trust is --trust-timestamps.
	trust bool
	// repeats is true where what is shown once per record may be there more often.
	repeats bool
	// torn counts transactions of which a part was committed.
	torn  int
	asked int64
	// die, when set, says whether the process dies at an effect.
	die func(what string) bool
	// keepDir, when set, is where the reader keeps the register of links and cards.
	// resumed counts the starts that took one up.
	keepDir string
	resumed int
	// loseTail makes a death take the newest commits of the store with it.
	loseTail bool
	// recalled makes the engine write recalls, from what the reader of a boot has read.
	recalled bool
	recalls  *recalls.Reader
	// reports are the control reports that tasks are offered; nil: none.
	reports Reports
	stats   Stats
	// salts and logKey are of the log of revisions.
	salts  *rand.ChaCha8
	logKey *treelog.Key
}

func newWorld(t testing.TB, seed uint64, parts int32) *world {
	w := &world{t: t, rng: rand.New(rand.NewPCG(seed, 77)), parts: parts, now: seeds.Start,
		codec: broker.NewCodec(schemas.NewStore()),
		store: statetest.NewModel(), judge: judgeModel{}, policy: modelPolicy(), dieAt: -1,
		salts: rand.NewChaCha8([32]byte{byte(seed)})}
	var err error
	w.logKey, err = treelog.NewKey(w.salts)
	w.must(err)
	w.broker = testkit.NewBroker(w.rng, func() duty.Instant { return w.now })
	w.broker.Effect, w.broker.Parts, w.broker.States = w.effect, parts, map[string]broker.TopicState{}
	w.broker.Leaders = map[broker.Partition]int32{}
	w.limits = Limits{Poll: 1, Gather: -1, MarkEvery: time.Nanosecond}
	return w
}

// modelPolicy is the policy of the model's law, which only the watch reads.
func modelPolicy() *duty.Policy {
	p := &duty.Policy{Digest: "model", Steps: slices.Clone(policy.Builtin().Steps)}
	for i := range p.Steps {
		p.Steps[i].Params.EmitGrace = duty.None[duty.Instant]()
	}
	return p
}

// newCoreWorld is a world with the real law, in which no log has to be proven.
func newCoreWorld(t testing.TB, seed uint64, parts int32) *world {
	w := newWorld(t, seed, parts)
	p := *policy.Builtin()
	p.Settle = nil
	w.judge, w.policy = Core{}, &p
	return w
}

func (w *world) effect(what string) error {
	w.effects++
	if w.effects == w.dieAt || w.die != nil && w.die(what) {
		return testkit.ErrCrash
	}
	return nil
}

// wall goes on as the world does and always moves, so that every cycle may ask
// for the ends. No clock that is set has a say in it.
func (w *world) wall() time.Time {
	w.asked++
	return time.UnixMilli(int64(w.now - w.slept)).Add(time.Duration(w.asked))
}

func (w *world) partitionOf(key string) int32 { return testkit.Partition(key, w.parts) }

func (w *world) centrePartitions() []broker.Partition {
	var parts []broker.Partition
	for _, topic := range broker.WholeTopics {
		for i := range w.parts {
			parts = append(parts, broker.Partition{Topic: topic, Index: i})
		}
	}
	return parts
}

// boot starts the process, repeating what the network or a death interrupts.
func (w *world) boot() {
	for {
		w.reader.Abandon()
		w.reader = w.newReader()
		w.must(w.reader.Resume(context.Background()))
		if w.reader.IdentityPositions().Sum() > 0 {
			w.resumed++
		}
		w.must(w.reader.ReadToEnd(context.Background()))
		if w.bootTasks() {
			return
		}
		w.restore()
	}
}

func (w *world) newReader() *centres.CentreReader {
	r := centres.NewCentreReader(centres.CentreConfig{Broker: w.broker, Codec: w.codec,
		Partitions: w.centrePartitions(), PartitionOf: w.partitionOf, Prepare: prepareFor(w.judge),
		Trust: w.trust, Policy: w.policy, ParsePolicy: w.parsePolicy,
		Keep: centres.Keep{Dir: w.keepDir, Partitions: w.parts, Every: time.Hour}})
	w.t.Cleanup(r.Abandon) // else it may still be writing when its directory goes
	return r
}

// parsePolicy reads a policy that is activated.
func (w *world) parsePolicy(text string) (*duty.Policy, error) {
	if w.parse == nil {
		return nil, errors.New("no policies in this model")
	}
	return w.parse(text)
}

// prepareFor is how the facts of centres reach an adjudicator: the model judges by
// what it is told of them, and no core prepares that.
func prepareFor(judge Adjudicator) func(duty.CentreFacts) *duty.Centres {
	if _, ok := judge.(judgeModel); ok {
		return mirror
	}
	return nil
}

func (w *world) bootTasks() bool {
	w.tasks = nil
	w.bootRecalls()
	for i := range w.parts {
		st, err := w.stores().Task(i)
		w.must(err)
		clock := w.clock
		if clock == nil {
			clock = watermark.WallClock(func() time.Time { return time.UnixMilli(int64(w.now-w.behind) + 1) })
		}
		task := NewTask(TaskConfig{
			Task: i, Partitions: w.parts, PartitionOf: w.partitionOf, Broker: w.broker,
			Store: storeEffects{Task: st, effect: w.effect}, Centres: w.reader, Judge: w.judge, Codec: w.codec,
			Trust: w.trust, Clock: clock, Wall: w.wall, Limits: w.limits, Stats: &w.stats,
			Salts: w.salts, LogKey: w.logKey,
			Recalls: w.offeredRecalls(), Reports: w.reports,
		})
		if err := task.Recover(context.Background()); err != nil {
			if !errors.Is(err, testkit.ErrCrash) {
				w.must(err)
			}
			return false
		}
		w.tasks = append(w.tasks, task)
	}
	return true
}

// restore is the death of the process: memory is gone, and with loseTail the
// newest commits of the store.
func (w *world) restore() {
	w.died++
	if w.reopen != nil {
		w.disk = w.reopen()
		return
	}
	old := w.store
	w.store = old.Kill()
	if w.loseTail && len(w.older) > 0 {
		w.store = w.older[w.rng.IntN(len(w.older))].Copy()
	}
}

func (w *world) stores() state.Store {
	if w.disk != nil {
		return w.disk
	}
	return w.store
}

// turn lets every task do a cycle.
func (w *world) turn() (busy bool) {
	ctx := context.Background()
	if w.rng.IntN(3) > 0 {
		w.must(w.reader.Poll(ctx, 0))
	}
	if w.keepDir != "" && w.rng.IntN(5) == 0 {
		w.reader.Save(true)
	}
	w.pollRecalls(ctx)
	for _, task := range w.tasks {
		b, err := task.Step(ctx)
		switch {
		case errors.Is(err, testkit.ErrCrash):
			w.restore()
			w.boot()
			return true
		case errors.Is(err, testkit.ErrLost):
			err := task.Recover(ctx)
			if errors.Is(err, testkit.ErrCrash) {
				w.restore()
				w.boot()
				return true
			}
			w.must(err)
			b = true
		default:
			w.must(err)
		}
		busy = busy || b
	}
	if w.loseTail && w.rng.IntN(8) == 0 {
		w.older = append(w.older, w.store.Copy())
	}
	return busy
}

// play feeds the records at their times, with some cycles in between, and then
// lets the engine come to rest at the end.
func (w *world) play(feeds []testkit.Feed, end duty.Instant, turns int) {
	w.boot()
	for i := range feeds {
		w.now = max(w.now, feeds[i].At)
		w.send(&feeds[i])
		for range w.rng.IntN(turns + 1) {
			w.turn()
		}
	}
	w.now = end
	w.rest()
}

// rest runs until nothing is left to do.
func (w *world) rest() {
	for range 2000 {
		w.must(w.reader.Poll(context.Background(), 0))
		busy := w.turn()
		rest := true
		for _, task := range w.tasks {
			rest = rest && task.AtRest() && task.CaughtUp() == w.now && task.picture == w.reader.Picture()
		}
		if rest && !busy {
			return
		}
	}
	w.t.Fatalf("the engine does not come to rest: %+v", w.tasks[0].at)
}

// sendGroup, sendStay and sendPassage append the ordinary facts of a person.
func (w *world) sendGroup(who string) {
	w.send(&testkit.Feed{Topic: "group-changes", Key: who,
		Record: &duty.GroupChange{ID: "g" + who, Version: 1, ReceivedAt: w.now, PersonID: who,
			Group: duty.GroupExpelledJudgment, ValidFrom: w.now - 30*duty.Day}})
}

func (w *world) sendStay(who string) {
	w.sendGroup(who)
	w.send(&testkit.Feed{Topic: "obligation-changes", Key: who,
		Record: &duty.ObligationChange{ID: "o" + who, Version: 1, ReceivedAt: w.now,
			DecisionID: "d" + who, PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
			LegalBasis: duty.LegalBasisReturnAct132,
			CentreID:   "KH", ServedAt: duty.Some(w.now), ValidFrom: w.now}})
}

func (w *world) sendPassage(who string, at duty.Instant, way duty.Direction) {
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who,
		Record: &duty.CardEvent{ID: "row" + who + at.String(), Version: 1, ReceivedAt: at + 500,
			PersonID: duty.Some(who), CardID: "c" + who, CardType: duty.CardTypeBiometric, CentreID: "KH",
			DeviceID:   "KH-carousel",
			DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way),
			Scan: duty.ScanComplete, OccurredAt: at}})
}

func (w *world) send(f *testkit.Feed) {
	p, value := w.encode(f)
	w.broker.Append(p, []byte(f.Key), value)
}

// sendIn writes the record in an open transaction of somebody else.
func (w *world) sendIn(t *testkit.Txn, f *testkit.Feed) {
	p, value := w.encode(f)
	w.broker.AppendIn(t, p, []byte(f.Key), value)
}

func (w *world) encode(f *testkit.Feed) (broker.Partition, []byte) {
	value := []byte{0xff, 0x00, 0xff}
	if f.Record != nil {
		var err error
		value, err = w.codec.Encode(f.Topic, f.Record)
		w.must(err)
	}
	if f.Broken {
		value = value[:len(value)-1]
	}
	return broker.Partition{Topic: f.Topic, Index: w.partitionOf(f.Key)}, value
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

var _ state.Task = storeEffects{}

// onDisk puts the state on a real store, which each death closes and opens again.
func (w *world) onDisk(options state.Options) {
	dir := w.t.TempDir()
	open := func() state.Store {
		db, err := state.Open(dir, options)
		w.must(err)
		return db
	}
	w.disk = open()
	w.reopen = func() state.Store {
		w.must(w.disk.Close())
		return open()
	}
	w.t.Cleanup(func() { _ = w.disk.Close() })
}

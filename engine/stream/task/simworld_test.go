package task

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/watermark"
	"tilsyn/state"
	"tilsyn/state/statetest"
)

// sim is a world of several instances that take tasks from each other, with
// faults of everything at once. One goroutine runs it, and one source of random
// numbers makes all its decisions, so that a seed replays it.
type sim struct {
	*world
	plan      simPlan
	instances []*instance
	// owner is the instance to which the group has given a task.
	owner []int
	// turnOf is the instance, working the task, at which the simulation is.
	turnOf *instance
	task   int32
	// nested is true inside an effect, where something else may happen.
	nested bool
	// calm is true while everything is to come to rest: no more faults.
	calm bool
	// clocks are the highest clock seen by any instance and how many entries the
	// logs had when it was first seen.
	clocks []clockSeen
	// outside are open transactions of producers, in order of their beginning.
	outside []*testkit.Txn
	// backups are older states of tasks, as a restore finds them.
	backups []*statetest.Model
	witness *witness
	count   simCount
	lastErr error
}

// clockSeen is a clock of an instance, with how many entries the logs had then.
type clockSeen struct {
	at       duty.Instant
	appended int64
}

// simCount counts what happened, so that a test knows that it tested something.
type simCount struct {
	steps, died, moved, fenced, zombies, torn, stale, lost, full int
}

// instance is one process and its machine.
type instance struct {
	id    int
	store *statetest.Model
	torn  map[int32]*tornStore
	// reader and tasks are the process; nil while it is down.
	reader *centres.CentreReader
	tasks  map[int32]*simTask
	// skew is how far its clock is off.
	skew duty.Instant
	// asleep is how many turns it does nothing.
	asleep int
}

// simTask is a task in a process.
type simTask struct {
	*Task
	// sick is true after an error, until it has recovered.
	sick bool
}

func newSim(t testing.TB, seed uint64, plan simPlan) *sim {
	s := &sim{world: newWorld(t, seed, plan.tasks), plan: plan}
	s.rng = rand.New(rand.NewPCG(seed, 2026))
	s.broker.Rng = s.rng
	s.broker.Most = 1 + s.rng.IntN(9)
	s.limits.Records, s.limits.Decisions, s.limits.WalkStep = 1+s.rng.IntN(12), 1+s.rng.IntN(5), 1+s.rng.IntN(4)
	s.broker.Effect = s.effect
	s.broker.Fail, s.broker.Slow, s.broker.Deaf, s.broker.Late = s.failRead, s.slowPartition, s.loseAnswer, s.lateMarkers
	s.owner = make([]int, plan.tasks)
	for i := range plan.instances {
		s.instances = append(s.instances, &instance{id: i, store: statetest.NewModel()})
	}
	for i := range s.owner {
		s.owner[i] = s.rng.IntN(plan.instances)
	}
	s.witness = newWitness(s)
	s.broker.Committing = s.witness.commit
	return s
}

// chance is true once in n times; never while everything comes to rest.
func (s *sim) chance(n int) bool { return !s.calm && n > 0 && s.rng.IntN(n) == 0 }

// clock is the clock of an instance; what it is first seen to say is noted.
func (s *sim) clock(in *instance) watermark.Clock {
	return watermark.WallClock(func() time.Time {
		at := s.now + in.skew + 1
		if n := len(s.clocks); n == 0 || s.clocks[n-1].at < at {
			s.clocks = append(s.clocks, clockSeen{at: at, appended: s.broker.Appended})
		}
		return time.UnixMilli(int64(at))
	})
}

// start brings an instance up; its tasks come one by one.
func (s *sim) start(in *instance) {
	cfg := centres.CentreConfig{Broker: s.broker, Codec: s.codec, Partitions: s.centrePartitions(),
		PartitionOf: s.partitionOf, Prepare: prepareFor(s.judge),
		Policy: s.policy, ParsePolicy: s.parsePolicy}
	if s.plan.kept {
		dir := filepath.Join(s.keepDir, fmt.Sprint("instance", in.id), datadir.DirRegister)
		s.must(os.MkdirAll(filepath.Dir(dir), 0o700))
		cfg.Keep = centres.Keep{Dir: dir, Partitions: s.parts, Every: time.Hour}
	}
	in.reader = centres.NewCentreReader(cfg)
	in.tasks, in.torn = map[int32]*simTask{}, map[int32]*tornStore{}
	s.boundRead(in)
}

// boundRead reads the centre topics to the end, as a new process does before it
// does anything else; a failed call and a slow partition are tried again.
func (s *sim) boundRead(in *instance) {
	calm := s.calm
	s.calm = true // waiting for the network is nothing to simulate here
	s.must(in.reader.Resume(context.Background()))
	if in.reader.IdentityPositions().Sum() > 0 {
		s.resumed++
	}
	s.must(in.reader.ReadToEnd(context.Background()))
	s.calm = calm
}

// take gives a task to an instance, which has to recover it.
func (s *sim) take(in *instance, task int32) *simTask {
	if in.reader == nil {
		s.start(in)
	}
	if t := in.tasks[task]; t != nil {
		return t
	}
	model, err := in.store.Task(task)
	s.must(err)
	torn := &tornStore{Task: model, torn: -1}
	if s.chance(s.plan.torn) {
		torn.torn = s.rng.IntN(tornPages)
		s.count.torn++
	}
	in.torn[task] = torn
	t := &simTask{sick: true, Task: NewTask(TaskConfig{
		Task: task, Partitions: s.parts, PartitionOf: s.partitionOf, Broker: s.broker,
		Store: storeEffects{Task: torn, effect: s.effect}, Centres: in.reader, Judge: s.judge, Codec: s.codec,
		Clock: s.clock(in), Wall: s.wall, Limits: s.limits, Stats: &s.stats, Salts: s.salts, LogKey: s.logKey,
	})}
	in.tasks[task] = t
	return t
}

// step lets an instance work one cycle of a task, or recover it.
func (s *sim) step(in *instance, task int32) {
	before, beforeTask := s.turnOf, s.task
	defer func() { s.turnOf, s.task = before, beforeTask }()
	t := s.take(in, task)
	s.turnOf, s.task = in, task
	s.count.steps++
	var err error
	if t.sick {
		err = t.Recover(context.Background())
	} else {
		_, err = t.Step(context.Background())
	}
	if in.tasks == nil || in.tasks[task] != t {
		return // it died of something that happened inside
	}
	t.sick, s.lastErr = err != nil, cmp.Or(err, s.lastErr)
	s.fault(in, task, err)
}

// fault does what the engine does about an error of a task (engine/stream/loop.go).
func (s *sim) fault(in *instance, task int32, err error) {
	switch {
	case err == nil, errors.Is(err, testkit.ErrLost), errors.Is(err, errNetwork),
		errors.Is(err, broker.ErrTransient), errors.Is(err, state.ErrDiskFull):
	case errors.Is(err, testkit.ErrCrash):
		s.die(in)
	case RemedyFor(err) == RemedyConfirm:
		s.count.fenced++
		delete(in.tasks, task)
	case RemedyFor(err) == RemedyRebuild:
		s.must(in.torn[task].Discard())
	default:
		s.t.Fatalf("step %d: task %d of instance %d ends with: %v", s.count.steps, task, in.id, err)
	}
}

// die ends a process. The machine may have lost its newest writes, or somebody restores an older
// state.
func (s *sim) die(in *instance) {
	s.count.died++
	in.reader.Abandon()
	in.reader, in.tasks, in.torn = nil, nil, nil
	switch {
	case s.chance(s.plan.lostTail):
		s.count.lost++
		s.loseTail = true
		in.store = in.store.Crash()
	case len(s.backups) > 0 && s.chance(s.plan.stale):
		s.count.stale++
		s.loseTail = true
		in.store = s.backups[s.rng.IntN(len(s.backups))].Copy()
	default:
		in.store = in.store.Kill()
	}
	if s.plan.full > 0 {
		in.store.FailCommit = s.diskFull
	}
}

// turn lets something happen.
func (s *sim) turn() {
	s.mishap()
	in := s.instances[s.rng.IntN(len(s.instances))]
	if in.asleep > 0 {
		in.asleep--
		return
	}
	if in.reader != nil && s.rng.IntN(2) == 0 {
		s.poll(in)
	}
	task := int32(s.rng.IntN(int(s.parts)))
	if s.owner[task] != in.id && (in.tasks == nil || in.tasks[task] == nil) {
		return
	}
	if s.owner[task] != in.id {
		s.count.zombies++
	}
	s.step(in, task)
}

func (s *sim) poll(in *instance) {
	if err := in.reader.Poll(context.Background(), 0); err != nil && !errors.Is(err, errNetwork) {
		s.must(err)
	}
	if s.plan.kept && s.rng.IntN(20) == 0 {
		in.reader.Save(true)
	}
}

// calmDown ends all faults and lets every task come to rest at its owner.
func (s *sim) calmDown() {
	s.calm = true
	for _, in := range s.instances {
		s.now = max(s.now, s.now+in.skew)
		in.skew, in.asleep, in.store.FailCommit = 0, 0, nil
		for task := range s.owner {
			if s.owner[task] != in.id && in.tasks != nil {
				delete(in.tasks, int32(task))
			}
		}
	}
	if n := len(s.clocks); n > 0 {
		s.now = max(s.now, s.clocks[n-1].at)
	}
	for len(s.outside) > 0 {
		s.endOutside(true)
	}
	for range 4000 {
		s.broker.FinishAll()
		for _, in := range s.instances {
			if in.reader != nil {
				s.poll(in)
			}
		}
		for task, owner := range s.owner {
			s.step(s.instances[owner], int32(task))
		}
		if s.atRest() {
			s.calm = false
			return
		}
	}
	for task, owner := range s.owner {
		if t := s.instances[owner].tasks[int32(task)]; t != nil {
			s.t.Logf("task %d of instance %d: sick %v, at rest %v, caught up %d, sweeps %v", task, owner,
				t.sick, t.AtRest(), t.CaughtUp()-s.now, t.at.Sweeps)
		}
	}
	s.t.Fatalf("the engine does not come to rest at %s; last error: %v", s.where(), s.lastErr)
}

func (s *sim) atRest() bool {
	for task, owner := range s.owner {
		in := s.instances[owner]
		t := in.tasks[int32(task)]
		if t == nil || t.sick || !t.AtRest() || t.CaughtUp() != s.now || t.picture != in.reader.Picture() ||
			len(s.broker.Decided) > 0 {
			return false
		}
	}
	return true
}

func (s *sim) where() string {
	return fmt.Sprintf("step %d, %s after the start", s.count.steps, time.Duration(s.now-seeds.Start)*time.Millisecond)
}

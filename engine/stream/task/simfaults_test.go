package task

import (
	"errors"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
)

// errNetwork is a call that failed and may be tried again.
var errNetwork = errors.New("the network failed")

// simPlan says what a simulation is made of. Faults are given as once in how
// many times; zero is never.
type simPlan struct {
	tasks              int32
	instances, persons int
	days, restEvery    int
	// kept makes persons concern each other, and instances keep the register of it.
	kept bool
	// contested makes facts come under several persons with one id in one version.
	contested bool
	// lossy gives the watch something to find.
	lossy bool
	// turns is up to how many things happen between two facts.
	turns int
	// crash is per effect, within how often something else happens inside one.
	crash, within int
	// deaf, late and network are of the broker; slow is how often a partition
	// gives nothing, open how often a fact comes in an open transaction.
	deaf, late, network, slow, open int
	// move, sleep and clock are per turn: a task goes to another instance, an
	// instance stands still, a clock is set.
	move, sleep, clock int
	// lostTail, stale and torn are per death, sync and full per turn and commit.
	lostTail, stale, torn, sync, full int
}

// hostile is a plan in which everything goes wrong.
func hostile() simPlan {
	return simPlan{
		tasks: 3, instances: 3, persons: 6, days: 6, restEvery: 3, turns: 4,
		crash: 120, within: 25, deaf: 30, late: 4, network: 40, slow: 5, open: 25,
		move: 25, sleep: 60, clock: 60, lostTail: 3, stale: 4, torn: 12, sync: 20, full: 150,
	}
}

// effect is called before and after everything that changes the world: the process may crash
// there, and others may act meanwhile.
func (s *sim) effect(string) error {
	if s.turnOf == nil {
		return nil
	}
	if s.chance(s.plan.crash) {
		return testkit.ErrCrash
	}
	if !s.nested && s.chance(s.plan.within) {
		s.nested = true
		s.meanwhile()
		s.nested = false
	}
	return nil
}

// meanwhile is what others do while a process is in the middle of something: at worst another
// instance takes its task over and works.
func (s *sim) meanwhile() {
	in, task := s.turnOf, s.task
	other := s.instances[s.rng.IntN(len(s.instances))]
	if other == in || other.asleep > 0 {
		return
	}
	if s.rng.IntN(2) == 0 {
		s.owner[task] = other.id
		s.count.moved++
	}
	for range 1 + s.rng.IntN(3) {
		if s.owner[task] == other.id || other.tasks[task] != nil {
			s.step(other, task)
		}
	}
}

// failRead fails a call that only reads.
func (s *sim) failRead(string) error {
	if s.chance(s.plan.network) {
		return errNetwork
	}
	return nil
}

// slowPartition holds a partition back for this fetch.
func (s *sim) slowPartition(broker.Partition) bool { return s.chance(s.plan.slow) }

// loseAnswer loses the answer to the end of a transaction, before or after it
// took place.
func (s *sim) loseAnswer() int {
	if s.chance(s.plan.deaf) {
		return 1 + s.rng.IntN(2)
	}
	return 0
}

func (s *sim) lateMarkers() bool { return s.chance(s.plan.late) }

// diskFull refuses a commit of the store.
func (s *sim) diskFull(int32, *state.Batch) error {
	if s.chance(s.plan.full) {
		s.count.full++
		return state.ErrDiskFull
	}
	return nil
}

// mishap is something that happens between two cycles.
func (s *sim) mishap() {
	if s.rng.IntN(3) == 0 {
		s.broker.FinishAll()
	}
	if s.chance(s.plan.move) {
		s.owner[s.rng.IntN(len(s.owner))] = s.rng.IntN(len(s.instances))
		s.count.moved++
	}
	in := s.instances[s.rng.IntN(len(s.instances))]
	if s.chance(s.plan.sleep) {
		in.asleep = 1 + s.rng.IntN(60)
	}
	if s.chance(s.plan.clock) {
		in.skew = s.someSkew()
	}
	if s.chance(s.plan.sync) {
		s.must(in.store.Sync())
		if s.rng.IntN(4) == 0 {
			s.backups = append(s.backups, in.store.Copy())
			s.backups = s.backups[max(0, len(s.backups)-4):]
		}
	}
	if len(s.outside) > 0 && s.chance(8) {
		s.endOutside(s.rng.IntN(3) > 0)
	}
}

// someSkew is how far a clock that was set is off: mostly little, at times so
// much that a night is over early or late.
func (s *sim) someSkew() duty.Instant {
	most := 3 * duty.Minute
	if s.rng.IntN(6) == 0 {
		most = 30 * duty.Hour
	}
	return duty.Instant(s.rng.Int64N(int64(2*most))) - most
}

// produce writes a fact to the log: once, twice, or in a transaction that stays open for a while
// and may be aborted. What cannot be read is written once, since two such records of one
// millisecond look the same.
func (s *sim) produce(f *testkit.Feed) {
	once := f.Record == nil || testkit.ParkedRow(f.Record) // a row of nobody is shown once per record
	if f.Record == nil || !s.chance(s.plan.open) {
		s.send(f)
		if !once && s.chance(40) {
			s.send(f)
		}
		return
	}
	t := &testkit.Txn{}
	s.outside = append(s.outside, t)
	s.sendIn(t, f)
	if !once && s.rng.IntN(2) == 0 {
		s.send(f)
	}
}

// endOutside decides the oldest open transaction of the producers.
func (s *sim) endOutside(commit bool) {
	t := s.outside[0]
	s.outside = s.outside[1:]
	s.broker.Decide(t, commit)
}

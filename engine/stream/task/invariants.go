package task

import (
	"maps"
	"sync/atomic"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
)

// What a task must never do, whatever the brokers, the disk, the clock and the facts are like. Each
// is asserted where it would happen, in tests and in programs built for it (package invariant).
const (
	// A checkpoint lies behind the commit record that it rests on, and nothing is remembered as
	// told before the transaction with it is acknowledged (doc.go, "Tasks and cycles").
	publishBeforeSave = "publish before save"
	// Until recovery is over nothing is evaluated and nothing is told (design.md, "Recovery of a
	// task, in this order").
	silentRecovery = "recovery is silent"
	// Positions, clock and caught_up of successive commits never go back, and each commit has the
	// next number.
	positionsRise = "positions never fall"
	// A record is read at most once between two recoveries, in the order of its partition.
	readOnce = "a record is read once and in order"
	// A task judges with no picture older than its last commit has seen (design.md, "Centre facts").
	// That one picture is not older than the one before is asserted where it is made.
	pictureIsNew = "a picture is as new as the last commit"
	// Claims for other tasks are written before the positions of what they came from move: nobody
	// would send them later (package claims).
	claimsSent = "claims are sent before positions move"
	// What is written to task-commits and violations reads as it was meant, since recovery goes
	// on from it.
	readsBack = "what is written reads as it was meant"
	// A task has one goroutine.
	oneGoroutine = "a task has one goroutine"
	// caught_up moves only while nothing stands in the way and nothing is left to hand over (package
	// watermark asserts that everything up to it is read).
	caughtUpIsRead = "caught_up is read"
	// The verdict at one clock on one set of facts tells of a unit once.
	oneVerdict = "one verdict per person and clock"
	// Revision n+1 of a unit follows revision n and names its digest (contract §3).
	nextRevision = "revision n+1 only after n"
	// What is harsher than before is told only at a caught_up that has passed the unit's instant
	// and grace, and while nothing stands in the way (decision 0004).
	nobodyAhead = "nobody is told ahead of caught_up"
	// What is harsher than before rests on what the owner of the watch has said: it holds at caught_up, and
	// on nothing that the task has not read (decision 0027). The watch itself asserts that its clock
	// never falls.
	nobodyBeyond = "nobody is told beyond coverage"
	// What the owner of the watch says at a clock is written in one transaction, with the record that makes
	// it visible last.
	coverageWhole = "coverage is written whole"
	// Whoever was decided is due again only later than caught_up, so that walks come to an end.
	decidedIsOver = "whoever is decided is no longer due"
	// A routine decides what the evaluator decides on everything known (decision 0006).
	routineAgrees = "a routine decides as the evaluator does"
	// A verdict on what is not carried, with what is, says what one on everything does (decision 0038).
	carriedAgrees = "what is carried agrees with everything"
	// What is in memory of a person is what the store has.
	rosterAgrees = "the roster says what the store says"
)

// invariants remembers what its assertions need. It is nil where they are not active; all methods
// then do nothing. They never change the task.
type invariants struct {
	running atomic.Bool
	// live is true once recovery is over. acked is the newest progress that certainly lies on
	// task-commits, own true if this task wrote it since the recovery. written is true once the
	// outputs of the present cycle are acknowledged.
	live, own, written bool
	acked              stored.Progress
	// sure is the newest clock at which caught_up is proven: a mark, or that of the last commit.
	sure duty.Instant
	// revisions are the newest of the units told since the recovery, by UnitID.
	revisions map[string]int32
	// verdicts are what was told in the present cycle.
	verdicts map[unitKey]verdictOf
	// byRoutine is the sample of persons whom routines decided in the present cycle.
	byRoutine []uint32
}

// newInvariants returns nil where invariants are not asserted.
func newInvariants() *invariants {
	if !invariant.Enabled() {
		return nil
	}
	return &invariants{}
}

// recover begins a recovery; last is the last commit once it is read, nil before.
func (m *invariants) recover(last *stored.Progress) {
	switch {
	case m == nil:
	case last == nil:
		*m = invariants{revisions: map[string]int32{}, verdicts: map[unitKey]verdictOf{}}
	default:
		m.acked, m.sure = *last, last.CaughtUp
	}
}

// recovered ends a recovery.
func (m *invariants) recovered(t *Task) {
	if m != nil {
		invariant.Hold(m.acked.Inputs.Before(t.at.Inputs) && t.at.Inputs.Before(m.acked.Inputs), positionsRise,
			"task %d is recovered to other positions than its last commit names", t.at.Task)
		m.live = true
	}
}

// begin begins a cycle, end ends it.
func (m *invariants) begin(t *Task) {
	if m != nil {
		invariant.Hold(m.running.CompareAndSwap(false, true), oneGoroutine,
			"two cycles of task %d run at once", t.at.Task)
	}
}

func (m *invariants) end() {
	if m != nil {
		m.running.Store(false)
	}
}

// reset forgets what belongs to the cycle before.
func (m *invariants) reset() {
	if m != nil {
		m.written, m.byRoutine = false, m.byRoutine[:0]
		clear(m.verdicts)
	}
}

// publish is asked before a transaction, with the encoded record of progress.
func (m *invariants) publish(t *Task, record []byte) {
	if m == nil {
		return
	}
	invariant.Hold(m.live, silentRecovery, "task %d writes a transaction before its recovery is over", t.at.Task)
	m.sent(t)
	m.whole(t)
	now, was := &t.at, &m.acked
	invariant.Hold(now.Seq == was.Seq+1, positionsRise, "task %d writes commit %d after %d", now.Task, now.Seq, was.Seq)
	for _, x := range [...]struct {
		what     string
		was, now duty.Instant
	}{
		{"the clock", was.Clock, now.Clock},
		{"caught_up", was.CaughtUp, now.CaughtUp},
		{"the clock that is judged", was.Judged, now.Judged},
	} {
		invariant.Hold(x.was <= x.now, positionsRise, "task %d: %s is at %d and was at %d", now.Task, x.what, x.now, x.was)
	}
	rise(now.Task, "inputs", was.Inputs, now.Inputs)
	rise(now.Task, "centres", was.Centres, now.Centres)
	invariant.Hold(now.Log.Begun && now.Log.Begin >= was.Log.Begin &&
		now.Log.Tree.Size() >= was.Log.Tree.Size()+now.Log.Told, positionsRise,
		"task %d: its log of revisions has %d entries after %d and %d revisions told", now.Task,
		now.Log.Tree.Size(), was.Log.Tree.Size(), now.Log.Told)
	if m.own { // after a start the state says how far claims are examined
		rise(now.Task, "examined", was.Examined, now.Examined)
	}
	read, err := stored.DecodeProgress(record, now.Task)
	invariant.Hold(err == nil && read.Seq == now.Seq && read.Clock == now.Clock && read.CaughtUp == now.CaughtUp &&
		maps.Equal(read.Inputs, now.Inputs) && maps.Equal(read.Centres, now.Centres) && maps.Equal(read.Marks, now.Marks) &&
		len(read.Sweeps) >= len(now.Sweeps) && read.Log.Tree.Root() == now.Log.Tree.Root(), readsBack,
		"task %d: its record of progress says something else", now.Task)
}

// whole asserts that what the transaction says of coverage is a whole word of the owner.
func (m *invariants) whole(t *Task) {
	var keys [][]byte
	for i := range t.cycle.outs {
		if o := &t.cycle.outs[i]; o.Topic == coverage.Topic {
			keys = append(keys, o.Key)
		}
	}
	invariant.Hold(len(keys) == 0 || t.owns() && watching.Whole(keys), coverageWhole,
		"task %d writes %d records to coverage, which are no whole word of the watch", t.at.Task, len(keys))
}

// rise asserts that no position is before what it was.
func rise(task int32, what string, was, now broker.Offsets) {
	for p, n := range was {
		invariant.Hold(n <= now[p], positionsRise, "task %d, %s: %s is at %d and was at %d", task, what, p.Name(), now[p], n)
	}
}

// acknowledge notes that the transaction is certainly committed.
func (m *invariants) acknowledge(t *Task) {
	if m == nil {
		return
	}
	at := t.at
	at.Inputs, at.Centres, at.Examined = at.Inputs.Clone(), at.Centres.Clone(), at.Examined.Clone()
	m.acked = at
	m.own, m.written = true, true
}

// save is asked before the local state is committed.
func (m *invariants) save(t *Task, checkpoint bool) {
	if m == nil {
		return
	}
	now, outs, decided := &t.at, len(t.cycle.outs), t.cycle.decided+t.cycle.routines
	invariant.Hold(m.live || outs+decided == 0, silentRecovery,
		"task %d has %d records to write and %d decisions before its recovery is over", now.Task, outs, decided)
	invariant.Hold(outs == 0 || m.written, publishBeforeSave,
		"task %d saves what %d records tell that are not acknowledged", now.Task, outs)
	if !checkpoint {
		return
	}
	m.sent(t)
	was := &m.acked
	invariant.Hold(now.Seq <= was.Seq, publishBeforeSave,
		"task %d saves a checkpoint of commit %d, and %d is acknowledged", now.Task, now.Seq, was.Seq)
	for p, n := range now.Inputs {
		invariant.Hold(n <= was.Inputs[p], publishBeforeSave,
			"task %d saves a checkpoint that has read %s to %d, and the commit record says %d",
			now.Task, p.Name(), n, was.Inputs[p])
	}
}

// sent asserts that no claim for another task waits.
func (m *invariants) sent(t *Task) {
	n := t.claims.Waiting()
	invariant.Hold(n == 0, claimsSent, "task %d holds %d bytes of claims for other tasks", t.at.Task, n)
}

// fetched is asked about what was fetched from the task's positions.
func (m *invariants) fetched(t *Task, got *broker.Fetched) {
	if m == nil {
		return
	}
	next := t.at.Inputs.Clone()
	for i := range got.Records {
		r := &got.Records[i]
		invariant.Hold(r.Offset >= next[r.Partition], readOnce,
			"%s: offset %d comes after %d", r.Partition.Name(), r.Offset, next[r.Partition]-1)
		next[r.Partition] = r.Offset + 1
	}
	for p, n := range got.Next {
		invariant.Hold(n >= next[p], readOnce,
			"%s is to be read from %d on, and was read to %d", p.Name(), n, next[p])
	}
}

// adopt is asked before a picture is taken over.
func (m *invariants) adopt(t *Task, s *centres.Picture) {
	if m == nil {
		return
	}
	for p, n := range m.acked.Centres {
		at := s.Positions[p]
		invariant.Hold(n <= at, pictureIsNew,
			"task %d: %s is at %d in the snapshot, and the last commit judged with %d", t.at.Task, p.Name(), at, n)
	}
}

// reached is asked after a mark was reached, which package watermark has asserted: caught_up may move
// up to it.
func (m *invariants) reached(t *Task, to duty.Instant) {
	if m != nil {
		invariant.Hold(t.stuck() == "" && !t.at.Handing(), caughtUpIsRead,
			"task %d reaches a mark while it stands or has facts to hand over", t.at.Task)
		m.sure = max(m.sure, to)
	}
}

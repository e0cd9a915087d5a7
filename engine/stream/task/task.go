package task

import (
	"context"
	"errors"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/stream/watermark"
)

// Task adjudicates the persons of one partition number. All its methods must be called from one
// goroutine.
//
// Many fields: one for each thing that a cycle works on; what belongs together is a type.
type Task struct {
	settings
	// at is the task's progress: what has been read and judged. watermark moves its clocks.
	at        stored.Progress
	watermark *watermark.Watermark
	// writer is what the task knows of what it writes.
	writer writer
	// topics is what is known of the topics themselves, snap what is known of the centres.
	topics  topicWatch
	picture *centres.Picture
	// cycle is what the present cycle gathers.
	cycle cycle
	// urgent are the persons to evaluate at once, walking is the cursor of the walk over those
	// who are due.
	urgent  urgent
	walking []byte
	// rebuild watches a state that is built again.
	rebuild rebuild
	// roster holds what is in memory of each person.
	roster roster
	// routines decides persons whose facts are ordinary.
	routines routines
	// moved are the versions of facts that may belong to anybody, claims the names of facts that
	// were read. unsettled is true after a start until the claims that caught_up rests on are
	// examined again.
	moved      moved
	claims     *claims.Claims
	unexamined bool
	// forward is what is forwarded to the owner of the watch.
	forward forwarding
	// carried is what is carried of persons from their last verdict on everything.
	carried carriedAll
	// beside is what is told beside the verdicts.
	beside beside
	// log enters what is told into the log of revisions.
	log revisionLog
	// watch is the watch of the prefix, in the task that owns it.
	watch owner
	// recalling and reporting are what is written of the recalls and of the control reports, in the task
	// that writes them.
	recalling recalling
	reporting reporting
	// showing is the walk for whoever looks at the persons.
	showing showing
	// laps says where the time of a cycle goes.
	laps laps
	// must asserts what a task must never do (invariants.go); nil where that is not active.
	must *invariants
}

// NewTask returns a task. Recover must succeed before the first Step.
func NewTask(c TaskConfig) *Task {
	t := &Task{settings: c.settings(), at: stored.NewProgress(c.Task), topics: newTopicWatch(c.TopicIDs),
		log: c.log(), laps: laps{tell: c.Traced}, must: newInvariants()}
	t.writer = writer{settings: &t.settings, task: c.Task, ends: broker.Offsets{}}
	t.cycle.budget = newBudget(t.wall, t.limits)
	_, t.routines.on = c.Judge.(Core)
	depends := append(broker.InputsOf(c.Task), c.Centres.Partitions()...)
	slices.SortFunc(depends, broker.ComparePartitions)
	t.watch = owner{Owner: watching.NewOwner()}
	t.claims = claims.New(claims.Config{
		Task: c.Task, Tasks: c.Partitions, Store: c.Store, Write: t.handClaims, Contest: t.contest,
	})
	t.watermark = watermark.New(&t.at, watermark.Config{
		Tasks: c.Partitions, Depends: slices.Compact(depends), // links and assignments are read twice
		Broker: c.Broker, Scan: t.scan(), Clock: c.Clock, Wall: c.Wall, Unconfirmed: c.Unconfirmed,
		MarkEvery: t.limits.MarkEvery,
		Look:      t.lookAtTopics, Stands: t.stuck, Unexamined: t.claims.Pending,
		Covered: t.covered, Forwards: t.forwards,
	})
	return t
}

// Close gives the task up. What is committed stays.
func (t *Task) Close() error { return t.writer.close() }

// Step runs one cycle: first what clears, then what was read, then who is due; then the
// transaction, then the checkpoint. It reports whether there was anything to do. After an error
// the caller must call Recover; after ErrFenced it must stop.
func (t *Task) Step(ctx context.Context) (busy bool, err error) {
	t.must.begin(t)
	defer t.must.end()
	t.laps.begin(t.at.Task)
	defer func() { t.laps.end(busy, err) }()
	t.resetCycle(t.limits.Decisions)
	t.watermark.Advance()
	if err := t.adopt(); err != nil {
		return false, err
	}
	if settled, err := t.examineAnew(); err != nil || !settled {
		if err == nil {
			_, err = t.commit(ctx)
		}
		return true, err
	}
	if err := t.sweepCleared(); err != nil {
		return false, err
	}
	if err := t.giveAgain(); err != nil {
		return false, err
	}
	t.laps.lap(LapJudge, t.cycle.judged())
	if err := t.read(ctx); err != nil {
		return false, err
	}
	if err := t.decideUrgent(); err != nil {
		return false, err
	}
	if err := t.examine(); err != nil {
		return false, err
	}
	reached, err := t.watermark.Tick(ctx)
	if err != nil {
		return false, err
	}
	if reached > duty.Beginning {
		t.must.reached(t, reached)
		t.heardOthers()
	}
	if err := t.speak(reached); err != nil {
		return false, err
	}
	if err := t.followCaughtUp(); err != nil {
		return false, err
	}
	if err := t.tellRecalls(); err != nil {
		return false, err
	}
	if err := t.tellReports(); err != nil {
		return false, err
	}
	busy, err = t.commit(ctx)
	if t.rebuild.on && t.AtRest() {
		t.rebuild = rebuild{}
	}
	if err == nil {
		t.watermark.CycleDone()
		err = t.show()
	}
	return busy, err
}

// followCaughtUp does what requires that everything up to caught_up has been read.
func (t *Task) followCaughtUp() error {
	t.at.MergeSweeps()
	if t.at.Unheard {
		return nil
	}
	for _, do := range []func() error{t.tellPaper, t.tellCentres, t.lookAtLetters, t.decideDue,
		t.sweepAll, t.writeLedger} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// AtRest reports whether nothing is left to do at the present clock: everything is read and covered
// by the watch, nobody is due, and no sweep is pending.
func (t *Task) AtRest() bool {
	return t.watermark.Settled() && t.judgedRead() && !t.waits() && !t.at.Again && !t.at.Unheard &&
		len(t.at.Sweeps) == 0 && len(t.urgent.ids) == 0 &&
		len(t.walking) == 0 && !t.claims.Pending() && !t.ledgerDue() && t.store.NextDue() > int64(t.at.CaughtUp)
}

// Number returns the task's partition number.
func (t *Task) Number() int32 { return t.at.Task }

// Commits returns how often the task has committed, over all its owners.
func (t *Task) Commits() int64 { return t.at.Seq }

// Unheard reports whether the task waits for the other tasks to hand over again what an older
// version did not (again.go).
func (t *Task) Unheard() bool { return t.at.Unheard }

// ClockOff is how far the machine's clock was ahead of the brokers' when their time was last
// read, negative if it was behind.
func (t *Task) ClockOff() duty.Instant { return t.watermark.ClockOff() }

// CaughtUp returns the task's watermark: the clock up to which everything has been read.
func (t *Task) CaughtUp() duty.Instant { return t.at.CaughtUp }

// dueStep is how many due persons one call to the store looks at.
const dueStep = 4096

// decideDue evaluates persons whom the clock or a fact has made due, in the order of the
// store's keys. Evaluating makes a person no longer due, so the cursor need not survive a
// crash. While nobody may be accused whoever is due waits: what clears comes by other ways, those of
// urgent persons and of sweeps.
func (t *Task) decideDue() error {
	if t.waits() {
		t.walking = nil
		return nil
	}
	until := int64(t.at.CaughtUp)
	for t.cycle.room() {
		if t.walking == nil && t.store.NextDue() > until {
			return nil
		}
		next, err := t.store.WalkDue(until, t.walking, dueStep, t.daysOf, t.visitDue)
		if err != nil && !errors.Is(err, errFull) {
			return err
		}
		t.walking = next
		if next == nil {
			return nil
		}
	}
	return nil
}

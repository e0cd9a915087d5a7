package task

import (
	"context"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watermark"
)

// Task adjudicates the persons of one partition number. All its methods must be called from one
// goroutine.
type Task struct {
	settings
	// followed is the offset right after the task's last record of progress; wrote is true once
	// this task has written one (follows.go). signed is when it last committed.
	followed int64
	wrote    bool
	signed   time.Time
	producer broker.Producer
	// at is the task's progress: what has been read and judged.
	at    stored.Progress
	snap  *centres.Snapshot
	cycle cycle
	// watermark moves the clock and caught_up.
	watermark *watermark.Watermark
	// topics is what is known of the topics themselves.
	topics topicWatch
	// committed are the centre positions of the last commit record at start. Dead letters for
	// records before them are already written.
	committed broker.Offsets
	// outEnds are the ends of the output partitions, as far as this process knows them.
	outEnds broker.Offsets
	// urgent are persons of whom something was told and about whom a fact has arrived, in order
	// of arrival.
	urgent []string
	// urgentAt is when the newest of these facts was known.
	urgentAt duty.Instant
	// clearing is true during a walk that may tell nothing harsher than before.
	clearing bool
	// restless is true when the last commit was made with facts read that caught_up had not
	// reached.
	restless bool
	// rebuilt is true after a rebuild of the state until the task is quiet. withdrawn counts
	// the units withdrawn since.
	rebuilt   bool
	withdrawn int
	// walking is the cursor of the walk over due persons.
	walking []byte
	// roster holds what is in memory of each person, shapes numbers the shapes of packed rows,
	// and row is the card row being filed.
	roster roster
	shapes stored.Shapes
	row    duty.CardEvent
	// routines is true when the adjudicator supports routines. rows and advanced are the
	// buffers for their input and output, scratch is for headers.
	routines bool
	rows     routineRows
	advanced duty.Advanced
	scratch  []byte
	// aheadRows is a buffer for rows known after caught_up (tailAhead).
	aheadRows []*duty.Known[duty.CardEvent]
	// knowledge is the buffer for what is known of the person being evaluated.
	knowledge knowledge
	// moved are the versions of facts that may belong to anybody (moved.go). again are those
	// still to be handed over again; nil until they are looked up (again.go).
	moved moved
	again []given
	// claims are the names of facts that were read (claims.go), contested those claimed under
	// several keys (contested.go).
	// unsettled is true after a start until the claims that caught_up rests on are examined
	// again.
	claims    claims
	contested contested
	unsettled bool
	// centreLines is what the task last made its data-quality lines about centres from.
	centreLines centreLines
	// letters are the dead letters that this task answers for.
	letters ownLetters
	// must asserts what a task must never do (invariants.go); nil where that is not active.
	must *invariants
	// held counts the units held back, by the person's index in the roster.
	held map[uint32]heldUnits
}

// NewTask returns a task. Recover must succeed before the first Step.
func NewTask(c TaskConfig) *Task {
	t := &Task{settings: c.settings(), at: stored.NewProgress(c.Task), outEnds: broker.Offsets{}, topics: newTopicWatch(c.TopicIDs),
		must: newInvariants()}
	t.cycle.budget = newBudget(t.wall, t.limits)
	_, t.routines = c.Judge.(Core)
	depends := append(broker.InputsOf(c.Task), c.Centres.Partitions()...)
	slices.SortFunc(depends, broker.ComparePartitions)
	t.watermark = watermark.New(&t.at, watermark.Config{
		Tasks: c.Partitions, Depends: slices.Compact(depends), // links and assignments are read twice
		Broker: c.Broker, Scan: t.scan(), Clock: c.Clock, Wall: c.Wall, Unconfirmed: c.Unconfirmed, MarkEvery: t.limits.MarkEvery,
		Look: t.lookAtTopics, Stands: t.Stands, Unexamined: t.claims.Pending,
	})
	return t
}

// Step runs one cycle: first what clears, then what was read, then who is due; then the
// transaction, then the checkpoint. It reports whether there was anything to do. After an error
// the caller must call Recover; after ErrFenced it must stop.
func (t *Task) Step(ctx context.Context) (busy bool, err error) {
	t.must.begin(t)
	defer t.must.end()
	t.resetCycle(t.limits.Decisions)
	t.watermark.Advance()
	if err := t.adopt(); err != nil {
		return false, err
	}
	if settled, err := t.resettle(); err != nil || !settled {
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
	if err := t.followCaughtUp(); err != nil {
		return false, err
	}
	busy, err = t.commit(ctx)
	t.rebuilt = t.rebuilt && !t.Quiet()
	if err == nil {
		t.watermark.CycleDone()
	}
	return busy, err
}

// followCaughtUp does what requires that everything up to caught_up has been read.
func (t *Task) followCaughtUp() error {
	t.at.JoinSweeps()
	if t.at.Unheard {
		return nil
	}
	for _, do := range []func() error{t.tellPaper, t.tellCentres, t.lookAtLetters, t.decideDue, t.sweepAll, t.writeLedger} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// Quiet reports whether nothing is left to do at the present clock: everything is read, nobody
// is due, and no sweep is pending.
func (t *Task) Quiet() bool {
	return t.watermark.Settled() && t.Stands() == "" && !t.at.Again && !t.at.Unheard && len(t.at.Sweeps) == 0 && len(t.urgent) == 0 &&
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

// decideUrgent evaluates the urgent persons, so that what clears never waits.
func (t *Task) decideUrgent() error {
	t.boundUrgent()
	n := 0
	for ; n < len(t.urgent) && t.cycle.room(); n++ {
		p, err := t.person(t.urgent[n])
		if err != nil {
			return err
		}
		if err := t.decide(p); err != nil {
			return err
		}
	}
	t.urgent = append(t.urgent[:0], t.urgent[n:]...)
	return nil
}

// dueStep is how many due persons one call to the store looks at.
const dueStep = 4096

// decideDue evaluates persons whom the clock or a fact has made due, in the order of the
// store's keys. Evaluating makes a person no longer due, so the cursor need not survive a
// crash. While caught_up stands whoever is due waits: what clears comes by other ways, those of
// urgent persons and of sweeps.
func (t *Task) decideDue() error {
	if t.Stands() != "" {
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

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
	"tilsyn/state"
)

// Adjudicator is the verdict: package duty in production.
type Adjudicator interface {
	// Evaluate is the verdict on every unit of a person at a clock.
	Evaluate(in duty.Input, at duty.Instant) duty.Result
	// Revise compares it with what was last told and returns the revisions.
	Revise(in duty.Input, res duty.Result, said []duty.Said) ([]duty.Violation, error)
}

// Core is the engine's own adjudicator.
type Core struct{}

// Evaluate implements Adjudicator.
func (Core) Evaluate(in duty.Input, at duty.Instant) duty.Result { return duty.Evaluate(in, at) }

// Revise implements Adjudicator.
func (Core) Revise(in duty.Input, res duty.Result, said []duty.Said) ([]duty.Violation, error) {
	return duty.Revise(in, res, said)
}

// Snapshots offers what is known of the centres; *CentreReader does.
type Snapshots interface {
	// Snapshot returns the newest snapshot, never one older than before.
	Snapshot() *centres.Snapshot
	// Partitions are those that snapshots are made of.
	Partitions() []broker.Partition
	// Follow adds partitions to those that later snapshots are made of.
	Follow(parts []broker.Partition)
}

// Limits bound what one cycle does. The zero value of a field is its default.
type Limits struct {
	// Records is about how many are read in one cycle (default 32,000).
	Records int
	// Decisions is how many persons are evaluated in one cycle (default 500).
	Decisions int
	// WalkStep is how many persons a sweep looks at at once (default 256).
	WalkStep int
	// Poll is how long an idle cycle waits for records (default 100 ms).
	Poll time.Duration
	// Gather is how long a cycle goes on reading before it commits, where nothing
	// may have to be cleared (default as Poll, negative: it reads once).
	Gather time.Duration
	// Bytes is about how much is read and told in one cycle (default 16 MiB), and
	// AnswerBytes how much one fetch of a task holds (default 512 KiB); a single record
	// or person may be more.
	Bytes, AnswerBytes int
	// Time is how long a cycle goes on deciding (default 500 ms).
	Time time.Duration
	// MarkEvery is how often the ends of the inputs are asked for (default 1 s).
	MarkEvery time.Duration
}

// OrDefaults is the limits with the defaults filled in.
func (l Limits) OrDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.Records, 32_000)
	def(&l.Decisions, 500)
	def(&l.WalkStep, 256)
	def(&l.Bytes, 16<<20)
	def(&l.AnswerBytes, 512<<10)
	if l.Time <= 0 {
		l.Time = 500 * time.Millisecond
	}
	if l.Poll <= 0 {
		l.Poll = 100 * time.Millisecond
	}
	if l.Gather == 0 {
		l.Gather = l.Poll
	}
	if l.MarkEvery <= 0 {
		l.MarkEvery = time.Second
	}
	return l
}

// Task adjudicates the persons of one partition number. All its methods are
// called from one goroutine.
type Task struct {
	Broker  broker.Broker
	store   state.Task
	centres Snapshots
	judge   Adjudicator
	codec   broker.Codec
	clock   Clock
	wall    func() time.Time
	Limits  Limits
	stats   *Stats
	// parts is the partition count, partitionOf the partition of a key.
	parts       int32
	partitionOf func(key string) int32

	// group writes the prefix, instance is who of it this is (decision 0011).
	prefix, group, instance string
	// signEvery is how often it commits at least, signed when it last did.
	signEvery time.Duration
	signed    time.Time
	// followed is where the next record of progress should come, wrote is true once
	// this task has written one (follows.go).
	followed int64
	wrote    bool

	producer broker.Producer
	depends  []broker.Partition
	At       stored.Progress
	snap     *centres.Snapshot
	cycle    cycle
	pending  *mark
	asked    time.Time
	// Brokers is what is known of the brokers' time, which has to confirm the
	// clock unless unconfirmed.
	Brokers     brokerTime
	unconfirmed bool
	ends        broker.Offsets
	newest      newest
	// topics is what is known of the topics themselves, trust whether the producers'
	// times on records are taken for those of the brokers.
	topics topicWatch
	trust  bool
	// committed are the centre positions of the last commit record at start:
	// what lies before them has its dead letters already.
	committed broker.Offsets
	// handed are the ends of the hand-over partitions behind what was written,
	// committedAt the positions of the last commit that other tasks wait for.
	handed      map[int32]int64
	committedAt broker.Offsets
	// published is the progress of the last commit, as far as tasks wait for it, and
	// heard what was last heard of each of the others, at heardAt.
	published stored.Progress
	commits   map[int32]heardCommit
	heardAt   time.Time
	// outEnds are the ends of the outputs behind what this process knows of them.
	outEnds broker.Offsets
	// urgent are persons of whom something was told and about whom a fact
	// arrived, in order of arrival.
	urgent []string
	// urgentAt is when the newest of these facts was known.
	urgentAt duty.Instant
	// clearing is true in a walk that tells nothing harsher than before.
	clearing bool
	// restless is true where the last commit was ahead of caught_up.
	restless bool
	// rebuilt is true from a rebuild of the state on until the task is quiet;
	// withdrawn counts what was withdrawn since, accept lets it be many.
	rebuilt   bool
	withdrawn int
	accept    bool
	// snapshots are where the state may come from.
	snapshots *StateSnapshots
	// floor is where the history begins that can be relied on.
	floor Floor
	// walking is where the walk over due persons goes on.
	walking []byte
	// roster are the persons in memory, shapes the forms of their rows, row
	// is the one at hand.
	roster roster
	shapes stored.Shapes
	row    duty.CardEvent
	// routines is true where the verdict knows routines; rows and advanced are
	// what they get and give, scratch is for headers.
	routines bool
	rows     routineRows
	advanced duty.Advanced
	scratch  []byte
	// aheadRows are rows known after caught_up, while they are looked at.
	aheadRows []*duty.Known[duty.CardEvent]
	// knowledge is what is known of the person at hand.
	knowledge knowledge
	// moved are versions of facts that may be anybody's; again are those that are still
	// to be handed over again, nil where they are not looked up.
	moved moved
	again []given
	// Claims are names of facts that were read, contested those claimed for several
	// keys; examinedClock is the clock up to which they are examined, unsettled is true
	// from a start on until what caught_up rests on is known again (contested.go).
	Claims        claims
	Contested     contested
	examinedClock duty.Instant
	unsettled     bool
	// centreLines are the lines of the task that are of no person.
	centreLines centreLines
	// letters are the dead letters that the task answers for.
	letters ownLetters
	// held are the persons of whom units are held back, by their place in the roster.
	held map[uint32]heldUnits
}

// TaskConfig is what a task is made of; all fields but Limits are required, unless
// they say otherwise.
type TaskConfig struct {
	Task        int32
	Partitions  int32
	PartitionOf func(key string) int32
	Broker      broker.Broker
	Store       state.Task
	Centres     Snapshots
	Judge       Adjudicator
	Codec       broker.Codec
	Clock       Clock
	// Prefix is that of the topics, for messages; Group the group that writes it and
	// Instance who of it this is (empty: no record of progress names one).
	Prefix, Group, Instance string
	// SignEvery is how often the task commits at least, so that others see that it has
	// an owner (0: a task that has nothing to do commits nothing).
	SignEvery time.Duration
	// Wall counts how much time goes by: it paces questions to the broker and
	// carries the brokers' time on. What it shows decides nothing.
	Wall func() time.Time
	// Unconfirmed lets the clock accuse though it is not that of the brokers: for
	// one that stands in for the machine's.
	Unconfirmed bool
	// TopicIDs are those of the topics that the state is of, as far as they are known.
	TopicIDs map[string]string
	// Snapshots are where the task's state may come from; nil for none.
	Snapshots *StateSnapshots
	// Trust takes the producers' times on records for those of the brokers.
	Trust bool
	// Accept lets a rebuild withdraw any number of units.
	Accept bool
	// Floor is the date from which on the logs hold everything (missing: since
	// ever).
	Floor  duty.Opt[duty.Date]
	Limits Limits
	Stats  *Stats
}

// NewTask returns a task that has to Recover before its first Step.
func NewTask(c TaskConfig) *Task {
	t := &Task{
		Broker: c.Broker, store: c.Store, centres: c.Centres, judge: c.Judge, codec: c.Codec,
		clock: c.Clock, wall: c.Wall, Limits: c.Limits.OrDefaults(), stats: c.Stats,
		parts: c.Partitions, partitionOf: c.PartitionOf, snapshots: c.Snapshots, accept: c.Accept, floor: FloorAt(c.Floor),
		prefix: c.Prefix, group: c.Group, instance: c.Instance, signEvery: c.SignEvery,
		unconfirmed: c.Unconfirmed, Brokers: brokerTime{offset: -1},
		At:     stored.NewProgress(c.Task),
		handed: map[int32]int64{}, outEnds: broker.Offsets{}, trust: c.Trust,
		topics: newTopicWatch(c.TopicIDs),
	}
	t.newest.reset()
	t.cycle.budget = newBudget(t.wall, t.Limits)
	_, t.routines = c.Judge.(Core)
	t.depends = append(broker.InputsOf(c.Task), c.Centres.Partitions()...)
	slices.SortFunc(t.depends, broker.ComparePartitions)
	t.depends = slices.Compact(t.depends) // links and assignments are read twice
	return t
}

// Step does one cycle: what clears first, then what was read, then what is due;
// then the transaction, then the checkpoint. It reports whether there was
// anything to do. After an error the task must Recover; after ErrFenced it must
// stop.
func (t *Task) Step(ctx context.Context) (busy bool, err error) {
	t.ResetCycle(t.Limits.Decisions)
	t.advance()
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
	if err := t.Examine(); err != nil {
		return false, err
	}
	if err := t.tick(ctx); err != nil {
		return false, err
	}
	if err := t.followCaughtUp(); err != nil {
		return false, err
	}
	busy, err = t.commit(ctx)
	t.rebuilt = t.rebuilt && !t.Quiet()
	if err == nil {
		t.reportDone()
	}
	return busy, err
}

// followCaughtUp does what rests on everything being read up to caught_up.
func (t *Task) followCaughtUp() error {
	t.At.JoinSweeps()
	if t.At.Unheard {
		return nil
	}
	for _, do := range []func() error{t.tellPaper, t.tellCentres, t.lookAtLetters, t.decideDue, t.sweepAll, t.writeLedger} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// Quiet reports whether nothing is left to do at the present clock: everything
// is read, nobody is due, no sweep is pending.
func (t *Task) Quiet() bool {
	sure := t.Brokers.known() || !t.confirms()
	return sure && t.Stands() == "" && !t.At.Again && !t.At.Unheard && t.ends != nil && t.pending == nil && len(t.At.Sweeps) == 0 && len(t.urgent) == 0 &&
		len(t.walking) == 0 && !t.Claims.Pending() && !t.ledgerDue() && t.store.NextDue() > int64(t.At.CaughtUp) && t.readAll()
}

func (t *Task) readAll() bool {
	for p, end := range t.ends {
		if t.position(p) < end {
			return false
		}
	}
	return true
}

// CaughtUp is the clock up to which everything is read.
func (t *Task) CaughtUp() duty.Instant { return t.At.CaughtUp }

// decideUrgent evaluates persons of whom something was told and about whom a
// fact arrived: what clears never waits.
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

// dueStep is how many due persons are looked at in one piece.
const dueStep = 4096

// decideDue evaluates persons whom the clock or a fact has made due, in the
// order of the store's keys. Who was evaluated is not due any more, so the walk
// needs no cursor that survives.
func (t *Task) decideDue() error {
	until := int64(t.At.CaughtUp)
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

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

// Adjudicator gives the verdicts: [Core], which is package duty, in production.
type Adjudicator interface {
	// Evaluate returns the verdict on every unit of a person at a clock.
	Evaluate(in duty.Input, at duty.Instant) duty.Result
	// Revise compares a verdict with what was last told and returns the revisions to write.
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

// Snapshots offers what is known of the centres; [centres.CentreReader] implements it.
type Snapshots interface {
	// Snapshot returns the newest snapshot, never one older than before.
	Snapshot() *centres.Snapshot
	// Partitions returns the partitions that snapshots are made from.
	Partitions() []broker.Partition
	// Follow adds partitions to those that later snapshots are made from.
	Follow(parts []broker.Partition)
}

// Limits bounds what one cycle does. A field that is zero gets its default.
type Limits struct {
	// Records is roughly how many records one cycle reads (default 32,000).
	Records int
	// Decisions is how many persons one cycle evaluates (default 500).
	Decisions int
	// WalkStep is how many persons a sweep reads from the store at a time (default 256).
	WalkStep int
	// Poll is how long an idle cycle waits for records (default 100 ms).
	Poll time.Duration
	// Gather is how long a cycle goes on reading before it decides and commits, unless a fact
	// has arrived that may clear somebody (default as Poll; negative: it reads once).
	Gather time.Duration
	// Bytes is roughly how many bytes one cycle reads, and how many it tells (default 16 MiB).
	// AnswerBytes is roughly the size of one fetch (default 512 KiB). A single record or person
	// may exceed either.
	Bytes, AnswerBytes int
	// Time is how long a cycle goes on deciding, counted from its first decision (default 500
	// ms).
	Time time.Duration
	// MarkEvery is how often the task asks for the ends of its inputs (default 1 s).
	MarkEvery time.Duration
}

// OrDefaults returns the limits with the defaults filled in.
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

// Task adjudicates the persons of one partition number. All its methods must be called from one
// goroutine. At is its progress: what has been read and judged.
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
	// parts is the partition count; partitionOf returns the partition of a key.
	parts       int32
	partitionOf func(key string) int32

	// group is the consumer group that writes the topics of the prefix, and instance names this
	// member of it in records of progress (decision 0011).
	prefix, group, instance string
	// signEvery is the longest time between two commits, even with nothing to do; signed is
	// when the task last committed.
	signEvery time.Duration
	signed    time.Time
	// followed is the offset right after the task's last record of progress; wrote is true once
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
	// Brokers is what is known of the brokers' time. It must confirm the clock, unless
	// unconfirmed is set (brokertime.go).
	Brokers     brokerTime
	unconfirmed bool
	ends        broker.Offsets
	newest      newest
	// topics is what is known of the topics themselves. trust means that producers' timestamps
	// are taken for those of the brokers.
	topics topicWatch
	trust  bool
	// committed are the centre positions of the last commit record at start. Dead letters for
	// records before them are already written.
	committed broker.Offsets
	// handed is, by hand-over partition, the next offset after what this task wrote there last.
	// committedAt are the positions of the last commit that other tasks wait for.
	handed      map[int32]int64
	committedAt broker.Offsets
	// published is the part of the last commit's progress that other tasks wait for. commits
	// are the newest commits read of the other tasks, and heardAt is when they were last looked
	// for.
	published stored.Progress
	commits   map[int32]heardCommit
	heardAt   time.Time
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
	// the units withdrawn since; accept lifts the limit on them.
	rebuilt   bool
	withdrawn int
	accept    bool
	// snapshots is where the state may be restored from (snapshot_take.go).
	snapshots *StateSnapshots
	// floor is the date before which the history may be incomplete.
	floor Floor
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
	// Claims are the names of facts that were read (claims.go), Contested those claimed under
	// several keys (contested.go). examinedClock is the clock up to which claims are examined.
	// unsettled is true after a start until the claims that caught_up rests on are examined
	// again.
	Claims        claims
	Contested     contested
	examinedClock duty.Instant
	unsettled     bool
	// centreLines is what the task last made its data-quality lines about centres from.
	centreLines centreLines
	// letters are the dead letters that this task answers for.
	letters ownLetters
	// held counts the units held back, by the person's index in the roster.
	held map[uint32]heldUnits
	// must asserts what a task must never do (invariants.go); nil where that is not active.
	must *invariants
}

// TaskConfig is what a task is made of. All fields but Limits are required, unless they say
// otherwise. Task is the partition number, Partitions the partition count.
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
	// Prefix is the topic prefix, for messages. Group is the group that writes it and Instance
	// this member of it; if they are empty, records of progress name none.
	Prefix, Group, Instance string
	// SignEvery is the longest time between two commits, by which others see that the task has
	// an owner. With 0 an idle task commits nothing.
	SignEvery time.Duration
	// Wall measures elapsed time: it paces questions to the broker and carries the brokers'
	// time forward. Its absolute value decides nothing.
	Wall func() time.Time
	// Unconfirmed allows accusing by a clock that the brokers have not confirmed. It is for
	// clocks that stand in for the machine's.
	Unconfirmed bool
	// TopicIDs are the known ids of the topics that the state was built from.
	TopicIDs map[string]string
	// Snapshots is where the task's state may be restored from; nil for none.
	Snapshots *StateSnapshots
	// Trust takes producers' timestamps on records for those of the brokers.
	Trust bool
	// Accept lets a rebuild of the state withdraw any number of units.
	Accept bool
	// Floor is the date from which on the logs hold everything (missing: they always have).
	Floor  duty.Opt[duty.Date]
	Limits Limits
	Stats  *Stats
}

// NewTask returns a task. Recover must succeed before the first Step.
func NewTask(c TaskConfig) *Task {
	t := &Task{
		Broker: c.Broker, store: c.Store, centres: c.Centres, judge: c.Judge, codec: c.Codec,
		clock: c.Clock, wall: c.Wall, Limits: c.Limits.OrDefaults(), stats: c.Stats,
		parts: c.Partitions, partitionOf: c.PartitionOf, snapshots: c.Snapshots, accept: c.Accept, floor: FloorAt(c.Floor),
		prefix: c.Prefix, group: c.Group, instance: c.Instance, signEvery: c.SignEvery,
		unconfirmed: c.Unconfirmed, Brokers: brokerTime{offset: -1},
		At:     stored.NewProgress(c.Task),
		handed: map[int32]int64{}, outEnds: broker.Offsets{}, trust: c.Trust,
		topics: newTopicWatch(c.TopicIDs), must: newInvariants(),
	}
	t.newest.reset()
	t.cycle.budget = newBudget(t.wall, t.Limits)
	_, t.routines = c.Judge.(Core)
	t.depends = append(broker.InputsOf(c.Task), c.Centres.Partitions()...)
	slices.SortFunc(t.depends, broker.ComparePartitions)
	t.depends = slices.Compact(t.depends) // links and assignments are read twice
	return t
}

// Step runs one cycle: first what clears, then what was read, then who is due; then the
// transaction, then the checkpoint. It reports whether there was anything to do. After an error
// the caller must call Recover; after ErrFenced it must stop.
func (t *Task) Step(ctx context.Context) (busy bool, err error) {
	t.must.begin(t)
	defer t.must.end()
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

// followCaughtUp does what requires that everything up to caught_up has been read.
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

// Quiet reports whether nothing is left to do at the present clock: everything is read, nobody
// is due, and no sweep is pending.
func (t *Task) Quiet() bool {
	sure := t.Brokers.known() || !t.confirms()
	return sure && t.Stands() == "" && !t.At.Again && !t.At.Unheard && t.ends != nil && t.pending == nil && len(t.At.Sweeps) == 0 && len(t.urgent) == 0 &&
		len(t.walking) == 0 && !t.Claims.Pending() && !t.ledgerDue() && t.store.NextDue() > int64(t.At.CaughtUp) && t.readAll()
}

// readAll reports whether every partition is read up to the end last asked for.
func (t *Task) readAll() bool {
	for p, end := range t.ends {
		if t.position(p) < end {
			return false
		}
	}
	return true
}

// CaughtUp returns the task's watermark: the clock up to which everything has been read.
func (t *Task) CaughtUp() duty.Instant { return t.At.CaughtUp }

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
// crash.
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

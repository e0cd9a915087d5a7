package task

import (
	"crypto/rand"
	"io"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/watermark"
	"tilsyn/engine/treelog"
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

// Pictures offers what is known of the centres; [centres.CentreReader] implements it.
type Pictures interface {
	// Picture returns the newest picture, never one older than before.
	Picture() *centres.Picture
	// Partitions returns the partitions that pictures are made from.
	Partitions() []broker.Partition
	// Follow adds partitions to those that later pictures are made from.
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

// TaskConfig is what a task is made of. All fields but Limits are required, unless they say
// otherwise. Task is the partition number, Partitions the partition count.
//
// Many fields: one for each thing that a caller can choose.
type TaskConfig struct {
	Task        int32
	Partitions  int32
	PartitionOf func(key string) int32
	Broker      broker.Broker
	Store       state.Task
	Centres     Pictures
	// Recalls says how the recalls stand, Reports offers control reports and doubts; nil: the task writes none.
	Recalls Recalls
	Reports Reports
	// Views are those who want to look at the persons; nil: nobody can.
	Views *Views
	Judge Adjudicator
	Codec broker.Codec
	Clock watermark.Clock
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
	// LogKey signs the checkpoints of the log of revisions; nil for none. Salts gives the chance in its
	// leaves (default crypto/rand).
	LogKey *treelog.Key
	Salts  io.Reader
	// Accept lets a rebuild of the state withdraw any number of units.
	Accept bool
	// Floor is the date from which on the logs hold everything (missing: they always have).
	Floor  duty.Opt[duty.Date]
	Limits Limits
	Stats  *Stats
	// Traced is told of each cycle in which something was done; nil: nobody is, and nothing is measured.
	Traced func(*Cycle)
}

// settings is what a task was made with; nothing of it changes. It has one field for each thing
// that a caller can choose (TaskConfig).
//
// Many fields: those of TaskConfig.
type settings struct {
	broker  broker.Broker
	store   state.Task
	centres Pictures
	recalls Recalls
	reports Reports
	views   *Views
	judge   Adjudicator
	codec   broker.Codec
	clock   watermark.Clock
	wall    func() time.Time
	limits  Limits
	stats   *Stats
	floor   Floor
	// parts is the partition count; partitionOf returns the partition of a key.
	parts       int32
	partitionOf func(key string) int32
	// group is the consumer group that writes the topics of the prefix, and instance names this
	// member of it in records of progress (decision 0011).
	prefix, group, instance string
	// signEvery is the longest time between two commits, even with nothing to do.
	signEvery time.Duration
	// trust means that producers' timestamps are taken for those of the brokers, accept that a
	// rebuild of the state may withdraw any number of units.
	trust, accept bool
	// snapshots is where the state may be restored from (snapshot_take.go).
	snapshots *StateSnapshots
}

// settings returns the settings with the defaults filled in.
func (c *TaskConfig) settings() settings {
	return settings{
		broker: c.Broker, store: c.Store, centres: c.Centres, recalls: c.Recalls, reports: c.Reports, views: c.Views,
		judge: c.Judge, codec: c.Codec,
		clock: c.Clock, wall: c.Wall, limits: c.Limits.OrDefaults(), stats: c.Stats, floor: FloorAt(c.Floor),
		parts: c.Partitions, partitionOf: c.PartitionOf, prefix: c.Prefix, group: c.Group, instance: c.Instance,
		signEvery: c.SignEvery, trust: c.Trust, accept: c.Accept, snapshots: c.Snapshots,
	}
}

// log returns an empty log of revisions with the defaults filled in.
func (c *TaskConfig) log() revisionLog {
	l := revisionLog{key: c.LogKey, salts: c.Salts}
	if l.salts == nil {
		l.salts = rand.Reader
	}
	return l
}

// scan reads ranges of a log within the task's limits.
func (s *settings) scan() broker.Scan {
	return broker.Scan{From: s.broker, Most: s.limits.Records, Wait: s.limits.Poll}
}

package testkit

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/topics"
)

// ErrCrash says that the process died at some effect.
var ErrCrash = errors.New("the process died here")

// ErrLost says that an answer was lost.
var ErrLost = errors.New("the answer was lost")

// Broker is a broker in memory. It models transactions, last stable offsets, fencing by epoch,
// aborted records, control markers that take an offset and may come late, log starts, and lost
// answers.
//
// Many fields: one for each fault that a test can order.
type Broker struct {
	mu     sync.Mutex
	Rng    *rand.Rand
	now    func() duty.Instant
	Logs   map[broker.Partition][]Entry
	Start  map[broker.Partition]int64
	epochs map[int32]int
	open   map[int32]*Txn
	// Decided are transactions whose outcome is certain but whose markers are not written yet.
	Decided map[int32]*Txn
	// Stables are lower bounds of the last stable offsets, to speed them up.
	Stables map[broker.Partition]int64
	// Appended counts the entries of all logs. It orders them globally.
	Appended int64
	// Effect is called before and after everything that changes the model; its error ends the call
	// there.
	Effect func(what string) error
	// Fail is called before everything that only reads; its error becomes that of the call.
	Fail func(what string) error
	// Slow hides everything new of a partition from Fetch.
	Slow func(p broker.Partition) bool
	// Deaf loses the answer of a commit: 1 before it took place, so that the transaction stays open
	// until a successor ends it; 2 after.
	Deaf func() int
	// Tear returns before which record of a transaction somebody else's request commits what was
	// written so far; the rest is refused. 0: no such request.
	Tear func(records int) int
	// Late delays the markers of a transaction until the next one.
	Late func() bool
	// Committing is called with every transaction at the moment that it becomes certain.
	Committing func(task int32, t *broker.Transaction)
	// Stampless leaves producers' times on records of task-commits.
	Stampless bool
	// ByProducers are topics whose records carry their producer's time, ProducerTime.
	ByProducers  map[string]bool
	ProducerTime func() duty.Instant
	// Leaders are the leader epochs of partitions; a missing entry is 0.
	Leaders map[broker.Partition]int32
	// Parts is the partition count; States overrides what Topics returns of single topics.
	Parts  int32
	States map[string]broker.TopicState
	// Most bounds a fetch to a random size from 1 to Most; 0 means no bound.
	Most int
}

// Entry is one record of a log, or a control marker.
type Entry struct {
	Rec     broker.Record
	Txn     *Txn
	Control bool
	// Seq is its place in the global order, epoch the leader epoch.
	Seq   int64
	epoch int32
}

// States of a transaction.
const (
	TxnOpen = iota
	TxnCommitted
	txnAborted
)

// Txn is a transaction on the partitions Parts.
type Txn struct {
	State int
	// hidden is true as long as the markers are not written.
	hidden bool
	Parts  []broker.Partition
}

// undecided reports whether readers must wait for the transaction.
func (t *Txn) undecided() bool { return t != nil && (t.State == TxnOpen || t.hidden) }

// NewBroker returns a model without faults and with empty logs. now is its clock.
func NewBroker(rng *rand.Rand, now func() duty.Instant) *Broker {
	return &Broker{
		Rng: rng, now: now, Logs: map[broker.Partition][]Entry{}, Start: map[broker.Partition]int64{},
		epochs: map[int32]int{},
		open:   map[int32]*Txn{}, Decided: map[int32]*Txn{}, Stables: map[broker.Partition]int64{},
		Effect: func(string) error { return nil }, Fail: func(string) error { return nil },
		Deaf: func() int { return 0 }, Tear: func(int) int { return 0 }, Late: func() bool { return false },
		Slow: func(broker.Partition) bool { return false }, Committing: func(int32, *broker.Transaction) {},
	}
}

// Append writes one record outside any transaction, at the broker's time.
func (b *Broker) Append(p broker.Partition, key, value []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Put(p, broker.Record{Key: key, Value: value}, nil, false)
}

// AppendIn writes one record in a foreign transaction, to be ended by Decide.
func (b *Broker) AppendIn(t *Txn, p broker.Partition, key, value []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.Parts = append(t.Parts, p)
	b.Put(p, broker.Record{Key: key, Value: value}, t, false)
}

// Decide ends a foreign transaction.
func (b *Broker) Decide(t *Txn, commit bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.State = txnAborted
	if commit {
		t.State = TxnCommitted
	}
	b.mark1(t)
}

// Put appends a record or a control marker to a log. The caller holds the lock, or is alone.
func (b *Broker) Put(p broker.Partition, rec broker.Record, txn *Txn, control bool) {
	rec.Partition, rec.Offset = p, int64(len(b.Logs[p]))
	switch {
	case p.Topic == duty.TopicTaskCommits && !control && !b.Stampless:
		// As with the engine's clock: this millisecond is over.
		rec.At = b.now() + 1
	case rec.At == 0:
		rec.At = b.now()
	}
	if rec.Stamped = !b.ByProducers[p.Topic]; !rec.Stamped {
		rec.At = b.ProducerTime()
	}
	b.Logs[p] = append(b.Logs[p], Entry{Rec: rec, Txn: txn, Control: control, Seq: b.Appended, epoch: b.Leaders[p]})
	b.Appended++
}

// stable returns the last stable offset of a partition.
func (b *Broker) stable(p broker.Partition) int64 {
	log, n := b.Logs[p], b.Stables[p]
	for n < int64(len(log)) && !log[n].Txn.undecided() {
		n++
	}
	n = min(n, int64(len(log)))
	b.Stables[p] = n
	return n
}

// EndAt returns the end of a partition when the model had so many entries in all.
func (b *Broker) EndAt(p broker.Partition, appended int64) int64 {
	log := b.Logs[p]
	return int64(sort.Search(len(log), func(i int) bool { return log[i].Seq >= appended }))
}

// Ends implements Broker.
func (b *Broker) Ends(_ context.Context, parts []broker.Partition, end broker.End) (broker.Offsets, error) {
	if err := b.Fail("ends"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o := broker.Offsets{}
	for _, p := range parts {
		if _, twice := o[p]; twice {
			return nil, errors.New("INVALID_REQUEST: a partition is asked for twice")
		}
		o[p] = int64(len(b.Logs[p]))
		switch end {
		case broker.LastStable:
			o[p] = b.stable(p)
		case broker.LogStart:
			o[p] = b.Start[p]
		}
	}
	return o, nil
}

// Fetch implements Broker. Partitions come in random order, as over a network.
func (b *Broker) Fetch(_ context.Context, from broker.Offsets, most int, _ time.Duration) (broker.Fetched, error) {
	if err := b.Fail("fetch"); err != nil {
		return broker.Fetched{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Most > 0 {
		most = min(most, 1+b.Rng.IntN(b.Most))
	}
	parts := make([]broker.Partition, 0, len(from))
	for p := range from {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, broker.ComparePartitions)
	b.Rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	got := broker.Fetched{Next: broker.Offsets{}, Marks: map[broker.Partition]broker.Mark{}}
	for _, p := range parts {
		n := from[p]
		if end := int64(len(b.Logs[p])); n < b.Start[p] || n > end {
			return broker.Fetched{}, fmt.Errorf("the model: %w", &topics.OutOfRangeError{
				Position: topics.Position{Topic: p.Topic, Partition: p.Index, Offset: n}, Start: b.Start[p], End: end})
		}
		stable := b.stable(p)
		if b.Slow(p) {
			stable = n
		}
		for ; n < stable && len(got.Records) < most; n++ {
			e := &b.Logs[p][n]
			if !e.Control && (e.Txn == nil || e.Txn.State == TxnCommitted) {
				got.Records = append(got.Records, e.Rec)
			}
		}
		got.Next[p] = n
		if n > from[p] {
			got.Marks[p] = b.mark(p, n)
		}
		got.Ready = got.Ready || n < stable
	}
	return got, nil
}

// mark returns the mark of the entry before an offset.
func (b *Broker) mark(p broker.Partition, offset int64) broker.Mark {
	e := &b.Logs[p][offset-1]
	return broker.Mark{Epoch: e.epoch, CRC: crc32.ChecksumIEEE(e.Rec.Value)}
}

// MarkBefore implements Broker.
func (b *Broker) MarkBefore(_ context.Context, p broker.Partition, offset int64) (broker.Mark, bool, error) {
	if err := b.Fail("mark"); err != nil {
		return broker.Mark{}, false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if offset < 1 || offset <= b.Start[p] || offset > int64(len(b.Logs[p])) {
		return broker.Mark{}, false, nil
	}
	return b.mark(p, offset), true, nil
}

// Producer implements Broker: it fences the predecessor, aborts its open transaction and writes
// markers that are due.
func (b *Broker) Producer(_ context.Context, task int32) (broker.Producer, error) {
	if err := b.Effect("before init"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	b.epochs[task]++
	p := &producerModel{b: b, task: task, epoch: b.epochs[task]}
	if t := b.open[task]; t != nil {
		b.end(task, t, txnAborted)
	}
	b.finish(task)
	b.mu.Unlock()
	return p, b.Effect("after init")
}

// end decides the transaction of a task; its markers may come later (Late).
func (b *Broker) end(task int32, t *Txn, state int) {
	t.State = state
	delete(b.open, task)
	b.Decided[task], t.hidden = t, true
	if !b.Late() {
		b.finish(task)
	}
}

// finish writes the markers that are due for a task.
func (b *Broker) finish(task int32) {
	if t := b.Decided[task]; t != nil {
		delete(b.Decided, task)
		b.mark1(t)
	}
}

// FinishAll writes all markers that are due.
func (b *Broker) FinishAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, task := range slices.Sorted(maps.Keys(b.Decided)) {
		b.finish(task)
	}
}

// mark1 writes the control markers of one transaction.
func (b *Broker) mark1(t *Txn) {
	t.hidden = false
	slices.SortFunc(t.Parts, broker.ComparePartitions)
	for _, p := range slices.Compact(t.Parts) {
		b.Put(p, broker.Record{}, nil, true)
	}
}

// Committed returns all records that a read_committed reader sees.
func (b *Broker) Committed(p broker.Partition) []broker.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []broker.Record
	for _, e := range b.Logs[p][:b.stable(p)] {
		if !e.Control && (e.Txn == nil || e.Txn.State == TxnCommitted) {
			out = append(out, e.Rec)
		}
	}
	return out
}

// Partition is the model's partitioner.
func Partition(key string, parts int32) int32 {
	var sum int32
	for _, b := range []byte(key) {
		sum = sum*31 + int32(b)
	}
	return (sum%parts + parts) % parts
}

package stream

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
	"tilsyn/topics"
)

// errCrash is the death of the process at some effect.
var errCrash = errors.New("the process died here")

// errLost is an answer that never came.
var errLost = errors.New("the answer was lost")

// brokerModel is a broker in memory: partitions with transactions, last stable
// offsets, fencing by epoch, aborted records, control markers that take an
// offset and may come late, starts and ends of logs, and answers that get lost.
type brokerModel struct {
	mu     sync.Mutex
	rng    *rand.Rand
	now    func() duty.Instant
	logs   map[Partition][]entry
	start  map[Partition]int64
	epochs map[int32]int
	open   map[int32]*modelTxn
	// decided are transactions whose end is certain and whose markers are not
	// written yet.
	decided map[int32]*modelTxn
	// stables are lower bounds of the last stable offsets.
	stables map[Partition]int64
	// appended counts the entries of all logs; it is the order of the world.
	appended int64
	// effect is asked before and after everything that changes the world; an
	// error from it ends the call there.
	effect func(what string) error
	// fail is asked before everything that only reads; its error is the call's.
	fail func(what string) error
	// slow holds back everything of a partition.
	slow func(p Partition) bool
	// deaf makes a commit's answer get lost: 1 before it took place, so that the
	// transaction stays open until a successor ends it, 2 after.
	deaf func() int
	// tear says before which record of a transaction of so many somebody else's
	// request commits what was written until then; the rest is refused. 0: none does.
	tear func(records int) int
	// late makes the markers of a transaction come only with the next one.
	late func() bool
	// committing sees every transaction at the moment at which it is certain.
	committing func(task int32, t *Transaction)
	// stampless leaves the producers' times on records of progress.
	stampless bool
	// byProducers are topics whose records carry their producers' time, which is
	// producerTime.
	byProducers  map[string]bool
	producerTime func() duty.Instant
	// leaders are the epochs of leaders that are not the first.
	leaders map[Partition]int32
	// parts is the partition count; states says what topics are like that are
	// otherwise.
	parts  int32
	states map[string]TopicState
	// most bounds a fetch to a random size from 1; 0 does not.
	most int
}

type entry struct {
	rec     Record
	txn     *modelTxn
	control bool
	// seq is the place in the order of the world, epoch that of the leader.
	seq   int64
	epoch int32
}

// States of a transaction of the model.
const (
	txnOpen = iota
	txnCommitted
	txnAborted
)

type modelTxn struct {
	state int
	// hidden is true as long as the markers are not written.
	hidden bool
	parts  []Partition
}

// undecided reports whether readers must wait for the transaction.
func (t *modelTxn) undecided() bool { return t != nil && (t.state == txnOpen || t.hidden) }

func newBrokerModel(rng *rand.Rand, now func() duty.Instant) *brokerModel {
	return &brokerModel{
		rng: rng, now: now, logs: map[Partition][]entry{}, start: map[Partition]int64{}, epochs: map[int32]int{},
		open: map[int32]*modelTxn{}, decided: map[int32]*modelTxn{}, stables: map[Partition]int64{},
		effect: func(string) error { return nil }, fail: func(string) error { return nil },
		deaf: func() int { return 0 }, tear: func(int) int { return 0 }, late: func() bool { return false },
		slow: func(Partition) bool { return false }, committing: func(int32, *Transaction) {},
	}
}

// append writes one record outside transactions, at the broker's time.
func (b *brokerModel) append(p Partition, key, value []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(p, Record{Key: key, Value: value}, nil, false)
}

// appendIn writes one record in a transaction of somebody else, who decides it
// later.
func (b *brokerModel) appendIn(t *modelTxn, p Partition, key, value []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.parts = append(t.parts, p)
	b.put(p, Record{Key: key, Value: value}, t, false)
}

// decide ends a transaction of somebody else.
func (b *brokerModel) decide(t *modelTxn, commit bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.state = txnAborted
	if commit {
		t.state = txnCommitted
	}
	b.mark1(t)
}

func (b *brokerModel) put(p Partition, rec Record, txn *modelTxn, control bool) {
	rec.Partition, rec.Offset = p, int64(len(b.logs[p]))
	switch {
	case p.Topic == topicTaskCommits && !control && !b.stampless:
		// As the world's clocks: the millisecond is over.
		rec.At = b.now() + 1
	case rec.At == 0:
		rec.At = b.now()
	}
	if rec.stamped = !b.byProducers[p.Topic]; !rec.stamped {
		rec.At = b.producerTime()
	}
	b.logs[p] = append(b.logs[p], entry{rec: rec, txn: txn, control: control, seq: b.appended, epoch: b.leaders[p]})
	b.appended++
}

func (b *brokerModel) stable(p Partition) int64 {
	log, n := b.logs[p], b.stables[p]
	for n < int64(len(log)) && !log[n].txn.undecided() {
		n++
	}
	n = min(n, int64(len(log)))
	b.stables[p] = n
	return n
}

// endAt is the end of a partition when the world had so many entries.
func (b *brokerModel) endAt(p Partition, appended int64) int64 {
	log := b.logs[p]
	return int64(sort.Search(len(log), func(i int) bool { return log[i].seq >= appended }))
}

// Ends implements Broker.
func (b *brokerModel) Ends(_ context.Context, parts []Partition, end End) (Offsets, error) {
	if err := b.fail("ends"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o := Offsets{}
	for _, p := range parts {
		if _, twice := o[p]; twice {
			return nil, errors.New("INVALID_REQUEST: a partition is asked for twice")
		}
		o[p] = int64(len(b.logs[p]))
		switch end {
		case LastStable:
			o[p] = b.stable(p)
		case LogStart:
			o[p] = b.start[p]
		}
	}
	return o, nil
}

// Fetch implements Broker: partitions in random order, as the network has it.
func (b *brokerModel) Fetch(_ context.Context, from Offsets, most int, _ time.Duration) (Fetched, error) {
	if err := b.fail("fetch"); err != nil {
		return Fetched{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.most > 0 {
		most = min(most, 1+b.rng.IntN(b.most))
	}
	parts := make([]Partition, 0, len(from))
	for p := range from {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, comparePartitions)
	b.rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	got := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
	for _, p := range parts {
		n := from[p]
		if end := int64(len(b.logs[p])); n < b.start[p] || n > end {
			return Fetched{}, fmt.Errorf("the model: %w", &topics.OutOfRangeError{
				Position: topics.Position{Topic: p.Topic, Partition: p.Index, Offset: n}, Start: b.start[p], End: end})
		}
		stable := b.stable(p)
		if b.slow(p) {
			stable = n
		}
		for ; n < stable && len(got.Records) < most; n++ {
			e := &b.logs[p][n]
			if !e.control && (e.txn == nil || e.txn.state == txnCommitted) {
				got.Records = append(got.Records, e.rec)
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

func (b *brokerModel) mark(p Partition, offset int64) Mark {
	e := &b.logs[p][offset-1]
	return Mark{Epoch: e.epoch, CRC: crc32.ChecksumIEEE(e.rec.Value)}
}

// MarkBefore implements Broker.
func (b *brokerModel) MarkBefore(_ context.Context, p Partition, offset int64) (Mark, bool, error) {
	if err := b.fail("mark"); err != nil {
		return Mark{}, false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if offset < 1 || offset <= b.start[p] || offset > int64(len(b.logs[p])) {
		return Mark{}, false, nil
	}
	return b.mark(p, offset), true, nil
}

// Producer implements Broker: it fences and aborts what the predecessor left,
// and ends what was certain already.
func (b *brokerModel) Producer(_ context.Context, task int32) (Producer, error) {
	if err := b.effect("before init"); err != nil {
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
	return p, b.effect("after init")
}

// end decides the transaction of a task; its markers may come later.
func (b *brokerModel) end(task int32, t *modelTxn, state int) {
	t.state = state
	delete(b.open, task)
	b.decided[task], t.hidden = t, true
	if !b.late() {
		b.finish(task)
	}
}

// finish writes the markers that are due.
func (b *brokerModel) finish(task int32) {
	if t := b.decided[task]; t != nil {
		delete(b.decided, task)
		b.mark1(t)
	}
}

// finishAll writes all markers that are due.
func (b *brokerModel) finishAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, task := range slices.Sorted(maps.Keys(b.decided)) {
		b.finish(task)
	}
}

// mark1 writes the markers of one transaction.
func (b *brokerModel) mark1(t *modelTxn) {
	t.hidden = false
	slices.SortFunc(t.parts, comparePartitions)
	for _, p := range slices.Compact(t.parts) {
		b.put(p, Record{}, nil, true)
	}
}

type producerModel struct {
	b     *brokerModel
	task  int32
	epoch int
}

func (p *producerModel) Close() error { return nil }

// fenced reports whether a newer producer of the task exists.
func (p *producerModel) fenced() bool { return p.b.epochs[p.task] != p.epoch }

// Commit implements Producer, one effect at a time.
func (p *producerModel) Commit(ctx context.Context, t Transaction) (Offsets, error) {
	b := p.b
	if p.fenced() {
		return nil, ErrFenced
	}
	b.mu.Lock()
	b.finish(p.task)
	txn := &modelTxn{}
	b.open[p.task] = txn
	b.mu.Unlock()
	next := Offsets{}
	tear := b.tear(len(t.Records))
	for i := range t.Records {
		if tear > 0 && i == tear {
			b.mu.Lock()
			b.end(p.task, txn, txnCommitted)
			b.mu.Unlock()
			return nil, errLost
		}
		if err := b.effect("before produce"); err != nil {
			return nil, err
		}
		if p.fenced() {
			return nil, ErrFenced
		}
		o := &t.Records[i]
		b.mu.Lock()
		if !slices.Contains(txn.parts, o.Partition) {
			txn.parts = append(txn.parts, o.Partition)
		}
		b.put(o.Partition, Record{Key: o.Key, Value: o.Value, Headers: o.Headers, At: o.At}, txn, false)
		next[o.Partition] = int64(len(b.logs[o.Partition]))
		b.mu.Unlock()
	}
	if t.Check != nil {
		if err := t.Check(ctx, next); err != nil {
			b.mu.Lock()
			b.end(p.task, txn, txnAborted)
			b.mu.Unlock()
			return nil, err
		}
	}
	if err := b.effect("before end"); err != nil {
		return nil, err
	}
	deaf := b.deaf()
	if deaf == 1 {
		return nil, errLost
	}
	if p.fenced() {
		return nil, ErrFenced
	}
	b.committing(p.task, &t)
	b.mu.Lock()
	b.end(p.task, txn, txnCommitted)
	b.mu.Unlock()
	if deaf == 2 {
		return nil, errLost
	}
	return next, b.effect("after end")
}

// committed are all records that a read_committed reader sees.
func (b *brokerModel) committed(p Partition) []Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Record
	for _, e := range b.logs[p][:b.stable(p)] {
		if !e.control && (e.txn == nil || e.txn.state == txnCommitted) {
			out = append(out, e.rec)
		}
	}
	return out
}

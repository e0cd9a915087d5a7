package stream

import (
	"context"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"tilsyn/engine/duty"
)

// errCrash is the death of the process at some effect.
var errCrash = errors.New("the process died here")

// errLost is an answer that never came.
var errLost = errors.New("the answer was lost")

// brokerModel is a broker in memory: partitions with transactions, last stable
// offsets, fencing by epoch, aborted records, control markers that take an
// offset, and answers that get lost.
type brokerModel struct {
	mu     sync.Mutex
	rng    *rand.Rand
	now    func() duty.Instant
	logs   map[Partition][]entry
	epochs map[int32]int
	open   map[int32]*modelTxn
	// effect is asked before and after everything that changes the world; an
	// error from it ends the call there.
	effect func(what string) error
	// deaf makes a commit's answer get lost: 1 before, 2 after it took place.
	deaf func() int
	// most bounds a fetch to a random size from 1; 0 does not.
	most int
}

type entry struct {
	rec     Record
	txn     *modelTxn
	control bool
}

type modelTxn struct {
	state int // 0 open, 1 committed, 2 aborted
	parts []Partition
}

func newBrokerModel(rng *rand.Rand, now func() duty.Instant) *brokerModel {
	return &brokerModel{
		rng: rng, now: now, logs: map[Partition][]entry{}, epochs: map[int32]int{}, open: map[int32]*modelTxn{},
		effect: func(string) error { return nil }, deaf: func() int { return 0 },
	}
}

// append writes one record outside transactions, at the broker's time.
func (b *brokerModel) append(p Partition, key, value []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(p, Record{Key: key, Value: value}, nil, false)
}

func (b *brokerModel) put(p Partition, rec Record, txn *modelTxn, control bool) {
	rec.Partition, rec.Offset = p, int64(len(b.logs[p]))
	if rec.At == 0 {
		rec.At = b.now()
	}
	b.logs[p] = append(b.logs[p], entry{rec: rec, txn: txn, control: control})
}

func (b *brokerModel) stable(p Partition) int64 {
	for i, e := range b.logs[p] {
		if e.txn != nil && e.txn.state == 0 {
			return int64(i)
		}
	}
	return int64(len(b.logs[p]))
}

// Ends implements Broker.
func (b *brokerModel) Ends(_ context.Context, parts []Partition, end End) (Offsets, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := Offsets{}
	for _, p := range parts {
		o[p] = int64(len(b.logs[p]))
		if end == LastStable {
			o[p] = b.stable(p)
		}
	}
	return o, nil
}

// Fetch implements Broker: partitions in random order, as the network has it.
func (b *brokerModel) Fetch(_ context.Context, from Offsets, most int, _ time.Duration) (Fetched, error) {
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
		for stable := b.stable(p); n < stable && len(got.Records) < most; n++ {
			e := b.logs[p][n]
			if e.control || e.txn != nil && e.txn.state == 2 {
				continue
			}
			got.Records = append(got.Records, e.rec)
		}
		got.Next[p] = n
		if n > from[p] {
			got.Marks[p] = b.mark(p, n)
		}
	}
	return got, nil
}

func (b *brokerModel) mark(p Partition, offset int64) Mark {
	return Mark{CRC: crc32.ChecksumIEEE(b.logs[p][offset-1].rec.Value)}
}

// MarkBefore implements Broker.
func (b *brokerModel) MarkBefore(_ context.Context, p Partition, offset int64) (Mark, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if offset < 1 || offset > int64(len(b.logs[p])) {
		return Mark{}, false, nil
	}
	return b.mark(p, offset), true, nil
}

// Producer implements Broker: it fences and aborts what the predecessor left.
func (b *brokerModel) Producer(_ context.Context, task int32) (Producer, error) {
	if err := b.effect("before init"); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.epochs[task]++
	if t := b.open[task]; t != nil {
		b.end(task, t, 2)
	}
	return &producerModel{b: b, task: task, epoch: b.epochs[task]}, b.effect("after init")
}

func (b *brokerModel) end(task int32, t *modelTxn, state int) {
	t.state = state
	for _, p := range t.parts {
		b.put(p, Record{}, nil, true)
	}
	delete(b.open, task)
}

type producerModel struct {
	b     *brokerModel
	task  int32
	epoch int
}

func (p *producerModel) Close() error { return nil }

// Commit implements Producer, one effect at a time.
func (p *producerModel) Commit(_ context.Context, t Transaction) (Offsets, error) {
	b := p.b
	if b.epochs[p.task] != p.epoch {
		return nil, ErrFenced
	}
	b.mu.Lock()
	txn := &modelTxn{}
	b.open[p.task] = txn
	b.mu.Unlock()
	next := Offsets{}
	for i := range t.Records {
		if err := b.effect("before produce"); err != nil {
			return nil, err
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
	if err := b.effect("before end"); err != nil {
		return nil, err
	}
	deaf := b.deaf()
	if deaf == 1 {
		return nil, errLost
	}
	if b.epochs[p.task] != p.epoch {
		return nil, ErrFenced
	}
	b.mu.Lock()
	b.end(p.task, txn, 1)
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
		if !e.control && (e.txn == nil || e.txn.state == 1) {
			out = append(out, e.rec)
		}
	}
	return out
}

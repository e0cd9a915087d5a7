package recalls

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
)

// Config configures a Reader. All fields but Every are required.
type Config struct {
	Broker broker.Broker
	Codec  broker.Codec
	// Tasks is how many tasks the prefix has.
	Tasks int32
	// PartitionOf and Trust are as in NewTold.
	PartitionOf func(key string) int32
	Trust       bool
	// Wall measures elapsed time; its absolute value decides nothing.
	Wall func() time.Time
	// Every is how often recalls are counted at most (default 1 s).
	Every time.Duration
}

// Word is how all recalls stand.
type Word struct {
	// At is the clock, Read the positions up to which the logs were read for it.
	At   duty.Instant
	Read broker.Offsets
	// Lines are sorted by cause_id. A line that did not change is the same one as in the word before.
	Lines []*Line
	// Invalid are the acknowledgements that count for nothing: ACKNOWLEDGEMENT_INVALID.
	Invalid []duty.DataQuality
}

// question is the clock at which somebody wants to know how the recalls stand.
type question struct {
	clock     recall.Clock
	consumers recall.Consumers
}

// Reader keeps up with the logs. Call Poll from one goroutine; any may call the other methods.
type Reader struct {
	cfg   Config
	parts []broker.Partition
	// mu guards asked and letters; wanted is true once somebody has asked.
	mu      sync.Mutex
	asked   question
	wanted  bool
	letters []*deadletter.Record
	word    atomic.Pointer[Word]
	// The others are Poll's own: next are the positions read (nil before the first), book the recalls,
	// counted when they were last counted and took for how long.
	next    broker.Offsets
	told    *Told
	book    *book
	counted time.Time
	took    time.Duration
}

// NewReader returns a reader that has read nothing yet.
func NewReader(c Config) *Reader {
	if c.Every <= 0 {
		c.Every = countEvery
	}
	r := &Reader{cfg: c}
	for i := range c.Tasks {
		r.parts = append(r.parts, PartitionsOf(i)...)
	}
	r.reset()
	return r
}

// reset drops everything that was read.
func (r *Reader) reset() {
	r.next = nil
	r.told = NewTold(r.cfg.Codec, r.cfg.PartitionOf, r.cfg.Trust)
	r.told.unusable = r.unusable
	r.book = newBook(r.told)
	r.word.Store(nil)
}

// Ask says at which clock, and under which policies, the next word is wanted. A clock before the last one asked for
// is passed over.
func (r *Reader) Ask(at duty.Instant, policies []duty.ActivePolicy) {
	p := duty.World{Policies: policies}.PolicyAt(at)
	q := question{recall.Clock{At: at, Overdue: p.ParamsAt(at.Date()).RecallOverdue}, recall.Named(policies, at)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.wanted || at >= r.asked.clock.At {
		r.asked, r.wanted = q, true
	}
}

// Word returns the newest word; nil before the first. Nobody changes it.
func (r *Reader) Word() *Word { return r.word.Load() }

// Ends returns where the logs end now: what was told, acknowledged and handled lies before.
func (r *Reader) Ends(ctx context.Context, b broker.Broker) (broker.Offsets, error) {
	return b.Ends(ctx, r.parts, broker.LastStable)
}

// Pauses of a reader: it counts again at the earliest after countEvery, and spends at most about a
// tenth of its time with counting. readAtOnce bounds the records of one fetch.
const (
	countEvery = time.Second
	countShare = 10
	readAtOnce = 5_000
)

// Poll reads what is there, waiting up to wait for the first record, and counts the recalls where
// that is due. After an error it may be called again: what was read stays, but for logs that are no
// longer those that were read (broker.ErrForeignLog), which are then read from their start.
func (r *Reader) Poll(ctx context.Context, wait time.Duration) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	err := r.read(ctx, wait)
	if errors.Is(err, broker.ErrForeignLog) {
		r.reset()
	}
	if err == nil {
		r.count()
	}
	return err
}

// read reads what is there, unless the task has to take something first.
func (r *Reader) read(ctx context.Context, wait time.Duration) error {
	if r.crowded() {
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		return ctx.Err()
	}
	got, err := r.cfg.Broker.Fetch(ctx, r.next, readAtOnce, wait)
	if err != nil {
		return err
	}
	return r.take(&got)
}

// begin finds where the logs begin, before anything is read of them.
func (r *Reader) begin(ctx context.Context) (err error) {
	if r.next == nil {
		r.next, err = r.cfg.Broker.Ends(ctx, r.parts, broker.LogStart)
	}
	return err
}

// take takes in what was fetched.
func (r *Reader) take(got *broker.Fetched) error {
	for i := range got.Records {
		rec := &got.Records[i]
		who, err := r.told.Take(rec)
		if err != nil {
			return err
		}
		if who != "" {
			r.book.changed[who] = true
		}
		r.next[rec.Partition] = rec.Offset + 1
	}
	maps.Copy(r.next, got.Next)
	return nil
}

// count gives a new word where one was asked for.
func (r *Reader) count() {
	r.mu.Lock()
	q, wanted := r.asked, r.wanted
	r.mu.Unlock()
	last, now := r.word.Load(), r.cfg.Wall()
	if !wanted || last != nil && now.Sub(r.counted) < max(r.cfg.Every, countShare*r.took) {
		return
	}
	word := &Word{At: q.clock.At, Read: r.next.Clone()}
	if last != nil && !r.book.due(q.consumers, q.clock) {
		word.Lines, word.Invalid = last.Lines, last.Invalid
	} else {
		r.book.count(q.consumers, q.clock)
		word.Lines, word.Invalid = r.book.lines(), r.book.invalid()
	}
	r.word.Store(word)
	r.counted, r.took = now, r.cfg.Wall().Sub(now)
}

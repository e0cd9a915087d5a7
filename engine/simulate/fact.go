package simulate

import (
	"container/heap"

	"tilsyn/engine/duty"
)

// Fact is one record on its way to an input topic.
type Fact struct {
	// Topic is the input topic without prefix (contract §2).
	Topic string
	// Key is the record's key: a person, a card or a centre.
	Key string
	// Record is a pointer to the record, of the duty type that the topic holds,
	// for example *duty.CardEvent. It belongs to the receiver.
	Record any
	// ReceivedAt is when it becomes known, and the timestamp to give the record in
	// the log (contract §2): when the source system had it, or later where a feed
	// stood still.
	ReceivedAt duty.Instant

	seq int64 // order among facts of one ReceivedAt
}

// Sink takes facts in the order in which they become known. An error ends the
// simulation and is returned by Run.
type Sink interface {
	Put(Fact) error
}

// SinkFunc makes a function a Sink.
type SinkFunc func(Fact) error

// Put calls the function.
func (f SinkFunc) Put(x Fact) error { return f(x) }

// Collect is a Sink that keeps everything.
type Collect struct{ Facts []Fact }

// Put appends the fact.
func (c *Collect) Put(f Fact) error {
	c.Facts = append(c.Facts, f)
	return nil
}

// pending are facts that have happened and are not yet known, by received_at,
// then in the order in which they were made.
type pending []Fact

func (p pending) Len() int { return len(p) }
func (p pending) Less(i, j int) bool {
	if p[i].ReceivedAt != p[j].ReceivedAt {
		return p[i].ReceivedAt < p[j].ReceivedAt
	}
	return p[i].seq < p[j].seq
}
func (p pending) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

// Push and Pop are for container/heap.
func (p *pending) Push(x any) { *p = append(*p, x.(Fact)) }

// Pop is for container/heap.
func (p *pending) Pop() any {
	old := *p
	n := len(old) - 1
	x := old[n]
	old[n] = Fact{}
	*p = old[:n]
	return x
}

// put queues a copy of a record that becomes known at received.
func put[T any](w *world, topic, key string, record T, received duty.Instant) {
	if received > w.cfg.Until {
		return
	}
	w.made++
	heap.Push(&w.queue, Fact{Topic: topic, Key: key, Record: &record, ReceivedAt: received, seq: w.made})
}

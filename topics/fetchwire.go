package topics

import (
	"fmt"
	"slices"
	"time"

	"github.com/segmentio/kafka-go/protocol"
)

// Fetch is encoded here because the protocol package hides the aborted transactions and last
// offset deltas that an exact reader needs, and copies. Version 11 is the last one with a fixed
// encoding; every broker since Kafka 2.3 has it. Registering own types, which would replace the
// package's for the whole process, is then not needed.
const (
	fetchKey     = protocol.Fetch
	fetchVersion = 11
)

// request appends the body of the request.
func (o *FetchOptions) request(b []byte, plan *fetchAsk, wait time.Duration) []byte {
	b = appendInt32(b, -1) // no replica
	b = appendInt32(b, int32(wait.Milliseconds()))
	b = appendInt32(b, o.MinBytes)
	b = appendInt32(b, o.MaxBytes)
	if o.Uncommitted {
		b = append(b, 0)
	} else {
		b = append(b, 1)
	}
	b = appendInt32(b, 0)  // no session:
	b = appendInt32(b, -1) // every request names all partitions
	b = appendInt32(b, int32(len(plan.topics)))
	for i := range plan.topics {
		t := &plan.topics[i]
		b = appendString(b, t.full)
		b = appendInt32(b, int32(len(t.partitions)))
		for _, p := range t.partitions {
			b = appendInt32(b, p.Partition)
			b = appendInt32(b, p.epoch)
			b = appendInt64(b, p.Offset)
			b = appendInt64(b, -1)
			b = appendInt32(b, o.MaxPartitionBytes)
		}
	}
	b = appendInt32(b, 0)      // forgotten topics
	return appendString(b, "") // rack
}

// aborted is one entry of the list of aborted transactions.
type aborted struct{ producer, first int64 }

// response parses the answer. The batches stay slices of its body.
func (o *FetchOptions) response(a *fetchAsk) error {
	r := reader{b: a.body}
	a.batches = a.batches[:0]
	r.int32() // throttle
	if code := Code(r.int16()); code != codeNone {
		return classify(&CodeError{Code: code, Op: "Fetch", Partition: -1})
	}
	r.int32() // session
	for range r.count(6) {
		name := r.text()
		var asked *fetchTopic
		for i := range a.topics {
			if a.topics[i].full == string(name) {
				asked = &a.topics[i]
			}
		}
		for range r.count(38) {
			// The batches of all partitions share one slice.
			before := len(a.batches)
			got, keep := o.partition(&r, asked, a.batches[before:])
			if cap(got.batches) > cap(a.batches)-before {
				a.batches = got.batches // there was no room
			} else {
				a.batches = a.batches[:before+len(got.batches)]
			}
			if keep && r.err == nil {
				got.batches = slices.Clip(got.batches)
				a.out = append(a.out, got)
			}
		}
	}
	if r.err != nil {
		return fmt.Errorf("the answer to Fetch: %w", r.err)
	}
	return nil
}

// partition parses the part of one partition; keep is false if it has no news.
func (o *FetchOptions) partition(r *reader, asked *fetchTopic, into []batchInfo) (p Fetched, keep bool) {
	p.batches = into
	index := r.int32()
	code := Code(r.int16())
	p.HighWatermark, p.LastStable, p.LogStart = r.int64(), r.int64(), r.int64()
	var list []aborted
	for range r.count(16) {
		list = append(list, aborted{r.int64(), r.int64()})
	}
	r.int32() // preferred replica
	records := r.bytes()
	if asked == nil || r.err != nil {
		return p, false
	}
	for _, a := range asked.partitions {
		if a.Partition == index {
			p.TopicPartition, p.From, p.Next = a.TopicPartition(), a.Offset, a.Offset
			p.fill(code, records, list, !o.Uncommitted)
			return p, len(p.batches) > 0 || p.Next < p.LastStable || p.Next != p.From || p.Err != nil || p.failed != codeNone
		}
	}
	return p, false
}

// fill parses the batch headers, drops batches that are not to be read and finds the next offset.
func (p *Fetched) fill(code Code, records []byte, list []aborted, committed bool) {
	switch {
	case code == codeNone:
	case code == codeOffsetOutOfRange && p.From < p.LogStart && compacted(p.Topic):
		// The embedded broker moves the start of a log that it compacts; what was before it has been
		// superseded.
		p.Next = p.LogStart
		return
	case code == codeOffsetOutOfRange:
		p.Err = &OutOfRangeError{Position{p.Topic, p.Partition, p.From}, p.LogStart, p.HighWatermark}
		return
	case code.retriable():
		p.failed = code
		return
	default:
		p.Err = classify(&CodeError{Code: code, Op: "Fetch", Topic: p.Topic, Partition: p.Partition})
		return
	}
	open := abortedSet{pending: list}
	before := int64(-1)
	for len(records) > 0 {
		b, rest, ok, err := nextBatch(records)
		if err != nil {
			p.Err = fmt.Errorf("%s: %w", p.TopicPartition, err)
			return
		}
		if !ok || (committed && p.LastStable >= 0 && b.base >= p.LastStable) {
			return
		}
		if b.base <= before {
			p.Err = fmt.Errorf("%s: %w: offset %d comes after %d", p.TopicPartition, ErrCorrupt, b.base, before)
			return
		}
		before = b.last
		records = rest
		if b.last < p.From {
			continue
		}
		keep, err := open.keep(&b, committed)
		if err != nil {
			p.Err = fmt.Errorf("%s: %w", p.TopicPartition, err)
			return
		}
		if keep && b.count > 0 {
			p.batches = append(p.batches, b)
		}
		p.Next = b.last + 1
		mark := Mark{b.last, b.leaderEpoch, b.crc}
		if !p.HasLast {
			p.first, p.firstBase = mark, b.base
		}
		p.Last, p.HasLast = mark, true
	}
}

// abortedSet tracks whose records are aborted while the batches are read in order of offset
// (KIP-98, "aborted transaction index").
type abortedSet struct {
	pending []aborted      // by first offset, not reached yet
	active  map[int64]bool // producers whose records are aborted here
}

// keep reports whether the reader gets the batch's records.
func (s *abortedSet) keep(b *batchInfo, committed bool) (bool, error) {
	if committed {
		rest := s.pending[:0]
		for _, a := range s.pending {
			if a.first > b.last {
				rest = append(rest, a)
				continue
			}
			if s.active == nil {
				s.active = map[int64]bool{}
			}
			s.active[a.producer] = true
		}
		s.pending = rest
	}
	if b.control() {
		if s.active[b.producer] {
			abort, err := b.abortMarker()
			if err != nil {
				return false, err
			}
			if abort {
				delete(s.active, b.producer)
			}
		}
		return false, nil
	}
	return !(committed && b.transactional() && s.active[b.producer]), nil
}

// compacted reports whether a topic is compacted.
func compacted(topic string) bool {
	s, ok := Lookup(topic)
	return ok && s.Compacted
}

package stream

import (
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// answers keeps what a fetch brought and the cycle had no room for, so that
// nothing is fetched twice. Records share one buffer, which is used again by the
// next fetch; the memory is bounded by one answer of a broker.
type answers struct {
	parts map[Partition]*answer
	// chunks hold the bytes, filled up to the one in use.
	chunks [][]byte
	chunk  int
	// served is what take returns, turn the answers it takes from; used again.
	served []Record
	turn   []*answer
}

// answer is what came of one partition.
type answer struct {
	part Partition
	// at is the position that the first of the rest belongs to; done records
	// are served.
	at      int64
	records []Record
	done    int
	// next and mark hold once all records are served.
	next   int64
	mark   Mark
	marked bool
}

// fill replaces everything by what was fetched.
func (a *answers) fill(got []topics.Fetched) error {
	if a.parts == nil {
		a.parts = map[Partition]*answer{}
	}
	a.chunk = 0
	for i := range a.chunks {
		a.chunks[i] = a.chunks[i][:0]
	}
	for _, x := range a.parts {
		x.records, x.done, x.at = x.records[:0], 0, -1
	}
	for i := range got {
		g := &got[i]
		p := Partition{Topic: g.Topic, Index: g.Partition}
		x := a.parts[p]
		if x == nil {
			x = &answer{}
			a.parts[p] = x
		}
		*x = answer{part: p, at: g.From, records: x.records, next: g.Next, mark: Mark{Epoch: g.Last.LeaderEpoch, CRC: g.Last.CRC}, marked: g.HasLast}
		err := g.Each(func(r *topics.Record) error {
			x.records = append(x.records, a.keep(p, r))
			return nil
		})
		if err != nil {
			x.records, x.done, x.at = x.records[:0], 0, -1
			return err
		}
	}
	return nil
}

// take serves what is there of the partitions at the positions asked for, up to
// most records; nothing where nothing is. It goes through the partitions in order
// of time, so that what became known of a person together, on several topics, is
// in one cycle.
func (a *answers) take(from Offsets, most int, out *Fetched) {
	a.served, a.turn = a.served[:0], a.turn[:0]
	for p, at := range from {
		if x := a.parts[p]; x != nil && x.at == at {
			a.turn = append(a.turn, x)
		}
	}
	for len(a.served) < most {
		x, until := oldest(a.turn)
		if x == nil {
			break
		}
		n := x.upTo(until, most-len(a.served))
		a.served = append(a.served, x.records[x.done:x.done+n]...)
		x.done += n
	}
	for _, x := range a.turn {
		x.account(out)
	}
	out.Records = a.served
}

// oldest returns the answer whose next record is the oldest, nil where none has
// one, and up to which time no other answer has an older one.
func oldest(list []*answer) (first *answer, until duty.Instant) {
	until = duty.Forever
	for _, x := range list {
		switch {
		case x.done == len(x.records):
		case first == nil:
			first = x
		case x.records[x.done].At < first.records[first.done].At:
			first, until = x, first.records[first.done].At
		default:
			until = min(until, x.records[x.done].At)
		}
	}
	return first, until
}

// upTo is how many records may be served up to a time: at least one, at most most.
func (x *answer) upTo(until duty.Instant, most int) int {
	rest := x.records[x.done:]
	most = min(most, len(rest))
	n := 1
	for n < most && rest[n].At <= until {
		n++
	}
	return n
}

// account says where to go on, where anything was served or skipped.
func (x *answer) account(out *Fetched) {
	if x.done == len(x.records) {
		out.Next[x.part] = x.next
		if x.marked {
			out.Marks[x.part] = x.mark
		}
		x.records, x.done, x.at = x.records[:0], 0, -1
		return
	}
	if x.done > 0 {
		if last := &x.records[x.done-1]; last.Offset >= x.at {
			x.at = last.Offset + 1
			out.Next[x.part], out.Marks[x.part] = x.at, last.mark
		}
	}
}

// keep copies a record into the buffer. A missing key and a missing value stay
// nil.
func (a *answers) keep(p Partition, r *topics.Record) Record {
	rec := Record{Partition: p, Offset: r.Offset, At: duty.Instant(r.Timestamp), mark: Mark{Epoch: r.LeaderEpoch, CRC: r.BatchCRC}}
	rec.Key, rec.Value = a.copy(r.Key), a.copy(r.Value)
	if len(r.Headers) > 0 {
		rec.Headers = make([]Header, len(r.Headers))
		for i, h := range r.Headers {
			rec.Headers[i] = Header{Key: string(h.Key), Value: a.copy(h.Value)}
		}
	}
	return rec
}

// chunkBytes is the size in which the buffer grows: what is in it never moves.
const chunkBytes = 1 << 20

func (a *answers) copy(b []byte) []byte {
	if b == nil {
		return nil
	}
	for a.chunk < len(a.chunks) && len(a.chunks[a.chunk])+len(b) > cap(a.chunks[a.chunk]) {
		a.chunk++
	}
	if a.chunk == len(a.chunks) {
		a.chunks = append(a.chunks, make([]byte, 0, max(chunkBytes, len(b))))
	}
	c := &a.chunks[a.chunk]
	n := len(*c)
	*c = append(*c, b...)
	return (*c)[n:len(*c):len(*c)]
}

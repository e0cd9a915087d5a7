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
	// served is what take returns, used again.
	served []Record
}

// answer is what came of one partition.
type answer struct {
	// at is the position that the first of the rest belongs to.
	at      int64
	records []Record
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
		x.records, x.at = x.records[:0], -1
	}
	for i := range got {
		g := &got[i]
		p := Partition{Topic: g.Topic, Index: g.Partition}
		x := a.parts[p]
		if x == nil {
			x = &answer{}
			a.parts[p] = x
		}
		*x = answer{at: g.From, records: x.records, next: g.Next, mark: Mark{Epoch: g.Last.LeaderEpoch, CRC: g.Last.CRC}, marked: g.HasLast}
		err := g.Each(func(r *topics.Record) error {
			x.records = append(x.records, a.keep(p, r))
			return nil
		})
		if err != nil {
			x.records, x.at = x.records[:0], -1
			return err
		}
	}
	return nil
}

// take serves what is there of the partitions at the positions asked for, up to
// most records; nothing where nothing is.
func (a *answers) take(from Offsets, most int, out *Fetched) {
	a.served = a.served[:0]
	for p, at := range from {
		x := a.parts[p]
		if x == nil || x.at != at || len(a.served) >= most && len(x.records) > 0 {
			continue
		}
		n := min(len(x.records), most-len(a.served))
		a.served = append(a.served, x.records[:n]...)
		if n == len(x.records) {
			out.Next[p] = x.next
			if x.marked {
				out.Marks[p] = x.mark
			}
			x.records, x.at = x.records[:0], -1
			continue
		}
		last := &x.records[n-1]
		x.at, x.records = last.Offset+1, x.records[n:]
		out.Next[p], out.Marks[p] = x.at, last.mark
	}
	out.Records = a.served
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

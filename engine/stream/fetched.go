package stream

import (
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// answers keeps what a fetch brought and the cycle had no room for, so that
// nothing is fetched twice. It stays as it came: a batch of each partition at a
// time is unpacked, and a few records at a time are served.
type answers struct {
	parts map[Partition]*answer
	mem   topics.Unpacked
	// served is what take returns, turn the answers it takes from; used again.
	served []Record
	turn   []*answer
}

// answer is what came of one partition.
type answer struct {
	part Partition
	// at is the position that the rest belongs to, -1 for none.
	at int64
	// rows walks through the records. ready is true where it stands at the next one
	// to serve, known at when; over where there is none.
	rows        rows
	when        duty.Instant
	ready, over bool
	// served is the newest offset served since positions were told, -1 for none,
	// with the mark of its batch.
	served     int64
	servedMark Mark
	// next and mark hold once all records are served.
	next   int64
	mark   Mark
	marked bool
}

// rows walks through the records of one partition; *topics.Cursor does.
type rows interface {
	Next() (bool, error)
	At() *topics.Record
	Held() int
	Leave()
	Close()
}

// holdMost is from which size on batches that came to their end are not held for
// the sake of serving more at once: what is served is valid until the next take.
const holdMost = 256 << 10

// serveKept is for how many records the memory is kept.
const serveKept = 1024

// fill replaces everything by what was fetched, which must stay as it is until
// drop.
func (a *answers) fill(got []topics.Fetched) error {
	a.drop()
	if a.parts == nil {
		a.parts = map[Partition]*answer{}
	}
	for i := range got {
		g := &got[i]
		if g.Err != nil {
			a.drop()
			return g.Err
		}
		p := Partition{Topic: g.Topic, Index: g.Partition}
		x := a.parts[p]
		if x == nil {
			x = &answer{}
			a.parts[p] = x
		}
		c := g.Cursor(&a.mem)
		*x = answer{part: p, at: g.From, rows: &c, served: -1, next: g.Next, mark: Mark{Epoch: g.Last.LeaderEpoch, CRC: g.Last.CRC}, marked: g.HasLast}
	}
	return nil
}

// drop forgets everything that is at hand.
func (a *answers) drop() {
	for _, x := range a.parts {
		x.end()
	}
	a.mem.Reuse()
}

// take serves what is there of the partitions at the positions asked for, up to
// most records; nothing where nothing is. What it served before is not valid any
// more. It goes through the partitions in order of time, so that what became known
// of a person together, on several topics, is in one cycle. After an error nothing
// is at hand.
func (a *answers) take(from Offsets, most int, out *Fetched) error {
	a.turn = a.turn[:0]
	for p, at := range from {
		if x := a.parts[p]; x != nil && x.at >= 0 && x.at == at {
			a.turn = append(a.turn, x)
		}
	}
	if a.served = a.served[:0]; most <= serveKept && cap(a.served) > serveKept {
		a.served = nil
	}
	if err := a.serve(most); err != nil {
		a.drop()
		return err
	}
	for _, x := range a.turn {
		x.account(out)
		out.Ready = out.Ready || x.at >= 0
	}
	out.Records = a.served
	return nil
}

// serve goes through the partitions whose turn it is.
func (a *answers) serve(most int) error {
	for _, x := range a.turn {
		x.rows.Leave()
	}
	a.mem.Reuse()
	for _, x := range a.turn {
		if err := x.advance(); err != nil {
			return err
		}
	}
	for len(a.served) < most {
		x, until := oldest(a.turn)
		if x == nil {
			return nil
		}
		for {
			a.served = append(a.served, x.record())
			if held := x.rows.Held(); held > 0 && held+a.mem.Held() > holdMost {
				return nil
			}
			if err := x.advance(); err != nil {
				return err
			}
			if !x.ready || x.when > until || len(a.served) == most {
				break
			}
		}
	}
	return nil
}

// oldest returns the answer whose next record is the oldest, nil where none has
// one, and up to which time no other answer has an older one.
func oldest(list []*answer) (first *answer, until duty.Instant) {
	until = duty.Forever
	for _, x := range list {
		switch {
		case !x.ready:
		case first == nil:
			first = x
		case x.when < first.when:
			first, until = x, first.when
		default:
			until = min(until, x.when)
		}
	}
	return first, until
}

// advance goes to the next record.
func (x *answer) advance() (err error) {
	if x.ready || x.over {
		return nil
	}
	if x.ready, err = x.rows.Next(); x.ready {
		x.when = duty.Instant(x.rows.At().Timestamp)
	}
	x.over = !x.ready
	return err
}

// record takes the record that is ready. A missing key and a missing value stay
// nil.
func (x *answer) record() Record {
	r := x.rows.At()
	x.ready, x.served, x.servedMark = false, r.Offset, Mark{Epoch: r.LeaderEpoch, CRC: r.BatchCRC}
	rec := Record{Partition: x.part, Offset: r.Offset, At: x.when, Key: r.Key, Value: r.Value, mark: x.servedMark}
	if len(r.Headers) > 0 {
		rec.Headers = make([]Header, len(r.Headers))
		for i, h := range r.Headers {
			rec.Headers[i] = Header{Key: string(h.Key), Value: h.Value}
		}
	}
	return rec
}

// account says where to go on, where anything was served or skipped.
func (x *answer) account(out *Fetched) {
	switch {
	case x.over:
		out.Next[x.part] = x.next
		if x.marked {
			out.Marks[x.part] = x.mark
		}
		x.end()
	case x.served >= x.at:
		x.at = x.served + 1
		out.Next[x.part], out.Marks[x.part] = x.at, x.servedMark
	}
}

// end forgets what is left.
func (x *answer) end() {
	if x.rows != nil {
		x.rows.Close()
	}
	*x = answer{part: x.part, at: -1, over: true, served: -1}
}

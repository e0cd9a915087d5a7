package broker

import (
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// answers keeps fetched batches for which the cycle had no room, so that nothing is fetched twice.
// They stay as they came: one batch of each partition is unpacked at a time, and records are served
// a few at a time.
//
// Records are served in order of time across partitions as far as it is known. If a partition has
// nothing left in memory but more on the broker, it is fetched before newer records of other
// partitions are served. So topics of very different length advance side by side, and what became
// known of a person together reaches one cycle.
type answers struct {
	parts map[Partition]*answer
	mem   topics.Unpacked // memory that answers share to unpack
	// served is what take returned; turn is the list of answers that it takes from. Both are reused.
	served []Record
	turn   []*answer
}

// answer is what is in memory of one partition.
type answer struct {
	part Partition
	// of is the fetch that brought it; nil once it is used up. lags is true if the partition has more
	// on the broker.
	of   *fetching
	lags bool
	// at is the position that the rest begins at, -1 if nothing is left.
	at int64
	// rows iterates over the records. ready is true if it stands on the next record to serve, whose
	// timestamp is when. over is true if no record is left; when is then the timestamp of the last
	// one.
	rows        rows
	when        duty.Instant
	ready, over bool
	// served is the offset of the newest record served since account was last called, -1 for none, and
	// servedMark the mark of its batch.
	served     int64
	servedMark Mark
	// next and mark are the position and the mark to report once all records are served; marked is
	// false if there is no mark.
	next   int64
	mark   Mark
	marked bool
}

// rows iterates over the records of one partition. *topics.Cursor implements it.
type rows interface {
	// Next advances to the next record; false at the end.
	Next() (bool, error)
	// At returns the current record, valid as long as its batch is held.
	At() *topics.Record
	// Held returns how many bytes Next would leave behind to unpack another batch; 0 if it would not.
	Held() int
	// Leave leaves a finished batch behind, so that its memory can be reused.
	Leave()
	// Close releases everything.
	Close()
}

// holdMost is how many bytes of finished batches are held so that one take can serve more; what
// take serves stays valid until the next take.
const holdMost = 256 << 10

// serveKept is for how many records the slice of take is kept for reuse.
const serveKept = 1024

// fetching is a fetcher with the number of answers that still use its buffers.
type fetching struct {
	*topics.Fetcher
	used int
}

// fill takes in the result of a fetch for partitions that had nothing in memory, and reports
// whether it brought anything.
func (a *answers) fill(got []topics.Fetched, asked []topics.Position, by *fetching) (bool, error) {
	if a.parts == nil {
		a.parts = map[Partition]*answer{}
	}
	for i := range asked {
		if x := a.parts[Partition{Topic: asked[i].Topic, Index: asked[i].Partition}]; x != nil {
			x.lags = false
		}
	}
	for i := range got {
		g := &got[i]
		if g.Err != nil {
			a.drop()
			return false, g.Err
		}
		p := Partition{Topic: g.Topic, Index: g.Partition}
		x := a.parts[p]
		if x == nil {
			x = &answer{part: p, at: -1, when: duty.Beginning}
			a.parts[p] = x
		}
		if x.lags = g.Next < g.LastStable; g.Next == g.From {
			continue
		}
		c := g.Cursor(&a.mem)
		by.used++
		*x = answer{part: p, of: by, lags: x.lags, at: g.From, rows: &c, when: x.when, served: -1, next: g.Next,
			mark: Mark{Epoch: g.Last.LeaderEpoch, CRC: g.Last.CRC}, marked: g.HasLast}
	}
	return by.used > 0, nil
}

// missing appends the positions for which nothing is in memory. What is in memory for other
// positions of those partitions is dropped.
func (a *answers) missing(from Offsets, into []topics.Position) []topics.Position {
	for p, at := range from {
		x := a.parts[p]
		if x != nil && x.at >= 0 && x.at != at {
			x.end()
		}
		if x == nil || x.at < 0 {
			into = append(into, topics.Position{Topic: p.Topic, Partition: p.Index, Offset: at})
		}
	}
	return into
}

// drop discards everything in memory.
func (a *answers) drop() {
	for _, x := range a.parts {
		x.end()
	}
	a.mem.Reuse()
}

// giveUp discards what one fetch brought.
func (a *answers) giveUp(of *fetching) {
	for _, x := range a.parts {
		if x.of == of {
			x.end()
		}
	}
}

// take serves records in memory of the partitions at the positions asked for, up to most records;
// none if there are none. What it served before is invalid from then on. If patient, it serves
// nothing newer than what a lagging partition may still bring. After an error nothing is left in
// memory.
func (a *answers) take(from Offsets, most int, patient bool, out *Fetched) error {
	a.turn = a.turn[:0]
	hold := duty.Forever
	for p, at := range from {
		switch x := a.parts[p]; {
		case x == nil:
		case x.at >= 0 && x.at == at:
			a.turn = append(a.turn, x)
		case x.lags && patient:
			hold = min(hold, x.when)
		}
	}
	if a.served = a.served[:0]; most <= serveKept && cap(a.served) > serveKept {
		a.served = nil
	}
	if err := a.serve(most, hold, patient); err != nil {
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

// serve takes records from the partitions in turn, oldest first, but none newer than hold.
func (a *answers) serve(most int, hold duty.Instant, patient bool) error {
	for _, x := range a.turn {
		if !x.ready { // else the record at hand lies in what would be left
			x.rows.Leave()
		}
	}
	a.mem.Reuse()
	for _, x := range a.turn {
		if err := x.advance(); err != nil {
			return err
		}
	}
	for len(a.served) < most {
		x, until := oldest(a.turn, hold, patient)
		if x == nil || x.when > until {
			return nil
		}
		for {
			if n := len(a.served); n < cap(a.served) {
				a.served = a.served[:n+1]
			} else {
				a.served = append(a.served, Record{})
			}
			x.record(&a.served[len(a.served)-1])
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

// oldest returns the answer with the oldest next record (nil if there is none) and the time up to
// which no other partition has an older record, at most hold.
func oldest(list []*answer, hold duty.Instant, patient bool) (first *answer, until duty.Instant) {
	until = hold
	for _, x := range list {
		switch {
		case !x.ready && !(x.lags && patient):
		case !x.ready:
			until = min(until, x.when)
		case first == nil:
			first = x
		case x.when < first.when:
			first, until = x, min(until, first.when)
		default:
			until = min(until, x.when)
		}
	}
	return first, until
}

// advance moves to the next record unless one is ready.
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

// record copies the ready record into to. A missing key or value stays nil.
func (x *answer) record(to *Record) {
	r := x.rows.At()
	x.ready, x.served, x.servedMark = false, r.Offset, Mark{Epoch: r.LeaderEpoch, CRC: r.BatchCRC}
	to.Partition, to.Offset, to.At, to.mark = x.part, r.Offset, x.when, x.servedMark
	to.Stamped = r.AppendTime
	to.Key, to.Value, to.Headers, to.Fault = r.Key, r.Value, nil, r.Fault
	if len(r.Headers) > 0 {
		to.Headers = make([]Header, len(r.Headers))
		for i, h := range r.Headers {
			to.Headers[i] = Header{Key: string(h.Key), Value: h.Value}
		}
	}
}

// account writes to out where to continue, if anything was served or skipped.
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

// end discards what is left.
func (x *answer) end() {
	if x.rows != nil {
		x.rows.Close()
	}
	if x.of != nil {
		x.of.used--
	}
	*x = answer{part: x.part, lags: x.lags, when: x.when, at: -1, over: true, served: -1}
}

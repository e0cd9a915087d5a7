package broker

import (
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// answers keeps what fetches brought and the cycle had no room for, so that
// nothing is fetched twice. It stays as it came: a batch of each partition at a
// time is unpacked, and a few records at a time are served.
//
// They are served in order of time over all partitions, as far as it is known: a
// partition of which everything at hand is served, and which has more, is fetched
// before what others have that is newer. Topics of very different length then go
// side by side, and what became known of a person together is in one cycle.
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
	// of is the fetch that brought it; nil where nothing is left of it. lags is true
	// where the partition had more than that.
	of   *fetching
	lags bool
	// at is the position that the rest belongs to, -1 for none.
	at int64
	// rows walks through the records. ready is true where it stands at the next one
	// to serve, known at when; over where there is none, and when is that of the last.
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

// fetching is a fetcher with how many answers still need what it brought.
type fetching struct {
	*topics.Fetcher
	used int
}

// fill takes in what was fetched of partitions of which nothing was at hand, and
// reports whether anything was.
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
		*x = answer{part: p, of: by, lags: x.lags, at: g.From, rows: &c, when: x.when, served: -1, next: g.Next, mark: Mark{Epoch: g.Last.LeaderEpoch, CRC: g.Last.CRC}, marked: g.HasLast}
	}
	return by.used > 0, nil
}

// missing appends the positions of which nothing is at hand. What is at hand for
// other positions is forgotten.
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

// drop forgets everything that is at hand.
func (a *answers) drop() {
	for _, x := range a.parts {
		x.end()
	}
	a.mem.Reuse()
}

// giveUp forgets what is at hand of one fetch.
func (a *answers) giveUp(of *fetching) {
	for _, x := range a.parts {
		if x.of == of {
			x.end()
		}
	}
}

// take serves what is there of the partitions at the positions asked for, up to
// most records; nothing where nothing is. What it served before is not valid any
// more. Patient, it serves nothing newer than what is still to be fetched may be.
// After an error nothing is at hand.
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

// serve goes through the partitions whose turn it is, as far as nothing newer than
// hold is served.
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

// oldest returns the answer whose next record is the oldest, nil where none has
// one, and up to which time no other partition has an older one, hold at most.
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
	if x.of != nil {
		x.of.used--
	}
	*x = answer{part: x.part, lags: x.lags, when: x.when, at: -1, over: true, served: -1}
}

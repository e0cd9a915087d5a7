package watch

import (
	"slices"

	"tilsyn/engine/duty"
)

// chain is the fold of one source, with how it stood at the end of each day. When a day changes, it
// folds again from there.
type chain struct {
	log *Log
	// rows and beats may be nil.
	rows, beats *stream
	src         source
	lens        *lens
	start       *fold
	days        []dayEnd
	// proofs are those worked out already.
	proofs map[duty.Span]proof
	// stamp is the latest change that the days have, rowsKnown and beatsKnown until when what they have was
	// known, and version counts how often they changed.
	stamp, version        int
	rowsKnown, beatsKnown duty.Instant
	// thaws counts how often a day changed that was none of the last two.
	thaws int
	// buf, rowBuf and instant are buffers for reading.
	buf, rowBuf []record
	instant     []sign
}

// dayEnd is what one day gave.
type dayEnd struct {
	day   int32
	stamp int
	// part is until when was known what was read of the day; Forever where that was all.
	part  duty.Instant
	after *fold
	found found
	// from and to are the times of its first and last sign; n how many there are.
	from, to duty.Instant
	n        int
	// first and last are when the first and the last one were had. off are those with a time that is
	// off, by when they were had, and good the first and the last of the others.
	first, last duty.Instant
	off, good   []duty.Instant
}

// lens says what a chain reads.
type lens struct {
	late duty.Instant
	// strict leaves out rows that came late.
	strict bool
	// known is until when heartbeats were known, rows until when rows were; Forever for all in the log.
	known, rows duty.Instant
	// centre reports whether the register has a centre.
	centre func(string) bool
}

func (n *lens) row(r *Row) bool { return n.centre(r.CentreID) && n.times(r.OccurredAt, r.Known) }

// times reports whether a row counts by its own time and the time at which it was known.
func (n *lens) times(own, known duty.Instant) bool {
	return known <= n.rows && (!n.strict || known-own <= n.late)
}

// eachRow calls do for the rows of a day that count, in order of time but for those of one instant, and
// then for those that have several records. It ends where do returns false, and says whether it did not.
func (c *chain) eachRow(day int32, do func(r *record) bool) bool {
	if c.rows == nil {
		return true
	}
	b := c.rows.find(day)
	if b == nil {
		return true
	}
	centre, placed, more := -1, false, true
	c.rowBuf = b.each(c.rowBuf, c.rows.coder, func(list []record) bool {
		for i := range list {
			r := &list[i]
			if r.centre != centre {
				centre, placed = r.centre, c.lens.centre(c.log.centres[r.centre])
			}
			if placed && c.lens.times(r.own, r.known) {
				if more = do(r); !more {
					return false
				}
			}
		}
		return true
	})
	return more
}

// disputedRows appends the rows of a day that count although they have several records.
func (c *chain) disputedRows(day int32, out []Row) []Row {
	if c.rows == nil || len(c.rows.disputed[day]) == 0 {
		return out
	}
	for _, x := range c.rows.disputed[day] {
		if r := x.row(c.lens.row); r != nil && dayOf(min(r.OccurredAt, r.Known)) == day {
			out = append(out, *r)
		}
	}
	return out
}

// rowsOn appends the rows of a day that count.
func (c *chain) rowsOn(day int32, out []Row) []Row {
	c.eachRow(day, func(r *record) bool {
		out = append(out, c.log.rowOf(c.src.id, r))
		return true
	})
	return c.disputedRows(day, out)
}

// beatsOn appends the heartbeats of a day that count.
func (c *chain) beatsOn(day int32, out []sign) []sign {
	if c.beats == nil {
		return out
	}
	b := c.beats.find(day)
	if b == nil {
		return out
	}
	if b.oldest() > c.lens.known {
		return c.disputedOn(day, out)
	}
	out = slices.Grow(out, b.n)
	c.buf = b.each(c.buf, c.beats.coder, func(list []record) bool {
		for i := range list {
			if r := &list[i]; r.known <= c.lens.known {
				out = append(out, r.sign(false))
			}
		}
		return true
	})
	return c.disputedOn(day, out)
}

// disputedOn appends the heartbeats of a day that count although they have several records.
func (c *chain) disputedOn(day int32, out []sign) []sign {
	for _, x := range c.beats.disputed[day] {
		k := x.beat(c.lens.known)
		if k != nil && sourceOf(&k.Fact) == c.src && dayOf(min(k.Fact.At, k.At)) == day {
			g := beatSign(k)
			g.id = ""
			out = append(out, g)
		}
	}
	return out
}

// eachSign calls do for the rows and heartbeats of a day, in order of time, until it returns false. It
// holds no more rows than a leaf has.
func (c *chain) eachSign(day int32, do func(g *sign) bool) {
	var rest []sign // heartbeats, and rows with several records
	for _, r := range c.disputedRows(day, nil) {
		rest = append(rest, rowSign(&r))
	}
	rest = sorted(c.beatsOn(day, rest))
	instant := c.instant[:0] // rows of one instant
	flush := func() bool {
		for i := range sorted(instant) {
			for len(rest) > 0 && compareSigns(rest[0], instant[i]) <= 0 {
				if !do(&rest[0]) {
					return false
				}
				rest = rest[1:]
			}
			if !do(&instant[i]) {
				return false
			}
		}
		instant = instant[:0]
		return true
	}
	more := c.eachRow(day, func(r *record) bool {
		if len(instant) > 0 && instant[0].at != r.at() && !flush() {
			return false
		}
		instant = append(instant, r.sign(true))
		return true
	})
	c.instant = instant[:0]
	if !more || !flush() {
		return
	}
	for i := range rest {
		if !do(&rest[i]) {
			return
		}
	}
}

// sorted sorts signs, most of which are in order.
func sorted(list []sign) []sign {
	if !slices.IsSortedFunc(list, compareSigns) {
		slices.SortFunc(list, compareSigns)
	}
	return list
}

// latest is when one of the days last changed.
func (c *chain) latest() int {
	stamp := 0
	for _, s := range []*stream{c.rows, c.beats} {
		if s != nil {
			stamp = max(stamp, s.stamp)
		}
	}
	return stamp
}

// each calls do for every day of the chain's streams, in order.
func (c *chain) each(do func(day int32, stamp int)) {
	var rows, beats []*block
	if c.rows != nil {
		rows = c.rows.blocks
	}
	if c.beats != nil {
		beats = c.beats.blocks
	}
	for len(rows) > 0 || len(beats) > 0 {
		switch {
		case len(beats) == 0 || len(rows) > 0 && rows[0].day < beats[0].day:
			do(rows[0].day, rows[0].stamp)
			rows = rows[1:]
		case len(rows) == 0 || beats[0].day < rows[0].day:
			do(beats[0].day, beats[0].stamp)
			beats = beats[1:]
		default:
			do(rows[0].day, max(rows[0].stamp, beats[0].stamp))
			rows, beats = rows[1:], beats[1:]
		}
	}
}

// bring folds the days that changed and all after them. It reports whether something did.
func (c *chain) bring() bool {
	if c.latest() == c.stamp && c.lens.rows == c.rowsKnown && c.lens.known == c.beatsKnown {
		return false
	}
	c.stamp, c.rowsKnown, c.beatsKnown = c.latest(), c.lens.rows, c.lens.known
	i, same := 0, true
	c.each(func(day int32, stamp int) {
		part := c.part(day)
		if same && i < len(c.days) && c.days[i].day == day && c.days[i].stamp == stamp && c.days[i].part == part {
			i++
			return
		}
		if same {
			same = false
			if i+2 < len(c.days) {
				c.thaws++
			}
			c.days = c.days[:i]
			for span, p := range c.proofs { //house:order-free each proof is for itself
				if p.day >= day {
					delete(c.proofs, span)
				}
			}
		}
		e := c.fold(day, stamp)
		e.part = part
		c.days = append(c.days, e)
	})
	if !same {
		c.version++
	}
	return !same
}

// part is until when was known what is read of a day; Forever where that is all of it.
func (c *chain) part(day int32) duty.Instant {
	if c.lens.rows < duty.Forever && max(c.learned(day), c.arrived(day)) > c.lens.rows {
		return c.lens.rows
	}
	return duty.Forever
}

// arrived is when the last record of a row was known that has to do with a day.
func (c *chain) arrived(day int32) duty.Instant {
	known := duty.Beginning
	if c.rows == nil {
		return known
	}
	if b := c.rows.find(day); b != nil {
		known = b.newest()
	}
	for _, x := range c.rows.disputed[day] {
		for i := range x.rows {
			known = max(known, x.rows[i].Known)
		}
	}
	return known
}

// until returns the chain without heartbeats that were known after an instant.
func (c *chain) until(known duty.Instant) *chain {
	n := *c.lens
	n.known = known
	out := &chain{log: c.log, rows: c.rows, beats: c.beats, src: c.src, lens: &n, start: c.start, stamp: c.stamp,
		version: c.version, rowsKnown: n.rows, beatsKnown: known}
	i := slices.IndexFunc(c.days, func(e dayEnd) bool { return c.learned(e.day) > known })
	if i < 0 {
		i = len(c.days)
	}
	out.days = slices.Clip(c.days[:i])
	for _, e := range c.days[i:] {
		if next := out.fold(e.day, e.stamp); next.n > 0 {
			out.days = append(out.days, next)
		}
	}
	return out
}

// learned is when the last record of a heartbeat was known that has to do with a day.
func (c *chain) learned(day int32) duty.Instant {
	known := duty.Beginning
	if c.beats == nil {
		return known
	}
	if b := c.beats.find(day); b != nil {
		known = b.newest()
	}
	for _, x := range c.beats.disputed[day] {
		for _, k := range x.beats {
			known = max(known, k.At)
		}
	}
	return known
}

// before is when rows last changed, or a day that holds a heartbeat known by an instant.
func (c *chain) before(known duty.Instant) int {
	stamp := 0
	if c.rows != nil {
		stamp = c.rows.stamp
	}
	if c.beats != nil {
		for _, b := range c.beats.blocks {
			if b.oldest() <= known || len(c.beats.disputed[b.day]) > 0 {
				stamp = max(stamp, b.stamp)
			}
		}
	}
	return stamp
}

// state returns how the fold stands before a place among the days.
func (c *chain) state(i int) *fold {
	if i == 0 {
		return c.start
	}
	return c.days[i-1].after
}

// fold reads one more day.
func (c *chain) fold(day int32, stamp int) dayEnd {
	f := c.state(len(c.days)).copy()
	e := dayEnd{day: day, stamp: stamp, first: duty.Forever, last: duty.Beginning}
	c.eachSign(day, func(g *sign) bool {
		f.step(g)
		e.clock(g, f, c.beats != nil)
		if e.n == 0 {
			e.from = g.at
		}
		e.n, e.to = e.n+1, g.at
		return true
	})
	if e.n > 0 {
		f.rest(e.to)
		f.unpin()
	}
	e.after, e.found = f, f.found
	f.found = found{}
	return e
}

// clock notes what clock.go needs of a sign. Where a source sends heartbeats, only these are good.
func (e *dayEnd) clock(g *sign, f *fold, beats bool) {
	behind := g.receipt - g.own
	e.first, e.last = min(e.first, g.receipt), max(e.last, g.receipt)
	off := g.own-g.receipt > duty.ClockNoticed || !g.row && duty.ClockWrong < behind && behind <= slow
	switch {
	case off:
		e.off = append(e.off, g.receipt)
	case g.row == beats || !g.row && (f.within == nil || !f.within(g.at)):
	case len(e.good) < 2:
		e.good = append(e.good, g.receipt)
	default:
		e.good[1] = g.receipt
	}
}

package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// seer is what is seen of one device, kept from look to look.
type seer struct {
	id      string
	entries []*duty.Device // of the register, whose silence counts
	placed  bool           // the register has it
	chain   *chain
	part    Report
	key     partKey
	turn    duty.Instant
	made    bool
	// read are all its rows, where the register does not say where it is.
	read      []Row
	readStamp int
	// device and numbers are the device as a whole, where the chain cannot decide (fold.hard).
	device     *device
	numbers    *numbers
	wholeStamp int
	tallies    map[duty.Span]tally
	stretches  map[duty.Span]stretch
}

// partKey is what the part of a device depends on, besides the clock.
type partKey struct {
	at      duty.Instant
	stamp   int
	others  int          // of the counts and incidents
	said    duty.Instant // until when the same of these are known
	centres *duty.Centres
}

// holds reports whether what was made by a key still stands, until a turn.
func (k *partKey) holds(now *partKey, turn duty.Instant) bool {
	return k.at <= now.at && now.at < turn && k.stamp == now.stamp && k.others == now.others && k.centres == now.centres
}

// tally is what a count is compared with, by the latest change to the rows counted.
type tally struct {
	stamp  int
	rows   int
	digest string
}

// stretch are the signs had over a stretch of time of receipts, by the days read and the latest change
// to them. A day of which nothing is left is read no more, and changes no other.
type stretch struct {
	days  []int32
	stamp int
	part  *device
}

// look brings the part of the device up to date.
func (x *seer) look(s *sight, counts []*duty.Reconciliation, key partKey) {
	x.chain.bring()
	key.stamp = x.chain.version
	if x.made && x.key.holds(&key, x.turn) {
		return
	}
	x.key, x.made, x.part = key, true, Report{}
	x.turn = min(key.said, x.end().turn(s.At))
	r := &x.part
	if x.end().hard {
		d, n := x.whole(s)
		s.deviceSilences(r, d, n)
		s.resets(r, d, n)
		s.gaps(r, d, n)
		s.conflicts(r, d, n)
		s.clocks(r, d)
	} else {
		x.report(s, r)
	}
	for _, c := range counts {
		t := x.tally(c)
		s.tally(r, &device{id: x.id, rows: x.rows()}, c, t.rows, t.digest)
	}
}

func (x *seer) end() *fold { return x.chain.state(len(x.chain.days)) }

func (x *seer) signs() int { return x.end().signs }

// report puts the findings of the chain down, in the order of Look.
func (x *seer) report(s *sight, r *Report) {
	d := &device{id: x.id, rows: x.rows()}
	f := x.end()
	for i, entry := range x.entries {
		var list []silence
		for _, e := range x.chain.days {
			for _, q := range e.found.silences {
				if q.span == i {
					list = append(list, q.silence)
				}
			}
		}
		if f.quiet[i].begun {
			list = append(list, s.lasting(f.quiet[i].last, entry.To)...)
		}
		s.deviceSilence(r, entry, list, func(span duty.Span, centre string) (duty.Instant, bool) {
			return x.proven(s, span, centre)
		})
	}
	var gaps []foundGap
	var doubles []foundDouble
	for i := range x.chain.days {
		for j := range x.chain.days[i].found.falls {
			p := &x.chain.days[i].found.falls[j]
			s.fall(r, d, &p[0].sign, &p[1].sign)
		}
		gaps = append(gaps, x.chain.days[i].found.gaps...)
		doubles = append(doubles, x.chain.days[i].found.doubles...)
	}
	for i := range x.chain.days {
		for j := range x.chain.days[i].found.epochs {
			p := &x.chain.days[i].found.epochs[j]
			s.turn(r, d, &p[0].sign, &p[1].sign)
		}
	}
	for i := range f.epochs {
		gaps = append(gaps, f.epochs[i].gaps(s.At)...)
	}
	for i := range f.fallen {
		gaps = append(gaps, f.fallen[i].gaps(s.At)...)
	}
	slices.SortFunc(gaps, func(a, b foundGap) int {
		return cmp.Or(cmp.Compare(a.serial, b.serial), cmp.Compare(a.first, b.first))
	})
	for _, g := range gaps {
		s.gap(r, d, g.epoch, g.missing, g.span)
	}
	slices.SortStableFunc(doubles, func(a, b foundDouble) int {
		return cmp.Or(cmp.Compare(a.serial, b.serial), cmp.Compare(a.seq, b.seq))
	})
	for _, p := range doubles {
		r.double(x.id, p.from, p.to, p.first, p.other)
	}
	x.clocks(s, r, d)
}

// proven reports whether it is shown that the device lost nothing over a span.
func (x *seer) proven(s *sight, span duty.Span, centre string) (since duty.Instant, ok bool) {
	if x.end().hard {
		d, n := x.whole(s)
		return s.proven(d, n, span, centre)
	}
	p := x.chain.counts(span)
	if !p.ok || !s.papers(span, centre) {
		return 0, false
	}
	return p.since, true
}

// rows returns all rows of a device that the register does not have.
func (x *seer) rows() []Row {
	if x.placed {
		return nil
	}
	if x.readStamp != x.chain.version {
		x.read, x.readStamp = nil, x.chain.version
		for i := range x.chain.days {
			x.read = x.chain.rowsOn(x.chain.days[i].day, x.read)
		}
	}
	return x.read
}

// whole returns the device with all its signs.
func (x *seer) whole(s *sight) (*device, *numbers) {
	if x.device == nil || x.wholeStamp != x.chain.version {
		d := &device{id: x.id}
		for i := range x.chain.days {
			day := x.chain.days[i].day
			d.rows = x.chain.rowsOn(day, d.rows)
			d.beats = x.chain.beatsOn(day, d.beats)
		}
		for i := range d.rows {
			d.signs = append(d.signs, rowSign(&d.rows[i]))
		}
		for _, g := range d.beats {
			if s.supervised(x.id, g.at) {
				d.signs = append(d.signs, g)
			}
		}
		slices.SortFunc(d.signs, compareSigns)
		slices.SortFunc(d.beats, compareSigns)
		x.device, x.numbers, x.wholeStamp = d, s.number(d), x.chain.version
	}
	return x.device, x.numbers
}

// tally counts the rows of a reconciliation.
func (x *seer) tally(c *duty.Reconciliation) tally {
	span := duty.Span{From: c.From, To: c.To}
	from, to := dayOf(c.From-nonsense), dayOf(c.To)
	stamp := 0
	var days []int32
	if x.chain.rows != nil {
		for _, b := range x.chain.rows.blocks[x.chain.rows.place(from):] {
			if b.day > to {
				break
			}
			stamp = max(stamp, b.stamp)
			days = append(days, b.day)
		}
	}
	if t, ok := x.tallies[span]; ok && t.stamp == stamp && x.chain.lens.rows == duty.Forever {
		return t
	}
	var ids []string
	for _, day := range days {
		take := func(id string, own duty.Instant) {
			if c.From <= own && own < c.To {
				ids = append(ids, id)
			}
		}
		x.chain.eachRow(day, func(r *record) bool {
			take(r.id, r.own)
			return true
		})
		for _, r := range x.chain.disputedRows(day, nil) {
			take(r.ID, r.OccurredAt)
		}
	}
	t := tally{stamp, len(ids), digestOf(ids)}
	if x.tallies == nil {
		x.tallies = map[duty.Span]tally{}
	}
	if x.chain.lens.rows == duty.Forever {
		x.tallies[span] = t
	}
	return t
}

// clocks is Look's by the days on which some sign has a time that is off: what happens between two
// such days, when a good sign was had, breaks every run.
func (x *seer) clocks(s *sight, r *Report, d *device) {
	old := x.stretches
	x.stretches = map[duty.Span]stretch{}
	for _, span := range x.offClock() {
		from, to := span.From-around-duty.Minute, span.To+around+duty.Minute
		stamp := 0
		var days []int32
		for i := range x.chain.days {
			if e := &x.chain.days[i]; e.n > 0 && e.first <= to && from <= e.last {
				stamp = max(stamp, e.stamp)
				days = append(days, e.day)
			}
		}
		w, ok := old[span]
		if !ok || w.stamp != stamp || !slices.Equal(w.days, days) || x.chain.lens.rows < duty.Forever {
			part := &device{id: x.id, rows: d.rows}
			for _, day := range days {
				x.chain.eachSign(day, func(g *sign) bool {
					if g.receipt < from || g.receipt > to {
						return true
					}
					if !g.row {
						part.beats = append(part.beats, *g)
					}
					if g.row || x.chain.start.within(g.at) {
						part.signs = append(part.signs, *g)
					}
					return true
				})
			}
			w = stretch{days, stamp, part}
		}
		w.part.rows = d.rows
		s.clocks(r, w.part)
		if x.chain.lens.rows == duty.Forever {
			x.stretches[span] = w
		}
	}
}

// offClock returns the stretches of receipts over which some sign's time is off. Between two of them a
// good sign was had, and two hours.
func (x *seer) offClock() []duty.Span {
	var off, good []duty.Instant
	for i := range x.chain.days {
		off = append(off, x.chain.days[i].off...)
		good = append(good, x.chain.days[i].good...)
	}
	slices.Sort(off)
	slices.Sort(good)
	var out []duty.Span
	for _, at := range off {
		if n := len(out); n > 0 {
			i, found := slices.BinarySearch(good, out[n-1].To)
			for found && i < len(good) && good[i] == out[n-1].To {
				i++
			}
			if i >= len(good) || good[i] >= at || at-out[n-1].To <= 4*around {
				out[n-1].To = at
				continue
			}
		}
		out = append(out, duty.Span{From: at, To: at})
	}
	return out
}

// silences returns those of a feed.
func (c *chain) silences(s *sight) []silence {
	f := c.state(len(c.days))
	var out []silence
	for i, span := range f.spans {
		for _, e := range c.days {
			for _, q := range e.found.silences {
				if q.span == i {
					out = append(out, q.silence)
				}
			}
		}
		if f.quiet[i].begun {
			out = append(out, s.lasting(f.quiet[i].last, span.To)...)
		}
	}
	return out
}

// bounds returns the times of the first and the last heartbeat, if there is one.
func (c *chain) bounds() (first, last duty.Instant, ok bool) {
	for i := range c.days {
		if e := &c.days[i]; e.n > 0 {
			if !ok {
				first, ok = e.from, true
			}
			last = e.to
		}
	}
	return first, last, ok
}

// first returns the first heartbeat that was known in time of a period of supervision.
func (f *fold) first(span duty.Span) duty.Instant {
	for i, q := range f.quiet {
		if f.spans[i] == span && q.begun {
			return q.since
		}
	}
	return duty.Forever
}

// turn is the next clock at which the same signs may say something else: when a silence is long
// enough or a period ends, and when a heartbeat has waited long enough for the numbers that it names.
func (f *fold) turn(at duty.Instant) duty.Instant {
	next := duty.Forever
	add := func(t duty.Instant) {
		if t > at {
			next = min(next, t)
		}
	}
	for i, q := range f.quiet {
		if q.begun {
			add(q.last + f.limit + 1)
			add(f.spans[i].To)
		}
	}
	ticks := func(list []tick) {
		for _, t := range list {
			if !t.row {
				add(t.at + lasting)
			}
		}
	}
	for i := range f.epochs {
		ticks(f.epochs[i].ticks)
	}
	for i := range f.fallen {
		ticks(f.fallen[i].ticks)
	}
	return next
}

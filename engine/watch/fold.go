package watch

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// A fold reads the signs of one source in order of time, once, and carries what later signs need. It
// finds what Look finds (silence.go, numbering.go, gap.go), and can be stopped and copied at any sign.
//
// Many fields: what a fold carries.
type fold struct {
	// spans are when the source is supervised, one for each entry of the register or the list.
	spans []duty.Span
	// within reports whether the register has the device; nil for a feed, which has no signs.
	within func(duty.Instant) bool
	limit  duty.Instant // how long a silence may be
	late   duty.Instant
	quiet  []quiet // by spans
	epochs []counting
	// ended are numberings that fell, with the last heartbeat that named a number of each.
	ended []ended
	// fallen are those of ended whose last numbers a heartbeat named just now.
	fallen []tail
	serial int // numberings so far
	last   lastSign
	// bare is set where the last sign was a row without a number.
	bare bool
	// beat and row are what the device had counted: the last heartbeat, and the row with the highest
	// number in the numbering of the last rows.
	beat, row counted
	signs     int
	// heard is when the first sign was known; Beginning where there is a row.
	heard duty.Instant
	// hard is set where a numbering begins with a sign that was known too late: whether it opens
	// incidents a later sign decides. Such a device is looked at as a whole.
	hard  bool
	found found
}

// found is what a fold found since it was last asked.
type found struct {
	silences []foundSilence
	falls    [][2]lastSign
	epochs   [][2]lastSign
	gaps     []foundGap
	doubles  []foundDouble
	// bare are stretches of rows without a number, from the first one to the last. Between them there is no other sign
	// with which a proof could begin or end.
	bare []duty.Span
}

// foundSilence is a silence that ended, of one of the spans.
type foundSilence struct {
	span int
	silence
}

// foundGap is a range of numbers that will not arrive any more, for all that is known.
type foundGap struct {
	serial int
	epoch  int64
	missing
	span duty.Span
}

// foundDouble is two rows with one number.
type foundDouble struct {
	serial       int
	seq          int64
	from, to     duty.Instant
	first, other string
}

// quiet is how a period of supervision stands.
type quiet struct {
	begun       bool
	since, last duty.Instant
}

// lastSign is a sign that stood before another one.
type lastSign struct {
	ok bool
	sign
}

// counted is a sign with its numbering; serial is -1 for none.
type counted struct {
	ok     bool
	serial int
	sign
}

// ended is a numbering that fell.
type ended struct {
	serial int
	beat   duty.Instant
}

// tick is a sign that names a number.
type tick struct {
	at  duty.Instant
	seq int64
	row bool
	id  string
}

// tail is what a numbering may still miss.
type tail struct {
	serial int
	epoch  int64
	// base is the number up to which everything is decided; -1 where nothing is.
	base  int64
	ticks []tick
}

// counting is the numbering under way in one epoch.
type counting struct {
	epoch int64
	tail  // ticks that are settled first
	// settled are how many ticks lie more than near back; highest what all such named, -1 for none.
	settled int
	highest int64
	kept    int // how many settled ones the last cut kept
	last    sign
	beat    duty.Instant // of the last heartbeat in it
}

func newFold(spans []duty.Span, within func(duty.Instant) bool, limit, late duty.Instant) *fold {
	return &fold{spans: spans, within: within, limit: limit, late: late, quiet: make([]quiet, len(spans)),
		heard: duty.Forever}
}

// copy returns a fold that goes on from here by itself.
func (f *fold) copy() *fold {
	out := *f
	out.quiet = slices.Clone(f.quiet)
	out.epochs = slices.Clone(f.epochs)
	for i := range out.epochs {
		out.epochs[i].ticks = slices.Clone(out.epochs[i].ticks)
	}
	out.ended = slices.Clip(f.ended)
	out.fallen = slices.Clone(f.fallen)
	out.found = found{}
	return &out
}

// unpin makes the ids that the fold keeps its own: they are parts of a text with the ids of a leaf.
func (f *fold) unpin() {
	f.found.bare = slices.Clip(slices.Clone(f.found.bare))
	own := func(ids ...*string) {
		for _, id := range ids {
			*id = strings.Clone(*id)
		}
	}
	own(&f.last.id, &f.row.id)
	for i := range f.epochs {
		e := &f.epochs[i]
		own(&e.last.id)
		for j := range e.ticks {
			own(&e.ticks[j].id)
		}
	}
	for i := range f.fallen {
		for j := range f.fallen[i].ticks {
			own(&f.fallen[i].ticks[j].id)
		}
	}
	for _, list := range [][][2]lastSign{f.found.falls, f.found.epochs} {
		for i := range list {
			own(&list[i][0].id, &list[i][1].id)
		}
	}
	for i := range f.found.doubles {
		own(&f.found.doubles[i].first, &f.found.doubles[i].other)
	}
}

// step reads the next sign and returns the numbering that it belongs to, -1 for none.
func (f *fold) step(g *sign) int {
	if !g.row {
		f.hear(g)
	}
	if f.within == nil || !g.row && !f.within(g.at) {
		return -1
	}
	f.signs++
	if f.heard = min(f.heard, g.known); g.row {
		f.heard = duty.Beginning
	}
	if f.last.ok && f.last.epoch != g.epoch {
		f.found.epochs = append(f.found.epochs, [2]lastSign{f.last, {true, *g}})
	}
	f.last = lastSign{true, *g}
	serial := -1
	if g.numbered {
		serial = f.number(g)
	} else if g.row {
		f.barren(g.at)
	}
	f.bare = g.row && !g.numbered
	f.count(g, serial)
	return serial
}

// barren notes a row without a number.
func (f *fold) barren(at duty.Instant) {
	if n := len(f.found.bare); f.bare && n > 0 {
		f.found.bare[n-1].To = at
		return
	}
	f.found.bare = append(f.found.bare, duty.Span{From: at, To: at})
}

// hear takes a heartbeat (silences).
func (f *fold) hear(g *sign) {
	for i, s := range f.spans {
		if g.at < s.From || g.at >= s.To {
			continue
		}
		q := &f.quiet[i]
		if !q.begun {
			if q.begun = !g.late(f.late); q.begun {
				q.since, q.last = g.at, g.at
			}
			continue
		}
		if g.at-q.last > f.limit {
			f.found.silences = append(f.found.silences, foundSilence{i, silence{q.last, g.at}})
		}
		q.last = g.at
	}
}

// count keeps how far the device had counted (countedBy).
func (f *fold) count(g *sign, serial int) {
	c := counted{true, serial, *g}
	switch {
	case !g.row:
		if !f.beat.ok || f.beat.at < g.at || !f.beat.numbered || g.numbered && g.seq >= f.beat.seq {
			f.beat = c
		}
	case g.numbered && (!f.row.ok || serial != f.row.serial || g.seq > f.row.seq):
		f.row = c
	}
}

// counted returns the sign that says how far the device had counted by now.
func (f *fold) counted() counted {
	if f.beat.ok && f.beat.numbered {
		return f.beat
	}
	return f.row
}

// number puts a numbered sign into its numbering (number).
func (f *fold) number(g *sign) int {
	i := slices.IndexFunc(f.epochs, func(e counting) bool { return e.epoch == g.epoch })
	if i >= 0 {
		e := &f.epochs[i]
		for e.settled < len(e.ticks) && e.ticks[e.settled].at < g.at-near {
			e.highest = max(e.highest, e.ticks[e.settled].seq)
			e.settled++
		}
		if e.highest >= 0 && (g.row && g.seq <= e.highest || !g.row && g.seq < e.highest) {
			f.found.falls = append(f.found.falls, [2]lastSign{{true, e.last}, {true, *g}})
			f.bury(e)
			f.begin(e, g)
		}
	} else {
		f.epochs = append(f.epochs, counting{})
		i = len(f.epochs) - 1
		f.begin(&f.epochs[i], g)
	}
	e := &f.epochs[i]
	if g.row {
		f.double(e, g)
	} else {
		e.beat = g.at
	}
	e.ticks = append(e.ticks, tick{g.at, g.seq, g.row, g.id})
	e.last = *g
	if e.settled > enough && e.settled > 2*e.kept {
		f.cut(e)
	}
	return e.serial
}

// enough is how many settled ticks are kept before they are looked through.
const enough = 32

// begin begins a numbering.
func (f *fold) begin(e *counting, g *sign) {
	*e = counting{highest: -1, beat: duty.Beginning}
	e.epoch, e.tail = g.epoch, tail{serial: f.serial, epoch: g.epoch, base: -1}
	f.serial++
	f.hard = f.hard || g.late(f.late)
}

// double notes a row whose number another one has (conflicts).
func (f *fold) double(e *counting, g *sign) {
	for j := len(e.ticks) - 1; j >= e.settled; j-- {
		if t := &e.ticks[j]; t.row && t.seq == g.seq {
			f.found.doubles = append(f.found.doubles, foundDouble{e.serial, g.seq, t.at, g.at, t.id, g.id})
			return
		}
	}
}

// bury ends a numbering.
func (f *fold) bury(e *counting) {
	f.ended = append(f.ended, ended{e.serial, e.beat})
	f.fallen = append(f.fallen, e.tail)
}

// rest looks through what is kept, at the end of a stretch of signs that were all by a time: what can
// be decided is, and what no later sign needs is forgotten.
func (f *fold) rest(by duty.Instant) {
	for i := range f.epochs {
		f.cut(&f.epochs[i])
	}
	f.fallen = slices.DeleteFunc(f.fallen, func(t tail) bool {
		for _, k := range t.ticks {
			if by-k.at < lasting {
				return false
			}
		}
		f.found.gaps = append(f.found.gaps, t.gaps(duty.Forever)...)
		return true
	})
}

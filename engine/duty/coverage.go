package duty

import (
	"cmp"
	"slices"
)

// A feed promises with each heartbeat that every record that its source had by then was produced
// before it (REL-06, W-54). A would-be record waits until the feeds of its centres have promised as
// far as it rests on registrations; what clears never waits (W-46, W-47).

// Feed is how far a feed had told everything, as time went by.
type Feed struct {
	// Source is its id; CentreID is the centre that it is of, empty for one of all centres.
	Source, CentreID string
	// Listed is when the policy lists it: it holds the units that fall due then.
	Listed Span
	steps  []FeedStep
	// rising are the places in steps from which Through never falls until the next of them.
	rising []int
}

// FeedStep is how far a feed has told everything, from an instant on.
type FeedStep struct {
	// Known is when that was known.
	Known Instant
	// Through is how far; Forever where none of its heartbeats stands any more, so that it holds
	// nobody.
	Through Instant
}

// NewFeed returns a feed with its steps, ascending by Known; a step that says nothing new is left
// out. Before the first one the feed holds nobody.
func NewFeed(source, centre string, listed Span, steps []FeedStep) Feed {
	f := Feed{Source: source, CentreID: centre, Listed: listed}
	for _, s := range steps {
		n := len(f.steps)
		if n > 0 && f.steps[n-1].Known == s.Known {
			f.steps = f.steps[:n-1]
			n--
		}
		if n == 0 || f.steps[n-1].Through != s.Through {
			f.steps = append(f.steps, s)
		}
	}
	for i := range f.steps {
		if i == 0 || f.steps[i].Through < f.steps[i-1].Through {
			f.rising = append(f.rising, i)
		}
	}
	return f
}

// Steps returns how far the feed had told everything, ascending; they must not be changed.
func (f *Feed) Steps() []FeedStep { return f.steps }

// since returns the index of the first step known at t or later.
func (f *Feed) since(t Instant) int {
	i, _ := slices.BinarySearchFunc(f.steps, t, func(s FeedStep, t Instant) int { return cmp.Compare(s.Known, t) })
	return i
}

// through returns how far the feed had told everything by what was known at t; Forever where it
// holds nobody.
func (f *Feed) through(t Instant) Instant {
	i := f.since(t + 1)
	if i == 0 {
		return Forever
	}
	return f.steps[i-1].Through
}

// nextTurn returns when after a clock the feed may begin or cease to hold a unit that rests on n,
// although nobody says that anything changed; Forever for never.
func (f *Feed) nextTurn(t, n Instant) Instant {
	if f.through(t) < n {
		next := t + lookAgain
		if i := f.since(t + 1); i < len(f.steps) {
			next = min(next, f.steps[i].Known)
		}
		return next
	}
	for _, i := range f.rising { // from each of them on it only rises
		if f.steps[i].Known > t && f.steps[i].Through < n {
			return f.steps[i].Known
		}
	}
	return Forever
}

// crossings returns when the feed may have come to cover an instant.
func (f *Feed) crossings(n Instant) []Instant {
	var out []Instant
	for k, from := range f.rising {
		to := len(f.steps)
		if k+1 < len(f.rising) {
			to = f.rising[k+1]
		}
		i, _ := slices.BinarySearchFunc(f.steps[from:to], n,
			func(s FeedStep, n Instant) int { return cmp.Compare(s.Through, n) })
		if from+i < to {
			out = append(out, f.steps[from+i].Known)
		}
	}
	return out
}

// rests returns the later of the due instant and the latest own time of the registrations that the
// finding rests on: how far the feeds must have told everything (W-46).
func (f *finding) rests() Instant {
	n := max(f.due, f.nearReport)
	for _, o := range []*observation{f.before, f.after, f.exit} {
		if o != nil {
			for _, r := range o.refs {
				n = max(n, r.at)
			}
		}
	}
	return n
}

// feeds returns the feeds that the unit waits for: those of its centres and those of all.
func (p *proof) feeds() []*Feed {
	var out []*Feed
	for i := range p.watch.Feeds {
		if f := &p.watch.Feeds[i]; (f.CentreID == "" || assigned(p.f.centres, f.CentreID)) && f.Listed.contains(p.f.due) {
			out = append(out, f)
		}
	}
	return out
}

// uncovered reports whether, by what was known at t, some feed had not told everything up to n.
func (p *proof) uncovered(t, n Instant) bool {
	return p.watch != nil && slices.ContainsFunc(p.feeds(), func(f *Feed) bool { return f.through(t) < n })
}

// lookAgain is after how long a unit that a feed holds is looked at again, so that an ordinary
// heartbeat need not wake anybody.
const lookAgain = Minute

// nextCoverage returns when after a clock some feed may begin or cease to hold the unit, although
// nobody says that anything changed; Forever for never.
func (p *proof) nextCoverage(now Instant) Instant {
	if p.watch == nil {
		return Forever
	}
	next := Forever
	for _, f := range p.feeds() {
		next = min(next, f.nextTurn(now, p.f.rests()))
	}
	return next
}

// restedAt returns what the outcome rested on at t: its rests, with the facts known then (W-49).
func (p *proof) restedAt(t Instant) Instant {
	l := p.lens
	l.at = t
	f, _ := p.court.past(l).judge(p.kind, p.date)
	return f.rests()
}

// uncoveredThen is uncovered with what the outcome rested on at t itself.
func (p *proof) uncoveredThen(t Instant) bool {
	if p.watch == nil || p.uncovered(t, p.f.due) {
		return p.watch != nil
	}
	// Whatever it rested on, all of it was registered by then.
	return p.uncovered(t, p.latestRow(t)) && p.uncovered(t, p.restedAt(t))
}

// latestRow returns the latest own time of anything of the person known at t, and not less than the
// due instant: what an outcome rested on at t was no later.
func (p *proof) latestRow(t Instant) Instant {
	n := p.f.due
	for _, k := range p.src.cardEvents {
		if k.At <= t {
			n = max(n, k.Fact.OccurredAt)
		}
	}
	for _, k := range p.src.entries {
		if k.At <= t {
			l, _ := parseLocal(k.Fact.LocalTime)
			n = max(n, l.late)
		}
	}
	return n
}

// coverageTurns returns the instants before until at which the feeds may have come to cover what the
// unit rested on.
func (p *proof) coverageTurns(until Instant) []Instant {
	if p.watch == nil {
		return nil
	}
	var out []Instant
	ends := []Instant{p.f.due}
	registered := func(known, own Instant) {
		if known < until && own > p.f.due {
			ends = append(ends, own)
		}
	}
	for _, k := range p.src.cardEvents {
		registered(k.At, k.Fact.OccurredAt)
	}
	for _, k := range p.src.entries {
		l, _ := parseLocal(k.Fact.LocalTime)
		registered(k.At, l.early)
		registered(k.At, l.late)
	}
	for _, list := range [][]Instant{p.court.personTimes(), knownTimes(nil, p.src.links), p.centres.known} {
		out = append(out, list...)
	}
	slices.SortFunc(ends, func(a, b Instant) int { return cmp.Compare(a, b) })
	for _, n := range slices.Compact(ends) {
		for _, f := range p.feeds() {
			out = append(out, f.crossings(n)...)
		}
	}
	return out
}

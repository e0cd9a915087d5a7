package watch

import (
	"slices"

	"tilsyn/engine/duty"
)

// lateBeat is a stretch of plain heartbeats of one source that were known late: for a unit that fell due
// within it, as Late counts, one of them was.
type lateBeat struct {
	src source
	lateFact
}

// lag keeps a heartbeat that was known late. Those that leave no time between them are one.
func (l *Log) lag(src source, f lateFact) {
	if f.known-f.own <= delay+missedBy {
		return
	}
	if n := len(l.late); n > 0 && l.late[n-1].src == src {
		b := &l.late[n-1].lateFact
		if f.own <= b.known-delay-missedBy && b.own <= f.known-delay-missedBy {
			b.own, b.known = min(b.own, f.own), max(b.known, f.known)
			return
		}
	}
	l.late = append(l.late, lateBeat{src, f})
}

// Timely returns the incidents that stand without late facts (DAT-08), where they differ from those of
// Look in what can bear on a unit: for units that fall due at 06:00, at midnight or at one of dueTimes,
// in minutes after local midnight. The spans of due instants are sorted and apart from one another; for
// a unit that fell due in none of them the incidents of Look stand. They must not be changed.
func (v *Live) Timely(at duty.Instant, pairs []SeenPair, centres *duty.Centres, dueTimes []int) []TimelySpan {
	report := v.Look(at, pairs, centres)
	x := &strictly{live: v, at: at, centres: centres, all: pairs}
	view := View{At: at, Strict: true, Due: at}
	x.Look(view, Seen(pairs, view))
	m := &v.memo
	if m.looks == v.looks.count && m.strict == v.strict.count && at < m.until && slices.Equal(m.times, dueTimes) {
		return m.spans
	}
	key := memoKey{
		others: v.others, all: v.looks.content, timely: v.strict.content, thaws: v.all.thaws + v.timely.thaws,
		params: v.params, centres: centres, known: v.all.lens.rows,
	}
	if centres != nil {
		key.settled = centres.NextSettled(at)
	}
	t := &Timely{watch: x, at: at, pairs: pairs}
	if m.key != key || v.params.LateAccusation < shortest || !slices.Equal(m.pairs, pairs) {
		*m = memo{key: key, pairs: slices.Clone(pairs), of: map[duty.Instant]remembered{}}
	}
	t.reports, t.found = m.reports, m.found
	t.begin(&report)
	m.spans, m.times, m.looks, m.strict = t.Spans(dueTimes), slices.Clone(dueTimes), v.looks.count, v.strict.count
	m.reports, m.found, m.until = t.reports, t.found, t.nextAsked(dueTimes)
	return m.spans
}

// memo is what Timely keeps from call to call.
type memo struct {
	key   memoKey
	pairs []SeenPair
	// of are the outcomes of units, reports and found the reports that they are made of.
	of      map[duty.Instant]remembered
	reports []*Report
	found   []*duty.Automatic
	// spans is the last answer, for some due times and reports; it stands until somebody else may have
	// to be asked about.
	spans         []TimelySpan
	times         []int
	looks, strict int
	until         duty.Instant
}

// memoKey is what all outcomes depend on: the counts and incidents that people sent, the contents of
// the reports with all facts and without late rows, changes to old days, parameters and markers.
type memoKey struct {
	others, all, timely, thaws int
	params                     *duty.Params
	centres                    *duty.Centres
	settled                    duty.Instant // when the next marker is known
	known                      duty.Instant // until when was known what is read of the log
}

// remembered is an outcome with the latest change to what is in doubt for the unit.
type remembered struct {
	outcome
	stamp int
}

// shortest is from when on the limit for late facts is so long that the last two days have nothing to
// do with units judged without them.
const shortest = 4 * duty.Day

func (x *strictly) recall(due duty.Instant) (outcome, bool) {
	o, ok := x.live.memo.of[due]
	if !ok || o.stamp != x.stamp(due) {
		return outcome{}, false
	}
	return o.outcome, true
}

func (x *strictly) remember(due duty.Instant, o outcome) {
	x.live.memo.of[due] = remembered{o, x.stamp(due)}
}

// stamp is the latest change to the sources that are in doubt for a unit, as far as it was judged by
// them.
func (x *strictly) stamp(due duty.Instant) int {
	v := x.live
	last := due + v.params.LateAccusation
	stamp := 0
	for _, id := range v.timely.ids(nil) {
		if x.inDoubt(id, due) {
			stamp = max(stamp, v.timely.device(id).chain.before(last))
		}
	}
	for _, src := range v.timely.sources() {
		if src.id == CardEventsFeed {
			stamp = max(stamp, v.timely.other(src).before(last))
		}
	}
	return stamp
}

// inDoubt reports whether a device may not be for a unit as it is without late rows.
func (x *strictly) inDoubt(device string, due duty.Instant) bool {
	return within(x.doubts[device], due) || within(x.doubts[everyDevice], due)
}

// nextAsked is the next clock at which Spans may ask about one more unit.
func (t *Timely) nextAsked(dueTimes []int) duty.Instant {
	times := append([]int{0, 6 * 60}, dueTimes...)
	from := t.at - t.watch.Params(t.at).LateAccusation
	next := dues(duty.Span{From: from, To: from + 3*duty.Day}, times)[0] - from
	from = t.at + duty.Day
	return t.at + min(next, dues(duty.Span{From: from, To: from + 3*duty.Day}, times)[0]-from) + 1
}

// strictly looks at strict views of a log at one clock.
type strictly struct {
	live    *Live
	at      duty.Instant
	centres *duty.Centres
	all     []SeenPair
	// doubts are the due instants of units for which each device may not be as it is without late rows.
	doubts map[string][]duty.Span
}

// Params returns the parameters by which the watch looks at a clock.
func (x *strictly) Params(at duty.Instant) *duty.Params { return x.live.policy.ParamsAt(at.Date()) }

func (x *strictly) earliest() duty.Instant { return x.live.log.first - beyond }

// nextLearned: a strict view lacks what was known later than the limit after the unit fell due. Where
// something was known on the day of that limit, the answer is the next instant.
func (x *strictly) nextLearned(due duty.Instant) duty.Instant {
	late := x.live.params.LateAccusation
	days := x.live.log.learned
	today := dayOf(due + late)
	i, found := slices.BinarySearch(days, today)
	switch {
	case found:
		return due + 1
	case i < len(days):
		return duty.Instant(days[i])*duty.Day - late
	}
	return duty.Forever
}

// Look looks at a strict view.
func (x *strictly) Look(view View, pairs []Pair) Report {
	v := x.live
	if view.Due < x.at {
		return x.due(v.sight(view, x.centres), pairs)
	}
	if !v.strict.holds(x.at, v.log.stamp, x.centres, x.all) {
		report, turn := v.timely.look(v.sight(view, x.centres), pairs)
		v.strict.next(looked{report: report, at: x.at, turn: turn, stamp: v.log.stamp, centres: x.centres, pairs: x.all})
	}
	return v.strict.report
}

// bursts returns the incidents that pairs alone make at a view.
func (x *strictly) bursts(view View, pairs []Pair) []Automatic {
	return burstsOf(x.live.sight(view, x.centres), pairs)
}

// Late gathers the facts that came late by a clock.
func (x *strictly) Late(at duty.Instant) *Late {
	v := x.live
	l := &Late{at: at, limit: x.Params(at).LateAccusation, appeared: duty.Beginning}
	addLate(l, v.base.counts, func(v *duty.Reconciliation) (string, duty.Instant) { return v.ID, v.From })
	addLate(l, v.base.incidents, func(v *duty.Incident) (string, duty.Instant) { return v.IncidentID, v.From })
	x.doubts = map[string][]duty.Span{}
	for device, list := range x.lateBeats() { //house:order-free the spans are joined below
		l.facts = append(l.facts, list...)
		own := &Late{at: at, limit: l.limit, facts: list}
		x.doubts[device] = own.Doubtful(&Report{})
	}
	for _, id := range v.timely.ids(nil) {
		if f := v.timely.device(id).end(); f.signs > 0 {
			l.appeared = max(l.appeared, f.heard)
		}
	}
	byDevice := map[string]*Report{}
	for _, a := range v.strict.report.Incidents {
		device := everyDevice
		if len(a.DeviceIDs) > 0 {
			device = a.DeviceIDs[0]
		}
		r := byDevice[device]
		if r == nil {
			r = &Report{}
			byDevice[device] = r
		}
		r.Incidents = append(r.Incidents, a)
	}
	for device, r := range byDevice { //house:order-free the spans are joined below
		own := &Late{at: at, limit: l.limit, appeared: l.appeared}
		x.doubts[device] = duty.MergeSpans(append(x.doubts[device], own.Doubtful(r)...))
	}
	return l
}

// everyDevice stands for all devices: the silence of a feed dissolves by what all of them sent.
const everyDevice = ""

// lateBeats returns the heartbeats that were known late, by the id of their source.
func (x *strictly) lateBeats() map[string][]lateFact {
	out := map[string][]lateFact{}
	for _, b := range x.live.log.late {
		out[b.src.id] = append(out[b.src.id], b.lateFact)
	}
	for _, d := range x.live.log.disputed.beats { //house:order-free the spans are joined below
		own := duty.Forever
		for _, k := range d.beats {
			own = min(own, k.Fact.At)
		}
		for _, k := range d.beats {
			if k.At-own <= delay {
				continue
			}
			for _, of := range d.beats {
				out[of.Fact.SourceID] = append(out[of.Fact.SourceID], lateFact{own, k.At})
			}
		}
	}
	return out
}

// due looks at the view of a unit that fell due before the clock. A device of which nothing is in doubt
// is as it is without late rows, as far as it can bear on the unit.
func (x *strictly) due(s *sight, pairs []Pair) Report {
	v := x.live
	last := s.Due + s.params.LateAccusation
	counts := map[string][]*duty.Reconciliation{}
	for _, c := range s.declared() {
		counts[c.DeviceID] = append(counts[c.DeviceID], c)
	}
	said := s.saidAfter(last)
	var r Report
	var all []*seer
	for _, id := range v.timely.ids(counts) {
		d := v.timely.device(id)
		if doubt := x.inDoubt(id, s.Due); doubt || said {
			own := &seer{id: d.id, entries: d.entries, placed: d.placed, chain: d.chain}
			if doubt {
				own.chain = d.chain.until(last)
			}
			d = own
			d.look(s, counts[id], partKey{at: s.At, said: duty.Forever})
		}
		all = append(all, d)
		r.Incidents = append(r.Incidents, d.part.Incidents...)
	}
	for _, src := range v.timely.sources() {
		if src.id != CardEventsFeed || !s.knows(src) {
			continue
		}
		s.feedSilences(&r, src, v.timely.other(src).until(last).silences(s),
			func(span duty.Span, centre string) (duty.Instant, bool) { return s.shown(all, last, span, centre) })
	}
	s.bursts(&r, pairs)
	r.sort()
	return r
}

// saidAfter reports whether a count or an incident was known after an instant.
func (s *sight) saidAfter(t duty.Instant) bool {
	for _, k := range s.counts {
		if t < k.At && k.At <= s.At {
			return true
		}
	}
	for _, k := range s.incidents {
		if t < k.At && k.At <= s.At {
			return true
		}
	}
	return false
}

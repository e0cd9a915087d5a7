package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Live is the watch of a log under a policy. What it worked out for one look it keeps for the next
// one. It is not safe for concurrent use.
//
// Many fields: what one look leaves for the next.
type Live struct {
	log    *Log
	policy *duty.Policy
	places map[string]bool
	params *duty.Params
	// base has the counts and incidents of the log; others says which.
	base   *Watch
	others int
	// all reads all facts, timely leaves out late rows.
	all, timely *gaze
	// seen is the last report, with what it was made of.
	looks, strict looked
	memo          memo
}

// looked is a report with what it was made of; turn is until when it stands.
type looked struct {
	ok     bool
	report Report
	// count counts the reports, content those with other incidents than the one before.
	count, content int
	at             duty.Instant
	turn           duty.Instant
	stamp          int
	centres        *duty.Centres
	pairs          []SeenPair
}

// holds reports whether the report still stands.
func (k *looked) holds(at duty.Instant, stamp int, centres *duty.Centres, pairs []SeenPair) bool {
	return k.ok && k.at <= at && at < k.turn && k.stamp == stamp && k.centres == centres && slices.Equal(k.pairs, pairs)
}

// next takes in a new report.
func (k *looked) next(n looked) {
	n.ok, n.count, n.content = true, k.count+1, k.content
	if !k.ok || !n.report.SameIncidents(&k.report) {
		n.content++
	}
	n.pairs = slices.Clone(n.pairs)
	*k = n
}

// Under returns the watch of the log under a policy, which has what is added later too. Rows whose
// centre the register does not know make no sense under it, and are not read.
func (l *Log) Under(p *duty.Policy) *Live {
	v := &Live{log: l, policy: p, places: map[string]bool{}}
	for i := range p.Centres {
		v.places[p.Centres[i].ID] = true
	}
	return v
}

// Look returns what the watch reports at a clock: the same as New, with all facts of the log whose
// centre the register knows, and its Look. pairs are the inconsistent pairs of all persons, strict
// ones too; centres answers which manual logs are proven. The report must not be changed.
func (v *Live) Look(at duty.Instant, pairs []SeenPair, centres *duty.Centres) Report {
	view := View{At: at}
	v.log.advance(at)
	if !v.looks.holds(at, v.log.stamp, centres, pairs) {
		s := v.sight(view, centres)
		report, turn := v.all.look(s, Seen(pairs, view))
		v.looks.next(looked{report: report, at: at, turn: turn, stamp: v.log.stamp, centres: centres, pairs: pairs})
	}
	return v.looks.report
}

// sight prepares a look at facts that are in the streams.
func (v *Live) sight(view View, centres *duty.Centres) *sight {
	if v.base == nil || v.others != v.log.others {
		v.base, v.others = New(Facts{Reconciliations: v.log.counts, Incidents: v.log.incidents}, v.policy), v.log.others
	}
	w := *v.base
	w.centres = centres
	s := w.sight(view)
	if v.params != s.params {
		v.params = s.params
		known := func(c string) bool { return v.places[c] }
		v.all = &gaze{live: v, lens: &lens{late: s.params.LateAccusation, centre: known}}
		v.timely = &gaze{live: v, among: v.all, lens: &lens{
			late: s.params.LateAccusation, strict: true, centre: known,
		}}
	}
	until := duty.Forever
	if s.At < v.log.moved {
		until = s.At
	}
	for _, g := range []*gaze{v.all, v.timely} {
		g.lens.known, g.lens.rows = until, until
	}
	return s
}

// Supervised returns the devices of the register that were supervised by what was known at a clock, as
// Watch.Supervised does.
func (v *Live) Supervised(at duty.Instant) []duty.Supervised {
	v.log.advance(at)
	v.sight(View{At: at}, nil)
	var out []duty.Supervised
	for i := range v.policy.Devices {
		d := &v.policy.Devices[i]
		if d.Type == duty.DeviceTypeOfflineLock {
			continue
		}
		x := v.all.device(d.ID)
		x.chain.bring()
		if first := x.chain.state(len(x.chain.days)).first(duty.Span{From: begins(d), To: d.To}); first < duty.Forever {
			out = append(out, duty.Supervised{DeviceID: d.ID, CentreID: d.CentreID, Span: duty.Span{From: first, To: d.To}})
		}
	}
	return out
}

// gaze is a way to read the log, with what it gave so far.
type gaze struct {
	live    *Live
	lens    *lens
	devices map[string]*seer
	others  map[source]*chain // feeds, and sources that nobody knows
	// among is the gaze that reads late rows as well: a device that has none is its.
	among *gaze
	// thaws counts devices, and changes to days before the last two.
	thaws int
}

// device returns what is seen of a device.
func (g *gaze) device(id string) *seer {
	l := g.live.log
	rows, beats := l.rows[id], l.beats[source{id: id}]
	if g.among != nil && (rows == nil || rows.lag <= g.lens.late) {
		return g.among.device(id)
	}
	online := g.live.base.online(id)
	if len(online) == 0 {
		beats = nil
	}
	x := g.devices[id]
	if x != nil && x.chain.rows == rows && x.chain.beats == beats {
		return x
	}
	var spans []duty.Span
	for _, d := range online {
		spans = append(spans, duty.Span{From: begins(d), To: d.To})
	}
	entries := g.live.base.registered(id)
	within := func(t duty.Instant) bool {
		return slices.ContainsFunc(entries, func(d *duty.Device) bool { return begins(d) <= t && t < d.To })
	}
	x = &seer{id: id, entries: online, placed: len(entries) > 0, chain: &chain{
		log: l, rows: rows, beats: beats, src: source{id: id}, lens: g.lens,
		start: newFold(spans, within, limit(g.live.params), g.live.params.LateAccusation), stamp: -1,
	}}
	if g.devices == nil {
		g.devices = map[string]*seer{}
	}
	if old := g.devices[id]; old != nil {
		x.chain.thaws = old.chain.thaws + 1
	}
	g.devices[id] = x
	return x
}

// other returns the heartbeats of a feed, or of a source that nobody knows.
func (g *gaze) other(src source) *chain {
	if g.among != nil {
		return g.among.other(src)
	}
	c := g.others[src]
	if c == nil {
		c = &chain{
			log: g.live.log, beats: g.live.log.beats[src], src: src, lens: g.lens, stamp: -1,
			start: newFold(g.live.policy.ListedFeed(src.id, src.centre), nil, limit(g.live.params),
				g.live.params.LateAccusation),
		}
		if g.others == nil {
			g.others = map[source]*chain{}
		}
		g.others[src] = c
	}
	c.bring()
	return c
}

// look puts the report together from what is seen of each source. turn is the next clock at which the
// same facts may give another one.
func (g *gaze) look(s *sight, pairs []Pair) (r Report, turn duty.Instant) {
	l := g.live.log
	turn = min(l.nextKnown(), s.nextSaid(), (s.At.Date() + 1).Start())
	if s.centres != nil {
		turn = min(turn, s.centres.NextSettled(s.At))
	}
	if s.At < l.moved {
		turn = s.At + 1
	}
	said := turn
	counts := map[string][]*duty.Reconciliation{}
	for _, c := range s.declared() {
		counts[c.DeviceID] = append(counts[c.DeviceID], c)
	}
	var all []*seer
	for _, id := range g.ids(counts) {
		x := g.device(id)
		all = append(all, x)
		x.look(s, counts[id], partKey{at: s.At, others: g.live.others, said: said, centres: s.centres})
		turn = min(turn, x.turn)
		r.Incidents = append(r.Incidents, x.part.Incidents...)
		r.DataQuality = append(r.DataQuality, x.part.DataQuality...)
	}
	g.thaws = len(all)
	for _, x := range all {
		g.thaws += x.chain.thaws
	}
	for _, src := range g.sources() {
		c := g.other(src)
		first, through, ok := c.bounds()
		switch {
		case !ok:
		case !s.knows(src):
			r.quality(duty.DataQualityCodeUnknownSource, src.id, first, duty.None[duty.Instant](),
				duty.UnknownSource(src.id)...)
		case src.feed():
			r.Coverage = append(r.Coverage, Coverage{src.id, src.centre, through})
			if src.id == CardEventsFeed {
				turn = min(turn, c.state(len(c.days)).turn(s.At))
				g.thaws += c.thaws
				s.feedSilences(&r, src, c.silences(s), func(span duty.Span, centre string) (duty.Instant, bool) {
					return s.shown(all, duty.Forever, span, centre)
				})
			}
		}
	}
	s.bursts(&r, pairs)
	r.sort()
	return r, turn
}

// shown is allProven by the chains, for the devices of which a sign was known.
func (s *sight) shown(all []*seer, known duty.Instant, span duty.Span, centre string) (since duty.Instant, ok bool) {
	for _, x := range all {
		if x.signs() == 0 || x.end().heard > known || !contains(s.centresOf(x.id, span, x.rows()), centre) {
			continue
		}
		at, proven := x.proven(s, span, centre)
		if !proven {
			return 0, false
		}
		since, ok = max(since, at), true
	}
	return since, ok
}

// ids returns the devices of which something is known, sorted.
func (g *gaze) ids(counts map[string][]*duty.Reconciliation) []string {
	var out []string
	for id := range g.live.log.rows { //house:order-free sorted below
		out = append(out, id)
	}
	for src := range g.live.log.beats { //house:order-free sorted below
		if !src.feed() && g.live.base.knows(src) {
			out = append(out, src.id)
		}
	}
	for id := range counts { //house:order-free sorted below
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sources returns all senders of heartbeats, sorted.
func (g *gaze) sources() []source {
	var out []source
	for src := range g.live.log.beats { //house:order-free sorted below
		if src.feed() || !g.live.base.knows(src) {
			out = append(out, src)
		}
	}
	slices.SortFunc(out, func(a, b source) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.centre, b.centre)) })
	return out
}

// nextSaid is when the next count or incident will be known.
func (s *sight) nextSaid() duty.Instant {
	next := duty.Forever
	for _, k := range s.counts {
		if k.At > s.At {
			next = min(next, k.At)
		}
	}
	for _, k := range s.incidents {
		if k.At > s.At {
			next = min(next, k.At)
		}
	}
	return next
}

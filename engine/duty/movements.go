package duty

import (
	"cmp"
	"slices"
)

// movements is the movement list of a person (PRS-02), with what belongs to it.
type movements struct {
	// list is sorted by time; positions follow from it.
	list []observation
	// breaks are instants from which the position is unknown until the next observation: rows that are
	// evidence for nobody (CARD_CONFLICT).
	breaks []Instant
	// crowded is when the person holds a card that is everybody's.
	crowded []Span
	// police are reports to the police: they end a run and leave the position unchanged (RD-04).
	police []localTime
	// unmatched are assisted entries without a row (RD-28).
	unmatched []assistEntry
	// removed are the times of rows that an assisted entry removed, ascending: an absence over one of
	// them is not known (RD-37).
	removed []Instant
	// runs go from one observation of the person to the next. A row whose time cannot
	// be right is none here: it ends no run and begins none (RD-04, REL-10).
	runs []run
}

// newMovements builds the movement list: pair scans, add paper passages that no row stands for,
// collapse, remove assisted rows, add reports and checks (Annex B). Paper is added before the
// collapse, since a paper passage between two rows keeps them apart (RD-09).
func newMovements(r *rows, entries []*Known[ManualEntry], p *Policy, par *Params,
	excluded func(centre string, t Instant) bool, time func(*ManualEntry) (Instant, bool)) *movements {
	m := &movements{crowded: r.crowded}
	all := pairScans(r.passages, p, par.SluiceMax)
	all = append(all, paperPassages(entries, all, par.AssistMatchMinutes, time)...)
	sortPassages(all)
	left, removed, unmatched := removeAssisted(collapse(all, par.CollapseMax), entries, par.AssistMatchMinutes)
	m.unmatched = unmatched
	for i := range removed {
		m.removed = append(m.removed, removed[i].times...)
	}
	slices.Sort(m.removed)
	m.list = make([]observation, 0, len(left)+len(r.reports)+len(entries))
	for i := range left {
		m.list = append(m.list, left[i].observe(excluded))
	}
	passages := len(m.list)
	for _, rep := range r.reports {
		m.addReport(p, rep.event.CentreID, rep.event.OccurredAt, excluded, observation{
			barcode: rep.event.CardType == CardTypeBarcode, refs: []ref{eventRef(rep)},
		}, rep.unknownDevice)
	}
	for _, k := range entries {
		m.addEntry(k, p, excluded, time)
	}
	for _, e := range r.conflicts {
		m.breaks = append(m.breaks, e.OccurredAt)
	}
	timed := m.list
	if len(r.off) > 0 {
		timed = slices.Clone(m.list) // sorting changes it
	}
	m.sort(passages)
	m.runs = newRuns(m)
	if len(r.off) > 0 {
		m.list = timed
		m.addOffClock(r, p, par, excluded)
		m.sort(passages)
	}
	return m
}

// sort sorts the list by time and merges observations of one instant. The first of them are those of
// passages, which are in the order of time already, as the others mostly are.
func (m *movements) sort(passages int) {
	if ascending(m.list) {
		return
	}
	for _, part := range [][]observation{m.list[:passages], m.list[passages:]} {
		byTime := func(a, b observation) int { return compareObservations(&a, &b) }
		if !slices.IsSortedFunc(part, byTime) {
			slices.SortStableFunc(part, byTime)
		}
	}
	merge(m.list, passages)
	if !ascending(m.list) {
		m.list = sameInstant(m.list)
	}
}

// merge sorts a list of which the first ones and the others are sorted; of equal ones, the first come first. The
// others are mostly few.
func merge(list []observation, first int) {
	others := slices.Clone(list[first:])
	for to := len(list) - 1; len(others) > 0; to-- {
		last := &others[len(others)-1]
		if first > 0 && compareObservations(&list[first-1], last) > 0 {
			first--
			list[to] = list[first]
			continue
		}
		list[to] = *last
		others = others[:len(others)-1]
	}
}

// addEntry adds what a paper entry other than a passage shows. A room check shows presence; one
// that found nobody shows nothing (STY-08, EVD-09).
func (m *movements) addEntry(k *Known[ManualEntry], p *Policy, excluded func(string, Instant) bool,
	time func(*ManualEntry) (Instant, bool)) {
	e := &k.Fact
	t, exact := time(e)
	base := observation{paper: true, unsure: !exact, misnamed: e.misnamed(), refs: []ref{entryRef(k, t)}}
	switch e.Form {
	case FormOutageReport:
		m.addReport(p, e.CentreID, t, excluded, base, false)
	case FormPresenceCheck:
		if e.Result.V == CheckResultPresent {
			base.at, base.centre, base.present, base.check = t, e.CentreID, true, true
			base.before = place{inside, e.CentreID}
			base.after, base.raw = base.before, base.before
			m.list = append(m.list, base)
		}
	case FormPoliceReport:
		if !e.misnamed() {
			l, _ := parseLocal(e.LocalTime)
			m.police = append(m.police, l)
		}
	}
}

// addReport adds what a report shows. At a place without a stand it shows no position, like a
// report to the police; under another name and outside the fence it shows nothing at all (RD-36,
// RD-46).
func (m *movements) addReport(p *Policy, centre string, t Instant, excluded func(string, Instant) bool,
	o observation, unknownDevice bool) {
	c := p.placeOn(centre, t.Date())
	if c == nil || c.NoStand {
		if !o.misnamed {
			m.police = append(m.police, localTime{t, t, true})
		}
		return
	}
	if o.misnamed && !c.StandInside {
		return
	}
	m.list = append(m.list, observeReport(c, t, excluded, o, unknownDevice))
}

// observe turns a passage into an observation. An OUT inside excluded dates or
// on an unknown device leaves the position unknown and never accuses (EXC-04,
// RD-13, contract §5); a lone scan shows what RD-14 says.
func (p *passage) observe(excluded func(string, Instant) bool) observation {
	o := observation{at: p.at, centre: p.centre, direction: p.direction, barcode: p.barcode, logged: p.barcode,
		paper: p.paper, unsure: p.unsure, misnamed: p.misnamed, refs: p.refs}
	in := place{inside, p.centre}
	switch {
	case p.direction == DirectionIn && p.lone:
		o.before, o.entry = place{kind: anywhere}, true
	case p.direction == DirectionIn:
		o.before, o.after, o.raw, o.entry, o.present = place{kind: outside}, in, in, true, true
	case p.lone:
		o.before, o.present = in, true
	default:
		o.before, o.after, o.raw, o.present, o.exit = in, place{kind: outside}, place{kind: outside}, true, true
		if p.unknownDevice || excluded(p.centre, p.at) {
			o.after, o.exit = place{}, false
		}
	}
	return o
}

// observeReport turns a report at a stand into a point observation: inside at
// KH, outside the fence at SJ (DEV-03, DEV-04, PRS-05, INT-05). Between an exit and
// an entry a report outside the fence contradicts nothing (RPT-11); after an entry
// it does, and the time between is unknown (AMB-38).
func observeReport(c *Centre, t Instant, excluded func(string, Instant) bool, o observation,
	unknownDevice bool) observation {
	o.at, o.centre, o.report = t, c.ID, true
	if c.StandInside {
		o.present = true
		o.before = place{inside, c.ID}
		o.after, o.raw = o.before, o.before
		return o
	}
	o.before = place{kind: outside}
	o.after, o.raw = o.before, o.before
	if unknownDevice || excluded(c.ID, t) {
		o.after = place{}
	}
	return o
}

// compareObservations sorts by time and, at one instant, by topic and id, so that the order of the
// input has no meaning. mergeInstant finds out what happened first.
func compareObservations(a, b *observation) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	return cmp.Or(cmp.Compare(a.refs[0].topic, b.refs[0].topic), cmp.Compare(a.refs[0].id, b.refs[0].id))
}

// ascending reports whether a list is sorted by time and no instant has two
// observations.
func ascending(list []observation) bool {
	for i := 1; i < len(list); i++ {
		if list[i].at <= list[i-1].at {
			return false
		}
	}
	return true
}

// since returns the index of the first observation at or after t.
func (m *movements) since(t Instant) int {
	from, to := 0, len(m.list)
	for from < to {
		if mid := (from + to) / 2; m.list[mid].at < t {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// in returns the observations within a span.
func (m *movements) in(s Span) []observation { return m.list[m.since(s.From):m.since(s.To)] }

// at returns the observations at one instant.
func (m *movements) at(t Instant) []observation { return m.in(Span{t, t + 1}) }

// sameInstant merges observations of one instant. Two directions, or signs of being both inside
// and outside, leave the position unknown until the next observation (RD-26). As the order is
// unknown, a person who was inside before stays so, and an earlier absence is not closed.
func sameInstant(list []observation) []observation {
	var out []observation
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].at == list[i].at {
			j++
		}
		if j == i+1 {
			out = append(out, list[i])
		} else {
			out = append(out, mergeInstant(list[i:j])...)
		}
		i = j
	}
	return out
}

// mergeInstant orders or merges two or more observations of one instant.
func mergeInstant(group []observation) []observation {
	for _, first := range []bool{true, false} {
		if ordered, ok := order(group, first); ok {
			return ordered
		}
	}
	merged := group[0]
	merged.after, merged.raw, merged.exit = place{}, place{}, false
	for _, o := range group[1:] {
		merged.refs = append(slices.Clone(merged.refs), o.refs...)
		merged.entry = merged.entry || o.entry
		if o.direction != merged.direction {
			merged.direction = DirectionUnknown
		}
		merged.barcode, merged.logged = merged.barcode || o.barcode, merged.logged || o.logged
		merged.paper = merged.paper || o.paper
		merged.unsure = merged.unsure || o.unsure
		merged.misnamed = merged.misnamed && o.misnamed
	}
	return shownAt(merged, group)
}

// pointAndLoneScan reports whether there are a report or a check and a lone scan: nobody knows which came
// first, nor whether the passage was made (RD-14, RD-26).
func pointAndLoneScan(group []observation) bool {
	return slices.ContainsFunc(group, func(o observation) bool { return o.report || o.check }) &&
		slices.ContainsFunc(group, func(o observation) bool { return !o.report && !o.check && o.raw.kind == unknown })
}

// shownAt repeats a merged observation for each centre at which one of its group shows the person
// present: an OUT shows that until its instant (PRS-09), even if another one shows another centre
// then. Where none does, the position before them is unknown as well: that is the reading that does
// not accuse (RD-14).
func shownAt(merged observation, group []observation) []observation {
	var centres []string
	for _, o := range group {
		if o.present {
			centres = append(centres, o.centre)
		}
	}
	if merged.present = len(centres) > 0; !merged.present {
		merged.before = place{}
		return []observation{merged}
	}
	slices.Sort(centres)
	var out []observation
	for _, centre := range slices.Compact(centres) {
		merged.centre, merged.before = centre, place{inside, centre}
		out = append(out, merged)
	}
	return out
}

// order tries to put the observations of one instant, which must not include both an IN and an
// OUT, into a sequence without contradiction: points of one kind, then passages, then points of
// the other kind. A point and a lone scan have no such order.
func order(group []observation, pointsFirst bool) ([]observation, bool) {
	var passages, points []observation
	for _, o := range group {
		if o.report || o.check {
			points = append(points, o)
		} else {
			passages = append(passages, o)
		}
	}
	if pointAndLoneScan(group) {
		return nil, false
	}
	sequence := slices.Concat(points, passages)
	if !pointsFirst {
		sequence = slices.Concat(passages, points)
	}
	for i := range sequence[1:] {
		if passagesDiffer(sequence[i], sequence[i+1]) || !agree(sequence[i].raw, sequence[i+1].before) {
			return nil, false
		}
	}
	return sequence, true
}

func passagesDiffer(a, b observation) bool {
	return a.direction != b.direction && a.direction != DirectionUnknown && b.direction != DirectionUnknown
}

// agree reports whether the position after one item fits the one before the next (PRS-03).
func agree(after, before place) bool {
	return before.kind == anywhere || after == before
}

package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// place is a position: unknown, outside, or inside a centre (PRS-01).
type place struct {
	kind   byte // 'u', 'o', 'i'
	centre string
}

var (
	unknown = place{kind: 'u'}
	outside = place{kind: 'o'}
)

func inside(centre string) place { return place{'i', centre} }

// obsKind is what an observation shows.
type obsKind byte

const (
	entry      obsKind = iota // IN
	exit                      // OUT
	seenInside                // stand inside the fence, room check
	seenOutside
	halfEntry // lone first scan on the way in
	halfExit  // lone scan on the way out
	muddle    // two positions at one instant
	police    // shows no position
)

// obs is one observation of the person.
type obs struct {
	t         duty.Instant
	own       duty.Instant // the latest own time of what stands behind it
	kind      obsKind
	centre    string
	dir       duty.Direction
	rows      []row
	paper     bool
	ambiguous bool
	// oneWay: a device that the register does not know; excluded: inside
	// excluded dates of its centre (EXC-04, RD-13).
	oneWay, excluded bool
	// doubt: of a row whose own time cannot be right; 1 at the earlier of its two
	// times, 2 at the later.
	doubt byte
	// entered: an entry is among several observations at one instant.
	entered bool
	// misfit: nothing but paper under another name; it ends no run (RD-36).
	misfit bool
	// present are the centres where the instant itself shows presence.
	present []string
}

// after is the position that the observation leaves.
func (o *obs) after() place {
	p := o.afterPlain()
	if p == outside && o.excluded {
		return unknown
	}
	return p
}

// afterPlain leaves exclusions aside (RD-12).
func (o *obs) afterPlain() place {
	switch o.kind {
	case entry, seenInside:
		return inside(o.centre)
	case exit, seenOutside:
		if !o.oneWay {
			return outside
		}
	}
	return unknown
}

// between is the position from the observation before to this one (PRS-03,
// PRS-04), given what that one left.
func (o *obs) between(before place) place {
	switch {
	case o.doubt == 2:
		return before
	case o.doubt == 1 && o.kind != exit && o.kind != halfExit:
		return unknown
	}
	switch o.kind {
	case halfEntry:
		return before // says nothing about the time before it (RD-14)
	case muddle:
		// Choice: which came first is not known; who was inside that centre stays
		// inside until then, and nobody is outside for certain (RD-26, PRS-04).
		if before == inside(o.centre) {
			return before
		}
	case entry, seenOutside:
		if before == outside {
			return outside
		}
	case exit, seenInside, halfExit:
		if before == inside(o.centre) {
			return before
		}
	}
	return unknown
}

func (w *world) observe() {
	for _, p := range w.passages() {
		w.obs = append(w.obs, w.passed(&p))
	}
	w.observePoints()
	certain := append([]obs{}, w.obs...)
	w.orderObservations()
	// Choice: a row whose own time cannot be right ends no run and begins none.
	w.findRuns()
	w.obs = certain
	w.observeDoubtful()
	w.orderObservations()
}

// passed is the observation of a passage.
func (w *world) passed(p *passage) obs {
	o := obs{t: p.t, kind: entry, centre: p.centre, dir: p.dir, rows: p.rows, paper: len(p.rows) == 0, oneWay: p.oneWay}
	switch {
	case p.dir == duty.DirectionOut && p.lone:
		o.kind = halfExit
	case p.dir == duty.DirectionOut:
		o.kind = exit
	case p.lone:
		o.kind = halfEntry
	}
	if o.kind != halfEntry {
		o.present = []string{p.centre}
	}
	// The row whose time counts speaks for the passage (RD-09).
	o.rows = nil
	for _, r := range p.rows {
		if r.t == p.t && len(o.rows) == 0 {
			o.rows = []row{r}
		}
	}
	o.own = p.t
	for _, r := range p.rows {
		o.own = max(o.own, r.t)
	}
	o.misfit = o.paper
	for _, s := range p.sheets {
		o.own = max(o.own, s.when())
		o.ambiguous = o.ambiguous || (o.paper && s.ambiguous())
		o.misfit = o.misfit && s.misfit
	}
	return o
}

// observePoints adds reports and room checks (PRS-05), and fills the reports
// that fulfil a duty to report.
func (w *world) observePoints() {
	for i := range w.rows {
		r := &w.rows[i]
		if r.kind != duty.CardEventKindReport {
			continue
		}
		w.reports = append(w.reports, visit{ts: []duty.Instant{r.t}, centre: r.centre, police: w.policeStation(r.centre)})
		o := w.standObs(r.t, r.centre)
		o.rows, o.oneWay, o.own = []row{*r}, r.oneWay, r.t
		w.obs = append(w.obs, o)
	}
	for i := range w.paper {
		s := &w.paper[i]
		var o obs
		switch {
		case s.form == duty.FormOutageReport:
			w.reports = append(w.reports, visit{ts: s.ts, centre: s.centre, police: w.policeStation(s.centre)})
			o = w.standObs(s.when(), s.centre)
		case s.form == duty.FormPoliceReport:
			w.reports = append(w.reports, visit{ts: s.ts, police: true})
			o = obs{t: s.when(), kind: police}
		case s.form == duty.FormPresenceCheck && s.result == duty.CheckResultPresent:
			o = obs{t: s.when(), kind: seenInside, centre: s.centre, present: []string{s.centre}}
		default:
			continue
		}
		if s.misfit && o.kind != seenInside {
			continue // it fulfils the slot and shows nothing else (RD-36)
		}
		o.paper, o.ambiguous, o.misfit, o.own = true, s.ambiguous(), s.misfit, s.when()
		w.obs = append(w.obs, o)
	}
}

// orderObservations sorts and resolves what happens at one instant: an outside
// report goes before an entry and after an exit, an inside one before an exit;
// what contradicts itself leaves the position unknown (RD-26).
func (w *world) orderObservations() {
	for i := range w.obs {
		w.obs[i].excluded = w.excludedAt(w.obs[i].centre, w.obs[i].t)
	}
	hasEntry := map[duty.Instant]bool{}
	for i := range w.obs {
		if w.obs[i].kind == entry {
			hasEntry[w.obs[i].t] = true
		}
	}
	rank := func(o *obs) int {
		switch o.kind {
		case seenOutside:
			if hasEntry[o.t] {
				return 0
			}
			return 7
		case police:
			return 1
		case halfEntry:
			return 2
		case entry:
			return 3
		case seenInside:
			return 4
		}
		if o.kind == halfExit {
			return 5
		}
		return 6
	}
	sort.SliceStable(w.obs, func(i, j int) bool {
		a, b := &w.obs[i], &w.obs[j]
		if a.t != b.t {
			return a.t < b.t
		}
		if rank(a) != rank(b) {
			return rank(a) < rank(b)
		}
		return a.kind < b.kind
	})
	var out []obs
	for i := 0; i < len(w.obs); {
		j := i
		for j < len(w.obs) && w.obs[j].t == w.obs[i].t {
			j++
		}
		if group := w.obs[i:j]; contradicts(group) {
			out = append(out, muddled(group))
		} else {
			out = append(out, group...)
		}
		i = j
	}
	w.obs = out
}

func contradicts(group []obs) bool {
	in, out, pointIn, pointOut, half := false, false, false, false, false
	centre := ""
	for i := range group {
		o := &group[i]
		for _, c := range o.present {
			if centre != "" && c != centre {
				return true // two centres at once
			}
			centre = c
		}
		in = in || o.dir == duty.DirectionIn
		out = out || o.dir == duty.DirectionOut
		pointIn = pointIn || o.kind == seenInside
		pointOut = pointOut || o.kind == seenOutside
		half = half || o.kind == halfEntry || o.kind == halfExit
	}
	return (in && out) || (pointIn && pointOut) || (half && (pointIn || pointOut))
}

// around returns the observations that bound instant t: the last at or before
// it and the first after it, reports to the police left aside (RD-11).
func (w *world) around(t duty.Instant) (before, after *obs) {
	for i := range w.obs {
		o := &w.obs[i]
		if o.kind == police {
			continue
		}
		if o.t <= t {
			before = o
		} else {
			return before, o
		}
	}
	return before, nil
}

// presentAt are the centres where an observation at exactly t shows presence:
// an entry, an exit (inside until then), a report or check inside (PRS-09).
func (w *world) presentAt(t duty.Instant) []string {
	var out []string
	for i := range w.obs {
		if w.obs[i].t == t {
			out = append(out, w.obs[i].present...)
		}
	}
	return out
}

// raw is the position at t without incidents: what the observations say.
func (w *world) raw(t duty.Instant) place {
	before, next := w.around(t)
	if before == nil {
		return unknown
	}
	if here := w.presentAt(t); len(here) > 0 {
		return inside(here[0])
	}
	if before.t == t {
		return before.after()
	}
	for _, m := range w.marks {
		if m >= before.t && m <= t {
			return unknown // CARD_CONFLICT, to the next observation
		}
	}
	if w.inCrowd(before.t, t) {
		return unknown
	}
	end, p := duty.Forever, before.after()
	if next != nil {
		end, p = next.t, next.between(before.after())
	}
	if p == outside && w.removedIn(before.t, end) {
		return unknown
	}
	if next == nil {
		return p
	}
	if p == unknown && before.after().kind == 'i' && next.kind == entry && next.doubt != 1 {
		return w.moved(before, next, t)
	}
	return p
}

// moved is OBL-13: inside the old centre until the transfer, unknown until the
// entry at the new one.
func (w *world) moved(before, next *obs, t duty.Instant) place {
	old := before.after().centre
	if old == next.centre {
		return unknown
	}
	for i := range w.pieces {
		s := w.pieces[i].from
		from, to, ok := w.change(s)
		if ok && s > before.t && s <= next.t && from == old && to == next.centre && t < s {
			return inside(old)
		}
	}
	return unknown
}

// position is the position at t for a unit of these centres: pending outages
// make it unknown (INC-02) but for a presence at the instant itself (RD-22).
func (w *world) position(t duty.Instant, centres []string) place {
	p := w.raw(t)
	if len(w.presentAt(t)) > 0 {
		return p
	}
	for i := range w.incidents {
		n := &w.incidents[i]
		if n.FormsStatus == duty.FormsStatusComplete || !covers(n.From, n.To, t) {
			continue
		}
		// Choice: "everyone at that centre" is who is assigned to it and who
		// was last seen inside it.
		if has(centres, n.CentreID) || p == inside(n.CentreID) {
			return unknown
		}
	}
	return p
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

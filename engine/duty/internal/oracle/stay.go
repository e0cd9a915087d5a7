package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// verdict is what the rules of one duty say of one unit.
type verdict struct {
	kind     duty.Kind
	date     duty.Date
	outcome  duty.Outcome
	plain    duty.Outcome // before settlement and holds
	pending  bool
	early    bool
	instant  duty.Instant
	due      duty.Instant
	from, to duty.Instant
	q        *doubt
	basis    duty.Basis
	// centres are the unit's centres, places those of the decisions of a slot;
	// transfer is true on a transfer day.
	centres   []string
	places    []string
	transfer  bool
	shortfall duty.Opt[int32]
	settled   bool
	// misplaced: a decision of the unit names a place that does not fit (RD-46).
	misplaced bool
	// police: a decision of the slot names the police (RD-39).
	police bool
	// rests is the latest own time of the registrations that a record rests on (W-46).
	rests duty.Instant
}

func (v *verdict) candidate() bool {
	switch v.outcome {
	case duty.OutcomeIndicated, duty.OutcomeNeedsReview, duty.OutcomeProvisional:
		return true
	}
	return false
}

// stay is STY-01 to STY-09 for the night d.
func (w *world) stay(d duty.Date) *verdict {
	from, to := nightOf(d)
	if w.at < to || !w.ever(duty.KindStay, from, to) {
		return nil
	}
	v := &verdict{
		kind: duty.KindStay, date: d, due: to, from: from, to: to, instant: to,
		q: newDoubt(), misplaced: w.misplaced(from, to, duty.KindStay),
	}
	v.centres, v.transfer = w.stayCentres(d)
	switch {
	case !w.whole(d, duty.KindStay, from, to):
		v.outcome = duty.OutcomeNotApplicable
	case w.departed(d) || w.held(from, to) || w.leaveCovers(from, to):
		v.outcome = duty.OutcomeExcused
	case w.excluded(v.centres, from, to):
		v.outcome = duty.OutcomeExcluded
	default:
		w.missedNight(v)
	}
	return v
}

func (w *world) missedNight(v *verdict) {
	present, doubtful, elsewhere := false, false, false
	for _, t := range w.samples(v.from, v.to) {
		for _, c := range w.presentAt(t) {
			present = present || has(v.centres, c)
		}
		switch p := w.position(t, v.centres); p.kind {
		case 'i':
			if has(v.centres, p.centre) {
				present = true
			} else {
				elsewhere = true
			}
		case 'u':
			doubtful = true
		}
	}
	switch {
	case present:
		v.outcome = duty.OutcomeCompliant
		return
	case doubtful || w.unequipped(v.centres, v.date, passageDevice):
		v.outcome = duty.OutcomeUndetermined
		return
	}
	a, _ := w.around(v.from)
	_, b := w.around(v.to - 1)
	v.restOn(a, b)
	w.interval(v.q, a, b, v.from, v.centres, [2]duty.Instant{v.from, v.to})
	w.paperDoubts(v.q, v.centres, v.from, v.to, w.inferred(a, b), true)
	if elsewhere {
		v.q.cap("WRONG_CENTRE")
	}
	if v.transfer {
		v.q.cap("TRANSFER")
	}
	if w.leaveTouches(v.from, v.to) {
		v.q.cap("PERMISSION_PARTIAL")
	}
	limit := wall(v.date+1, w.par.StayLateReturnUntilMinute)
	if w.entryBetween(v.to, limit[len(limit)-1]) {
		v.q.cap("LATE_RETURN")
	}
	if month(v.date) != month(v.date+1) {
		v.q.note("MONTH_BOUNDARY")
	}
	if w.questioned(v.date, v.due, v.from, v.to, false) {
		v.q.cap("DEPARTURE_QUESTION")
	}
	v.basis = pairBasis(b)
	v.outcome = v.q.outcome()
}

func pairBasis(b *obs) duty.Basis {
	if b == nil {
		return duty.BasisOpenOut
	}
	return duty.BasisClosedPair
}

func month(d duty.Date) int {
	y, m, _ := civil(d)
	return y*12 + int(m)
}

// entryBetween reports whether an entry lies from t to the end of a minute
// (STY-05, NTC-18, RD-14, RD-15). Choice: an entry at any centre.
func (w *world) entryBetween(t, last duty.Instant) bool {
	for i := range w.obs {
		o := &w.obs[i]
		if (o.kind == entry || o.kind == halfEntry || o.entered) && o.t >= t && minute(o.t) <= minute(last) {
			return true
		}
	}
	return false
}

// samples are all instants of [from, to) at which a position can change, and
// one millisecond to each side.
func (w *world) samples(from, to duty.Instant) []duty.Instant {
	raw := []duty.Instant{from, to}
	for i := range w.obs {
		raw = append(raw, w.obs[i].t)
	}
	raw = append(raw, w.marks...)
	for _, s := range w.crowded {
		raw = append(raw, s.from, s.to)
	}
	for i := range w.incidents {
		raw = append(raw, w.incidents[i].From, w.incidents[i].To.Or(duty.Forever))
	}
	for i := range w.pieces {
		raw = append(raw, w.pieces[i].from)
	}
	var out []duty.Instant
	for _, t := range raw {
		for _, x := range []duty.Instant{t - 1, t, t + 1} {
			if x >= from && x < to {
				out = append(out, x)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

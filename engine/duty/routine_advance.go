package duty

// Advanced is what Routine.Advance decided. It can be used again and again; its
// slices are overwritten by the next Advance that gets it.
type Advanced struct {
	// Nights are the units newly decided, by date, as the ledger wants them: nights, and days of REPORT.
	// Their Rules are shared and must not be changed.
	Nights []LedgerUnit
	// Next is the earliest instant after the clock at which the clock alone can
	// change something.
	Next Instant

	rows []*Known[CardEvent]
}

// Rules of the nights that a routine decides; shared by all of them.
var (
	rulesPresent  = []string{"STY-02"}
	rulesUnknown  = []string{"PRS-01"}
	rulesInside   = []string{"NTC-02"}
	rulesReported = []string{"RPT-01"}
)

// maxRoutineRows is how many rows Advance takes at once; with more, a full
// evaluation is not much slower.
const maxRoutineRows = 128

// Advance takes in the person's rows and decides the nights that ended by
// at. rows are all of the person with OccurredAt >= Since, in any
// order, repeated or not; older ones may be among them. in is as for Evaluate,
// but its rows are not looked at.
//
// False means that the routine cannot answer, and r is as it was: a missed night,
// a row that is not ordinary, a centre fact that may touch a night, a new
// observation. The caller evaluates in full and may go on with Result.Routine.
func (r *Routine) Advance(in *Input, rows []Known[CardEvent], at Instant, out *Advanced) bool {
	out.Nights, out.rows = out.Nights[:0], out.rows[:0]
	p := in.onlyPolicy(at)
	if p == nil || r.centre == "" || in.Provisional || at >= r.wake {
		return false
	}
	n := *r
	end := nightOf(at).Clock(nightToHour, 0)
	if !n.gather(rows, at, end, out) {
		return false
	}
	w := walk{in: in, p: p, at: at, out: out}
	if !w.ordinary(&n) || !w.nights(&n, end) || !w.reports(&n, at.Date()) {
		out.Nights = out.Nights[:0]
		return false
	}
	// The rows since end will be given again: they move the tail, and say of what
	// age the newest registration is.
	ahead := n
	quiet := w.evening(&ahead)
	w.take(&ahead, Forever)
	if !quiet || at >= ahead.alarm() {
		out.Nights = out.Nights[:0]
		return false
	}
	if ahead.seen > n.tail {
		n.tail, n.tailed = ahead.seen, ahead.place
	}
	out.Next = min(ahead.next(at), in.nextPolicy())
	*r = n
	return true
}

// gather puts the rows known at the clock in order and drops repetitions. A row
// not known yet must not lie in what is being decided.
func (r *Routine) gather(rows []Known[CardEvent], at, end Instant, out *Advanced) bool {
	list := out.rows
	for i := range rows {
		k := &rows[i]
		if k.Fact.OccurredAt < r.since {
			continue
		}
		if k.At > at {
			if k.Fact.OccurredAt < end {
				return false
			}
			continue
		}
		j := len(list)
		for j > 0 && list[j-1].Fact.OccurredAt > k.Fact.OccurredAt {
			j--
		}
		if j > 0 && list[j-1].Fact.OccurredAt == k.Fact.OccurredAt {
			if list[j-1].Fact != k.Fact {
				return false
			}
			continue
		}
		for _, o := range list {
			if o.Fact.ID == k.Fact.ID {
				return false
			}
		}
		if len(list) == maxRoutineRows {
			return false
		}
		list = append(list, nil)
		copy(list[j+1:], list[j:])
		list[j] = k
		out.rows = list
	}
	guarded := uint32(0)
	for _, k := range list {
		if k.Fact.OccurredAt <= r.guard {
			guarded++
		}
	}
	return guarded == r.guarded
}

// walk goes over rows and nights in the order of time.
type walk struct {
	in  *Input
	p   *Policy
	at  Instant
	out *Advanced
	// i is the first row that is not taken in.
	i int
}

// nights decides the nights that ended by end and takes in the rows before it.
func (w *walk) nights(r *Routine, end Instant) bool {
	for last := nightOf(end) - 1; r.night <= last; r.night++ {
		w.reports(r, r.night+1) // by date; where a day has no report, Advance asks again and refuses
		night := Night(r.night)
		w.take(r, night.From)
		present, known := r.place == within, r.place != unseen
		inside := present
		if w.i < len(w.out.rows) && w.out.rows[w.i].Fact.OccurredAt < night.To {
			present, inside = true, inside && !w.passes(night.To)
			w.take(r, night.To)
		}
		notify := r.underNotify() && r.notify <= r.night
		if !present && known || notify && !inside || w.p.paramsAt(r.night).StayMinPresence > 0 ||
			!w.p.inOperation(r.centre, r.night) || !w.p.shows(r.centre, r.night, false) ||
			!w.in.Centres.undisturbed(r.centre, w.p, r.night, night, w.at) {
			return false
		}
		if notify {
			w.out.Nights = append(w.out.Nights, MetUnit(KindNotify, r.night, w.p))
		}
		w.out.Nights = append(w.out.Nights, RoutineUnit(r.night, present, w.p))
	}
	if end <= r.since {
		return true
	}
	w.take(r, end)
	r.since, r.guard, r.guarded = end, Beginning, 0
	return true
}

// ordinary reports whether all rows are ordinary and in turn.
func (w *walk) ordinary(r *Routine) bool {
	place := r.place
	for _, k := range w.out.rows {
		place = place.after(&k.Fact)
		if place == unseen || !r.ordinaryRow(w.in, w.p, &k.Fact, k.At) {
			return false
		}
	}
	return true
}

// take takes in the rows before t.
func (w *walk) take(r *Routine, t Instant) {
	for ; w.i < len(w.out.rows) && w.out.rows[w.i].Fact.OccurredAt < t; w.i++ {
		e := &w.out.rows[w.i].Fact
		r.place, r.seen, r.noted = r.place.after(e), e.OccurredAt, false
		if e.Kind == CardEventKindReport {
			r.reported = e.OccurredAt.Date()
		}
	}
}

// next returns when the clock alone next changes something of the person: 06:00, 23:00 under NOTIFY,
// midnight under REPORT, a parameter, an observation.
func (r *Routine) next(at Instant) Instant {
	next := min(Night(r.night).To, r.wake, r.alarm())
	if r.underReport() {
		next = min(next, (r.report + 1).Start())
	}
	if r.underNotify() {
		if evening := Night(max(r.notify, nightOf(at))).From; evening > at {
			next = min(next, evening)
		}
	}
	return next
}

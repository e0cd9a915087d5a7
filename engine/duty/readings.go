package duty

// maxAmbiguous bounds how many ambiguous paper times of one date are read both ways. Further ones take the
// earlier reading, and a record on which the later one could bear is for review (halfReadIn).
const maxAmbiguous = 6

// doubled is a paper entry of which the local time has two readings; nth counts those of its date from 0.
// Times of different dates are read together, so that years of paper are no more than that of one night.
type doubled struct {
	id   string
	date Date
	nth  int
}

// double adds an entry, unless it is there.
func (s *source) double(id string, d Date) {
	nth := 0
	for i := range s.ambiguous {
		switch x := &s.ambiguous[i]; {
		case x.date != d:
		case x.id == id:
			return
		default:
			nth++
		}
	}
	s.ambiguous = append(s.ambiguous, doubled{id, d, nth})
}

// nth returns which of the entries of its date an entry is; -1 if its time has one reading or does not matter.
func (s *source) nth(id string, d Date) int {
	for i := range s.ambiguous {
		if x := &s.ambiguous[i]; x.id == id && x.date == d {
			return x.nth
		}
	}
	return -1
}

// halfRead reports whether only the earlier reading of an entry's time is tried.
func (s *source) halfRead(id string, d Date) bool { return s.nth(id, d) >= maxAmbiguous }

// readings is one lens on a person's facts, in every combination of readings of
// its ambiguous paper times (TIM-06), and where rows have a time that cannot be right
// without these once more: they may clear, and never make a verdict harsher (REL-10).
// Where rows are somewhat ahead of their receipt, all of that with these at the time of
// receipt: the milder outcome counts.
type readings struct {
	all []*evaluation // the first takes the earlier reading of every ambiguous time
}

func newReadings(src *source, centres *Centres, shared *tracks, l lens) *readings {
	r := &readings{}
	r.add(src, centres, shared, l)
	if r.all[0].rows.ahead {
		l.received = true
		r.add(src, centres, shared, l)
	}
	return r
}

// add adds every reading of the ambiguous paper times, and these without rows whose time cannot be
// right, if there are any.
func (r *readings) add(src *source, centres *Centres, shared *tracks, l lens) {
	n := 0
	for i := range src.ambiguous {
		n = max(n, min(src.ambiguous[i].nth+1, maxAmbiguous))
	}
	first := len(r.all)
	for bits := range uint(1) << n {
		r.all = append(r.all, newEvaluation(src, centres, shared, l, bits))
	}
	if len(r.all[first].rows.off) > 0 {
		l.timed = true
		for bits := range uint(1) << n {
			r.all = append(r.all, newEvaluation(src, centres, shared, l, bits))
		}
	}
}

// judge returns the mildest verdict on a unit over all readings, and the evaluation that gave it;
// the first one if several are equally mild.
func (r *readings) judge(kind Kind, d Date) (finding, *evaluation) {
	best, by := r.all[0].judge(kind, d), r.all[0]
	wake := best.wake.Or(Forever)
	for _, e := range r.all[1:] {
		f := e.judge(kind, d)
		wake = min(wake, f.wake.Or(Forever))
		if f.outcome.Severity() < best.outcome.Severity() {
			best, by = f, e
		}
	}
	best.wake = Some(wake) // by each reading it may become another
	return best, by
}

// judge returns the verdict on one unit.
func (e *evaluation) judge(kind Kind, d Date) finding {
	e.par = e.src.policy.paramsAt(d)
	switch kind {
	case KindStay:
		return e.stay(d)
	case KindNotify:
		return e.notify(d)
	}
	return e.report(d)
}

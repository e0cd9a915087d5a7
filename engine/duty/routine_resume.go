package duty

// Routine goes on behind a full evaluation of all units of a person, at the
// clock of the result: the units of nights that have ended stay as they are,
// whatever ordinary rows follow, and those of nights to come are the routine's.
// What is long over does no harm: a permission, a hold, paper, a decision that
// ended before the last 06:00. False where that is not so:
//
//   - the facts other than rows may touch a night to come (unbound);
//   - the last registration before the last 06:00 is no whole passage at the
//     person's centre, or registrations that are evidence for nobody follow it;
//   - a would-be record, told or not, has no entry after its night yet: the next
//     row may close the absence, show a late return (STY-05) or end the
//     departure question (EVD-13); nor may the entry be missing without what
//     came late (DAT-08);
//   - a row since the last 06:00 is not ordinary, or some fact is not known yet.
//
// What a record rests on besides is behind it and fixed: lateness is measured
// from when facts were known, the pattern (STY-09) is not material. What the
// clock alone changes later (settle.max_wait, a grace) ends the routine then:
// Advance refuses from that instant on, and names it in Next.
func (res *Result) Routine(in *Input) (Routine, bool) {
	return res.routine(in, Routine{guard: Beginning, wake: Forever})
}

// routine is Routine of a verdict on some units of all, behind others that have a guard and a wake.
func (res *Result) routine(in *Input, others Routine) (Routine, bool) {
	c, p := res.court, in.onlyPolicy(res.At)
	if c == nil || p == nil || in.Provisional || in.FromDate.OK || in.ToDate.OK ||
		len(c.src.ambiguous) > 0 || len(c.src.blocks) > 0 {
		return Routine{}, false
	}
	end := nightOf(res.At).Clock(nightToHour, 0)
	r := Routine{guard: others.guard}
	for i, e := range c.withLate.all { // with rows whose time cannot be right, and without
		x := Routine{since: end, seen: Beginning, guard: Beginning, wake: min(p.nextStep(res.At), c.opens(), others.wake)}
		if !x.unbound(in, e, end) || !x.stand(e, end) || !x.behind(res, res.Units, e) {
			return Routine{}, false
		}
		x.guard = max(x.guard, r.guard)
		if r.guard = x.guard; i > 0 && x != r {
			return Routine{}, false
		}
		r = x
	}
	if !in.known(res.At) || !r.recent(in, res.At, end) {
		return Routine{}, false
	}
	return r, true
}

// recent takes the rows since end for seen, as far as they are known at the
// clock; false where one is not ordinary.
func (r *Routine) recent(in *Input, at, end Instant) bool {
	for i := range in.Person.CardEvents {
		// A row of a clock that stands at its beginning counts at its receipt.
		k := &in.Person.CardEvents[i]
		if k.At > at && k.Fact.OccurredAt < end || offClock(k) && max(k.Fact.OccurredAt, receipt(k)) >= end {
			return false
		}
	}
	var out Advanced
	ahead := *r
	ahead.guard = Beginning
	if !ahead.gather(in.Person.CardEvents, at, end, &out) {
		return false
	}
	for _, k := range out.rows {
		if k.Fact.OccurredAt <= r.guard {
			r.guarded++
		}
	}
	w := walk{in: in, p: in.onlyPolicy(at), at: at, out: &out}
	if !w.ordinary(&ahead) {
		return false
	}
	w.take(&ahead, Forever)
	r.tail, r.tailed = ahead.seen, ahead.place
	return true
}

// stand puts the routine where the last registration before end left the card. Under REPORT rows that leave it
// there, as reports do, may follow the last passage.
func (r *Routine) stand(e *evaluation, end Instant) bool {
	var last *observation
	seen := Beginning
	for i := range e.moves.list {
		o := &e.moves.list[i]
		if o.at >= end {
			break
		}
		if r.underReport() && !o.paper && last != nil && last.after == o.after {
			seen = o.at
			continue
		}
		last = o
	}
	if last != nil {
		switch {
		case last.paper || last.report || last.centre != r.centre:
			return false
		case last.after.kind == inside:
			r.place = within
		case last.after.kind == outside:
			r.place = without
		default:
			return false
		}
		r.seen = last.at
	}
	for _, t := range e.moves.breaks {
		if t >= r.seen {
			return false
		}
	}
	if len(e.moves.crowded) > 0 {
		return false
	}
	r.seen = max(r.seen, seen)
	r.noted = e.lens.at >= r.alarm()
	return true
}

// behind reports whether none of the units can be changed by ordinary rows, and
// sets up to where rows bound a record and when the clock changes one.
func (r *Routine) behind(res *Result, units []Unit, e *evaluation) bool {
	for i := range units {
		u := &units[i]
		r.wake = min(r.wake, u.next)
		if u.ground == nil {
			continue
		}
		f := &u.ground.f
		// A report soon after a day of REPORT is near it (RPT-07).
		if !r.closed(e, f.due) || u.Kind != KindStay && r.since.Date() <= u.Date+1 {
			return false
		}
		if f.outcome != OutcomeIndicated {
			continue
		}
		if _, strict := res.court.withoutLate(f.due, u.Date); strict != nil {
			for _, e := range strict.all {
				if !r.closed(e, f.due) {
					return false
				}
			}
		}
	}
	return true
}

// closed reports whether an entry after a night bounds everything that is
// inferred of it, and keeps the rows up to it under guard.
func (r *Routine) closed(e *evaluation, due Instant) bool {
	entry := e.entryAfter(due)
	if entry == nil {
		return false
	}
	r.guard = max(r.guard, entry.at)
	return true
}

// alarm returns when an observation of the registrations' age becomes due that
// is not made yet (PRS-06, TX-24).
func (r *Routine) alarm() Instant {
	switch {
	case r.noted:
	case r.place == unseen:
		return Night(r.first + startNights - 1).To
	case r.place == within:
		return r.seen + unseenDays*Day + 1
	}
	return Forever
}

package simulate

import "tilsyn/engine/duty"

// story is something rare that happens to a resident on a day: what takes the
// place of the morning or the evening, and whether the report is forgotten.
type story struct {
	morning func(*day)
	leaves  hm
	evening func(*day)
	misses  bool
}

// The functions below set a story up for a resident on day d. They run before
// the first day is lived and see to everything that offices do later.

// hospital: taken ill in the evening, told nobody; a permission comes days
// after (PRM-04).
func (w *world) hospital(r *resident, d duty.Date) {
	w.keepFree(r, d, 3)
	dice := w.dice(r, d, 4)
	leave := hm(19*60 + dice.IntN(120))
	nights := duty.Date(1 + dice.IntN(2))
	decided := at(nextWorkday(d+nights+3), 11*60, 0)
	w.permit(r, at(d, leave-30, 0), at(d+nights, 20*60, 0), decided, duty.ReportEffectExcused)
	r.stories[d] = story{leaves: leave, evening: func(b *day) { b.goAway(leave, nights, silent) }}
}

// visit: a permission granted beforehand, kept (PRM-02).
func (w *world) visit(r *resident, d duty.Date) {
	w.keepFree(r, d, 4)
	dice := w.dice(r, d, 4)
	nights := duty.Date(1 + dice.IntN(3))
	effect := []duty.ReportEffect{duty.ReportEffectExcused, duty.ReportEffectExcused, duty.ReportEffectRequired,
		duty.ReportEffectSilent}[dice.IntN(4)]
	leave := hm(11*60 + dice.IntN(240))
	w.permit(r, at(d, 8*60, 0), at(d+nights, 20*60, 0), at(d-1, 14*60, 0), effect)
	r.stories[d] = story{leaves: leave, evening: func(b *day) { b.goAway(leave, nights, silent) }}
}

// overstay: a permission that ends by day, and one night more (PRM-03).
func (w *world) overstay(r *resident, d duty.Date) {
	w.keepFree(r, d, 4)
	w.permit(r, at(d, 8*60, 0), at(d+1, 18*60, 0), at(d-1, 14*60, 0), duty.ReportEffectExcused)
	r.stories[d] = story{leaves: 13 * 60, evening: func(b *day) { b.goAway(13*60, 2, silent) }}
}

// turnedDown: asks for a permission, leaves while it is pending, is refused.
func (w *world) turnedDown(r *resident, d duty.Date) {
	w.keepFree(r, d, 3)
	w.refuse(r, at(d, 12*60, 0), at(d+1, 20*60, 0), at(d-1, 10*60, 0), at(nextWorkday(d+2), 10*60, 0))
	r.stories[d] = story{leaves: 15 * 60, evening: func(b *day) { b.goAway(15*60, 1, silent) }}
}

// custody: held by the police, which the engine hears of two days later
// (OBL-12).
func (w *world) custody(r *resident, d duty.Date) {
	w.keepFree(r, d, 3)
	w.hold(r, duty.HoldKindCustody, at(d, 19*60, 0), at(d+2, 10*60, 0), at(d+1, 15*60, 0))
	r.stories[d] = story{leaves: 16 * 60, evening: func(b *day) {
		b.out(16 * 60)
		b.r.away = absence{on: true, back: b.d + 2, minute: b.between(11*60, 15*60)}
	}}
}

// overTheFence: in by the gate, out over the fence; on the way in the card is
// locked, and staff help. The rows alone say "present", the form says that
// nobody knows (PAS-07, PAS-08).
func (w *world) overTheFence(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 21 * 60, evening: func(b *day) {
		b.w.slip(b.r, b.time(21*60), false)
		b.r.away = absence{on: true, back: b.d + 1, wake: letIn}
	}}
}

// letIn is the return of one whose card is locked: through the manual door, out
// through the carousel to unlock the card, and in again (000 §5.2.3).
func letIn(b *day) {
	m := b.between(12*60, 14*60)
	b.w.locked(b.r, b.dice, b.time(m), true)
	b.w.slip(b.r, b.time(m+1), true)
	t := b.time(m + 2)
	b.w.unlock(b.r, b.dice, t, false, b.w.papers(t, b.dice))
	b.w.move(b.r, move{at: t, in: false, centre: b.r.centre, mark: unregistered})
	b.in(m + 4)
}

// backOverTheFence is the dangerous mirror: out by the gate, back over the
// fence, asleep in the room. The rows show an absence until the form comes;
// late says that it comes after the log was declared complete.
func (w *world) backOverTheFence(r *resident, d duty.Date, late bool) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 18 * 60, evening: func(b *day) {
		b.out(18 * 60)
		b.w.slip(b.r, b.time(21*60), true)
	}}
	r.stories[d+1] = story{morning: func(b *day) {
		m := b.between(9*60, 10*60)
		b.w.locked(b.r, b.dice, b.time(m), false)
		t := b.time(m + 2)
		arrives := b.w.papers(t, b.dice)
		if late {
			arrives = at(nextWorkday(b.d+4), 10*60, 0)
		}
		b.w.unlock(b.r, b.dice, t, true, arrives)
		b.out(m + 5)
		b.in(m + 95)
	}}
}

// foundAsleep: as above, but found by a room check whose form is late; leaves
// over the fence after dawn and comes in by the gate.
func (w *world) foundAsleep(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 18 * 60, evening: func(b *day) {
		b.out(18 * 60)
		b.w.slip(b.r, b.time(20*60+30), true)
		t := b.time(24*60 + 20)
		b.r.truth.found = append(b.r.truth.found, t)
		b.w.paper(b.r, duty.ManualEntry{Form: duty.FormPresenceCheck, Result: duty.Some(duty.CheckResultPresent),
			LocalTime: LocalTime(t)}, at(nextWorkday(b.d+4), 10*60, 0))
	}}
	r.stories[d+1] = story{morning: func(b *day) {
		b.w.slip(b.r, b.time(8*60+40), false)
		b.in(13 * 60)
	}}
}

// notFound: away, and a room check finds nobody, which corroborates only
// (EVD-09).
func (w *world) notFound(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 17 * 60, evening: func(b *day) {
		b.goAway(17*60, 1, silent)
		t := b.time(24*60 + 20)
		b.w.paper(b.r, duty.ManualEntry{Form: duty.FormPresenceCheck, Result: duty.Some(duty.CheckResultNotFound),
			LocalTime: LocalTime(t)}, b.w.papers(t, b.dice))
	}}
}

// forgottenScan: a guard lets a barcode holder in without scanning but writes
// the log, and the page is found days later (DAT-05, DAT-07).
func (w *world) forgottenScan(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 17 * 60, evening: func(b *day) {
		b.out(17 * 60)
		t := b.time(21*60 + 30)
		b.w.paperPassage(b.r, t, true, duty.FormBarcodeLog, at(nextWorkday(b.d+4), 10*60, 0))
		b.w.move(b.r, move{at: t, in: true, centre: b.r.centre, mark: onPaper})
	}}
}

// lostPage: a timely notice on a page that is typed in days later.
func (w *world) lostPage(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 19 * 60, evening: func(b *day) {
		b.w.tell(b.r, b.dice, b.time(19*60-1), notice{arrives: at(nextWorkday(b.d+4), 10*60, 0)})
		b.out(19 * 60)
		b.in(b.between(23*60+30, 25*60+30))
	}}
}

// policeDesk: reports to the police; the paper comes days later (RPT-01).
func (w *world) policeDesk(r *resident, d duty.Date) {
	w.keepFree(r, d, 1)
	r.stories[d] = story{misses: true, leaves: 12 * 60, evening: func(b *day) {
		b.out(12 * 60)
		t := b.time(13 * 60)
		b.r.truth.reports = append(b.r.truth.reports, attended{at: t, police: true})
		b.w.paper(b.r, duty.ManualEntry{Form: duty.FormPoliceReport, LocalTime: LocalTime(t)},
			at(nextWorkday(b.d+4), 10*60, 0))
		b.in(15 * 60)
	}}
}

// severalDays: one notice that claims three nights (NTC-11).
func (w *world) severalDays(r *resident, d duty.Date) {
	w.keepFree(r, d, 4)
	r.stories[d] = story{leaves: 16 * 60, evening: func(b *day) { b.goAway(16*60, 3, threeDays) }}
}

// vanish: leaves and never comes back; assessed says that an officer finds that
// they left the country (EVD-12, EVD-13).
func (w *world) vanish(r *resident, d duty.Date, assessed bool) {
	w.keepFree(r, d, 1)
	r.stories[d] = story{leaves: 14 * 60, evening: func(b *day) {
		b.out(14 * 60)
		b.r.away = absence{on: true, gone: true}
	}}
	if decided := at(nextWorkday(d+9), 14*60, 0); assessed && decided <= w.cfg.Until {
		put(w, duty.TopicDepartureAssessments, r.id, duty.DepartureAssessment{
			ID: w.id("da"), Version: 1, ReceivedAt: decided, PersonID: r.id, FromDate: d,
			Outcome: duty.DepartureOutcomeDeparted, DecidedAt: decided,
		}, decided)
		r.truth.departed = duty.Some(d)
	}
}

// transfer: the assigned centre becomes the other one at 11:00 (OBL-13).
func (w *world) transfer(r *resident, d duty.Date) {
	w.keepFree(r, d, 1)
	other := kh
	if r.centre == kh {
		other = sj
	}
	served := at(d-1, 10*60, 0)
	w.amend(r, duty.KindStay, 2, other, at(d, 11*60, 0), served)
	if r.notifies() {
		w.amend(r, duty.KindNotify, 2, other, at(d, 11*60, 0), served)
	}
	if r.reports() {
		w.amend(r, duty.KindReport, 2, other, at(d+1, 0, 0), served)
	}
	r.truth.transfer = duty.Some(d)
	r.stories[d] = story{misses: true, morning: func(b *day) {
		if from, _, due := b.due(); due {
			b.attend(max(b.now+8, from+5))
		}
		b.out(10*60 + 40)
		b.r.centre = other
		b.in(13 * 60)
	}}
}

// regroup: an expelled person is granted tolerated stay; the duty to report
// gets the basis of the new group (GRP-08).
func (w *world) regroup(r *resident, d duty.Date) {
	served := at(d-1, 10*60, 0)
	r.group = duty.GroupTolerated
	w.putGroup(r, r.group, false, at(d, 0, 0), served)
	if r.reports() {
		w.amend(r, duty.KindReport, 2, r.reportPlace(), at(d, 0, 0), served)
	}
}

// annulled: the duty to notify is annulled from its beginning (OBL-11).
func (w *world) annulled(r *resident, d duty.Date) {
	w.keepFree(r, d, 1)
	t := at(nextWorkday(d+4), 13*60, 0)
	put(w, duty.TopicObligationChanges, r.id, duty.ObligationChange{
		ID: w.id("ob"), Version: 2, ReceivedAt: t, DecisionID: decisionID(r, duty.KindNotify), PersonID: r.id,
		Kind: duty.KindNotify, Action: duty.ActionAnnul, LegalBasis: duty.LegalBasisReturnAct134, CentreID: r.centre,
		ServedAt: duty.Some(t), ValidFrom: at(r.arrive, 12*60, 0), Places: r.places(duty.KindNotify),
	}, t)
	r.stories[d] = story{leaves: 18 * 60, evening: func(b *day) {
		b.out(18 * 60)
		b.in(b.between(23*60+20, 25*60+30))
	}}
	if t <= w.cfg.Until {
		r.truth.drop(duty.KindNotify)
	}
}

// nextWorkday gives the first day from d on on which offices are open.
func nextWorkday(d duty.Date) duty.Date {
	for !workday(d) {
		d++
	}
	return d
}

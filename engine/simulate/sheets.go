package simulate

import "tilsyn/engine/duty"

// This file holds the stories about paper that says too much, too little or of
// somebody else.

// nameless is a line of paper whose number nobody could read when it came
// (RD-47); read is when somebody did, zero if never.
type nameless struct {
	centre          string
	at, known, read duty.Instant
}

// strayPaper puts one form on the desk that nobody ever assigns, late in the
// simulation.
func (w *world) strayPaper() {
	t := at(w.cfg.Start+duty.Date(w.cfg.Days*4/5), 27*60, 0)
	w.unread(sj, t, duty.ManualEntry{Form: duty.FormOutagePassage, Direction: duty.Some(duty.DirectionIn)})
}

// unread sends a line whose number cannot be read; it is keyed by its centre.
// The record is returned for the version that names somebody.
func (w *world) unread(centre string, t duty.Instant, m duty.ManualEntry) duty.ManualEntry {
	m.ID, m.Version, m.CentreID, m.LocalTime, m.ReceivedAt = w.id("me"), 1, centre, LocalTime(t), bundle(t)
	put(w, duty.TopicManualEntries, centre, m, m.ReceivedAt)
	w.nameless = append(w.nameless, nameless{centre: centre, at: t - t%duty.Minute, known: m.ReceivedAt})
	return m
}

// read publishes the version that names the person, under both keys.
func (w *world) read(r *resident, m duty.ManualEntry, known duty.Instant) {
	m.Version, m.ReceivedAt, m.PersonID, m.NameMatches = 2, known, duty.Some(r.id), duty.Some(true)
	put(w, duty.TopicManualEntries, m.CentreID, m, known)
	put(w, duty.TopicManualEntries, r.id, m, known)
	w.nameless[len(w.nameless)-1].read = known
}

// unreadableNumber: back in the evening, the reader fails, and on the guard's
// form nobody can read the number until days later.
func (w *world) unreadableNumber(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 18 * 60, evening: func(b *day) {
		b.out(18 * 60)
		t := at(b.d, 21*60+30, 0)
		m := b.w.unread(b.r.centre, t, duty.ManualEntry{
			Form: duty.FormAssistedPassage, Direction: duty.Some(duty.DirectionIn), APB: duty.Some(false),
		})
		b.w.read(b.r, m, at(nextWorkday(b.d+4), 10*60, 0))
		b.w.move(b.r, move{at: t, in: true, centre: b.r.centre, mark: onPaper})
	}}
}

// wrongName: back in the evening and written down by hand, under a name that
// does not fit the number; the page is late (RD-36).
func (w *world) wrongName(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 18 * 60, evening: func(b *day) {
		b.out(18 * 60)
		t := at(b.d, 21*60+30, 0)
		b.w.handPassage(b.r, t, true, false, at(nextWorkday(b.d+4), 10*60, 0))
		b.r.truth.misnamed = append(b.r.truth.misnamed, t)
		b.w.move(b.r, move{at: t, in: true, centre: b.r.centre, mark: onPaper})
	}}
}

// strangersForm: away, and somebody else's exit is written under this number:
// it accuses nobody, and what it touches is for people (RD-36).
func (w *world) strangersForm(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 17 * 60, evening: func(b *day) {
		b.goAway(17*60, 1, silent)
		t := at(b.d, 24*60+20, 0)
		b.w.paper(b.r, duty.ManualEntry{
			Form: duty.FormOutagePassage, Direction: duty.Some(duty.DirectionOut), LocalTime: LocalTime(t),
			NameMatches: duty.Some(false),
		}, b.w.papers(t, b.dice))
		b.r.truth.misnamed = append(b.r.truth.misnamed, t)
	}}
}

// seenByGuard: out by the gate and back over the fence; a guard's observation
// form says so, days later (RD-41).
func (w *world) seenByGuard(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 18 * 60, evening: func(b *day) {
		b.out(18 * 60)
		b.w.slip(b.r, b.time(20*60+30), true)
		b.observe(24*60+20, duty.Some(duty.CheckResultPresent), at(nextWorkday(b.d+4), 10*60, 0))
	}}
	r.stories[d+1] = story{morning: func(b *day) {
		b.w.slip(b.r, b.time(8*60+40), false)
		b.in(13 * 60)
	}}
}

// mistakenGuard: away, but a guard writes that they saw the person.
func (w *world) mistakenGuard(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 17 * 60, evening: func(b *day) {
		b.goAway(17*60, 1, silent)
		b.observe(24*60+40, duty.Some(duty.CheckResultPresent), bundle(b.time(24*60+40)))
	}}
}

// notSeen: away, and guards write forms that corroborate at most.
func (w *world) notSeen(r *resident, d duty.Date) {
	w.keepFree(r, d, 2)
	r.stories[d] = story{leaves: 17 * 60, evening: func(b *day) {
		b.goAway(17*60, 1, silent)
		b.observe(23*60+40, duty.Some(duty.CheckResultNotFound), bundle(b.time(23*60+40)))
		b.observe(25*60+40, duty.None[duty.CheckResult](), bundle(b.time(25*60+40)))
	}}
}

// observe writes a guard's observation form (SYS-23).
func (b *day) observe(m hm, result duty.Opt[duty.CheckResult], arrives duty.Instant) {
	t := at(b.d, m, 0)
	b.w.paper(b.r, duty.ManualEntry{Form: duty.FormObservation, Result: result, LocalTime: LocalTime(t)}, arrives)
	if result.V == duty.CheckResultPresent {
		b.r.truth.observed = append(b.r.truth.observed, t)
	}
}

// stopsReporting: lives elsewhere and reports no more. After thirty dates without
// a sign the question is whether they left the country (RD-42).
func (w *world) stopsReporting(r *resident, d duty.Date) { r.stopped = duty.Some(d) }

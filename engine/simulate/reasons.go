package simulate

import (
	"slices"

	"tilsyn/engine/duty"
)

// This file lists the reasons for which the facts cannot carry a record of
// something that really happened. It knows the faults and stories of this
// simulation, not the rules in general.

// absenceWhy says why an absence over [from, to] (from == to: at an instant)
// of night d cannot be indicated; empty: it can.
func (j *judge) absenceWhy(d duty.Date, from, to duty.Instant) Why {
	last, next, ok := j.bounds(from, to)
	if !ok {
		return WhyUnregistered
	}
	if why := j.nightWhy(d, last.at); why != "" {
		return why
	}
	if last.paper || next != nil && next.paper {
		return WhyPaper
	}
	if j.suspended(&last, next) {
		return WhySuspension
	}
	inferred := between{last.at, j.w.cfg.Until}
	if next != nil {
		inferred.to = next.at
	}
	nightFrom, nightTo := night(d)
	if why := j.paperWhy(j.centres(d), nightFrom, nightTo, &inferred); why != "" {
		return why
	}
	for _, t := range j.p.observed {
		if inferred.from <= t && t <= inferred.to {
			return WhyObserved
		}
	}
	if j.gone(last, next) {
		return WhyDeparture
	}
	return j.nightProof(d)
}

// exitWhy says why a registered exit in night d cannot be indicated.
func (j *judge) exitWhy(d duty.Date, m move) Why {
	if m.mark == unregistered {
		return WhyUnregistered
	}
	if why := j.nightWhy(d, m.at); why != "" {
		return why
	}
	if m.mark == onPaper {
		return WhyPaper
	}
	var before, exit *sight
	var next *sight
	for i := range j.seen {
		s := &j.seen[i]
		switch {
		case s.at < m.at:
			before = s
		case s.at == m.at && s.passage:
			exit = s
		case s.at > m.at && next == nil:
			next = s
		}
	}
	if before != nil && !before.after || exit == nil {
		return WhyUnregistered
	}
	if j.suspended(exit, nil) {
		return WhySuspension
	}
	inferred := between{m.at, m.at}
	if before != nil {
		inferred.from = before.at
	}
	nightFrom, nightTo := night(d)
	if why := j.paperWhy(j.centres(d), nightFrom, nightTo, &inferred); why != "" {
		return why
	}
	if j.gone(*exit, next) {
		return WhyDeparture
	}
	return j.nightProof(d)
}

// bounds gives the observations around an interval; ok says that they show an
// absence over all of it.
func (j *judge) bounds(from, to duty.Instant) (last sight, next *sight, ok bool) {
	for i, s := range j.seen {
		if s.at <= from {
			last, ok = s, !s.after
			continue
		}
		if s.at <= to && from != to {
			return last, nil, false
		}
		return last, &j.seen[i], ok && !s.before
	}
	return last, nil, ok
}

// nightWhy looks at what lies over night d and between it and the last
// observation before it.
func (j *judge) nightWhy(d duty.Date, last duty.Instant) Why {
	from, to := night(d)
	j.near(min(last, from), to, j.centres(d)...)
	for _, centre := range j.centres(d) {
		if j.excludedBetween(centre, min(last, from), to) {
			return WhyExclusion
		}
		for _, o := range j.w.outages {
			if o.centre != centre || o.known > j.w.cfg.Until {
				continue
			}
			open := o.complete == 0 || o.complete > j.w.cfg.Until
			if o.from < to && from < o.to || open && o.from < to && last < o.to {
				return WhyOutage
			}
		}
	}
	if j.p.transfer.OK && j.p.transfer.V == d {
		return WhyTransfer
	}
	if j.p.barcode && d < labelled && slices.Contains(j.centres(d), kh) {
		return WhyDirection
	}
	return ""
}

// labelled is when the barcode scanners of Kærshovedgård were sure of the
// direction (DEV-06).
var labelled = dateOf(2022, 3, 1)

// excludedBetween reports whether a declared exclusion of a centre touches an
// interval.
func (j *judge) excludedBetween(centre string, from, to duty.Instant) bool {
	for _, x := range j.w.exclusions {
		if x.centre == centre && x.declared <= j.w.cfg.Until && from < at(x.to+1, 0, 0) && at(x.from, 0, 0) < to {
			return true
		}
	}
	return false
}

// centres are the places that night d concerns: two on a transfer day.
func (j *judge) centres(d duty.Date) []string {
	from, _ := night(d)
	now := j.p.centre(duty.KindStay, from)
	if before := j.p.centre(duty.KindStay, at(d, dawn, 0)); before != "" && before != now {
		return []string{now, before}
	}
	return []string{now}
}

// suspended reports whether the bounds of an absence lie in the time in which
// an exit must be confirmed by hand, and this one is not (RD-29).
func (j *judge) suspended(exit, next *sight) bool {
	if !inEra(exit.at) && (next == nil || !inEra(next.at)) {
		return false
	}
	return !exit.passage || exit.after || !exit.noted
}

// paperWhy looks for paper under another name in a window or in the interval of
// an inference, and for paper of the centres without a person within a day of
// either (RD-36, RD-47).
func (j *judge) paperWhy(centres []string, from, to duty.Instant, inferred *between) Why {
	for _, t := range j.p.misnamed {
		if from <= t && t < to || inferred != nil && inferred.from <= t && t <= inferred.to {
			return WhyName
		}
	}
	for _, x := range j.w.nameless {
		if x.known > j.w.cfg.Until || x.read != 0 && x.read <= j.w.cfg.Until || !slices.Contains(centres, x.centre) {
			continue
		}
		a, b := x.at-duty.Day, x.at+duty.Day
		if from <= b && a < to || inferred != nil && inferred.from <= b && a <= inferred.to {
			return WhyUnread
		}
	}
	return ""
}

// nightProof says whether the logs of night d were proven in time.
func (j *judge) nightProof(d duty.Date) Why {
	var settled duty.Instant
	for _, centre := range j.centres(d) {
		settled = max(settled, j.w.provenNight(centre, d))
	}
	_, due := night(d)
	return j.proofWhy(settled, due)
}

// proofWhy compares a proof with the end and with settle.max_wait.
func (j *judge) proofWhy(settled, due duty.Instant) Why {
	switch {
	case settled > j.w.cfg.Until:
		return WhyUnsettled
	case settled > due+settleWait:
		return WhyLateMarker
	}
	return ""
}

// Nights after which an absence raises the departure question (EVD-13).
const (
	openNights   = 7
	closedNights = 30
)

// gone reports whether the absence between two observations is long enough to
// ask whether the person has left for good.
func (j *judge) gone(last sight, next *sight) bool {
	from := localDate(last.at)
	if next != nil {
		return localDate(next.at)-from >= closedNights
	}
	nights := 0
	for d := from; at(d, nextDawn, 0) <= j.w.cfg.Until; d++ {
		nights++
	}
	return nights >= openNights
}

package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// Doubts that paper casts: under another name (RD-36), without a person
// (RD-47), a guard's observation (RD-41).

// inferred is the inference interval of T1, T3 and STAY (RD-49): from the
// observation before to the one after, or to the clock; both ends belong to it.
func (w *world) inferred(a, b *obs) *[2]duty.Instant {
	out := [2]duty.Instant{duty.Beginning, w.at}
	if a != nil {
		out[0] = a.t
	}
	if b != nil {
		out[1] = b.t
	}
	return &out
}

// beforeExit is the inference interval of a registered exit (RD-49).
func (w *world) beforeExit(o *obs) *[2]duty.Instant {
	out := [2]duty.Instant{o.t, o.t}
	if last := w.previous(o); last != nil {
		out[0] = last.t
	}
	return &out
}

// paperDoubts sets the caveats of a unit over the window or slot [from, to)
// with an inference interval, nil for REPORT; absence says that an absence is
// inferred from it.
func (w *world) paperDoubts(q *doubt, centres []string, from, to duty.Instant,
	interval *[2]duty.Instant, absence bool) {
	for i := range w.paper {
		s := &w.paper[i]
		within, inWindow := false, false
		for _, t := range s.ts { // Choice: any reading casts the doubt
			within = within || (interval != nil && interval[0] <= t && t <= interval[1])
			inWindow = inWindow || (from <= t && t < to)
		}
		if s.misfit && (within || inWindow) {
			q.cap("NAME_MISMATCH")
		}
		if absence && within && s.form == duty.FormObservation && s.result == duty.CheckResultPresent &&
			has(centres, s.centre) {
			q.cap("OBSERVED_PRESENT")
		}
	}
	for i := range w.nameless {
		s := &w.nameless[i]
		if !has(centres, s.centre) {
			continue
		}
		for _, t := range s.ts { // Choice: any reading casts the doubt
			a, b := t-duty.Day, t+duty.Day
			if (from <= b && a < to) || (interval != nil && interval[0] <= b && a <= interval[1]) {
				q.cap("UNASSIGNED_PAPER")
			}
		}
	}
}

// readNameless finds the entries whose number nobody has read yet: no version
// names the person, no Resolution calls them irrelevant (RD-47).
func (w *world) readNameless() {
	list := current(w.c.Centres.ManualEntries, headEntry, func(k *duty.Known[duty.ManualEntry]) bool {
		if !w.check.entry(&k.Fact) {
			return false
		}
		ts, _ := paperTime(k.Fact.LocalTime)
		return w.keepRow(k.At, ts[0], k.Fact.PersonID.V)
	})
	for i := range list {
		f := &list[i].Fact
		if f.PersonID.OK || w.irrelevant(f) {
			continue
		}
		ts, _ := paperTime(f.LocalTime)
		w.nameless = append(w.nameless, sheet{id: f.ID, centre: f.CentreID, ts: ts})
	}
	sort.SliceStable(w.nameless, func(i, j int) bool { return w.nameless[i].ts[0] < w.nameless[j].ts[0] })
}

// irrelevant reports whether a Resolution with the partition and offset of the
// entry, or of a copy of it, ends the doubt. A late one is a late fact.
func (w *world) irrelevant(f *duty.ManualEntry) bool {
	resolved := current(w.c.Centres.Resolutions, headResolution,
		func(k *duty.Known[duty.Resolution]) bool { return w.keep(k.At) })
	for _, k := range w.c.Centres.ManualEntries {
		if !k.Pos.OK || k.Fact.ID != f.ID || canonical(k.Fact) != canonical(*f) {
			continue
		}
		for i := range resolved {
			r := &resolved[i].Fact
			if r.Topic == duty.TopicManualEntries && r.Partition == k.Pos.V.Partition && r.Offset == k.Pos.V.Offset &&
				r.Outcome == duty.ResolutionOutcomeIrrelevant {
				return true
			}
		}
	}
	return false
}

package duty

import (
	"cmp"
	"slices"
)

// Inconsistent pairs are passages that follow each other, so one ordinary passage by itself divides them:
// those that begin with it or later depend on no registration before it, and those that begin before it on
// none after it. Whoever knows the pairs of a person so far, and learns of later registrations, looks for those
// after such a passage and keeps the others; property tests hold that this finds the same.

// PairSeam returns when the last such passage of a person begins that was over and known before a horizon. The input
// needs only the rows and the paper that happened from a time on, since. False means that no passage
// divides the pairs for certain.
//
// Pairs from the input are then as from everything, of those that begin at the seam or later. The others are the same
// without any rows and paper that happened at the horizon or later. Both require that no row has a second version
// and no entry one that happened before the horizon and another after it: one may take away the other.
func PairSeam(in Input, since, horizon Instant) (Instant, bool) {
	f := in.Person
	if len(f.IdentityLinks) > 0 || len(f.Crowds) > 0 || len(in.Policies) == 0 {
		return 0, false
	}
	s := newSeams(&in)
	rows := make([]*Known[CardEvent], len(f.CardEvents))
	s.times = slices.Grow(s.times, len(rows)+len(f.ManualEntries))
	for i := range rows {
		rows[i] = &f.CardEvents[i]
		s.times = append(s.times, timed{at: rows[i].Fact.OccurredAt, row: rows[i]})
	}
	s.paper(Span{max(since, Earliest), min(horizon, latest) + s.gap})
	s.sort()
	slices.SortFunc(rows, func(a, b *Known[CardEvent]) int { return cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt) })
	for i := len(rows) - 1; i >= 0; i-- {
		scans := rows[i : i+1]
		if rows[i].Fact.Scan == ScanSecond && i > 0 {
			scans = rows[i-1 : i+1]
		}
		if from := scans[0].Fact.OccurredAt; s.passage(scans, since, horizon) {
			return from, true
		}
	}
	return 0, false
}

// passage reports whether scans that follow each other are one passage by itself, known before a horizon, with
// all that happened around it since a time.
func (s *seams) passage(scans []*Known[CardEvent], since, horizon Instant) bool {
	if scans[0].Fact.OccurredAt < since+s.gap || !s.alone(scans...) {
		return false
	}
	for _, k := range scans {
		if k.Fact.Kind != CardEventKindPassage || k.At >= horizon || k.Fact.OccurredAt < ClockReset ||
			!s.counts(k) || !s.only(k) {
			return false
		}
	}
	if len(scans) == 1 {
		return scans[0].Fact.Scan == ScanComplete
	}
	return s.sluice(&scans[0].Fact, &scans[1].Fact)
}

// sluice reports whether two scans are one passage under every policy (PAS-03).
func (s *seams) sluice(first, second *CardEvent) bool {
	if first.Scan != ScanFirst || second.Scan != ScanSecond || first.Direction != second.Direction ||
		first.CentreID != second.CentreID || first.CardID != second.CardID {
		return false
	}
	for _, p := range s.in.Policies {
		if !paired(p.Policy, first, second) {
			return false
		}
		for i := range p.Policy.Steps {
			if second.OccurredAt-first.OccurredAt > p.Policy.Steps[i].Params.SluiceMax {
				return false
			}
		}
	}
	return true
}

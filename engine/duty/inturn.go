package duty

import (
	"cmp"
	"slices"
)

// Nearly everybody passes a gate in turn, in and out. Between passages in turn there is no inconsistent
// pair, whatever is on paper and whichever cards have anti-passback, so nobody has to put the facts
// together to look for one.

// inTurn reports whether every scan is half of a passage, or a whole one, and passages go in and out in turn.
// The n scans are sorted by time; those that share an instant are not in turn.
func inTurn(n int, scan func(i int) *CardEvent, p *Policy, sluiceMax Instant) bool {
	last := DirectionUnknown
	for i := 0; i < n; i++ {
		e := scan(i)
		d := e.Direction.V
		if d == last || d != DirectionIn && d != DirectionOut || i > 0 && scan(i-1).OccurredAt >= e.OccurredAt {
			return false
		}
		last = d
		switch e.Scan {
		case ScanComplete:
		case ScanFirst:
			if i++; i == n {
				return false
			}
			second := scan(i)
			if second.Scan != ScanSecond || second.Direction != e.Direction || second.CentreID != e.CentreID ||
				second.OccurredAt <= e.OccurredAt || second.OccurredAt-e.OccurredAt > sluiceMax || !paired(p, e, second) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// inTurn reports whether the passages of one view are in turn.
func (r *rows) inTurn(p *Policy, sluiceMax Instant) bool {
	return inTurn(len(r.passages), func(i int) *CardEvent { return r.passages[i].event }, p, sluiceMax)
}

// inTurn reports whether the person's passages are certainly in turn in every view: with all facts known at a
// clock, and without those that came later than late. So nothing may be a matter of views: a row counts in all
// of them if it is the only version, in time, the person's own by name and by card, and makes sense.
func (in *Input) inTurn(p *Policy, at, late Instant) bool {
	f := in.Person
	if len(f.IdentityLinks) > 0 || len(f.Crowds) > 0 {
		return false
	}
	for i := range f.CardAssignments {
		if f.CardAssignments[i].Fact.PersonID != in.PersonID {
			return false
		}
	}
	seen := make([]*Known[CardEvent], 0, len(f.CardEvents))
	for i := range f.CardEvents {
		if k := &f.CardEvents[i]; k.At <= at {
			seen = append(seen, k)
		}
	}
	slices.SortFunc(seen, func(a, b *Known[CardEvent]) int { return cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt) })
	scans := make([]*CardEvent, 0, len(seen))
	for _, k := range seen {
		if k.Fact.Kind != CardEventKindReport && k.Fact.Kind != CardEventKindLockedAttempt {
			scans = append(scans, &k.Fact)
		}
	}
	if !inTurn(len(scans), func(i int) *CardEvent { return scans[i] }, p, p.paramsAt(at.Date()).SluiceMax) {
		return false
	}
	for _, k := range seen {
		if !in.countsAlways(k, p, late) {
			return false
		}
	}
	slices.SortFunc(seen, func(a, b *Known[CardEvent]) int { return cmp.Compare(a.Fact.ID, b.Fact.ID) })
	for i := range seen[min(1, len(seen)):] {
		if seen[i].Fact.ID == seen[i+1].Fact.ID {
			return false
		}
	}
	return true
}

// countsAlways reports whether a row is the person's in every view that shows its card to be: a first version,
// not late, at a time that can be right, and of a device whose rows are used.
func (in *Input) countsAlways(k *Known[CardEvent], p *Policy, late Instant) bool {
	e := &k.Fact
	if e.Version != 1 || e.Retracted || e.PersonID != Some(in.PersonID) || e.CardType == CardTypeKeyFob ||
		e.DeviceType == DeviceTypeOfflineLock || k.At-e.OccurredAt > late || offClock(k) || !e.faultWhen(p, k.At).None() {
		return false
	}
	d := p.device(e.DeviceID, e.OccurredAt)
	return d == nil || d.Type != DeviceTypeOfflineLock
}

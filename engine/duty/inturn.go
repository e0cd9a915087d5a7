package duty

import (
	"cmp"
	"slices"
)

// Nearly everybody passes a gate in turn, in and out. Between passages in turn there is no inconsistent
// pair, whatever is on paper and whichever cards have anti-passback, so nobody has to put the facts
// together to look for one. A passage that repeats the one before it, and is one movement with it (PAS-05), is in
// turn as well, unless paper may lie between them.

// inTurn reports whether every scan is half of a passage, or a whole one, and passages go in and out in turn.
// The n scans are sorted by time; those that share an instant are not in turn. paper are the entries that may count.
func inTurn(n int, scan func(i int) *CardEvent, p *Policy, par *Params, paper func() []Known[ManualEntry]) bool {
	var last *CardEvent // that gave the passage before its time
	start := Instant(0) // when that one began
	for i := 0; i < n; i++ {
		e := scan(i)
		first := e
		d := e.Direction.V
		if d != DirectionIn && d != DirectionOut || i > 0 && scan(i-1).OccurredAt >= e.OccurredAt {
			return false
		}
		switch e.Scan {
		case ScanComplete:
		case ScanFirst:
			if i++; i == n {
				return false
			}
			second := scan(i)
			if second.Scan != ScanSecond || second.Direction != e.Direction || second.CentreID != e.CentreID ||
				second.OccurredAt <= e.OccurredAt || second.OccurredAt-e.OccurredAt > par.SluiceMax || !paired(p, e, second) {
				return false
			}
			if d == DirectionOut {
				e = second
			}
		default:
			return false
		}
		if last != nil && d == last.Direction.V && (e.CentreID != last.CentreID ||
			e.OccurredAt-last.OccurredAt > par.CollapseMax || paperIn(paper(), start, scan(i).OccurredAt)) {
			return false
		}
		last, start = e, first.OccurredAt
	}
	return true
}

// paperIn reports whether some entry may lie between two times, both included.
func paperIn(list []Known[ManualEntry], from, to Instant) bool {
	return slices.ContainsFunc(list, func(k Known[ManualEntry]) bool {
		l, ok := parseLocal(k.Fact.LocalTime)
		return ok && l.has(func(t Instant) bool { return from <= t && t <= to })
	})
}

// inTurn reports whether the passages of one view are in turn.
func (r *rows) inTurn(s *source, par *Params) bool {
	return inTurn(len(r.passages), func(i int) *CardEvent { return r.passages[i].event }, s.policy, par,
		func() []Known[ManualEntry] { return s.paper })
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
	if !inTurn(len(scans), func(i int) *CardEvent { return scans[i] }, p, p.paramsAt(at.Date()),
		func() []Known[ManualEntry] { return entriesAbout(in.PersonID, f, in.Centres, p) }) {
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

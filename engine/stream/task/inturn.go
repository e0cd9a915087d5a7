package task

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// Nearly every row is a passage in turn: newer than all the person's rows, and the other way than
// the newest. Such a row makes and ends no inconsistent pair (duty.Pairs), so nobody has to look for
// pairs because of it, and this file finds it from four bytes that are in memory of each person:
//
//   - A pair is two passages that follow each other in one direction. A row in turn follows the
//     newest passage and goes the other way, so it forms no pair, and it lies between no others. It
//     shares its instant with none and is no half of a sluice, so it changes neither which scans
//     belong together nor which passages are one.
//   - This must hold in every view. A view leaves out what is known later than its clock: a row in
//     turn is known no earlier than any row before it. A view of timely facts leaves out rows that
//     came late: neither the newest passage nor the row in turn is late by any policy, so both are in
//     every view, and the newest passage is the newest there as well. A view under a policy leaves
//     out rows that make no sense by its register: the place of both is known to every policy.
//   - Corrections and retractions, rows of several persons, of cards with several holders, and rows
//     that may be judged with paper are never in turn.
//   - It does not matter which anti-passback the card has or will have: without two such passages no
//     assignment makes a pair. The same goes for an assisted entry, which only ends pairs.
//
// A row that repeats another's id with other content is not noticed if it is in turn; ids are unique
// (duty.Routine asks for the same). Whoever has no passage has no pairs, whatever else is said.

// rowEnd is the time and direction of a person's newest passage. The time is in units of endUnit
// since 2000, rounded up; the lower two bits are the direction. Its zero value says that it is not
// known.
type rowEnd uint32

// The directions; with endOther it is not known, or the passage is not plain.
const (
	endOther rowEnd = iota
	endIn
	endOut
	endMask
)

const (
	// endUnknown: nothing is known of the person's passages. noPassage: there is none.
	endUnknown rowEnd = 0
	noPassage  rowEnd = endMask
	// longAgo: there are passages, of which nothing is known but that they are older than all others.
	longAgo rowEnd = 1 << 2 // with endOther
	// endUnit is the unit of time. Passages that are not that far apart are not in turn.
	endUnit = 4 * duty.Second
)

// beyond reports whether a time is certainly later than that of the newest passage.
func (x rowEnd) beyond(at duty.Instant) bool {
	return at >= duty.Earliest && rowEnd((at-duty.Earliest)/endUnit) > x>>2
}

// turned reports whether a passage after the newest one goes the other way.
func (x rowEnd) turned(d duty.Direction) bool {
	switch x & endMask {
	case endIn:
		return d == duty.DirectionOut
	case endOut:
		return d == duty.DirectionIn
	}
	return x == noPassage
}

// after returns the end once a passage is added; plain is as of forwarding.plain.
func (x rowEnd) after(e *duty.CardEvent, plain bool) rowEnd {
	if x == endUnknown || e.OccurredAt < duty.Earliest {
		return endUnknown
	}
	up := rowEnd((e.OccurredAt-duty.Earliest+endUnit-1)/endUnit) + 1
	switch {
	case !x.beyond(e.OccurredAt) && up < x>>2:
		return x
	case !x.beyond(e.OccurredAt):
		return max(up, x>>2) << 2 // with endOther
	case !plain:
		return up << 2 // with endOther
	case e.Direction.V == duty.DirectionIn:
		return up<<2 | endIn
	}
	return up<<2 | endOut
}

// rules are what is in turn under all policies known.
type rules struct {
	policies []*duty.Policy
	// late is by how much a row may be late under each of them.
	late duty.Instant
	// none are the pairs of whoever has none.
	none personPairs
	// places are the places last asked about.
	places [64]place
}

// place is a device and a centre. It is plain if every register knows the centre and none knows the
// device as an offline lock, whose rows are not used.
type place struct {
	device, centre string
	asked, plain   bool
}

// newRules returns the rules of some policies.
func newRules(policies []*duty.Policy) *rules {
	r := &rules{policies: policies, late: duty.Forever, none: make(personPairs, len(policies))}
	for _, p := range policies {
		for i := range p.Steps {
			r.late = min(r.late, p.Steps[i].Params.LateAccusation)
		}
	}
	return r
}

// placed reports whether the place of a row is plain.
func (r *rules) placed(e *duty.CardEvent) bool {
	h := byte(len(e.CentreID))
	for i := max(0, len(e.DeviceID)-3); i < len(e.DeviceID); i++ {
		h = h*7 + e.DeviceID[i]
	}
	x := &r.places[int(h)%len(r.places)]
	if x.asked && x.device == e.DeviceID && x.centre == e.CentreID {
		return x.plain
	}
	*x = place{device: strings.Clone(e.DeviceID), centre: strings.Clone(e.CentreID), asked: true}
	x.plain = len(r.policies) > 0
	for _, p := range r.policies {
		x.plain = x.plain &&
			slices.ContainsFunc(p.Centres, func(c duty.Centre) bool { return c.ID == x.centre }) &&
			!slices.ContainsFunc(p.Devices, func(d duty.Device) bool {
				return d.ID == x.device && d.Type == duty.DeviceTypeOfflineLock
			})
	}
	return x.plain
}

// plain reports whether a row is a whole passage that counts in every view from the time on at which
// it was known.
func (r *rules) plain(e *duty.CardEvent, known duty.Instant) bool {
	return e.Kind == duty.CardEventKindPassage && e.Scan == duty.ScanComplete && e.Version == 1 && !e.Retracted &&
		e.Direction.OK && (e.Direction.V == duty.DirectionIn || e.Direction.V == duty.DirectionOut) &&
		e.CardType != duty.CardTypeKeyFob && e.DeviceType != duty.DeviceTypeOfflineLock &&
		e.OccurredAt >= duty.ClockReset && e.OccurredAt <= min(e.ReceivedAt, known)+duty.ClockNoticed &&
		known-e.OccurredAt <= r.late && r.placed(e) && duty.RowMakesSense(e)
}

// turns follows the passages of one person, in the order in which they became known.
type turns struct {
	rules *rules
	end   rowEnd
	// newest is when the newest row was known.
	newest duty.Instant
}

// row takes in a row and reports whether it changes no pairs: a passage in turn, or no passage.
func (s *turns) row(e *duty.CardEvent, known duty.Instant) bool {
	if e.Version != 1 || e.Retracted {
		s.end = endUnknown
		return false
	}
	if e.Kind == duty.CardEventKindReport || e.Kind == duty.CardEventKindLockedAttempt {
		return true
	}
	plain := s.rules.plain(e, known)
	quiet := plain && s.end != endUnknown && s.end.beyond(e.OccurredAt) && s.end.turned(e.Direction.V) && known >= s.newest
	s.end, s.newest = s.end.after(e, plain), max(s.newest, known)
	return quiet
}

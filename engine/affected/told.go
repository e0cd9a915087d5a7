package affected

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// Told is a consumer that was told of a unit, with what followed.
type Told struct {
	Consumer string
	// Acknowledged is the highest revision that the consumer acknowledged.
	Acknowledged duty.Opt[int32]
	// Convictions are the ids of those that cover the unit's date or, having no period, were decided
	// after it: whether a court relied on the unit only its papers tell.
	Convictions []string
	// Handlings are what people did with the unit, by time.
	Handlings []Handling
}

// Handling is what somebody did with a unit.
type Handling struct {
	HandlingID string
	Kind       duty.HandlingKind
	Revision   int32
	At         duty.Instant
}

// addTold adds to the units what was told of them by the clock.
func (q *Question) addTold(s *Share, f *duty.Facts, told *recall.Person) {
	informed := recall.Inform(*told, recall.Named(q.world.Policies, q.At), q.At)
	for i := range s.Units {
		u := &s.Units[i]
		for _, x := range told.Units {
			if x.UnitID == u.UnitID {
				u.last(x.Revisions, q.At)
			}
		}
		if !u.FirstTold.OK {
			continue
		}
		convictions, handlings := q.convictions(f, u), q.handlings(f, u)
		for _, x := range informed {
			if x.UnitID == u.UnitID {
				u.Told = append(u.Told, Told{x.Consumer, x.Acknowledged, convictions, handlings})
			}
		}
	}
}

// last notes what was said last, and when something first was.
func (u *Unit) last(list []recall.Revision, at duty.Instant) {
	for _, r := range list {
		if r.At > at {
			continue
		}
		u.FirstTold = duty.Some(min(r.At, u.FirstTold.Or(r.At)))
		if r.Number >= u.Revision.Or(0) {
			u.Revision, u.Status = duty.Some(r.Number), duty.Some(r.Status)
		}
	}
}

// convictions lists the convictions that may have answered for a unit.
func (q *Question) convictions(f *duty.Facts, u *Unit) []string {
	out := []string{}
	for _, k := range duty.InForce[duty.Conviction](duty.SortVersions[duty.Conviction](f.Convictions),
		func(k *duty.Known[duty.Conviction]) bool { return k.At <= q.At }) {
		c := &k.Fact
		decided := c.DecidedAt.Date()
		covers := c.CoversFromDate.Or(u.Date) <= u.Date && u.Date <= c.CoversToDate.Or(decided)
		if !c.CoversFromDate.OK && !c.CoversToDate.OK {
			covers = decided >= u.Date
		}
		if covers {
			out = append(out, c.ID)
		}
	}
	slices.Sort(out)
	return out
}

// handlings lists what people did with a unit.
func (q *Question) handlings(f *duty.Facts, u *Unit) []Handling {
	out := []Handling{}
	for _, k := range duty.InForce[duty.Handling](duty.SortVersions[duty.Handling](f.Handlings),
		func(k *duty.Known[duty.Handling]) bool { return k.At <= q.At }) {
		if h := &k.Fact; h.UnitID == u.UnitID {
			out = append(out, Handling{h.HandlingID, h.Kind, h.Revision, min(h.At, k.At)})
		}
	}
	slices.SortFunc(out, func(a, b Handling) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.HandlingID, b.HandlingID))
	})
	return out
}

package task

import (
	"cmp"
	"math"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
	"tilsyn/state"
)

// This file adds versions that lie elsewhere to the facts of a person who has other versions of
// them (moved.go), and checks whether a person has all earlier versions of a fact.

// eachMoved passes to take the moved versions of facts of which a person has the same or an earlier
// version. has are the versions that the person has.
func (t *Task) eachMoved(has []stored.VersionName, take func(*stored.Fact)) {
	slices.SortFunc(has, func(a, b stored.VersionName) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	for i, own := range has {
		if i > 0 && has[i-1].Name == own.Name {
			continue
		}
		list := t.moved.of[own.Name]
		for j := range list {
			if f := list[j]; f.VersionName().Version >= own.Version {
				take(&f)
			}
		}
	}
}

// mostVersions is the highest version whose predecessors are looked for one by one.
const mostVersions = 64

// hasEarlier reports whether all earlier versions of a fact were read under the same key, and
// with the same card if it names one. Then the fact has not moved.
func (t *Task) hasEarlier(p *person, f *stored.Fact, head *schemas.Head) (bool, error) {
	// An assignment is also among the facts of others who used its card.
	if head.Version <= 1 || head.Version > mostVersions || f.Topic == duty.TopicCardAssignments {
		return false, nil
	}
	name, card, want := f.Name(), f.CardOf(), uint64(1)<<(head.Version-1)-1
	var seen uint64
	note := func(g *stored.Fact) {
		if h, ok := schemas.HeadOf(g.Record); ok && h.Version >= 1 && h.Version < head.Version &&
			g.OwnOf(p.id, t.at.Task) && g.CardOf() == card {
			seen |= 1 << (h.Version - 1)
		}
	}
	noteStored := func(b []byte) error {
		if n, err := t.nameStored(b); n != name || err != nil {
			return err
		}
		g, err := t.decodeFact(slices.Clone(b), p.id)
		if err == nil {
			note(&g)
		}
		return err
	}
	for i := range p.fresh {
		if g := &p.fresh[i]; g.Name() == name {
			note(g)
		}
	}
	if err := t.cycle.stack.each(&t.roster.entries[p.resident], noteStored); err != nil {
		return false, err
	}
	from := []int32{math.MaxInt32 - 1} // only undated facts
	if e, ok := f.Record.(*duty.CardEvent); ok {
		from = []int32{stored.RowDay(e) - 1, state.Undated}
	}
	for _, day := range from {
		if seen == want {
			break
		}
		stored, err := t.store.Person(p.id, day)
		if err != nil {
			return false, err
		}
		for _, b := range stored.Facts {
			if err := noteStored(b); err != nil {
				return false, err
			}
		}
	}
	return seen == want, nil
}

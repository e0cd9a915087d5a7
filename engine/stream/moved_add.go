package stream

import (
	"cmp"
	"math"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/state"
)

// This file adds versions that are not a person's own to the facts that it has
// other versions of (moved.go), and says whether one has all that come before it.

// versionName names a version of a fact.
type versionName struct {
	name    uint64
	version int64
}

func (f *fact) versionName() versionName {
	head, _ := schemas.HeadOf(f.record)
	return versionName{f.name(), head.Version}
}

// addMovedTo adds to the facts of a person the versions that may be anybody's of
// those that it has an earlier one of.
func (t *Task) addMovedTo(p *person, has []versionName, take func(*fact)) {
	slices.SortFunc(has, func(a, b versionName) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.version, b.version))
	})
	for i, own := range has {
		if i > 0 && has[i-1].name == own.name {
			continue
		}
		list := t.moved.of[own.name]
		for j := range list {
			if f := list[j]; f.versionName().version >= own.version {
				p.join()
				take(&f)
			}
		}
	}
}

// mostVersions is up to which version the earlier ones are looked for one by one.
const mostVersions = 64

// hasEarlier reports whether all earlier versions of a fact were read under the
// same key, and with the same card where it speaks of one: then it has not moved.
func (t *Task) hasEarlier(p *person, f *fact, head *schemas.Head) (bool, error) {
	// An assignment is also among the facts of others who used its card.
	if head.Version <= 1 || head.Version > mostVersions || f.topic == topicCardAssignments {
		return false, nil
	}
	name, card, want := f.name(), f.cardOf(), uint64(1)<<(head.Version-1)-1
	var seen uint64
	note := func(g *fact) {
		if h, ok := schemas.HeadOf(g.record); ok && h.Version >= 1 && h.Version < head.Version && g.ownOf(p.id, t.at.Task) && g.cardOf() == card {
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
		if g := &p.fresh[i]; g.name() == name {
			note(g)
		}
	}
	if err := t.cycle.stack.each(&t.roster.entries[p.resident], noteStored); err != nil {
		return false, err
	}
	from := []int32{math.MaxInt32 - 1} // undated facts alone
	if e, ok := f.record.(*duty.CardEvent); ok {
		from = []int32{rowDay(e) - 1, state.Undated}
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

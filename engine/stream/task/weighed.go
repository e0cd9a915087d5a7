package task

import (
	"cmp"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// The facts of persons who are linked, or share cards, go from one to the other at any time, and so the
// pairs of each are looked for at every clock to come whenever one of them changes. Most of these clocks show
// the facts that they showed the last time. Pairs follow from the facts that are seen and the parameters
// that hold, so those found the last time are remembered by what they were found from: a change is weighed
// at the clocks that show it, and nowhere else.

// weighed are the pairs of persons by person and by what they were found from (sights.at).
type weighed struct {
	of map[string]map[uint64]personPairs
	// size is how many there are.
	size int
}

// maxWeighed bounds weighed, some hundred bytes each. When there are more, all are forgotten.
const maxWeighed = 1 << 14

// weighing looks for the pairs of one person at several clocks.
type weighing struct {
	t *Task
	p *person
	// seen is nil if what is found cannot be remembered.
	seen *sights
	// crowds is set if cards that the person's rows name may be everybody's at some clock.
	crowds bool
	// found are the pairs that were found or remembered.
	found map[uint64]personPairs
}

// weigh begins to look for the pairs of a person, of whom k is known. Only of persons who are concerned by
// facts of others anything is remembered: the others are looked at when a fact of theirs came, and from then on.
func (t *Task) weigh(p *person, k *knowledge) weighing {
	w := weighing{t: t, p: p, crowds: len(k.facts.Crowds) > 0}
	holders := map[string]int{}
	for i := range k.facts.CardAssignments {
		card := k.facts.CardAssignments[i].Fact.CardID
		holders[card]++
		w.crowds = w.crowds || holders[card] > duty.CrowdAtOnce
	}
	if p.header.Connected && !w.crowds && len(t.moved.unnamed) == 0 {
		w.seen, w.found = t.sightsOf(&k.facts), map[uint64]personPairs{}
	}
	return w
}

// pairs returns the pairs at a clock.
func (w *weighing) pairs(k *knowledge, at duty.Instant) personPairs {
	if w.seen == nil {
		return w.t.pairsOf(w.p, k, at)
	}
	of := w.seen.at(at)
	list, ok := w.found[of]
	if !ok {
		if list, ok = w.t.forward.weighed.of[w.p.id][of]; !ok {
			list = w.t.pairsOf(w.p, k, at)
			for i := range list { // what is kept shares no memory with the facts
				for j := range list[i] {
					list[i][j].CentreID = strings.Clone(list[i][j].CentreID)
				}
			}
		}
		w.found[of] = list
	}
	return list
}

// remember keeps what was found for the next time, and forgets what was not asked for again.
func (w *weighing) remember() {
	if w.seen == nil {
		return
	}
	of := &w.t.forward.weighed
	of.size += len(w.found) - len(of.of[w.p.id])
	if of.of == nil || of.size > maxWeighed {
		*of = weighed{of: map[string]map[uint64]personPairs{}, size: len(w.found)}
	}
	of.of[strings.Clone(w.p.id)] = w.found
}

// sights are the facts of a person that pairs follow from, as they become known, and the steps of the policies.
type sights struct {
	t    *Task
	list []sight
}

// sight is a fact, and what all of them up to it come to.
type sight struct {
	known duty.Instant
	sum   uint64
}

// sightsOf returns those of a person; nil if it is not known where a fact is in the log.
func (t *Task) sightsOf(f *duty.Facts) *sights {
	s := &sights{t: t, list: make([]sight, 0, len(f.CardEvents)+len(f.CardAssignments))}
	ok := true
	add := func(topic uint64, known duty.Instant, pos duty.Opt[duty.Position]) {
		ok = ok && pos.OK
		sum := topic
		for _, x := range [...]uint64{uint64(known), uint64(pos.V.Partition), uint64(pos.V.Offset)} {
			sum = mixed(sum ^ x)
		}
		s.list = append(s.list, sight{known, sum})
	}
	for i := range f.CardEvents {
		add(1, f.CardEvents[i].At, f.CardEvents[i].Pos)
	}
	for i := range f.CardAssignments {
		add(2, f.CardAssignments[i].At, f.CardAssignments[i].Pos)
	}
	for i := range f.IdentityLinks {
		add(3, f.IdentityLinks[i].At, f.IdentityLinks[i].Pos)
	}
	for i := range f.ManualEntries {
		add(4, f.ManualEntries[i].At, f.ManualEntries[i].Pos)
	}
	if !ok {
		return nil
	}
	slices.SortFunc(s.list, func(a, b sight) int { return cmp.Compare(a.known, b.known) })
	for i := range s.list[min(1, len(s.list)):] {
		s.list[i+1].sum += s.list[i].sum // in any order
	}
	return s
}

// at returns a number for what is seen at a clock: the same for the same facts and parameters.
func (s *sights) at(clock duty.Instant) uint64 {
	n, _ := slices.BinarySearchFunc(s.list, clock+1, func(x sight, t duty.Instant) int { return cmp.Compare(x.known, t) })
	sum := uint64(n)
	if n > 0 {
		sum = mixed(sum ^ s.list[n-1].sum)
	}
	for _, policy := range s.t.forward.rules.policies {
		steps := uint64(0)
		for i := range policy.Steps {
			if policy.Steps[i].From <= clock.Date() {
				steps++
			}
		}
		sum = mixed(sum ^ steps)
	}
	return sum
}

// mixed spreads the bits of a number (splitmix64).
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

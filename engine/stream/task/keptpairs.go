package task

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// What a person's new facts change of the pairs is near them, and the pairs of years before stay what they were
// (duty.PairSeam). So the pairs found last are kept in memory, and where only rows and paper have come, no older rows
// are read than those since a passage before them. Whatever is unusual is looked at as a whole: facts that are mixed
// with those of others or may be, corrections, cards, a policy that changes soon, and persons of whom nothing is kept.

// keptPairs are the pairs that were last found of persons, by their index in the roster.
type keptPairs map[uint32]keptOf

// keptOf are those of one person, as of what the header says was forwarded.
type keptOf struct {
	list personPairs
	said stored.Paired
}

// maxKept bounds of how many persons they are kept, a hundred bytes of each who has none. When there are more, all are
// forgotten.
const maxKept = 1 << 15

// lookBack is how many days before the new facts a passage by itself is looked for at first, and then.
var lookBack = [...]int32{3, 21}

// seamOf are the pairs of a person as they were, of which those that begin before an instant stay; a zero value if
// nothing is known of them.
type seamOf struct {
	at     duty.Instant
	before personPairs
}

// loadSince loads what is known of a person for looking for pairs at a clock: with the rows since a passage before
// the new facts if the pairs before it are known, else with all.
func (t *Task) loadSince(p *person, from, at duty.Instant) (*knowledge, seamOf, error) {
	kept, ok := t.forward.kept[p.resident]
	horizon := horizonOf(p.fresh)
	said := &p.header.Paired
	if ok = ok && !said.Doubtful && kept.said == *said && from > duty.Beginning && horizon < duty.Forever &&
		(said.Since < from || *said == stored.Paired{}) && t.apart(p) && !t.forward.rules.changeAfter(at); ok {
		for _, days := range lookBack {
			day := pageDay(horizon) - days
			k, err := t.loadAt(p, day, stored.WholeRow, at)
			if err != nil {
				return nil, seamOf{}, err
			}
			in := t.input(p.id, &k.facts)
			if seam, ok := t.seamIn(in, duty.Instant(day)*duty.Day, horizon); ok && keepsApart(&k.facts) && !p.header.Connected {
				return k, seamOf{seam, kept.list}, nil
			}
		}
	}
	k, err := t.loadAt(p, state.Undated, stored.WholeRow, at)
	return k, seamOf{}, err
}

// seamIn is duty.PairSeam; ok is false if the core panicked.
func (t *Task) seamIn(in duty.Input, since, horizon duty.Instant) (seam duty.Instant, ok bool) {
	ran := true
	defer t.guard(&ran)
	return duty.PairSeam(in, since, horizon)
}

// apart reports whether nothing from elsewhere may be among the facts of a person.
func (t *Task) apart(p *person) bool {
	return !p.header.Connected && t.moved.empty() && len(t.moved.unnamed) == 0
}

// keepsApart reports whether every row of a person counts by itself.
func keepsApart(f *duty.Facts) bool {
	return len(f.IdentityLinks) == 0 && len(f.Crowds) == 0 &&
		!slices.ContainsFunc(f.CardEvents, func(k duty.Known[duty.CardEvent]) bool {
			return k.Fact.Version != 1 || k.Fact.Retracted
		})
}

// horizonOf returns when the first of some new facts happened; Forever where pairs have to be looked for in all facts.
func horizonOf(fresh []stored.Fact) duty.Instant {
	first := duty.Forever
	for i := range fresh {
		switch v := fresh[i].Record.(type) {
		case *duty.CardEvent:
			if v.Version != 1 || v.Retracted {
				return duty.Forever
			}
			first = min(first, v.OccurredAt)
		case *duty.ManualEntry:
			early, _, ok := v.Happened()
			if !ok || v.Version != 1 || v.Retracted {
				return duty.Forever
			}
			first = min(first, early)
		case *duty.CardAssignment, *duty.IdentityLink:
			return duty.Forever
		}
	}
	return first
}

// changeAfter reports whether parameters of some policy change after a clock.
func (r *rules) changeAfter(at duty.Instant) bool {
	for _, p := range r.policies {
		for i := range p.Steps {
			if p.Steps[i].From.Start() > at {
				return true
			}
		}
	}
	return false
}

// count is 1 where only the pairs after the seam are looked for, else 0.
func (s *seamOf) count() int {
	if s.before == nil {
		return 0
	}
	return 1
}

// join returns the pairs of a person from those found after a seam.
func (s *seamOf) join(found personPairs) personPairs {
	if s.before == nil {
		return found
	}
	out := make(personPairs, len(found))
	for i := range found {
		for _, x := range s.before[i] {
			if x.From < s.at {
				out[i] = append(out[i], x)
			}
		}
		for _, x := range found[i] {
			if x.From >= s.at {
				out[i] = append(out[i], x)
			}
		}
		out[i] = out[i][max(0, len(out[i])-maxPairs):]
	}
	return out
}

// keepPairs keeps the pairs of a person that were just found, if new facts will change only some of them.
func (t *Task) keepPairs(p *person, k *knowledge, list personPairs) {
	full := slices.ContainsFunc(list, func(of []duty.Pair) bool { return len(of) >= maxPairs })
	if full || list == nil || !t.apart(p) || !keepsApart(&k.facts) {
		delete(t.forward.kept, p.resident)
		return
	}
	if t.forward.kept == nil || len(t.forward.kept) >= maxKept {
		t.forward.kept = keptPairs{}
	}
	if p.header.Paired.Hash == 0 {
		list = t.forward.rules.none
	}
	for i := range list { // what is kept shares no memory with the facts
		for j := range list[i] {
			list[i][j].CentreID = strings.Clone(list[i][j].CentreID)
		}
	}
	t.forward.kept[p.resident] = keptOf{list, p.header.Paired}
}

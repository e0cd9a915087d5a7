package task

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// A backlog is read long before the clock gets to it, so that one look for a person's pairs goes over many clocks, at
// each of which one more fact is known. From one clock to the next the pairs change near that fact alone, as they do
// from one look to the next (keptpairs.go).

// steps are the facts of a person for whom pairs are looked for at one clock after another.
type steps struct {
	t *Task
	p *person
	// apart is true if the pairs of one clock lead to those of the next.
	apart bool
	// rows and entries are sorted by when they happened.
	rows    []*duty.Known[duty.CardEvent]
	entries []happened
	// near is what is known near what is new.
	near knowledge
}

// happened is an entry and when it happened, in both readings.
type happened struct {
	entry       *duty.Known[duty.ManualEntry]
	early, late duty.Instant
}

// stepBack is how long before a new fact a passage by itself is looked for.
const stepBack = 3 * duty.Day

// stepsOf begins with what is known of a person, for clocks from one on.
func (t *Task) stepsOf(p *person, k *knowledge, from duty.Instant) *steps {
	f := &k.facts
	s := &steps{t: t, p: p, apart: t.apart(p) && keepsApart(f) && !t.forward.rules.changeAfter(from)}
	for i := range f.CardAssignments {
		s.apart = s.apart && f.CardAssignments[i].At <= from
	}
	for i := range f.ManualEntries {
		e := &f.ManualEntries[i]
		early, late, ok := e.Fact.Happened()
		s.apart = s.apart && ok && e.Fact.Version == 1 && !e.Fact.Retracted
		s.entries = append(s.entries, happened{e, early, late})
	}
	if !s.apart {
		return s
	}
	for i := range f.CardEvents {
		s.rows = append(s.rows, &f.CardEvents[i])
	}
	slices.SortFunc(s.rows, func(a, b *duty.Known[duty.CardEvent]) int {
		return cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt)
	})
	slices.SortFunc(s.entries, func(a, b happened) int { return cmp.Compare(a.early, b.early) })
	s.near.facts.CardAssignments = f.CardAssignments
	return s
}

// to returns which of the pairs of a clock are those of a later one, and puts into near what the others depend on; a
// zero value where that is not known.
func (s *steps) to(from, at duty.Instant, pairs personPairs) seamOf {
	horizon := s.horizon(from, at)
	if !s.apart || horizon == duty.Forever {
		return seamOf{}
	}
	since, f := horizon-stepBack, &s.near.facts
	f.CardEvents, f.ManualEntries = f.CardEvents[:0], f.ManualEntries[:0]
	i, _ := slices.BinarySearchFunc(s.rows, since, func(k *duty.Known[duty.CardEvent], t duty.Instant) int {
		return cmp.Compare(k.Fact.OccurredAt, t)
	})
	for _, k := range s.rows[i:] {
		if k.At <= at {
			f.CardEvents = append(f.CardEvents, *k)
		}
	}
	for i := range s.entries {
		if e := &s.entries[i]; e.late >= since && e.entry.At <= at {
			f.ManualEntries = append(f.ManualEntries, *e.entry)
		}
	}
	seam, ok := s.t.seamIn(s.t.input(s.p.id, f), since, horizon)
	if !ok {
		return seamOf{}
	}
	return seamOf{seam, pairs}
}

// horizon returns when the first of the facts happened that became known after a clock and by another; Forever where
// none did.
func (s *steps) horizon(from, at duty.Instant) duty.Instant {
	first := duty.Forever
	for _, k := range s.rows {
		if from < k.At && k.At <= at {
			first = min(first, k.Fact.OccurredAt)
		}
	}
	for i := range s.entries {
		if k := s.entries[i].entry; from < k.At && k.At <= at {
			first = min(first, s.entries[i].early)
		}
	}
	return first
}

package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Pair is two consecutive passages in one direction that a card with
// anti-passback should not allow (CRD-09, TX-02). Between them a passage is
// missing, or a row is wrong.
type Pair struct {
	// Person is who the card's rows belong to, after identity links.
	Person string
	Centre string
	// From and To are the times of the two passages; the second reveals the pair.
	From, To duty.Instant
}

// window is within how much time the pairs of different persons are one burst.
const window = duty.Hour

// burstPersons is how many persons make a burst.
const burstPersons = 3

// bursts reports pairs of three persons at one centre revealed within an hour
// (REL-04, REL-05, W-38): rows may have been lost for everybody. The incident is
// over the instants that lie between the passages of at least three persons.
func (s *sight) bursts(r *Report, pairs []Pair) {
	sorted := slices.Clone(pairs)
	slices.SortFunc(sorted, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.Centre, b.Centre), cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From),
			cmp.Compare(a.Person, b.Person))
	})
	for from := 0; from < len(sorted); {
		to := from
		for to < len(sorted) && sorted[to].Centre == sorted[from].Centre {
			to++
		}
		s.burstsAt(r, sorted[from:to])
		from = to
	}
}

// bursts returns the incidents that pairs alone make at a view, in the order of a report.
func (w *Watch) bursts(v View, pairs []Pair) []Automatic { return burstsOf(w.sight(v), pairs) }

func burstsOf(s *sight, pairs []Pair) []Automatic {
	var r Report
	s.bursts(&r, pairs)
	r.sort()
	return r.Incidents
}

// burstsAt looks at the pairs of one centre, in the order in which they were
// revealed.
func (s *sight) burstsAt(r *Report, pairs []Pair) {
	first, last := -1, -1
	flush := func() {
		if first >= 0 {
			s.burst(r, pairs[first:last+1])
		}
		first, last = -1, -1
	}
	end := 0
	for i := range pairs {
		for end < len(pairs) && pairs[end].To-pairs[i].To <= window {
			end++
		}
		if persons(pairs[i:end]) < burstPersons {
			continue
		}
		if last >= 0 && pairs[i].To > pairs[last].To {
			flush()
		}
		if first < 0 {
			first = i
		}
		last = max(last, end-1)
	}
	flush()
}

// persons counts different persons.
func persons(pairs []Pair) int {
	var names []string
	for i := range pairs {
		if !slices.Contains(names, pairs[i].Person) {
			names = append(names, pairs[i].Person)
		}
	}
	return len(names)
}

// burst reports one run of overlapping windows.
func (s *sight) burst(r *Report, pairs []Pair) {
	var turns []duty.Instant
	for i := range pairs {
		turns = append(turns, pairs[i].From, pairs[i].To)
	}
	slices.Sort(turns)
	span, found := duty.Span{}, false
	for i := 1; i < len(turns); i++ {
		var inside []Pair
		for _, p := range pairs {
			if p.From <= turns[i-1] && turns[i] <= p.To {
				inside = append(inside, p)
			}
		}
		if turns[i] == turns[i-1] || persons(inside) < burstPersons {
			continue
		}
		if !found {
			span.From, found = turns[i-1], true
		}
		span.To = turns[i]
	}
	if found {
		s.add(r, &incident{
			cause: CauseBurst, centre: pairs[0].Centre, name: pairs[0].To.String(), span: span,
			kind: duty.IncidentKindSuspectedLoss,
		})
	}
}

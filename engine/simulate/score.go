package simulate

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Key names a unit.
type Key struct {
	PersonID string
	Kind     duty.Kind
	Date     duty.Date
}

// Score compares what was said at the end with the truth, for one duty or for
// all.
type Score struct {
	// Units are the finished units; Breaches those in which the duty really was
	// not met.
	Units, Breaches int
	// Expected is how many breaches the facts can carry; Found how many of them
	// are INDICATED.
	Expected, Found int
	// Indicated is how many units are INDICATED; Wrong how many of these are no
	// breach.
	Indicated, Wrong int
	// Open is how many breaches are near a loss or a fault, so that they may be
	// INDICATED and need not be: they are not among Expected.
	Open int
	// Review is how many units are NEEDS_REVIEW.
	Review int
	// Beyond is how many INDICATED breaches were not expected to be.
	Beyond int
	// Unanswered counts the breaches that the facts cannot carry, by reason.
	Unanswered map[Why]int
	// Differences are the units whose record is not as expected, in order; at
	// most MaxDifferences.
	Differences []Difference
}

// MaxDifferences bounds Score.Differences.
const MaxDifferences = 1000

// Difference is a unit that is INDICATED though it ought not to be, or not
// though it ought.
type Difference struct {
	Unit   Unit
	Status duty.Status // of the last revision
}

// Precision is the share of INDICATED units that are breaches; 1 where there
// are none.
func (s *Score) Precision() float64 { return share(s.Indicated-s.Wrong, s.Indicated) }

// Recall is the share of the breaches that the facts can carry which are
// INDICATED; 1 where there are none.
func (s *Score) Recall() float64 { return share(s.Found, s.Expected) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// Compare holds the last status of each unit against the truth. Units that the
// truth does not know count as Wrong where they are INDICATED. kind limits the
// comparison to one duty; KindUnknown takes all.
func (t *Truth) Compare(said map[Key]duty.Status, kind duty.Kind) Score {
	s := Score{Unanswered: map[Why]int{}}
	known := make(map[Key]bool, len(t.Units))
	for i := range t.Units {
		u := &t.Units[i]
		if kind != duty.KindUnknown && u.Kind != kind {
			continue
		}
		key := Key{u.PersonID, u.Kind, u.Date}
		known[key] = true
		s.add(u, said[key])
	}
	for key, status := range said {
		if known[key] || kind != duty.KindUnknown && key.Kind != kind {
			continue
		}
		s.add(&Unit{PersonID: key.PersonID, Kind: key.Kind, Date: key.Date}, status)
		s.Units--
	}
	slices.SortFunc(s.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Unit.PersonID, b.Unit.PersonID), cmp.Compare(a.Unit.Date, b.Unit.Date),
			cmp.Compare(a.Unit.Kind, b.Unit.Kind))
	})
	return s
}

func (s *Score) add(u *Unit, status duty.Status) {
	s.Units++
	indicated := status == duty.StatusIndicated
	if status == duty.StatusNeedsReview {
		s.Review++
	}
	if indicated {
		s.Indicated++
	}
	switch {
	case u.What != Breach && indicated:
		s.Wrong++
	case u.What == Breach:
		s.Breaches++
		if !u.Indicated {
			s.Unanswered[u.Why]++
		}
	}
	if u.Indicated && u.Open {
		s.Open++
		return
	}
	if u.Indicated {
		s.Expected++
	}
	if u.Indicated && indicated {
		s.Found++
	}
	if indicated && u.What == Breach && !u.Indicated {
		s.Beyond++
	}
	if indicated != u.Indicated && len(s.Differences) < MaxDifferences {
		s.Differences = append(s.Differences, Difference{Unit: *u, Status: status})
	}
}

package duty

import (
	"cmp"
	"slices"
)

// liftedLate reports whether an exclusion in force over the unit was lifted after the unit fell
// due: at the clock no version covers it, though at some earlier instant a version known then did
// (EXC-06, TX-26, contract §5).
func (e *evaluation) liftedLate(f *finding, d Date) bool {
	for _, centre := range f.centres {
		for _, v := range e.centres.exclusions[centre] {
			if end, ever := coverageEnd(v, centre, e.lens.at, func(x *Exclusion) bool {
				s := surroundings{exclusions: []Span{x.span()}}
				return s.excludes(f.period, e.par, d)
			}); ever && end > f.due {
				return true
			}
		}
	}
	return false
}

// coverageEnd returns when the last version of an exclusion that covered a unit was replaced by
// one that does not, and whether that had happened by now.
func coverageEnd(v versions[Exclusion], centre string, now Instant,
	covers func(*Exclusion) bool) (end Instant, ever bool) {
	var turns []Instant
	for _, k := range v {
		if k.At <= now {
			turns = append(turns, k.At)
		}
	}
	slices.SortFunc(turns, func(a, b Instant) int { return cmp.Compare(a, b) })
	covering := false
	for _, t := range slices.Compact(turns) {
		k := at[Exclusion](v, func(k *Known[Exclusion]) bool { return k.At <= t })
		c := k != nil && k.Fact.CentreID == centre && k.Fact.Status == ExclusionStatusDeclared && covers(&k.Fact)
		if covering && !c {
			end, ever = t, true
		}
		covering = c
	}
	return end, ever && !covering
}

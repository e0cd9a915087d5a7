package sanction

import (
	"slices"

	"tilsyn/engine/duty"
)

// class is what a conviction or a unit counts for: breaches of the duties of
// the enhanced control regime, or of those of rejected asylum seekers.
type class uint8

const (
	classNone class = iota
	// classEnhanced is Aliens Act §60(2), Return Act §23(2), Penal Code §143.
	classEnhanced
	// classRejected is Aliens Act §60(1), Return Act §23(1).
	classRejected
)

// statutes are the provisions that count, those of the Aliens Act before 2021 as
// well; any other counts for nothing (CNT-08, C-02).
var statutes = []struct {
	name  string
	class class
}{
	{"ALIENS_ACT_60_1", classRejected},
	{"RETURN_ACT_23_1", classRejected},
	{"ALIENS_ACT_60_2", classEnhanced},
	{"RETURN_ACT_23_2", classEnhanced},
	{"PENAL_CODE_143", classEnhanced},
}

func classOfStatute(s string) class {
	for _, x := range statutes {
		if x.name == s {
			return x.class
		}
	}
	return classNone
}

// classOf returns the class of a group; OTHER_UNLAWFUL and no group have none, and
// so no table (C-04, AMB-30).
func classOf(g duty.Group) class {
	switch g {
	case duty.GroupTolerated, duty.GroupExpelledJudgment, duty.GroupForeignFighter, duty.GroupExpelled25:
		return classEnhanced
	case duty.GroupRejected:
		return classRejected
	}
	return classNone
}

// verdict is a conviction that counts for its class.
type verdict struct {
	duty.KnownConviction
	class class
}

// verdictsOf returns the convictions that count: decided by the clock, of a
// statute that counts, and not for nothing (`breaches` 0 is an acquittal, C-03).
func verdictsOf(list []duty.KnownConviction, at duty.Instant) []verdict {
	var out []verdict
	for _, c := range list {
		k := classOfStatute(c.Statute)
		if k == classNone || c.DecidedAt > at || c.Breaches.OK && c.Breaches.V == 0 {
			continue
		}
		out = append(out, verdict{c, k})
	}
	return out
}

// convictions counts those of a class decided at or before an instant; several
// of one local date are one (C-03).
func (t *tally) convictions(k class, until duty.Instant) int {
	var dates []duty.Date
	for i := range t.verdicts {
		v := &t.verdicts[i]
		if v.class == k && v.DecidedAt <= until {
			dates = append(dates, v.DecidedAt.Date())
		}
	}
	slices.Sort(dates)
	return len(slices.Compact(dates))
}

// judged returns a conviction that has answered for a unit: it names a period
// and the unit's date lies in it, or it names none and was decided at or after
// the unit's instant (contract-case 7.2). Where only one end of the period is
// named the other is taken as wide as it can be, which counts least.
func (t *tally) judged(u *Unit) *verdict {
	k := classOf(u.Group)
	if k == classNone {
		return nil
	}
	for i := range t.verdicts {
		v := &t.verdicts[i]
		if v.class != k {
			continue
		}
		if !v.CoversFromDate.OK && !v.CoversToDate.OK {
			if v.DecidedAt >= u.Instant {
				return v
			}
			continue
		}
		if v.CoversFromDate.Or(u.Date) <= u.Date && u.Date <= v.CoversToDate.Or(v.DecidedAt.Date()) {
			return v
		}
	}
	return nil
}

package sanction

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Boundary dates of the regimes (domain 5.2). A unit follows its date, which on
// a boundary day is the earlier and milder side (CNT-06).
var (
	act2017  = duty.DateOf(2017, 3, 1)
	act2019  = duty.DateOf(2019, 6, 1)
	act2021  = duty.DateOf(2021, 6, 1)
	reach143 = act2019
	// widened is from when on §15 and the table of 2017 reach foreign fighters
	// and those expelled under §25 (DET-01, AMB-37).
	widened = duty.DateOf(2019, 3, 1)
)

// shelf is a place in the order of entries: regime, and whether covered.
type shelf uint8

const (
	shelfNone shelf = iota
	shelfR1
	shelfR1NotCovered
	shelfR2
	shelfR3
	shelfRJ
)

// beyondReach reports whether the Act of 2017 leaves a unit out: the Act says
// "after", so that its own day is not covered (AMB-26); foreign fighters and
// those expelled under §25 came in later, by their own group and not by the one
// that they are treated as (AMB-37, C-11).
func (u *counted) beyondReach() bool {
	if u.own == duty.GroupForeignFighter || u.own == duty.GroupExpelled25 {
		return u.Date <= widened
	}
	return u.Date <= act2017
}

// shelf returns where an open unit is counted, and in which month; no month
// where the regime counts the total.
func (u *counted) shelf() (shelf, month) {
	switch classOf(u.Group) {
	case classRejected:
		return shelfRJ, 0
	case classEnhanced:
	default:
		return shelfNone, 0
	}
	switch {
	case u.beyondReach():
		return shelfR1NotCovered, 0
	case u.Date < act2019:
		return shelfR1, 0
	case u.Date < act2021:
		return shelfR2, monthOf(u.Date)
	}
	return shelfR3, monthOf(u.Date)
}

// entry is the units that are looked up together.
type entry struct {
	shelf shelf
	month month
	count int
	// earliest is the first instant of its units: convictions up to it say which
	// time this is (C-04).
	earliest duty.Instant
}

// entries looks up the guideline's starting points, one regime and month at a
// time. They are never added up: with more than one each says NO_SUM (AMB-28).
func (t *tally) entries() []duty.SanctionLine {
	var list []entry
	var open []*counted
	for i := range t.units {
		u := &t.units[i]
		if !u.open() {
			continue
		}
		open = append(open, u)
		s, m := u.shelf()
		if s == shelfNone {
			continue
		}
		at, found := slices.BinarySearchFunc(list, entry{shelf: s, month: m}, func(a, b entry) int {
			return cmp.Or(cmp.Compare(a.shelf, b.shelf), cmp.Compare(a.month, b.month))
		})
		if !found {
			list = slices.Insert(list, at, entry{shelf: s, month: m, earliest: u.Instant})
		}
		list[at].count++
		list[at].earliest = min(list[at].earliest, u.Instant)
	}
	alone := oneMonth(open)
	out := []duty.SanctionLine{}
	for _, e := range list {
		l := t.lookUp(e, alone)
		if len(list) > 1 {
			l.Flags = append(l.Flags, duty.SanctionFlagNoSum)
		}
		slices.SortFunc(l.Flags, func(a, b duty.SanctionFlag) int { return cmp.Compare(a.String(), b.String()) })
		out = append(out, l)
	}
	return out
}

// oneMonth reports whether all open units, of whatever regime, lie in a single
// calendar month: only then the first table of 2019 applies (C-08).
func oneMonth(open []*counted) bool {
	for _, u := range open {
		if monthOf(u.Date) != monthOf(open[0].Date) {
			return false
		}
	}
	return true
}

// lookUp reads the table of an entry.
func (t *tally) lookUp(e entry, alone bool) duty.SanctionLine {
	l := duty.SanctionLine{Count: int32(e.count), Flags: []duty.SanctionFlag{}}
	k := classEnhanced
	switch e.shelf {
	case shelfR1, shelfR1NotCovered:
		l.Regime, l.Table = duty.RegimeR1, "T2017"
	case shelfR2:
		l.Regime, l.Table = duty.RegimeR2b, "SKEMA2"
		if alone {
			l.Regime, l.Table = duty.RegimeR2a, "SKEMA1"
		}
	case shelfR3:
		l.Regime, l.Table = duty.RegimeR3, "SKEMA3"
	case shelfRJ:
		l.Regime, l.Table, k = duty.RegimeRj, "REJECTED", classRejected
	}
	if e.month != 0 {
		l.Month = duty.Some(e.month.String())
		if e.count >= t.Standing.Params.SanctionClearlyMoreThan10 {
			l.Flags = append(l.Flags, duty.SanctionFlagClearlyMoreThan10)
		}
	}
	time := 1 + t.convictions(k, e.earliest)
	if e.shelf == shelfRJ {
		if l.Column = 1; time > lastTimeOfRejected {
			l.Flags = append(l.Flags, duty.SanctionFlagConsiderPrison)
			return l
		}
		time = 1
	}
	table := t.table(l.Table)
	l.Column = int32(min(time, len(table.Columns)))
	if time > len(table.Columns) {
		l.Flags = append(l.Flags, duty.SanctionFlagBeyondTable)
	}
	if e.shelf == shelfR1NotCovered {
		l.Flags = append(l.Flags, duty.SanctionFlagNotCovered)
		return l
	}
	cell, flag := read(table, e.count, int(l.Column))
	if flag != duty.SanctionFlagUnknown && !slices.Contains(l.Flags, flag) {
		l.Flags = append(l.Flags, flag)
	}
	if cell != "" {
		l.Cell, l.Over30Days = duty.Some(cell), duty.Some(over30Days(cell))
	}
	return l
}

// lastTimeOfRejected is how often the table of rejected asylum seekers speaks:
// from the third time on prosecutors consider prison (001 §7.3).
const lastTimeOfRejected = 2

// table returns a table of the guideline; an empty one where the policy has it
// not, so that nothing is said.
func (t *tally) table(name string) *duty.SanctionTable {
	for i := range t.Standing.Tables {
		if t.Standing.Tables[i].Name == name {
			return &t.Standing.Tables[i]
		}
	}
	return &duty.SanctionTable{Name: name, Columns: []string{""}}
}

package sanction

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// month is a calendar month, counted from the year 0.
type month int

// monthOf returns the calendar month of a date.
func monthOf(d duty.Date) month {
	y, m, _ := d.Civil()
	return month(y*12 + m - 1)
}

// first returns the first day of the month.
func (m month) first() duty.Date { return duty.DateOf(int(m)/12, int(m)%12+1, 1) }

// last returns the last day of the month.
func (m month) last() duty.Date { return (m + 1).first() - 1 }

// String returns YYYY-MM.
func (m month) String() string { return m.first().String()[:len("2006-01")] }

// months counts per calendar month of the unit date and duty, each duty for
// itself: three on one day are three (CNT-02). `indicated`,
// `needs_review` and `withdrawn` count last revisions, `undetermined` and
// `excluded` outcomes, told or not; rows of zeros are left out (C-21, C-23).
func (t *tally) months() []duty.MonthCount {
	out := []duty.MonthCount{}
	for i := range t.units {
		u := &t.units[i]
		c := duty.MonthCount{Month: monthOf(u.Date).String(), Kind: u.Kind}
		count(&c, u)
		if c == (duty.MonthCount{Month: c.Month, Kind: c.Kind}) {
			continue
		}
		at, found := slices.BinarySearchFunc(out, c, compareMonths)
		if !found {
			out = slices.Insert(out, at, c)
			continue
		}
		count(&out[at], u)
	}
	return out
}

func compareMonths(a, b duty.MonthCount) int {
	return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Kind.String(), b.Kind.String()))
}

func count(c *duty.MonthCount, u *counted) {
	switch u.Status {
	case duty.StatusIndicated:
		c.Indicated++
	case duty.StatusNeedsReview:
		c.NeedsReview++
	case duty.StatusWithdrawn:
		c.Withdrawn++
	}
	switch u.Outcome {
	case duty.OutcomeUndetermined:
		c.Undetermined++
	case duty.OutcomeExcluded:
		c.Excluded++
	}
}

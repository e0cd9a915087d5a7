package control

import (
	"fmt"
	"strconv"

	"tilsyn/engine/duty"
)

// Period is a month or a half-year, in local time.
type Period struct {
	// Name is YYYY-MM, YYYY-H1 or YYYY-H2.
	Name string
	Span duty.Span
	// year, first month and months of it.
	year, first, months int
}

// ParsePeriod reads YYYY-MM, YYYY-H1 or YYYY-H2; false for anything else, and outside the years 2000
// to 2099.
func ParsePeriod(s string) (Period, bool) {
	if len(s) != len("2026-H1") || s[4] != '-' {
		return Period{}, false
	}
	year, err := strconv.Atoi(s[:4])
	if err != nil || year < 2000 || year > 2099 {
		return Period{}, false
	}
	switch s[5:] {
	case "H1":
		return period(year, 1, 6), true
	case "H2":
		return period(year, 7, 6), true
	}
	month, err := strconv.Atoi(s[5:])
	if err != nil || month < 1 || month > 12 || s[5] == '+' || s[5] == '-' {
		return Period{}, false
	}
	return period(year, month, 1), true
}

func period(year, first, months int) Period {
	name := fmt.Sprintf("%04d-%02d", year, first)
	if months == 6 {
		name = fmt.Sprintf("%04d-H%d", year, 1+first/7)
	}
	end := first + months
	to := duty.DateOf(year+(end-1)/12, (end-1)%12+1, 1)
	return Period{Name: name, Span: duty.Span{From: duty.DateOf(year, first, 1).Start(), To: to.Start()},
		year: year, first: first, months: months}
}

// Before is the period before it, of the same length.
func (p Period) Before() Period {
	first, year := p.first-p.months, p.year
	if first < 1 {
		first, year = first+12, year-1
	}
	return period(year, first, p.months)
}

// recomputed is how long after its end a period is worked out again: a late fact changes the period in
// which the thing happened.
const recomputed = 13 // months

// Recomputed are the periods that are worked out again at a clock: the months and half-years that last,
// and those that ended within thirteen months, the newest first.
func Recomputed(at duty.Instant) []Period {
	year, month, _ := at.Date().Civil()
	out := []Period{period(year, month, 1)}
	for range recomputed {
		out = append(out, out[len(out)-1].Before())
	}
	half := period(year, 1+(month-1)/6*6, 6)
	for range 1 + (recomputed+5)/6 {
		out = append(out, half)
		half = half.Before()
	}
	return out
}

// within reports whether an instant lies in a span.
func within(s duty.Span, t duty.Instant) bool { return s.From <= t && t < s.To }

// cut is how long a span lies in another.
func cut(a, b duty.Span) duty.Instant { return max(0, min(a.To, b.To)-max(a.From, b.From)) }

package control

import "tilsyn/engine/duty"

// Flow is how many passages there were each way.
type Flow struct{ In, Out int }

// Day is what was counted at a centre on a local date, beside what is usual there (REL-04).
type Day struct {
	Flow
	Date duty.Date
	// Usual is the mean number of passages on the same weekday of the Weeks before it; it says nothing while Weeks
	// is 0, as with fewer than four weeks and on a date that has not 24 hours.
	Usual, Weeks int
	// Low is true where far less was counted than is usual.
	Low bool
}

// UsualDays is how many dates before one are looked at for what is usual on it.
const UsualDays = 7 * mostWeeks

// Days sets what was counted at a centre beside what is usual, from one date to another, both included; dates before
// first, from which on everything was counted, are left out. The last ones may be lower than they will be, while rows
// are on their way.
func Days(counted map[duty.Date]Flow, first, from, to duty.Date) []Day {
	out, none := []Day{}, &counts{}
	of := func(d duty.Date) flow { return flow{counted[d].In, counted[d].Out} }
	for d := max(from, first); d <= to; d++ {
		n := Day{Flow: counted[d], Date: d}
		if usual, weeks := none.usual(d, first, of); !odd(d) && weeks >= leastWeeks {
			n.Usual, n.Weeks, n.Low = usual/weeks, weeks, isLow(of(d).all(), usual, weeks)
		}
		out = append(out, n)
	}
	return out
}

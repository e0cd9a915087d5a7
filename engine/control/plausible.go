package control

import (
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// What makes traffic implausible. The sources give no number (REL-04); these are this product's, and
// so chosen that a centre without faults is not named in a simulated year.
const (
	// The usual level is the mean of the same weekday and hour over the weeks before: at most so many,
	// and nothing is said with fewer than leastWeeks, or where so few passages are usual that chance
	// explains their absence.
	mostWeeks, leastWeeks = 8, 4
	leastUsual            = 20
	// Far below is less than a quarter.
	farBelow = 4
	// Drift and pairs are judged by the day, on days with so many passages or pairs.
	leastPassages, leastPairs = 50, 50
	// More than a fifth more passages one way than the other, or more than a tenth of the pairs in one
	// direction.
	mostDrift, mostSame = 200, 100 // permille
)

// lowTraffic names hours in which far less was registered than usual, joined where they follow each
// other, and days on which the hours are too quiet to tell.
func (c *counts) lowTraffic(centre string, at duty.Instant) []duty.DataQuality {
	var out []duty.DataQuality
	first, found := c.first()
	if !found {
		return nil
	}
	for d := first + leastWeeks*7; d.Start() < at; d++ {
		if odd(d) {
			continue
		}
		low := c.lowHours(centre, d, first, at)
		out = append(out, low...)
		if len(low) > 0 || whole(d).To+arrives > at {
			continue
		}
		usual, weeks := c.usual(d, first, c.day)
		if n := c.day(d).all(); isLow(n, usual, weeks) {
			out = append(out, trafficLow(centre, whole(d), n, usual, weeks))
		}
	}
	return out
}

// lowHours names the hours of one date.
func (c *counts) lowHours(centre string, d, first duty.Date, at duty.Instant) []duty.DataQuality {
	var out []duty.DataQuality
	var run duty.Span
	passages, sum, weeks := 0, 0, 0
	flush := func() {
		if run.To > run.From {
			out = append(out, trafficLow(centre, run, passages, sum, weeks))
		}
		run, passages, sum = duty.Span{}, 0, 0
	}
	for n := range 24 {
		h := hour{d, n}
		if h.start()+duty.Hour+arrives > at {
			break
		}
		usual, of := c.usual(d, first, func(day duty.Date) flow { return c.hours[hour{day, n}] })
		got := c.hours[h].all()
		if !isLow(got, usual, of) {
			flush()
			continue
		}
		if run.To == 0 {
			run.From = h.start()
		}
		run.To = h.start() + duty.Hour
		passages, sum, weeks = passages+got, sum+usual, of
	}
	flush()
	return out
}

// usual is the sum of what was counted on the same weekday of the weeks before, and how many weeks.
func (c *counts) usual(d, first duty.Date, of func(duty.Date) flow) (sum, weeks int) {
	for w := duty.Date(1); w <= mostWeeks && d-7*w >= first; w++ {
		if !odd(d - 7*w) {
			sum += of(d - 7*w).all()
			weeks++
		}
	}
	return sum, weeks
}

// isLow reports whether a count is far below its usual level.
func isLow(n, usual, weeks int) bool {
	return weeks >= leastWeeks && usual >= leastUsual*weeks && n*weeks*farBelow < usual
}

// odd reports whether a date has not 24 hours, so that its hours are not those of other dates.
func odd(d duty.Date) bool { return whole(d).To-whole(d).From != duty.Day }

func trafficLow(centre string, s duty.Span, n, usual, weeks int) duty.DataQuality {
	return finding(duty.DataQualityCodeTrafficLow, centre, s, number("passages", n), number("usual", usual/weeks),
		number("weeks", weeks))
}

// oneSided names days on which people seem to come without going or go without coming, and days with
// too many pairs of passages in one direction: either way passages are missing.
func (c *counts) oneSided(centre string, at duty.Instant) []duty.DataQuality {
	var out []duty.DataQuality
	first, _ := c.first() // which may have begun in the middle of the day
	days := map[duty.Date]bool{}
	for h := range c.hours { //house:order-free a set has no order
		days[h.date] = true
	}
	for _, d := range slices.Sorted(maps.Keys(days)) {
		if d == first || whole(d).To+arrives > at {
			continue
		}
		f := c.day(d)
		if n := f.all(); n >= leastPassages && max(f.in-f.out, f.out-f.in)*1000 > mostDrift*n {
			out = append(out, finding(duty.DataQualityCodeNetDrift, centre, whole(d), number("in", f.in), number("out", f.out)))
		}
		if n := c.pairs[d]; n.all >= leastPairs && n.same*1000 > mostSame*n.all {
			out = append(out, finding(duty.DataQualityCodeSameDirectionShare, centre, whole(d),
				number("pairs", n.all), number("same_direction", n.same)))
		}
	}
	return out
}

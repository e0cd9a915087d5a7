package sanction

import (
	"slices"

	"tilsyn/engine/duty"
)

// section143 gives what the engine knows of the indicators of Penal Code §143
// at a reference instant; nothing outside the enhanced regime (SAN-07).
func (t *tally) section143(at duty.Instant) duty.Opt[duty.Section143] {
	if classOf(t.groupAt(at).Effective) != classEnhanced {
		return duty.None[duty.Section143]()
	}
	out := duty.Section143{
		DutiesImposed:         t.dutiesAt(at),
		MonthsWithoutPresence: t.monthsWithoutPresence(at),
		Convictions:           int32(t.convictions(classEnhanced, at)),
	}
	var first, last, day duty.Date
	kinds := 0
	for i := range t.units {
		u := &t.units[i]
		if !u.open() || classOf(u.Group) != classEnhanced || u.Date < reach143 || u.Instant > at {
			continue
		}
		if out.Days == 0 {
			first = u.Date
		}
		if u.Date != day {
			day, kinds = u.Date, 0
		}
		// Units are sorted by date, and a date has one of each kind at most.
		if kinds++; kinds == len([...]duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport}) {
			out.DaysWithThree++
		}
		last = u.Date
		out.Days = int32(last - first + 1)
	}
	return duty.Some(out)
}

// dutiesAt lists the duties that bind, sorted; NOTIFY only beside a STAY under
// §13(2), which it presupposes.
func (t *tally) dutiesAt(at duty.Instant) []string {
	binds := func(want func(*duty.BindingSpan) bool) bool {
		return slices.ContainsFunc(t.Standing.Duties, func(b duty.BindingSpan) bool {
			return b.Span.From <= at && at < b.Span.To && want(&b)
		})
	}
	out := []string{}
	for _, k := range []duty.Kind{duty.KindNotify, duty.KindReport, duty.KindStay} {
		if !binds(func(b *duty.BindingSpan) bool { return b.Kind == k }) ||
			k == duty.KindNotify && !binds(func(b *duty.BindingSpan) bool { return b.Under13 }) {
			continue
		}
		out = append(out, k.String())
	}
	return out
}

// monthsWithoutPresence lists the calendar months whose every night is an open
// INDICATED STAY unit that had ended (C-37).
func (t *tally) monthsWithoutPresence(at duty.Instant) []string {
	out := []string{}
	var current month
	nights := 0
	for i := range t.units {
		u := &t.units[i]
		if u.Kind != duty.KindStay || !u.open() || u.Instant > at {
			continue
		}
		if m := monthOf(u.Date); m != current {
			current, nights = m, 0
		}
		if nights++; nights == int(current.last()-current.first())+1 {
			out = append(out, current.String())
		}
	}
	return out
}

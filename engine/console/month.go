package console

import (
	"fmt"
	"slices"
	"strconv"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// Month is a calendar month of nights and reports.
type Month struct {
	Month string `json:"month"`
	// Before and After are the months beside it; empty where the person has no unit there.
	Before string `json:"before"`
	After  string `json:"after"`
	Weeks  []Week `json:"weeks"`
}

// Week is a week from Monday on.
type Week struct {
	Number int   `json:"number"`
	Days   []Day `json:"days"`
}

// Day is a date with its units.
type Day struct {
	Date string `json:"date"`
	// Other is true for a date of the month before or after.
	Other bool   `json:"other"`
	Units []Mark `json:"units"`
	Day   int    `json:"-"`
}

// Mark is a unit in the calendar.
type Mark struct {
	Kind string `json:"kind"`
	// Outcome is the core's now; Pending is true for one that must not be told yet.
	Outcome string `json:"outcome"`
	Pending bool   `json:"pending"`
	// Status is that of what was told last; empty where nothing was.
	Status  string `json:"status"`
	Handled bool   `json:"handled"`
	Date    string `json:"unit_date"`
}

// Shows is what the calendar shows of a unit: what was told, else the outcome.
func (m Mark) Shows() string {
	switch {
	case m.Status != "":
		return m.Status
	case m.Pending:
		return "PENDING"
	}
	return m.Outcome
}

// monthOf is the first date of a month YYYY-MM.
func monthOf(s string) (duty.Date, bool) {
	d, ok := duty.ParseDate(s + "-01")
	return d, ok && len(s) == 7
}

func monthName(d duty.Date) string {
	y, m, _ := d.Civil()
	return fmt.Sprintf("%04d-%02d", y, m)
}

// nextMonth is the first date of the month n months on.
func nextMonth(d duty.Date, n int) duty.Date {
	y, m, _ := d.Civil()
	m += n
	for ; m < 1; m += 12 {
		y--
	}
	return duty.DateOf(y+(m-1)/12, (m-1)%12+1, 1)
}

// calendar puts the units of a month in their weeks.
func calendar(first duty.Date, units []duty.Unit, told []projection.Row, bound [2]duty.Date) Month {
	last := nextMonth(first, 1) - 1
	out := Month{Month: monthName(first), Weeks: []Week{}}
	if bound[0] < first {
		out.Before = monthName(nextMonth(first, -1))
	}
	if bound[1] > last {
		out.After = monthName(nextMonth(first, 1))
	}
	on := map[duty.Date][]Mark{}
	for i := range units {
		u := &units[i]
		m := Mark{Kind: u.Kind.String(), Outcome: u.Outcome.String(), Pending: u.Pending, Date: u.Date.String()}
		j := slices.IndexFunc(told, func(r projection.Row) bool { return r.Kind == m.Kind && r.Date == m.Date })
		if j >= 0 {
			m.Status, m.Handled = told[j].Status, len(told[j].Handlings) > 0
		}
		on[u.Date] = append(on[u.Date], m)
	}
	monday := first - duty.Date((int(first+3)%7+7)%7) // 1970-01-01 was a Thursday
	for d := monday; d <= last; d += 7 {
		w := Week{Number: isoWeek(d)}
		for i := d; i < d+7; i++ {
			_, _, n := i.Civil()
			x := Day{Date: i.String(), Day: n, Other: i < first || i > last, Units: orNone(on[i])}
			if x.Other {
				x.Units = []Mark{}
			}
			w.Days = append(w.Days, x)
		}
		out.Weeks = append(out.Weeks, w)
	}
	return out
}

// isoWeek is the number of the week that begins on a Monday (ISO 8601): that of its Thursday's year.
func isoWeek(monday duty.Date) int {
	y, _, _ := (monday + 3).Civil()
	return int(monday+3-duty.DateOf(y, 1, 1))/7 + 1
}

// age says how long ago a date was, in whole days.
func age(from, to duty.Date) string { return strconv.Itoa(int(max(0, to-from))) }

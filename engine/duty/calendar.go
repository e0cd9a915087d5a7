package duty

// Copenhagen's clock since 1996: CET, and CEST from 01:00 UTC on the last
// Sunday of March to 01:00 UTC on the last Sunday of October (TIM-01, TIM-03,
// TIM-04). Facts lie in 2000–2100, so no older rule is needed.

// DateOf returns the date of a year, month (1–12) and day. Days beyond the
// month run on into the next one.
func DateOf(year, month, day int) Date {
	return Date(daysOf(int64(year), int64(month), int64(day)))
}

// Civil returns the year, month (1–12) and day of a date.
func (d Date) Civil() (year, month, day int) {
	y, m, dd := civilOf(int64(d))
	return int(y), int(m), int(dd)
}

// month returns the calendar month of a date, 1–12.
func (d Date) month() int64 {
	_, m, _ := civilOf(int64(d))
	return m
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Weekday returns the day of the week.
func (d Date) Weekday() Weekday {
	n := (int64(d) + 3) % 7
	if n < 0 {
		n += 7
	}
	return WeekdayMon + Weekday(n)
}

// lastSunday returns the last Sunday of a month with 31 days.
func lastSunday(year, month int64) Date {
	d := Date(daysOf(year, month, 31))
	back := (int64(d.Weekday()-WeekdayMon) + 1) % 7
	return d - Date(back)
}

// summers are the spans of summer time of the years from firstSummer on.
var summers = func() (out [numSummers]Span) {
	for i := range out {
		out[i] = summer(firstSummer + int64(i))
	}
	return out
}()

const (
	firstSummer = 1990
	numSummers  = 120
	// meanYear is the length of a mean year in ms.
	meanYear = 31_556_952_000
)

// summer returns when summer time holds in a year.
func summer(year int64) Span {
	return Span{Instant(lastSunday(year, 3))*Day + Hour, Instant(lastSunday(year, 10))*Day + Hour}
}

// offset returns how far local time is ahead of UTC at t.
func offset(t Instant) Instant {
	// Around the turn of a year this may be the other year; it is winter in both.
	year := 1970 + floorDiv(int64(t), meanYear)
	var s Span
	if i := year - firstSummer; i >= 0 && i < numSummers {
		s = summers[i]
	} else {
		year, _, _ = civilOf(floorDiv(int64(t), int64(Day)))
		s = summer(year)
	}
	if s.contains(t) {
		return 2 * Hour
	}
	return Hour
}

// Date returns the local date of an instant.
func (i Instant) Date() Date {
	return Date(floorDiv(int64(i+offset(i)), int64(Day)))
}

// clockMinute returns the minute of the local day, 0–1439.
func (i Instant) clockMinute() int {
	l := int64(i + offset(i))
	return int((l - floorDiv(l, int64(Day))*int64(Day)) / int64(Minute))
}

// minute numbers the minute in which an instant lies. Limits in minutes compare these numbers
// (RD-15).
func (i Instant) minute() int64 { return floorDiv(int64(i), int64(Minute)) }

// clock resolves a local time of day. A time that does not exist or occurs twice has two readings
// and exact is false (TIM-06); otherwise the two are equal.
func (d Date) clock(ms Instant) (early, late Instant, exact bool) {
	local := Instant(d)*Day + ms
	summer, winter := local-2*Hour, local-Hour
	isSummer, isWinter := offset(summer) == 2*Hour, offset(winter) == Hour
	switch {
	case isSummer && !isWinter:
		return summer, summer, true
	case isWinter && !isSummer:
		return winter, winter, true
	}
	return summer, winter, false
}

// Shown returns the instants at which the local clock shows a time of day, in ms after midnight: one,
// but in the hour that summer time takes none, and in the one that it gives back two (TIM-06).
func (d Date) Shown(ms Instant) []Instant {
	local := Instant(d)*Day + ms
	var out []Instant
	for _, t := range []Instant{local - 2*Hour, local - Hour} {
		if t+offset(t) == local {
			out = append(out, t)
		}
	}
	return out
}

// Start returns the first instant of the local date.
func (d Date) Start() Instant {
	t, _, _ := d.clock(0)
	return t
}

// Clock returns the instant of a time of day that exists exactly once: any except those from 02:00
// to 03:00 on the days of change.
func (d Date) Clock(hour, minute int) Instant {
	t, _, _ := d.clock(Instant(hour)*Hour + Instant(minute)*Minute)
	return t
}

// Readings returns the instants that a local time of day, in minutes after midnight, may mean: the
// same one twice, except where it occurs twice or never on a day of change (TIM-06).
func (d Date) Readings(minutes int) (early, late Instant) {
	early, late, _ = d.clock(Instant(minutes) * Minute)
	return early, late
}

// Limits of the night; law, not a parameter (TIM-02).
const (
	nightFromHour = 23
	nightToHour   = 6
)

// Night returns N(d): local 23:00 on d to local 06:00 on d+1, half open
// (TIM-02). It has 7 hours, 6 in the spring change, 8 in the autumn one.
func Night(d Date) Span {
	return Span{d.Clock(nightFromHour, 0), (d + 1).Clock(nightToHour, 0)}
}

// nightOf returns the evening date of the night or day that an instant counts
// to: from 06:00 of d up to 06:00 of d+1 it is d (NTC-12).
func nightOf(t Instant) Date {
	d := t.Date()
	if t < d.Clock(nightToHour, 0) {
		return d - 1
	}
	return d
}

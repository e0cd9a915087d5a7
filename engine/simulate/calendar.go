package simulate

import (
	"fmt"

	"tilsyn/engine/duty"
)

// This file holds local time in Denmark for dates since 1996 (the common rule
// of the European Union for summer time). It is written apart from the calendar
// of package duty on purpose: the truth must not share a fault with the core.

// hm is a minute of a simulated day: 06:00 is 360, midnight 1440, 06:00 of the
// next day 1800. A simulated day runs from 06:00 to 06:00, so that a night
// belongs to one day. Minutes from 02:00 to 02:59 are never used: on two nights
// a year they do not exist or exist twice.
type hm int

const (
	dawn     hm = 6 * 60
	midnight hm = 24 * 60
	nextDawn hm = 30 * 60
)

// weekday gives 0 for Monday to 6 for Sunday.
func weekday(d duty.Date) int { return int(((d+3)%7 + 7) % 7) }

// workday reports whether offices are open.
func workday(d duty.Date) bool { return weekday(d) < 5 }

// summer reports whether an instant lies in summer time.
func summer(t duty.Instant) bool {
	days := duty.Date(floorDiv(int64(t), int64(duty.Day)))
	y, _, _ := civil(days)
	from := duty.Instant(lastSunday(y, 3))*duty.Day + duty.Hour
	to := duty.Instant(lastSunday(y, 10))*duty.Day + duty.Hour
	return t >= from && t < to
}

// offset is what local time is ahead of UTC.
func offset(t duty.Instant) duty.Instant {
	if summer(t) {
		return 2 * duty.Hour
	}
	return duty.Hour
}

// at gives the instant of a local wall-clock time, in minutes and seconds after
// the midnight that begins d.
func at(d duty.Date, m hm, seconds int) duty.Instant {
	u := duty.Instant(d)*duty.Day + duty.Instant(m)*duty.Minute + duty.Instant(seconds)*duty.Second
	if t := u - 2*duty.Hour; summer(t) {
		return t
	}
	return u - duty.Hour
}

// localDate gives the local calendar date of an instant.
func localDate(t duty.Instant) duty.Date {
	return duty.Date(floorDiv(int64(t+offset(t)), int64(duty.Day)))
}

// localMinute gives the local minute of the day of an instant.
func localMinute(t duty.Instant) int {
	u := int64(t + offset(t))
	return int((u - floorDiv(u, int64(duty.Day))*int64(duty.Day)) / int64(duty.Minute))
}

// DateString writes a date as YYYY-MM-DD.
func DateString(d duty.Date) string {
	y, m, day := civil(d)
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// LocalTime writes an instant as a guard would: local date, hour and minute,
// YYYY-MM-DDTHH:MM.
func LocalTime(t duty.Instant) string {
	m := localMinute(t)
	return fmt.Sprintf("%sT%02d:%02d", DateString(localDate(t)), m/60, m%60)
}

// Today gives the local date of an instant, for callers that choose Start.
func Today(t duty.Instant) duty.Date { return localDate(t) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// civil turns days since 1970-01-01 into year, month and day of month.
func civil(d duty.Date) (year, month, day int) {
	z := int64(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	if month > 12 {
		month -= 12
	}
	year = int(yoe + era*400)
	if month <= 2 {
		year++
	}
	return year, month, day
}

// dateOf is the reverse of civil.
func dateOf(year, month, day int) duty.Date {
	y := int64(year)
	if month <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	mp := int64(month+9) % 12
	doy := (153*mp+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return duty.Date(era*146097 + doe - 719468)
}

// lastSunday gives the last Sunday of a month with 31 days.
func lastSunday(year, month int) duty.Date {
	d := dateOf(year, month, 31)
	return d - duty.Date((weekday(d)+1)%7)
}

package oracle

import (
	"time"
	_ "time/tzdata" // the calendar must not depend on the machine

	"tilsyn/engine/duty"
)

// zone is the one time zone of the law (TIM-01).
var zone = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err)
	}
	return loc
}()

// local returns the wall-clock time of an instant.
func local(t duty.Instant) time.Time { return time.UnixMilli(int64(t)).In(zone) }

// dateOf returns the local date of an instant.
func dateOf(t duty.Instant) duty.Date {
	if t < -1<<50 {
		return -1 << 30
	}
	if t > 1<<50 {
		return 1 << 30
	}
	y, m, d := local(t).Date()
	return duty.Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// civil returns year, month and day of a date.
func civil(d duty.Date) (int, time.Month, int) {
	return time.Unix(int64(d)*86400, 0).UTC().Date()
}

// wall returns the readings of a local clock time on a date, earliest first:
// one, or two where the time occurs twice or does not exist (TIM-06).
func wall(d duty.Date, minutes int) []duty.Instant {
	return wallSeconds(d, minutes*60)
}

func wallSeconds(d duty.Date, seconds int) []duty.Instant {
	naive := int64(d)*86400 + int64(seconds)
	first := duty.Instant(naive-2*3600) * 1000  // read as summer time
	second := duty.Instant(naive-1*3600) * 1000 // read as winter time
	a := offset(first) == 2*3600
	b := offset(second) == 1*3600
	switch {
	case a && !b:
		return []duty.Instant{first}
	case b && !a:
		return []duty.Instant{second}
	}
	return []duty.Instant{first, second}
}

func offset(t duty.Instant) int {
	_, off := local(t).Zone()
	return off
}

// at returns an unambiguous local time.
func at(d duty.Date, hour int) duty.Instant { return wall(d, hour*60)[0] }

// nightOf returns N(d) (TIM-02).
func nightOf(d duty.Date) (duty.Instant, duty.Instant) { return at(d, 23), at(d+1, 6) }

// minute returns the whole minute of an instant (RD-15). Offsets are whole
// hours, so that local and universal minutes agree.
func minute(t duty.Instant) int64 {
	m := int64(t) / 60000
	if int64(t) < m*60000 {
		m--
	}
	return m
}

// weekday returns the ISO weekday of a date, 1 for Monday.
func weekday(d duty.Date) int {
	w := int(time.Unix(int64(d)*86400, 0).UTC().Weekday())
	if w == 0 {
		return 7
	}
	return w
}

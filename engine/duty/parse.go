package duty

import "math"

// This file reads instants and dates of the JSON form (contract §1).

// ParseInstant reads an RFC 3339 time with an offset or Z. What is finer than a
// millisecond is cut off. A leap second, 23:59:60 in UTC, has no number of its own
// in a count of milliseconds and is read as the second after it. Years of more than four
// digits are read with a sign, as Instant.Append writes them. It returns false
// for anything else and for times that an Instant cannot hold.
func ParseInstant(s string) (Instant, bool) {
	days, s, ok := parseCivil(s)
	if !ok || len(s) < 9 || s[0] != 'T' && s[0] != 't' || s[3] != ':' || s[6] != ':' {
		return 0, false
	}
	hour, ok1 := twoDigits(s[1:])
	minute, ok2 := twoDigits(s[4:])
	second, ok3 := twoDigits(s[7:])
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return 0, false
	}
	milli, s, ok := parseFraction(s[9:])
	if !ok {
		return 0, false
	}
	ahead, ok := parseZone(s)
	if !ok {
		return 0, false
	}
	seconds := days*86400 + hour*3600 + minute*60 + second - ahead
	if second == 60 && floorMod(seconds, 86400) != 0 {
		return 0, false // only the last second of a day of UTC can be one
	}
	return unixInstant(seconds, milli)
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// unixInstant returns seconds and milliseconds as an instant, and false where
// they do not fit.
func unixInstant(seconds, milli int64) (Instant, bool) {
	if seconds < 0 && milli > 0 {
		seconds, milli = seconds+1, milli-1000
	}
	const limit = math.MaxInt64 / 1000
	if seconds > limit || seconds < -limit {
		return 0, false
	}
	ms := seconds * 1000
	if milli > 0 && ms > math.MaxInt64-milli || milli < 0 && ms < math.MinInt64-milli {
		return 0, false
	}
	return Instant(ms + milli), true
}

// ParseDate reads YYYY-MM-DD, with years of more digits as in ParseInstant. It
// returns false for anything else and for days that do not exist.
func ParseDate(s string) (Date, bool) {
	days, rest, ok := parseCivil(s)
	if !ok || rest != "" || days < math.MinInt32 || days > math.MaxInt32 {
		return 0, false
	}
	return Date(days), true
}

// parseCivil reads a calendar date from the start of s and returns the days
// since 1970-01-01.
func parseCivil(s string) (days int64, rest string, ok bool) {
	year, s, ok := parseYear(s)
	if !ok || len(s) < 6 || s[0] != '-' || s[3] != '-' {
		return 0, "", false
	}
	month, ok1 := twoDigits(s[1:])
	day, ok2 := twoDigits(s[4:])
	if !ok1 || !ok2 || month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month) {
		return 0, "", false
	}
	return daysOf(year, month, day), s[6:], true
}

// parseYear reads four digits, or a sign and six to nine digits.
func parseYear(s string) (year int64, rest string, ok bool) {
	sign, minDigits, maxDigits := int64(0), 4, 4
	if s != "" && (s[0] == '+' || s[0] == '-') {
		minDigits, maxDigits = 6, 9
		sign = 1
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	n := 0
	for n < len(s) && n < maxDigits && s[n] >= '0' && s[n] <= '9' {
		year = year*10 + int64(s[n]-'0')
		n++
	}
	if n < minDigits {
		return 0, "", false
	}
	if sign == 0 {
		return year, s[n:], true
	}
	year *= sign
	return year, s[n:], year < 0 || year > 9999
}

// parseFraction reads an optional fraction of a second, in milliseconds.
func parseFraction(s string) (milli int64, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	n, scale := 1, int64(100)
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		milli += scale * int64(s[n]-'0')
		scale /= 10
		n++
	}
	return milli, s[n:], n > 1
}

// parseZone reads Z or ±HH:MM and returns the seconds ahead of UTC.
func parseZone(s string) (ahead int64, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hour, ok1 := twoDigits(s[1:])
	minute, ok2 := twoDigits(s[4:])
	if !ok1 || !ok2 || hour > 23 || minute > 59 {
		return 0, false
	}
	ahead = hour*3600 + minute*60
	if s[0] == '-' {
		ahead = -ahead
	}
	return ahead, true
}

func twoDigits(s string) (int64, bool) {
	if len(s) < 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return 0, false
	}
	return int64(s[0]-'0')*10 + int64(s[1]-'0'), true
}

func daysOfMonth(year, month int64) int64 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysOf is the inverse of civilOf.
func daysOf(year, month, day int64) int64 {
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	mp := (month + 9) % 12
	doy := (153*mp+2)/5 + day - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

package duty

// localTime is a wall-clock time from paper with its readings (TIM-06).
type localTime struct {
	early, late Instant // its two readings; equal where it has one
	exact       bool    // there is one reading
}

// has reports whether one of the readings satisfies f.
func (l localTime) has(f func(Instant) bool) bool {
	return f(l.early) || !l.exact && f(l.late)
}

// parseLocal reads `YYYY-MM-DDTHH:MM(:SS)?` with an optional offset. With one it
// is an instant, and a leap second is read as ParseInstant does.
func parseLocal(s string) (localTime, bool) {
	if len(s) < 16 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' {
		return localTime{}, false
	}
	y, ok1 := digits(s[0:4])
	mo, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:10])
	h, ok4 := digits(s[11:13])
	mi, ok5 := digits(s[14:16])
	if !(ok1 && ok2 && ok3 && ok4 && ok5) || mo < 1 || mo > 12 ||
		d < 1 || d > int(daysOfMonth(int64(y), int64(mo))) || h > 23 || mi > 59 {
		return localTime{}, false
	}
	sec, rest := 0, s[16:]
	if len(rest) >= 3 && rest[0] == ':' {
		var ok bool
		if sec, ok = digits(rest[1:3]); !ok || sec > 60 {
			return localTime{}, false
		}
		rest = rest[3:]
	}
	date := DateOf(y, mo, d)
	ms := Instant(h)*Hour + Instant(mi)*Minute + Instant(sec)*Second
	if rest == "" {
		if sec > 59 {
			return localTime{}, false
		}
		early, late, exact := date.clock(ms)
		return localTime{early, late, exact}, true
	}
	off, ok := parseOffset(rest)
	if !ok {
		return localTime{}, false
	}
	t := Instant(date)*Day + ms - off
	if sec > 59 && floorMod(int64(t), int64(Day)) != 0 {
		return localTime{}, false
	}
	return localTime{t, t, true}, true
}

// Happened returns when an entry says that it happened, in both readings of a time that occurs twice (TIM-06); ok is
// false where it says nothing that can be read.
func (v *ManualEntry) Happened() (early, late Instant, ok bool) {
	l, ok := parseLocal(v.LocalTime)
	return l.early, l.late, ok
}

// parseOffset reads `Z` or `±HH:MM`.
func parseOffset(s string) (Instant, bool) {
	if s == "Z" {
		return 0, true
	}
	if len(s) != 6 || s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	h, ok1 := digits(s[1:3])
	m, ok2 := digits(s[4:6])
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	off := Instant(h)*Hour + Instant(m)*Minute
	if s[0] == '-' {
		off = -off
	}
	return off, true
}

// parseHM reads `HH:MM` as minutes after midnight.
func parseHM(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, ok1 := digits(s[0:2])
	m, ok2 := digits(s[3:5])
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	return h*60 + m, true
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

package oracle

import (
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/duty"
)

// paperTime returns the readings of a local_time, earliest first, and whether
// the text can be read at all.
func paperTime(s string) ([]duty.Instant, bool) {
	body, off, hasOffset, ok := splitOffset(s)
	if !ok {
		return nil, false
	}
	layout := "2006-01-02T15:04"
	if len(body) == len("2006-01-02T15:04:05") {
		layout = "2006-01-02T15:04:05"
	} else if len(body) != len(layout) {
		return nil, false
	}
	leap := hasOffset && strings.HasSuffix(body, ":59:60")
	if leap { // an instant; only the last second of a day of UTC is one
		body = strings.TrimSuffix(body, "60") + "59"
	}
	t, err := time.Parse(layout, body)
	if err != nil {
		return nil, false
	}
	if leap {
		t = t.Add(time.Second)
		if (t.Unix()-int64(off))%86400 != 0 {
			return nil, false
		}
	}
	if hasOffset {
		return []duty.Instant{duty.Instant(t.Unix()-int64(off)) * 1000}, true
	}
	days := t.Unix() / 86400
	if t.Unix() < 0 && t.Unix()%86400 != 0 {
		days--
	}
	return wallSeconds(duty.Date(days), int(t.Unix()-days*86400)), true
}

// splitOffset cuts "Z" or "+HH:MM" off the end; off is in seconds.
func splitOffset(s string) (body string, off int, has, ok bool) {
	if strings.HasSuffix(s, "Z") {
		return s[:len(s)-1], 0, true, true
	}
	if len(s) < 6 {
		return "", 0, false, false
	}
	tail := s[len(s)-6:]
	if (tail[0] != '+' && tail[0] != '-') || tail[3] != ':' {
		return s, 0, false, true
	}
	m, ok := clockMinutes(tail[1:])
	if !ok {
		return "", 0, false, false
	}
	off = m * 60
	if tail[0] == '-' {
		off = -off
	}
	return s[:len(s)-6], off, true, true
}

// clockMinutes reads HH:MM as minutes after midnight.
func clockMinutes(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, e1 := strconv.Atoi(s[:2])
	m, e2 := strconv.Atoi(s[3:])
	if e1 != nil || e2 != nil || h < 0 || h > 24 || m < 0 || m > 59 || (h == 24 && m > 0) {
		return 0, false
	}
	return h*60 + m, true
}

package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// kind is a sort of value: how it is read and what it may be. parse returns the
// canonical text, and the number that the parameter's setter takes.
type kind interface {
	unit() string
	parse(text string) (canonical string, n int64, err error)
}

// truth is true or false; the number is 1 or 0.
type truth struct{}

func (truth) unit() string { return "true or false" }

func (truth) parse(s string) (string, int64, error) {
	switch s {
	case "true":
		return s, 1, nil
	case "false":
		return s, 0, nil
	}
	return "", 0, fmt.Errorf("%q is neither true nor false; write one of them", s)
}

// duration is an ISO 8601 duration within limits; the number is in units of
// step, which the value must be a multiple of.
type duration struct {
	step, least, most duty.Instant // values are multiples of step, from least to most
}

func (d duration) unit() string {
	if d.step == duty.Minute {
		return "duration, whole minutes"
	}
	return "duration"
}

func (d duration) parse(s string) (string, int64, error) {
	v, err := parseDuration(s)
	if err != nil {
		return "", 0, err
	}
	if v < d.least || v > d.most {
		return "", 0, fmt.Errorf("%s is out of range; write a duration from %s to %s", s, formatDuration(d.least),
			formatDuration(d.most))
	}
	if v%d.step != 0 {
		return "", 0, fmt.Errorf("%s is not in whole minutes; limits given in minutes compare whole local "+
			"minutes (RD-15), so write PT%dM or PT%dM", s, v/duty.Minute, v/duty.Minute+1)
	}
	return s, int64(v / d.step), nil
}

// clock is a local time of day; the number is minutes after midnight.
type clock struct{ least, most int }

func (clock) unit() string { return "local time of day" }

func (c clock) parse(s string) (string, int64, error) {
	var h, m int
	if len(s) != 5 || s[2] != ':' {
		return "", 0, fmt.Errorf("%q is not a time of day; write it as HH:MM, for example 08:00", s)
	}
	h, err1 := strconv.Atoi(s[:2])
	m, err2 := strconv.Atoi(s[3:])
	if err1 != nil || err2 != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return "", 0, fmt.Errorf("%q is not a time of day; write it as HH:MM, for example 08:00", s)
	}
	n := h*60 + m
	if n < c.least || n > c.most {
		return "", 0, fmt.Errorf("%s is out of range; write a time from %s to %s", s, formatClock(c.least),
			formatClock(c.most))
	}
	return formatClock(n), int64(n), nil
}

func formatClock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// day is a local date; the number is days since 1970-01-01.
type day struct{}

func (day) unit() string { return "local date" }

func (day) parse(s string) (string, int64, error) {
	d, err := ParseDate(s)
	return s, int64(d), err
}

// count is a whole number within limits.
type count struct {
	of          string // unit, in the plural
	least, most int64
}

func (c count) unit() string { return c.of }

func (c count) parse(s string) (string, int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not a whole number; write one from %d to %d", s, c.least, c.most)
	}
	if n < c.least || n > c.most {
		return "", 0, fmt.Errorf("%d is out of range; write a number from %d to %d", n, c.least, c.most)
	}
	return strconv.FormatInt(n, 10), n, nil
}

// word is one of a closed set of alternatives; the number is its place.
type word []string

func (w word) unit() string {
	if len(w) == 1 {
		return "no alternative"
	}
	return "one of " + strings.Join(w, ", ")
}

func (w word) parse(s string) (string, int64, error) {
	i := slices.Index(w, s)
	if i < 0 {
		if len(w) == 1 {
			return "", 0, fmt.Errorf("%q is not a choice; the specification knows only %s, "+
				"leave the key out or write that", s, w[0])
		}
		return "", 0, fmt.Errorf("%q is not a choice; write one of %s", s, strings.Join(w, ", "))
	}
	return s, int64(i), nil
}

// presence is stay.presence_rule; the number is the least stay in ms, 0 for any
// presence at all (STY-02, AMB-07).
type presence struct{}

const (
	anyInWindow = "ANY_IN_WINDOW"
	minDuration = "MIN_DURATION"
	// shortestNight is the night of the spring change (TIM-03): a longer stay
	// than this could not be asked for in every night.
	shortestNight = 6 * duty.Hour
)

func (presence) unit() string { return anyInWindow + ", or " + minDuration + " with a duration" }

func (presence) parse(s string) (string, int64, error) {
	if s == anyInWindow {
		return s, 0, nil
	}
	text, ok := strings.CutPrefix(s, minDuration)
	if !ok {
		return "", 0, fmt.Errorf("%q is not a choice; write %s, or %s and the least stay, for example %q",
			s, anyInWindow, minDuration, minDuration+" PT1H")
	}
	d, err := parseDuration(strings.TrimSpace(text))
	if err != nil || d <= 0 || d > shortestNight {
		return "", 0, fmt.Errorf("%q lacks a usable stay; write a duration over PT0S and up to %s (the shortest "+
			"night, TIM-03) after it, for example %q", s, formatDuration(shortestNight), minDuration+" PT1H")
	}
	return minDuration + " " + formatDuration(d), int64(d), nil
}

// grace is emit.grace: a duration in ms, or BY_MARKERS with the number -1.
type grace struct{}

const byMarkers = "BY_MARKERS"

func (grace) unit() string { return "duration, or " + byMarkers }

func (grace) parse(s string) (string, int64, error) {
	if s == byMarkers {
		return s, -1, nil
	}
	text, n, err := duration{duty.Second, 0, duty.Day}.parse(s)
	if err != nil {
		return "", 0, fmt.Errorf("%w; or write %s (PT0S where markers are required, PT15M where not)", err, byMarkers)
	}
	return text, n * int64(duty.Second), nil
}

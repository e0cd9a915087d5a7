package policy

import (
	"fmt"
	"time"

	"tilsyn/engine/duty"
)

// Limits of a validity that is open. They lie beyond every date that a fact
// may carry (contract §1: 2000–2100) and leave room for adding days.
var (
	// FirstDate stands for "since ever".
	FirstDate = duty.DateOf(1, 1, 1)
	// LastDate stands for "until further notice".
	LastDate = duty.DateOf(9999, 12, 31)
)

const (
	dateForm    = "2006-01-02"
	instantForm = "2006-01-02T15:04:05.000Z"
)

// FormatDate writes a local date as YYYY-MM-DD.
func FormatDate(d duty.Date) string {
	return time.Unix(int64(d)*86400, 0).UTC().Format(dateForm)
}

// ParseDate reads YYYY-MM-DD between the years 2000 and 2100, the dates that a
// fact may carry (contract §1).
func ParseDate(s string) (duty.Date, error) {
	t, err := time.Parse(dateForm, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date; write it as YYYY-MM-DD, for example 2026-01-01", s)
	}
	if t.Year() < 2000 || t.Year() > 2100 {
		return 0, fmt.Errorf("%s lies outside the years 2000 to 2100; write a date within them", s)
	}
	return duty.DateOf(t.Year(), int(t.Month()), t.Day()), nil
}

// formatInstant writes an instant in the canonical form of contract §1.
func formatInstant(i duty.Instant) string {
	return time.UnixMilli(int64(i)).UTC().Format(instantForm)
}

// parseInstant reads an RFC 3339 instant, or a date as its first local instant.
func parseInstant(s string) (duty.Instant, error) {
	if d, err := ParseDate(s); err == nil {
		return d.Start(), nil
	}
	t, ok := duty.ParseInstant(s)
	if !ok {
		return 0, fmt.Errorf("%q is not an instant; write a date (YYYY-MM-DD, "+
			"its first local instant) or RFC 3339 with offset, for example 2026-02-03T09:00:00+01:00", s)
	}
	if !t.Plausible() {
		return 0, fmt.Errorf("%s lies outside the years 2000 to 2100; write an instant within them", s)
	}
	return t, nil
}

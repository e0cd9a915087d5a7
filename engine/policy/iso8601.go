package policy

import (
	"fmt"
	"strings"

	"tilsyn/engine/duty"
)

// durationUnits are the designators that have a fixed length, in the order in
// which ISO 8601 wants them. Years and months have none and are not accepted.
var durationUnits = []struct {
	letter byte
	clock  bool
	length duty.Instant
}{
	{'W', false, 7 * duty.Day},
	{'D', false, duty.Day},
	{'H', true, duty.Hour},
	{'M', true, duty.Minute},
	{'S', true, duty.Second},
}

// parseDuration reads an ISO 8601 duration of whole weeks, days, hours, minutes
// and seconds. A day is 24 hours.
func parseDuration(s string) (duty.Instant, error) {
	bad := fmt.Errorf("%q is not a duration; write it in ISO 8601 with whole weeks, days, "+
		"hours, minutes or seconds, for example PT5M, PT90S or P14D", s)
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return 0, bad
	}
	var total duty.Instant
	clock, next := false, 0
	for rest != "" {
		if rest[0] == 'T' && !clock && len(rest) > 1 {
			clock, rest = true, rest[1:]
			continue
		}
		n, tail, ok := leadingNumber(rest)
		if !ok || tail == "" {
			return 0, bad
		}
		i := next
		for i < len(durationUnits) && (durationUnits[i].letter != tail[0] || durationUnits[i].clock != clock) {
			i++
		}
		if i == len(durationUnits) {
			return 0, bad
		}
		total += n * durationUnits[i].length
		next, rest = i+1, tail[1:]
	}
	return total, nil
}

// leadingNumber cuts at most seven digits off s.
func leadingNumber(s string) (n duty.Instant, rest string, ok bool) {
	i := 0
	for i < len(s) && i < 7 && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + duty.Instant(s[i]-'0')
		i++
	}
	return n, s[i:], i > 0
}

// formatDuration writes a duration in the largest single unit that is exact.
func formatDuration(d duty.Instant) string {
	switch {
	case d == 0:
		return "PT0S"
	case d%duty.Day == 0:
		return fmt.Sprintf("P%dD", d/duty.Day)
	case d%duty.Hour == 0:
		return fmt.Sprintf("PT%dH", d/duty.Hour)
	case d%duty.Minute == 0:
		return fmt.Sprintf("PT%dM", d/duty.Minute)
	}
	return fmt.Sprintf("PT%dS", d/duty.Second)
}

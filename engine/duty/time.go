package duty

// This file holds the calendar: instants, local dates and the one time zone
// of the law. It reads no zone database, so that the same input gives the same
// verdict on every machine. Sources: TIM-01 to TIM-06.

// Instant is a point in time in milliseconds since 1970-01-01T00:00:00Z.
type Instant int64

// Date is a local calendar date in Europe/Copenhagen, in days since 1970-01-01.
type Date int32

// Durations in milliseconds.
const (
	Second Instant = 1000
	Minute         = 60 * Second
	Hour           = 60 * Minute
	Day            = 24 * Hour
)

// Far limits that no fact can reach; used as open ends.
const (
	Beginning Instant = -1 << 62
	Forever   Instant = 1 << 62
)

// Plausible reports whether an instant lies in the years 2000 to 2100, as every
// time of a fact must (contract §1). A time in another unit than milliseconds
// never does.
func (i Instant) Plausible() bool { return Earliest <= i && i < latest }

// Clamp returns the instant, or the nearest one that a line about facts may name:
// not before the year 2000, at most the end of 2100.
func (i Instant) Clamp() Instant { return max(Earliest, min(i, latest)) }

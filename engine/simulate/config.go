package simulate

import (
	"fmt"
	"time"

	"tilsyn/engine/duty"
)

// Limits of a simulation. They keep memory (about 60 bytes per resident and
// day) and output bounded.
const (
	MaxPersons    = 100_000
	MaxDays       = 1100
	MaxPersonDays = 4_000_000
	// MinEventDays is the shortest simulation that has outages, an exclusion
	// and the rare stories: shorter ones would end before they are resolved.
	MinEventDays = 14
)

// Limits of Config.Heartbeats.
const (
	MinHeartbeats = duty.Minute
	MaxHeartbeats = duty.Hour
)

// earliest is the first date that can be simulated, but for the months around the
// losses of 2020. Before the spring of 2023 cards, devices and logs were others
// (domain §2.7).
var earliest = dateOf(2023, 4, 1)

// The months around the losses of 2020 that can be simulated as well: with the
// law and the devices of that time, as far as they change what is said.
var summerFrom, summerTo = dateOf(2020, 5, 1), dateOf(2020, 11, 30)

// ofSummer reports whether a date lies in these months.
func ofSummer(d duty.Date) bool { return summerFrom <= d && d <= summerTo }

// eraFrom and eraEnd are the first and last date of the temporary manual
// registration (SYS-22): guards write each passage by hand as well, and only an
// exit that they wrote can be indicated (EVD-10).
var eraFrom, eraEnd = dateOf(2020, 12, 1), dateOf(2024, 3, 22)

// inEra reports whether an instant lies in that time.
func inEra(t duty.Instant) bool { d := localDate(t); return eraFrom <= d && d <= eraEnd }

// latest is the last date that can be simulated.
var latest = dateOf(2098, 12, 31)

// Config says what to simulate. The same Config gives the same facts.
type Config struct {
	// Seed chooses one of many possible courses of events.
	Seed uint64
	// Start is the first local date.
	Start duty.Date
	// Days is how many days from Start on are lived, 1 to MaxDays.
	Days int
	// Persons is how many residents there are, 1 to MaxPersons.
	Persons int
	// Until is the clock at the end: no fact is known after it. Zero means
	// 12:00 local of the day after the last one.
	Until duty.Instant
	// Ordinary leaves out everything rare: outages, lost data, the exclusion
	// and the stories of single residents. Life goes on with its late notices
	// and missed nights.
	Ordinary bool
	// Numbered gives every card row the row number of its device
	// (source_seq, REL-02). Rows that are lost leave a gap.
	Numbered bool
	// Heartbeats is how often each device and each feed says that it is well
	// (REL-01), in milliseconds, MinHeartbeats to MaxHeartbeats; 0: never. A policy
	// of the same heartbeat.interval belongs to it (PolicyText).
	Heartbeats duty.Instant
	// Reconciled lets devices say each day how many rows they registered, and
	// which (REL-03).
	Reconciled bool
	// Undisturbed leaves out outages, lost data and the exclusion, and keeps the
	// stories of single residents.
	Undisturbed bool
	// Faults are done to the facts on their way.
	Faults Faults
}

// Check says whether the Config can be simulated, and what to change if not.
func (c Config) Check() error {
	_, err := c.check()
	return err
}

// check fills in defaults and refuses what cannot be simulated.
func (c Config) check() (Config, error) {
	switch {
	case c.Persons < 1 || c.Persons > MaxPersons:
		return c, fmt.Errorf("--persons %d: choose 1 to %d", c.Persons, MaxPersons)
	case c.Days < 1 || c.Days > MaxDays:
		return c, fmt.Errorf("--days %d: choose 1 to %d", c.Days, MaxDays)
	case c.Persons*c.Days > MaxPersonDays:
		return c, fmt.Errorf("--persons %d and --days %d are more than %d person-days together: choose fewer of either",
			c.Persons, c.Days, MaxPersonDays)
	case ofSummer(c.Start) && ofSummer(c.Start+duty.Date(c.Days)):
	case c.Start < earliest || c.Start+duty.Date(c.Days) > latest:
		return c, fmt.Errorf("--start %s and --days %d: choose dates from %s (before it cards, "+
			"devices and logs were others, domain §2.7) to %s, or from %s to %s, around the losses of that summer",
			DateString(c.Start), c.Days, DateString(earliest), DateString(latest), DateString(summerFrom), DateString(summerTo))
	}
	last := at(c.Start+duty.Date(c.Days), nextDawn, 0)
	if c.Until == 0 {
		c.Until = at(c.Start+duty.Date(c.Days), 12*60, 0)
	}
	if c.Until <= at(c.Start, dawn, 0) || c.Until > last {
		return c, fmt.Errorf("--until %s: the clock at the end must lie in the simulated days, "+
			"or at most one day after the last (%s)",
			c.Until, DateString(c.Start+duty.Date(c.Days)))
	}
	if h := c.Heartbeats; h != 0 && (h < MinHeartbeats || h > MaxHeartbeats || h%duty.Second != 0) {
		return c, fmt.Errorf("--heartbeats %s: choose 1m to 1h in whole seconds, or 0s for none",
			time.Duration(h)*time.Millisecond)
	}
	if err := c.checkPlans(); err != nil {
		return c, err
	}
	return c, c.Faults.check()
}

// eventful reports whether the rare things happen.
func (c Config) eventful() bool { return !c.Ordinary && c.Days >= MinEventDays }

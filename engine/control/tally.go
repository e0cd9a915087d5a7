package control

import (
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// Tally counts what was registered at each centre. The tallies of several persons can be put together
// in any order.
type Tally struct {
	centres map[string]*counts
	// used are the dates on which a device of a centre registered something, with when that was first known.
	used map[string]map[duty.Date]duty.Instant
	// lately is where the last row arrived: most rows come in order of time.
	lately usedDay
}

// counts are those of one centre.
type counts struct {
	// hours counts passages by local date and hour of the day; pairs are by local date; weeks counts
	// rows by the Monday of the week, devices by device and local date.
	hours   map[hour]flow
	pairs   map[duty.Date]pairs
	weeks   map[duty.Date]rows
	devices map[deviceDay]int
}

// usedDay is a local day on which a centre was in use, by a clock.
type usedDay struct {
	centre string
	day    duty.Span
	since  duty.Instant
}

// deviceDay is a device on a local date.
type deviceDay struct {
	device string
	date   duty.Date
}

// hour is a full hour since local midnight of a date.
type hour struct {
	date duty.Date
	n    int
}

// flow is how many passages there were each way.
type flow struct{ in, out int }

func (f flow) all() int { return f.in + f.out }

// pairs are two passages of one person one after the other at one centre; same counts those in one
// direction.
type pairs struct{ all, same int }

// rows are card rows; unlinked are those that belong to nobody.
type rows struct{ all, unlinked int }

// NewTally returns a tally of nothing.
func NewTally() *Tally {
	return &Tally{centres: map[string]*counts{}, used: map[string]map[duty.Date]duty.Instant{}}
}

// Fresh returns a tally that has counted nothing and knows on which dates rows have arrived, also those that arrive
// later.
func (t *Tally) Fresh() *Tally { return &Tally{centres: map[string]*counts{}, used: t.used} }

// Arrived takes in that a row of a device has arrived, whoever passed and whatever the row is worth: the
// centre was in use on its date, by a clock at which it was known. It counts nothing, and reports whether
// that is news.
func (t *Tally) Arrived(centre string, occurred, known duty.Instant) bool {
	if l := &t.lately; l.centre == centre && l.day.From <= occurred && occurred < l.day.To && l.since <= known {
		return false
	}
	of, d := t.used[centre], occurred.Date()
	if of == nil {
		of = map[duty.Date]duty.Instant{}
		t.used[centre] = of
	}
	since, ok := of[d]
	news := !ok || since > known
	if news {
		since = known
		of[d] = known
	}
	t.lately = usedDay{centre, duty.Span{From: d.Start(), To: (d + 1).Start()}, since}
	return news
}

func (t *Tally) at(centre string) *counts {
	c := t.centres[centre]
	if c == nil {
		c = &counts{map[hour]flow{}, map[duty.Date]pairs{}, map[duty.Date]rows{}, map[deviceDay]int{}}
		t.centres[centre] = c
	}
	return c
}

// AddPerson counts one person's registrations.
func (t *Tally) AddPerson(x duty.Traffic) {
	for i, p := range x.Passages {
		c := t.at(p.CentreID)
		h := hourOf(p.At)
		f := c.hours[h]
		switch p.Direction {
		case duty.DirectionIn:
			f.in++
		case duty.DirectionOut:
			f.out++
		}
		c.hours[h] = f
		if i == 0 || x.Passages[i-1].CentreID != p.CentreID {
			continue
		}
		n := c.pairs[h.date]
		n.all++
		if x.Passages[i-1].Direction == p.Direction {
			n.same++
		}
		c.pairs[h.date] = n
	}
	unlinked := 0
	if x.Unknown {
		unlinked = 1
	}
	for _, r := range x.Rows {
		t.addRow(r.CentreID, r.DeviceID, r.At, unlinked)
	}
}

// AddUnlinked counts a row that belongs to nobody.
func (t *Tally) AddUnlinked(centre, device string, at duty.Instant) { t.addRow(centre, device, at, 1) }

func (t *Tally) addRow(centre, device string, at duty.Instant, unlinked int) {
	t.at(centre).devices[deviceDay{device, at.Date()}]++
	weeks := t.at(centre).weeks
	m := mondayOf(at.Date())
	n := weeks[m]
	n.all, n.unlinked = n.all+1, n.unlinked+unlinked
	weeks[m] = n
}

// names are the centres at which something was counted, sorted.
func (t *Tally) names() []string { return slices.Sorted(maps.Keys(t.centres)) }

// first is the first date on which somebody passed; false if nobody ever did.
func (c *counts) first() (duty.Date, bool) {
	first, found := duty.Forever.Date(), false
	for h := range c.hours { //house:order-free the least
		first, found = min(first, h.date), true
	}
	return first, found
}

// day is how many passages there were on a date.
func (c *counts) day(d duty.Date) flow {
	var sum flow
	for n := range 25 {
		f := c.hours[hour{d, n}]
		sum = flow{sum.in + f.in, sum.out + f.out}
	}
	return sum
}

func hourOf(t duty.Instant) hour {
	d := t.Date()
	return hour{d, int((t - d.Start()) / duty.Hour)}
}

// start is the first instant of the hour.
func (h hour) start() duty.Instant { return h.date.Start() + duty.Instant(h.n)*duty.Hour }

func mondayOf(d duty.Date) duty.Date { return d - duty.Date(d.Weekday()-duty.WeekdayMon) }

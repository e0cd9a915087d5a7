package console

import (
	"tilsyn/engine/control"
	"tilsyn/engine/duty"
)

// TrafficDay is how many passages there were at a centre on a date, beside what is usual (REL-04).
type TrafficDay struct {
	Date string `json:"local_date"`
	In   int    `json:"in"`
	Out  int    `json:"out"`
	// Usual is the mean of the same weekday of so many Weeks before; it says nothing while Weeks is 0.
	Usual int `json:"usual"`
	Weeks int `json:"weeks"`
	// Low is true where far less was counted than is usual.
	Low bool `json:"low"`
}

// All are the passages both ways.
func (d TrafficDay) All() int { return d.In + d.Out }

const (
	// chartDays is how many dates the page of a centre shows.
	chartDays = 28
	// countedDays is how many dates of passages are kept of a person: those shown, and those that say what is usual.
	countedDays = chartDays + control.UsualDays + 1
)

// passed are the passages of a person at a centre, two bytes for each date from From on: in and out.
type passed struct {
	From int64  `json:"from"`
	N    []byte `json:"n"`
}

// passages counts those of a person on the dates that are kept at a clock.
func passages(t duty.Traffic, at duty.Instant) map[string]*passed {
	out := map[string]*passed{}
	from := at.Date() - countedDays
	for _, p := range t.Passages {
		i := int(p.At.Date() - from)
		if i < 0 || i > countedDays {
			continue
		}
		x := out[p.CentreID]
		if x == nil {
			x = &passed{int64(from), make([]byte, 2*(countedDays+1))}
			out[p.CentreID] = x
		}
		n := &x.N[2*i]
		if p.Direction == duty.DirectionOut {
			n = &x.N[2*i+1]
		}
		if *n < 255 { // nobody passes a gate more often
			*n++
		}
	}
	return out
}

// counted are the passages of everybody, by centre and date.
type counted map[string]map[duty.Date]control.Flow

// add puts a person's passages in, or with -1 takes them out.
func (c counted) add(p map[string]*passed, sign int) {
	for centre, x := range p {
		of := c[centre]
		if of == nil {
			of = map[duty.Date]control.Flow{}
			c[centre] = of
		}
		for i := 0; i+1 < len(x.N); i += 2 {
			if x.N[i] == 0 && x.N[i+1] == 0 {
				continue
			}
			d := duty.Date(x.From) + duty.Date(i/2)
			f := control.Flow{In: of[d].In + sign*int(x.N[i]), Out: of[d].Out + sign*int(x.N[i+1])}
			if of[d] = f; f == (control.Flow{}) {
				delete(of, d)
			}
		}
	}
}

// days are, for each centre, the last dates that are over at a clock.
func (c counted) days(at duty.Instant) map[string][]TrafficDay {
	out := map[string][]TrafficDay{}
	last := at.Date() - 1
	for centre, of := range c {
		first := last + 1
		for d := range of {
			first = min(first, d)
		}
		// Of dates that are older, some persons' are not kept any more.
		first = max(first, at.Date()-countedDays)
		for _, d := range control.Days(of, first, last-chartDays+1, last) {
			out[centre] = append(out[centre], TrafficDay{d.Date.String(), d.In, d.Out, d.Usual, d.Weeks, d.Low})
		}
	}
	return out
}

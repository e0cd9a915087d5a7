package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Signs are what one device or feed gave over a span by what was known at a clock: from these anybody
// can see whether its silence was a loss, without the rows themselves (contract §6). They name numbers and
// times of rows, never a card or a person.
type Signs struct {
	// Source is a device, or a feed; CentreID is where it stands, empty for a feed of all centres.
	Source, CentreID string
	// Since is when its supervision begins (W-05); missing where it never sent a heartbeat in time.
	Since duty.Opt[duty.Instant]
	// Beats are its heartbeats from the last at or before the span to the first at or after its end, ascending.
	Beats []duty.Instant
	// Numbers say what it numbered over the span; missing where no sign before the span names a number.
	Numbers duty.Opt[Numbered]
}

// Numbered are the numbers that a device gave out between two of its signs.
type Numbered struct {
	Epoch int64
	// First is the sign that says how far it had counted before the span, Last the first heartbeat at
	// or after its end that belongs to the same numbering; without one, the last such sign before.
	First, Last Counted
	// Arrived are the ranges of numbers above First and up to Last whose rows arrived, ascending, both ends
	// included. Unnumbered are the rows in between that carry no number.
	Arrived    [][2]int64
	Unnumbered int
}

// Counted is a sign that names a number.
type Counted struct {
	At     duty.Instant
	Number int64
	// Row is true for a row, false for a heartbeat.
	Row bool
}

// Heard is everything that devices and feeds gave by what was known at a clock, sorted once.
type Heard struct {
	s       *sight
	beats   map[source][]*duty.Known[duty.Heartbeat]
	devices map[string]*device
	// numbers are those of the devices that somebody asked for.
	numbers map[string]*numbers
}

// Heard returns what was given by a clock. It is for one goroutine at a time.
func (w *Watch) Heard(at duty.Instant) *Heard {
	s := w.sight(View{At: at})
	h := &Heard{s: s, beats: s.beats(), devices: map[string]*device{}, numbers: map[string]*numbers{}}
	for _, d := range s.devices(h.beats) {
		h.devices[d.id] = d
	}
	return h
}

// Signs returns what the online devices of the register that stand at some centres and the listed feeds of these
// centres and of all gave over a span; devices first, by id.
func (h *Heard) Signs(centres []string, span duty.Span) []Signs {
	s := h.s
	var out []Signs
	for i := range s.policy.Devices {
		e := &s.policy.Devices[i]
		if e.Type == duty.DeviceTypeOfflineLock || !slices.Contains(centres, e.CentreID) || e.From >= span.To ||
			e.To <= span.From {
			continue
		}
		g := Signs{Source: e.ID, CentreID: e.CentreID}
		if d := h.devices[e.ID]; d != nil {
			g.hear(s, d.beats, duty.Span{From: begins(e), To: e.To}, span)
			g.Numbers = h.numberedIn(d, span)
		}
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b Signs) int { return cmp.Compare(a.Source, b.Source) })
	return append(out, s.feedSigns(h.beats, centres, span)...)
}

// feedSigns are those of the feeds.
func (s *sight) feedSigns(beats map[source][]*duty.Known[duty.Heartbeat], centres []string, span duty.Span) []Signs {
	var sources []source
	for src := range beats { //house:order-free sorted below
		if src.feed() && s.knows(src) && (src.centre == "" || slices.Contains(centres, src.centre)) {
			sources = append(sources, src)
		}
	}
	slices.SortFunc(sources, func(a, b source) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.centre, b.centre))
	})
	var out []Signs
	for _, src := range sources {
		var signs []sign
		for _, k := range beats[src] {
			signs = append(signs, beatSign(k))
		}
		slices.SortFunc(signs, compareSigns)
		for _, listed := range s.policy.ListedFeed(src.id, src.centre) {
			g := Signs{Source: src.id, CentreID: src.centre}
			g.hear(s, signs, listed, span)
			out = append(out, g)
		}
	}
	return out
}

// hear takes in the heartbeats of one period of supervision.
func (g *Signs) hear(s *sight, beats []sign, period, span duty.Span) {
	for i := range beats {
		b := &beats[i]
		if b.at < period.From || b.at >= period.To {
			continue
		}
		if !g.Since.OK {
			if b.late(s.params.LateAccusation) {
				continue
			}
			g.Since = duty.Some(b.at)
		}
		switch n := len(g.Beats); {
		case b.at <= span.From:
			g.Beats = append(g.Beats[:0], b.at)
		case n > 0 && g.Beats[n-1] >= span.To:
			return
		default:
			g.Beats = append(g.Beats, b.at)
		}
	}
}

// numberedIn says what a device numbered over a span.
func (h *Heard) numberedIn(d *device, span duty.Span) duty.Opt[Numbered] {
	n := h.numbers[d.id]
	if n == nil {
		n = h.s.number(d)
		h.numbers[d.id] = n
	}
	first, ok := n.countedBy(span.From)
	if !ok {
		return duty.None[Numbered]()
	}
	last, ok := n.countedFrom(span.To, first)
	if !ok {
		last = first
		for _, i := range n.list[n.of[first]].signs {
			if d.signs[i].at >= d.signs[last].at {
				last = i
			}
		}
	}
	a, b := &d.signs[first], &d.signs[last]
	out := Numbered{Epoch: a.epoch, First: Counted{a.at, a.seq, a.row}, Last: Counted{b.at, b.seq, b.row},
		Arrived: [][2]int64{}}
	for _, x := range n.list[n.of[first]].arrived {
		if x <= a.seq || x > b.seq {
			continue
		}
		if k := len(out.Arrived); k > 0 && out.Arrived[k-1][1] == x-1 {
			out.Arrived[k-1][1] = x
		} else {
			out.Arrived = append(out.Arrived, [2]int64{x, x})
		}
	}
	for i := range d.signs {
		if g := &d.signs[i]; g.row && !g.numbered && a.at <= g.at && g.at <= b.at {
			out.Unnumbered++
		}
	}
	return duty.Some(out)
}

// Complete reports whether every number from the first sign to the last arrived, and no row between lacks one.
func (n *Numbered) Complete() bool {
	return n.Unnumbered == 0 && (n.Last.Number <= n.First.Number ||
		len(n.Arrived) == 1 && n.Arrived[0] == [2]int64{n.First.Number + 1, n.Last.Number})
}

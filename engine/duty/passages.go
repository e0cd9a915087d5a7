package duty

import (
	"cmp"
	"slices"
)

// passage is one movement through the gate: one or more rows, or a line on
// paper (PAS-03, PAS-05, RD-09, RD-10). Carousel, barcode scanner and hand-held
// scanner count alike (PAS-01, PAS-02, PAS-10).
type passage struct {
	at        Instant
	centre    string
	direction Direction
	// lone is set for a sluice passage of which only one scan is known and which does not count as an
	// entry (PAS-04, RD-14).
	lone bool
	// barcode and unknownDevice describe the row whose time is used.
	barcode, unknownDevice bool
	paper, unsure          bool
	// misnamed is set for paper under another name (RD-36).
	misnamed bool
	// times are those of every row, for matching paper (RD-10, PAS-09).
	times []Instant
	refs  []ref
}

// pairScans joins the two scans of a sluice passage: the first scan counts on
// the way in, the second on the way out (PAS-03). A scan without its partner is
// an incomplete passage (PAS-04), but a lone second scan on the way in is an
// entry (RD-14). Of several first scans the earliest takes the second scan: the
// text names none, and the one that is left then leaves the position open, which
// accuses nobody.
func pairScans(list []row, p *Policy, sluiceMax Instant) []passage {
	if len(list) == 0 {
		return nil
	}
	used := make([]bool, len(list))
	out := make([]passage, 0, len(list))
	// A row belongs to one passage, so that these never grow.
	times, refs := make([]Instant, 0, len(list)), make([]ref, 0, len(list))
	for i := range list {
		e := list[i].event
		if used[i] {
			continue
		}
		used[i] = true
		n := len(times)
		times, refs = append(times, e.OccurredAt), append(refs, eventRef(list[i]))
		pass := onePassage(&list[i], times[n:n+1:n+1], refs[n:n+1:n+1])
		switch e.Scan {
		case ScanFirst:
			if j := partner(list, used, i, p, sluiceMax); j >= 0 {
				used[j] = true
				second := list[j]
				times, refs = append(times, second.event.OccurredAt), append(refs, eventRef(second))
				pass.times, pass.refs = times[n:n+2:n+2], refs[n:n+2:n+2]
				pass.unknownDevice = pass.unknownDevice || second.unknownDevice
				if e.Direction.V == DirectionOut {
					pass.at = second.event.OccurredAt
				}
			} else {
				pass.lone = true
			}
		case ScanSecond:
			pass.lone = e.Direction.V == DirectionOut
		}
		out = append(out, pass)
	}
	sortPassages(out)
	return out
}

// sortPassages sorts by time, keeping the order of those that share an instant.
func sortPassages(list []passage) {
	for i := 1; i < len(list); i++ {
		if list[i].at < list[i-1].at {
			slices.SortStableFunc(list, func(a, b passage) int { return cmp.Compare(a.at, b.at) })
			return
		}
	}
}

// onePassage makes a passage of one row; times and refs hold that of the row.
func onePassage(r *row, times []Instant, refs []ref) passage {
	return passage{
		at: r.event.OccurredAt, centre: r.event.CentreID, direction: r.event.Direction.V,
		barcode: r.event.CardType == CardTypeBarcode, unknownDevice: r.unknownDevice,
		times: times, refs: refs,
	}
}

// partner finds the second scan that belongs to the first scan i.
func partner(list []row, used []bool, i int, p *Policy, sluiceMax Instant) int {
	first := list[i].event
	for j := i + 1; j < len(list); j++ {
		e := list[j].event
		if e.OccurredAt-first.OccurredAt > sluiceMax {
			return -1
		}
		if used[j] || e.Scan != ScanSecond || e.Direction != first.Direction || e.CentreID != first.CentreID {
			continue
		}
		if paired(p, first, e) {
			return j
		}
	}
	return -1
}

// paired reports whether two readers form a sluice, as the register has it.
func paired(p *Policy, first, second *CardEvent) bool {
	d := p.device(first.DeviceID, first.OccurredAt)
	return d != nil && d.PairedWith != "" && d.PairedWith == second.DeviceID
}

// collapse makes one passage of rows of one direction and centre with no other
// passage between them, each within the limit of the one before: the earliest
// for IN, the latest for OUT (PAS-05, RD-09). A passage that shares its instant
// with one of the other direction stays by itself: the other may lie between
// (RD-26). The input is sorted by time.
func collapse(list []passage, limit Instant) []passage {
	out := make([]passage, 0, len(list))
	var last Instant // time of the newest row of the chain
	for i := range list {
		p := &list[i]
		n := len(out)
		if n == 0 || !sameMovement(&out[n-1], p) || p.at-last > limit || contested(list, i) || contested(list, i-1) {
			out = append(out, *p)
			last = p.at
			continue
		}
		last = p.at
		prev := &out[n-1]
		prev.refs = append(prev.refs, p.refs...)
		prev.times = append(prev.times, p.times...)
		if p.at == prev.at {
			prev.unknownDevice = prev.unknownDevice || p.unknownDevice
		} else if p.direction == DirectionOut && p.at > prev.at {
			prev.at, prev.barcode, prev.unknownDevice, prev.unsure = p.at, p.barcode, p.unknownDevice, p.unsure
		}
		prev.lone = prev.lone && p.lone
		prev.misnamed = prev.misnamed && p.misnamed
	}
	return out
}

// contested reports whether passage i shares its instant with one in the other direction.
func contested(list []passage, i int) bool {
	for j := i - 1; j >= 0 && list[j].at == list[i].at; j-- {
		if list[j].direction != list[i].direction {
			return true
		}
	}
	for j := i + 1; j < len(list) && list[j].at == list[i].at; j++ {
		if list[j].direction != list[i].direction {
			return true
		}
	}
	return false
}

// sameMovement reports whether two passages can be one movement: they are at one centre in one
// direction, both on paper or both electronic.
func sameMovement(a, b *passage) bool {
	return a.direction == b.direction && a.centre == b.centre && a.paper == b.paper
}

// paperPassages returns the passages on paper that no electronic row stands for:
// outage forms, the barcode log, the temporary registration, and what staff
// registered by hand (INC-03, DAT-05, RD-10, RD-35, RD-38).
func paperPassages(entries []*Known[ManualEntry], electronic []passage, assistMatch int,
	time func(*ManualEntry) (Instant, bool)) []passage {
	var out []passage
	reach := reachOf(electronic)
	for _, k := range entries {
		e := &k.Fact
		minutes, ok := e.passage(assistMatch)
		if !ok {
			continue
		}
		t, exact := time(e)
		from, to := nearby(electronic, Span{t, t}, reach, minutes)
		if standsFor(electronic[from:to], e.CentreID, e.Direction.V, t, minutes) {
			continue
		}
		out = append(out, passage{at: t, centre: e.CentreID, direction: e.Direction.V, paper: true, unsure: !exact,
			misnamed: e.misnamed(),
			times:    []Instant{t}, refs: []ref{entryRef(k, t)}})
	}
	slices.SortStableFunc(out, func(a, b passage) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.refs[0].id, b.refs[0].id))
	})
	return out
}

// reachOf returns how far a row of a passage lies from the time of the passage, at most.
func reachOf(list []passage) Instant {
	reach := Instant(0)
	for i := range list {
		for _, t := range list[i].times {
			reach = max(reach, t-list[i].at, list[i].at-t)
		}
	}
	return reach
}

// nearby returns between which indices the passages lie of which a row may be within some minutes of a
// span, both ends of it included. The list is sorted by time; reach is that of reachOf.
func nearby(list []passage, s Span, reach Instant, withinMinutes int) (from, to int) {
	first := func(t Instant) int {
		i, _ := slices.BinarySearchFunc(list, t, func(p passage, t Instant) int { return cmp.Compare(p.at, t) })
		return i
	}
	reach += Instant(withinMinutes+1) * Minute
	return first(s.From - reach), first(s.To + reach)
}

// standsFor reports whether an electronic row of the direction and centre lies
// within some minutes of t (RD-10, RD-15).
func standsFor(electronic []passage, centre string, dir Direction, t Instant, withinMinutes int) bool {
	for i := range electronic {
		p := &electronic[i]
		if p.centre != centre || p.direction != dir {
			continue
		}
		for _, rowTime := range p.times {
			if minutesApart(rowTime, t) <= int64(withinMinutes) {
				return true
			}
		}
	}
	return false
}

// minutesApart is the distance of two instants in whole minutes (RD-15).
func minutesApart(a, b Instant) int64 {
	d := a.minute() - b.minute()
	if d < 0 {
		return -d
	}
	return d
}

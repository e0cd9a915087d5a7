package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// passage is one movement through a gate, of one or several rows.
type passage struct {
	t      duty.Instant
	dir    duty.Direction
	centre string
	// lone is true for half a sluice passage (PAS-04).
	lone bool
	// oneWay is true where a device of it is not known.
	oneWay bool
	// rows are the electronic rows; sheets the paper it rests on alone.
	rows   []row
	sheets []sheet
}

// passages builds the movement list: pair the sluice, put in paper that no
// electronic row speaks for, collapse, take out assisted rows (PRS-02).
func (w *world) passages() []passage {
	list := w.pairSluice()
	for i := range w.paper {
		s := &w.paper[i]
		within, ok := w.passageForm(s)
		if !ok || s.dir == duty.DirectionUnknown || (s.misfit && s.dir == duty.DirectionOut) {
			continue
		}
		if !w.electronic(s, within) {
			list = append(list, passage{t: s.when(), dir: s.dir, centre: s.centre, sheets: []sheet{*s}})
		}
	}
	sortPassages(list)
	return w.removeAssisted(w.collapse(list))
}

func sortPassages(list []passage) {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.t != b.t {
			return a.t < b.t
		}
		if a.centre != b.centre {
			return a.centre < b.centre
		}
		if a.dir != b.dir || len(a.rows) == 0 || len(b.rows) == 0 {
			return a.dir < b.dir
		}
		if a.rows[0].scan != b.rows[0].scan {
			return a.rows[0].scan < b.rows[0].scan // a whole passage first
		}
		return a.rows[0].id < b.rows[0].id
	})
}

// passageForm reports whether a line of paper speaks of a passage, and within
// how many minutes an electronic row is the same one (RD-10, RD-35, RD-38).
func (w *world) passageForm(s *sheet) (within int, ok bool) {
	switch s.form {
	case duty.FormOutagePassage, duty.FormBarcodeLog:
		return w.par.AssistMatchMinutes, true
	case duty.FormAssistedPassage:
		return w.par.AssistMatchMinutes, s.real
	case duty.FormTemporaryRegistration:
		return temporaryMinutes, s.inEra()
	}
	return 0, false
}

// The temporary manual registration (SYS-22, RD-35): its first and last date,
// and how near an AMS passage it is that passage.
var eraFirst, eraLast = duty.Date(18597), duty.Date(19804) // 2020-12-01, 2024-03-22

const temporaryMinutes = 10

func (s *sheet) inEra() bool {
	d := dateOf(s.when())
	return d >= eraFirst && d <= eraLast
}

// electronic reports whether an electronic row is the same passage (RD-10).
func (w *world) electronic(s *sheet, within int) bool {
	for i := range w.rows {
		r := &w.rows[i]
		if r.kind == duty.CardEventKindPassage && r.dir == s.dir && r.centre == s.centre && s.near(r.t, within) {
			return true
		}
	}
	return false
}

// pairSluice joins first and second scans on paired readers (PAS-03, RD-14).
// Choice: of several first scans the earliest takes the second scan. The text names none, and the one that is left
// then leaves the position open, which accuses nobody.
func (w *world) pairSluice() []passage {
	var out []passage
	used := make([]bool, len(w.rows))
	isScan := func(i int, s duty.Scan) bool {
		return !used[i] && w.rows[i].kind == duty.CardEventKindPassage && w.rows[i].scan == s
	}
	earliest := func(fits func(i int) bool) int {
		best := -1
		for i := range w.rows {
			if fits(i) && (best < 0 || w.rows[i].t < w.rows[best].t) {
				best = i
			}
		}
		return best
	}
	tried := make([]bool, len(w.rows))
	for {
		i := earliest(func(i int) bool { return !tried[i] && isScan(i, duty.ScanFirst) })
		if i < 0 {
			break
		}
		tried[i] = true
		first := w.rows[i]
		j := earliest(func(j int) bool { return isScan(j, duty.ScanSecond) && w.paired(&first, &w.rows[j]) })
		if j < 0 {
			continue
		}
		used[i], used[j] = true, true
		second := w.rows[j]
		p := passage{t: first.t, dir: second.dir, centre: second.centre, rows: []row{first, second}}
		p.oneWay = first.oneWay || second.oneWay
		if p.dir == duty.DirectionOut {
			p.t = second.t
		}
		out = append(out, p)
	}
	for i := range w.rows {
		r := &w.rows[i]
		if used[i] || r.kind != duty.CardEventKindPassage || r.dir == duty.DirectionUnknown {
			continue
		}
		p := passage{t: r.t, dir: r.dir, centre: r.centre, rows: []row{*r}, oneWay: r.oneWay}
		p.lone = r.scan == duty.ScanFirst || (r.scan == duty.ScanSecond && r.dir == duty.DirectionOut)
		out = append(out, p)
	}
	return out
}

func (w *world) paired(first, second *row) bool {
	if first.dir != second.dir || first.centre != second.centre {
		return false
	}
	if second.t < first.t || second.t-first.t > w.par.SluiceMax {
		return false
	}
	for i := range w.pol.Devices {
		d := &w.pol.Devices[i]
		if d.ID == first.device && d.From <= first.t && first.t < d.To {
			return d.PairedWith == second.device
		}
	}
	return false
}

// collapse joins rows of one direction and centre without another passage
// between them (RD-09); a lone scan beside a whole passage is part of it.
func (w *world) collapse(list []passage) []passage {
	var out []passage
	last := duty.Beginning // time of the last row of the open chain
	for i := range list {
		p := list[i]
		if n := len(out) - 1; n >= 0 {
			c := &out[n]
			same := c.dir == p.dir && c.centre == p.centre
			if same && p.t-last <= w.par.CollapseMax && !otherBetween(list, last, p.t, p.dir, p.centre) {
				if p.t == c.t {
					c.oneWay = c.oneWay || p.oneWay
				} else if p.dir == duty.DirectionOut {
					c.t, c.oneWay = p.t, p.oneWay
				}
				c.lone = c.lone && p.lone
				c.rows = append(c.rows, p.rows...)
				c.sheets = append(c.sheets, p.sheets...)
				last = p.t
				continue
			}
		}
		out = append(out, p)
		last = p.t
	}
	return out
}

func otherBetween(list []passage, from, to duty.Instant, dir duty.Direction, centre string) bool {
	for i := range list {
		p := &list[i]
		if p.t >= from && p.t <= to && (p.dir != dir || p.centre != centre) {
			return true
		}
	}
	return false
}

// removeAssisted takes out the passages that only unlocked a card (PAS-07 to
// PAS-09). Each entry takes the nearest row that no entry took before; one
// under another name takes none (RD-36), nor does a real passage (RD-38).
func (w *world) removeAssisted(list []passage) []passage {
	taken := map[string]bool{}
	for i := range w.paper {
		s := &w.paper[i]
		if s.form != duty.FormAssistedPassage || s.real || s.misfit {
			continue
		}
		best := ""
		distance := int64(w.par.AssistMatchMinutes) + 1
		for _, r := range w.rows {
			if r.kind != duty.CardEventKindPassage || r.dir != s.dir || taken[r.id] {
				continue
			}
			if d := s.anyDistance(r.t); d < distance {
				best, distance = r.id, d
			}
		}
		if best == "" {
			w.unmatched = append(w.unmatched, *s)
			continue
		}
		taken[best] = true
	}
	var out []passage
	for _, p := range list {
		assisted := false
		for _, r := range p.rows {
			assisted = assisted || taken[r.id]
		}
		if !assisted {
			out = append(out, p)
			continue
		}
		w.removed = append(w.removed, p.t)
		for _, r := range p.rows {
			w.removed = append(w.removed, r.t)
		}
	}
	return out
}

// removedIn reports whether an assisted row that was taken out lies in [from,
// to]: outside in between, it would be so only for its removal (RD-37).
func (w *world) removedIn(from, to duty.Instant) bool {
	for _, t := range w.removed {
		if t >= from && t <= to {
			return true
		}
	}
	return false
}

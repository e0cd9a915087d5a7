package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// row is an electronic registration that is evidence for the person.
type row struct {
	id, centre, device string
	t                  duty.Instant
	kind               duty.CardEventKind
	dir                duty.Direction
	scan               duty.Scan
	barcode            bool
	// oneWay is true for a device that the register does not know (contract §5).
	oneWay bool
}

// sheet is a line of a paper form or log.
type sheet struct {
	id, centre string
	form       duty.Form
	dir        duty.Direction
	result     duty.CheckResult
	// ts are the readings of the time, earliest first (TIM-06).
	ts []duty.Instant
}

func (s *sheet) ambiguous() bool { return len(s.ts) > 1 }

// when returns the reading that favours the person: an exit as late, all else
// as early as can be. Choice: TIM-06 asks for the most favourable reading per
// verdict; one fixed reading per kind of line is used.
func (s *sheet) when() duty.Instant {
	if s.dir == duty.DirectionOut {
		return s.ts[len(s.ts)-1]
	}
	return s.ts[0]
}

// near reports whether any reading lies within so many minutes of t (RD-15).
func (s *sheet) near(t duty.Instant, minutes int) bool { return s.distance(t) <= int64(minutes) }

func (s *sheet) distance(t duty.Instant) int64 {
	best := int64(1) << 60
	for _, x := range s.ts {
		d := minute(x) - minute(t)
		if d < 0 {
			d = -d
		}
		best = min(best, d)
	}
	return best
}

func (w *world) readRows() {
	list := current(w.c.Person.CardEvents, headCard, func(k *duty.Known[duty.CardEvent]) bool {
		return w.check.card(&k.Fact) && w.keepRow(k.At, k.Fact.OccurredAt, w.claimed(&k.Fact))
	})
	for i := range list {
		f := &list[i].Fact
		if w.offline(f) || f.Kind == duty.CardEventKindLockedAttempt {
			continue
		}
		mine, conflict := w.holder(f)
		if conflict {
			w.marks = append(w.marks, f.OccurredAt)
			if f.Kind == duty.CardEventKindReport {
				w.contested = append(w.contested, f.OccurredAt)
			}
			continue
		}
		if !mine {
			continue
		}
		w.rows = append(w.rows, row{
			id: f.ID, centre: f.CentreID, device: f.DeviceID, t: f.OccurredAt, kind: f.Kind,
			dir: f.Direction.V, scan: f.Scan, oneWay: !w.knownDevice(f),
			barcode: f.CardType == duty.CardTypeBarcode || f.DeviceType == duty.DeviceTypeBarcodeScanner,
		})
	}
	sort.SliceStable(w.rows, func(i, j int) bool {
		if w.rows[i].t != w.rows[j].t {
			return w.rows[i].t < w.rows[j].t
		}
		return w.rows[i].id < w.rows[j].id
	})
}

// claimed names the person whose link matters for when the row was known.
func (w *world) claimed(f *duty.CardEvent) string {
	if f.PersonID.OK {
		return f.PersonID.V
	}
	for _, a := range w.assignments {
		if a.CardID == f.CardID && covers(a.ValidFrom, a.ValidTo, f.OccurredAt) {
			return a.PersonID
		}
	}
	return ""
}

func covers(from duty.Instant, to duty.Opt[duty.Instant], t duty.Instant) bool {
	return from <= t && t < to.Or(duty.Forever)
}

// offline drops rows that must never be used (DEV-07, CRD-12).
func (w *world) offline(f *duty.CardEvent) bool {
	if f.CardType == duty.CardTypeKeyFob || f.DeviceType == duty.DeviceTypeOfflineLock {
		return true
	}
	for i := range w.pol.Devices {
		d := &w.pol.Devices[i]
		if d.ID == f.DeviceID && d.From <= f.OccurredAt && f.OccurredAt < d.To && d.Type == duty.DeviceTypeOfflineLock {
			return true
		}
	}
	return false
}

func (w *world) knownDevice(f *duty.CardEvent) bool {
	for i := range w.pol.Devices {
		d := &w.pol.Devices[i]
		if d.ID == f.DeviceID && d.From <= f.OccurredAt && f.OccurredAt < d.To {
			return d.Type == f.DeviceType && d.CentreID == f.CentreID
		}
	}
	return false
}

// holder says whose row it is (contract §2, card-assignments). Choice: a row
// contradicts as soon as one assignment valid at its time names somebody else.
func (w *world) holder(f *duty.CardEvent) (mine, conflict bool) {
	others, me := 0, false
	for _, a := range w.assignments {
		if a.CardID != f.CardID || !covers(a.ValidFrom, a.ValidTo, f.OccurredAt) {
			continue
		}
		if w.mine(a.PersonID) {
			me = true
		} else {
			others++
		}
		if f.PersonID.OK && w.root(a.PersonID) != w.root(f.PersonID.V) && (w.mine(a.PersonID) || w.mine(f.PersonID.V)) {
			conflict = true
		}
	}
	if conflict {
		return false, true
	}
	if f.PersonID.OK {
		return w.mine(f.PersonID.V), false
	}
	return me && others == 0, me && others > 0
}

func (w *world) readPaper() {
	list := current(w.c.Person.ManualEntries, headEntry, func(k *duty.Known[duty.ManualEntry]) bool {
		if !w.mine(k.Fact.PersonID) || !w.check.entry(&k.Fact) {
			return false
		}
		ts, _ := paperTime(k.Fact.LocalTime)
		return w.keepRow(k.At, ts[0], k.Fact.PersonID)
	})
	for i := range list {
		f := &list[i].Fact
		ts, _ := paperTime(f.LocalTime)
		w.paper = append(w.paper, sheet{
			id: f.ID, centre: f.CentreID, form: f.Form, dir: f.Direction.V, result: f.Result.V, ts: ts,
		})
	}
	sort.SliceStable(w.paper, func(i, j int) bool { return w.paper[i].ts[0] < w.paper[j].ts[0] })
}

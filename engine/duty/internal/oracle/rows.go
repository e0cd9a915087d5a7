package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// row is a row of a device that is evidence for the person.
type row struct {
	id, centre, device string
	t                  duty.Instant
	kind               duty.CardEventKind
	dir                duty.Direction
	scan               duty.Scan
	barcode            bool
	// oneWay is true for a device that the register does not know (contract §5).
	oneWay bool
	// received is when the row was received at the latest.
	received duty.Instant
}

// sheet is a line of a paper form or log.
type sheet struct {
	id, centre string
	form       duty.Form
	dir        duty.Direction
	result     duty.CheckResult
	// real is true for a passage that staff registered by hand (RD-38), misfit
	// where the name does not fit the number (RD-36).
	real, misfit bool
	// ts are the readings of the time, earliest first (TIM-06).
	ts   []duty.Instant
	pick int
}

func (s *sheet) ambiguous() bool { return len(s.ts) > 1 }

// when returns the reading that is being tried.
func (s *sheet) when() duty.Instant { return s.ts[s.pick] }

// near reports whether the line lies within so many minutes of t (RD-15).
func (s *sheet) near(t duty.Instant, minutes int) bool { return s.distance(t) <= int64(minutes) }

func (s *sheet) distance(t duty.Instant) int64 { return gap(s.when(), t) }

// anyDistance is the distance of the nearest reading.
func (s *sheet) anyDistance(t duty.Instant) int64 {
	best := gap(s.ts[0], t)
	for _, x := range s.ts {
		best = min(best, gap(x, t))
	}
	return best
}

func gap(a, b duty.Instant) int64 {
	d := minute(a) - minute(b)
	return max(d, -d)
}

func (w *world) readRows() {
	list := current(w.c.Person.CardEvents, headCard, func(k *duty.Known[duty.CardEvent]) bool {
		return w.check.card(&k.Fact) && !tooFarAhead(k) && w.keepRow(k.At, k.Fact.OccurredAt, w.claimed(&k.Fact))
	})
	for i := range list {
		f := &list[i].Fact
		received := min(f.ReceivedAt, list[i].At)
		if slightly(f, received) && w.atReceipt() {
			f.OccurredAt = received
		}
		if w.offline(f) || f.Kind == duty.CardEventKindLockedAttempt {
			continue
		}
		mine, conflict := w.holder(f)
		if c := w.crowd(f.CardID); c != nil {
			mine, conflict = w.crowdHolder(f, c)
		}
		if conflict {
			w.ahead = w.ahead || slightly(f, received)
			w.marks = append(w.marks, f.OccurredAt)
			if f.Kind == duty.CardEventKindReport {
				w.contested = append(w.contested, f.OccurredAt)
			}
			continue
		}
		if !mine {
			continue
		}
		r := row{
			id: f.ID, centre: f.CentreID, device: f.DeviceID, t: f.OccurredAt, kind: f.Kind,
			dir: f.Direction.V, scan: f.Scan, oneWay: !w.knownDevice(f),
			barcode:  f.CardType == duty.CardTypeBarcode || f.DeviceType == duty.DeviceTypeBarcodeScanner,
			received: received,
		}
		w.ahead = w.ahead || slightly(f, received)
		if r.t-r.received > 5*duty.Minute || r.t < at(11323, 0) {
			w.doubtful = append(w.doubtful, r)
		} else {
			w.rows = append(w.rows, r)
		}
	}
	if w.withoutDoubtful() {
		w.doubtful = nil
	}
	sortRows(w.rows)
	sortRows(w.doubtful)
}

func sortRows(list []row) {
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].t != list[j].t {
			return list[i].t < list[j].t
		}
		return list[i].id < list[j].id
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
			// A stand is no gate and a gate no stand (RD-45).
			return d.Type == f.DeviceType && d.CentreID == f.CentreID && reportDevice(d) == (f.Kind == duty.CardEventKindReport)
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

// reading says which reading of an ambiguous time is tried: the bit of its line
// in the world's choice (TIM-06).
func (w *world) reading(id string, readings int) int {
	if readings < 2 {
		return 0
	}
	for i, x := range w.c.ambiguous {
		if x == id {
			return w.choice >> i & 1
		}
	}
	return 0
}

func (w *world) readPaper() {
	all := append(append([]duty.Known[duty.ManualEntry]{}, w.c.Person.ManualEntries...), w.c.Centres.ManualEntries...)
	list := current(all, headEntry, func(k *duty.Known[duty.ManualEntry]) bool {
		if !w.check.entry(&k.Fact) {
			return false
		}
		ts, _ := paperTime(k.Fact.LocalTime)
		return w.keepRow(k.At, ts[0], k.Fact.PersonID.V)
	})
	for i := range list {
		f := &list[i].Fact
		if !f.PersonID.OK || !w.mine(f.PersonID.V) {
			continue
		}
		ts, _ := paperTime(f.LocalTime)
		w.paper = append(w.paper, sheet{
			id: f.ID, centre: f.CentreID, form: f.Form, dir: f.Direction.V, result: f.Result.V, ts: ts,
			pick: w.reading(f.ID, len(ts)), misfit: f.NameMatches.OK && !f.NameMatches.V,
			real: f.Form == duty.FormAssistedPassage && f.APB.OK && !f.APB.V,
		})
	}
	sort.SliceStable(w.paper, func(i, j int) bool { return w.paper[i].ts[0] < w.paper[j].ts[0] })
}

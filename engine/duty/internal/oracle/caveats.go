package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// doubt collects caveats; capped is true once one of them caps the status.
type doubt struct {
	codes  map[string]bool
	capped bool
}

func newDoubt() *doubt { return &doubt{codes: map[string]bool{}} }

func (q *doubt) note(code string) { q.codes[code] = true }

func (q *doubt) cap(code string) { q.codes[code], q.capped = true, true }

func (q *doubt) list() []string {
	out := []string{}
	for c := range q.codes {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}

func (q *doubt) outcome() duty.Outcome {
	if q.capped {
		return duty.OutcomeNeedsReview
	}
	return duty.OutcomeIndicated
}

var logSince = duty.Date(19436) // 2023-03-20 (DAT-05, RD-31)

// bounding sets the caveats of one bounding registration.
func (w *world) bounding(q *doubt, o *obs) {
	if o == nil {
		return
	}
	day := dateOf(o.t)
	if day < w.par.PracticeReferenceDate {
		q.note("PRE_2022_11_22")
	}
	if o.paper {
		q.cap("MANUAL_EVIDENCE")
	}
	if o.ambiguous {
		q.cap("TIME_AMBIGUOUS")
	}
	for i := range o.rows {
		r := &o.rows[i]
		if !r.barcode {
			continue
		}
		q.note("STAFF_IDENTIFIED")
		if r.kind != duty.CardEventKindPassage {
			continue
		}
		if o.kind != muddle && r.centre == w.par.DirectionRiskCentre && dateOf(r.t) < w.par.DirectionRiskUntil {
			q.cap("DIRECTION_RISK")
		}
		if dateOf(r.t) >= logSince && w.missingInLog(r, o.kind == muddle) {
			q.cap("LOG_MISMATCH")
		}
	}
}

// missingInLog is RD-31. Choice: the log speaks as soon as it is proven through
// the row, not only when it is proven for the whole date.
func (w *world) missingInLog(r *row, anyDirection bool) bool {
	for i := range w.paper {
		s := &w.paper[i]
		if s.form == duty.FormBarcodeLog && !s.misfit && (anyDirection || s.dir == r.dir) && s.centre == r.centre &&
			s.anyDistance(r.t) <= int64(w.par.AssistMatchMinutes) {
			return false
		}
	}
	all := current(w.c.Centres.Settlements, headSettlement, func(k *duty.Known[duty.Settlement]) bool {
		return k.At <= w.at && w.check.settlement(&k.Fact)
	})
	return reaches(all, r.centre, dateOf(r.t), duty.LogTypeBarcodeLog, r.t)
}

// suspended sets AMS_SUSPENSION (EVD-10, RD-29).
func (w *world) suspended(q *doubt, exitBefore, after *obs) {
	in := func(o *obs) bool {
		return o != nil && dateOf(o.t) >= w.par.SuspensionFrom && dateOf(o.t) <= w.par.SuspensionTo
	}
	if !in(exitBefore) && !in(after) {
		return
	}
	if w.par.SuspensionRequiresManual && !w.confirmed(exitBefore) {
		q.cap("AMS_SUSPENSION")
	} else {
		q.note("AMS_SUSPENSION")
	}
}

func (w *world) confirmed(o *obs) bool {
	if o == nil || o.kind != exit {
		return false
	}
	for i := range w.paper {
		s := &w.paper[i]
		if s.form == duty.FormTemporaryRegistration && s.inEra() && !s.misfit && s.dir == duty.DirectionOut &&
			s.centre == o.centre && s.near(o.t, temporaryMinutes) {
			return true
		}
	}
	return false
}

// twoCards is CRD-10, IDN-08: two cards at the time of the first bounding
// registration; before two_cards.until also where no card history is known.
func (w *world) twoCards(q *doubt, o *obs) {
	if o == nil {
		return
	}
	cards, history := map[string]bool{}, false
	for _, a := range w.assignments {
		if !w.mine(a.PersonID) || a.CardType == duty.CardTypeKeyFob {
			continue
		}
		history = true
		if covers(a.ValidFrom, a.ValidTo, o.t) {
			cards[a.CardID] = true
		}
	}
	if len(cards) > 1 || (!history && dateOf(o.t) < w.par.TwoCardsUntil) {
		q.cap("TWO_CARDS")
	}
}

// assistUnmatched is RD-28.
func (w *world) assistUnmatched(q *doubt, from, to duty.Instant, rows ...*obs) {
	for i := range w.unmatched {
		s := &w.unmatched[i]
		t := s.when()
		if t >= from && t <= to {
			q.cap("ASSIST_UNMATCHED")
		}
		for _, o := range rows {
			if o != nil && o.dir == s.dir && o.dir != duty.DirectionUnknown && dateOf(o.t) == dateOf(t) {
				q.cap("ASSIST_UNMATCHED")
			}
		}
	}
}

// interval sets the caveats of an inference from a to b (nil: open) that is
// judged from instant ref on, for a unit over night.
func (w *world) interval(q *doubt, a, b *obs, ref duty.Instant, centres []string, night [2]duty.Instant) {
	w.bounding(q, a)
	w.bounding(q, b)
	w.suspended(q, a, b)
	w.twoCards(q, a)
	end := duty.Forever
	if b != nil {
		end = b.t
	} else if w.par.StayOpenIntervalReview {
		q.cap("OPEN_INTERVAL")
	} else {
		q.note("OPEN_INTERVAL")
	}
	start := duty.Beginning
	if a != nil {
		start = a.t
	}
	w.assistUnmatched(q, start, end, a, b)
	for i := range w.incidents {
		n := &w.incidents[i]
		if !has(centres, n.CentreID) {
			continue
		}
		to := n.To.Or(duty.Forever)
		if n.FormsStatus == duty.FormsStatusComplete {
			if n.From < night[1] && to > night[0] {
				q.cap("MANUAL_PERIOD")
			} else if n.From < end && to > start {
				q.note("MANUAL_PERIOD")
			}
		} else if w.par.IncidentTaintForward && n.From < ref && to > start {
			q.cap("TAINTED")
		}
	}
	for i := range w.exclusions {
		x := &w.exclusions[i]
		if has(centres, x.CentreID) && at(x.FromDate, 0) < ref && at(x.ToDate+1, 0) > start {
			q.cap("TAINTED")
		}
	}
}

// excludedAt reports whether t lies inside excluded dates of a centre.
func (w *world) excludedAt(centre string, t duty.Instant) bool {
	for i := range w.exclusions {
		x := &w.exclusions[i]
		if x.CentreID == centre && at(x.FromDate, 0) <= t && t < at(x.ToDate+1, 0) {
			return true
		}
	}
	return false
}

// excluded reports whether an exclusion overlaps a unit (EXC-02).
func (w *world) excluded(centres []string, from, to duty.Instant) bool {
	for i := range w.exclusions {
		x := &w.exclusions[i]
		if has(centres, x.CentreID) && at(x.FromDate, 0) < to && at(x.ToDate+1, 0) > from {
			return true
		}
	}
	return false
}

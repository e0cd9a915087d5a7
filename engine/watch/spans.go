package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// TimelySpan says which automatic incidents stand without late facts for units that fell due within a
// span of instants (DAT-08).
type TimelySpan struct {
	Due       duty.Span
	Incidents *duty.Automatic
}

// TimelyOf returns what duty.Watched.Timely is, by spans that are sorted and apart: the incidents of
// the span that contains the due instant, else the ordinary ones.
func TimelyOf(spans []TimelySpan, ordinary *duty.Automatic) func(due duty.Instant) *duty.Automatic {
	return func(due duty.Instant) *duty.Automatic {
		i, found := slices.BinarySearchFunc(spans, due, func(s TimelySpan, t duty.Instant) int {
			return cmp.Compare(s.Due.From, t)
		})
		if !found {
			i--
		}
		if i >= 0 && due < spans[i].Due.To {
			return spans[i].Incidents
		}
		return ordinary
	}
}

// Spans returns what Incidents answers for all units that fall due at 06:00, at midnight or at one of
// some local times of day in minutes, where it differs from the ordinary incidents in what can bear on
// the unit. Incidents that begin later than that are those without late rows.
func (t *Timely) Spans(dueTimes []int) []TimelySpan {
	times := slices.Sorted(slices.Values(append([]int{0, 6 * 60}, dueTimes...)))
	var out []TimelySpan
	next := t.differs(t.rowsOnly)
	var o outcome
	turn := duty.Beginning
	for _, due := range t.asked(times) {
		if due >= turn {
			o = t.answer(due)
			turn = min(o.turn, t.watch.nextLearned(due), t.nextPair(due))
		}
		if o.whole {
			continue
		}
		if next < due {
			out = appendSpan(out, TimelySpan{duty.Span{From: next, To: due}, t.whole})
		}
		span := duty.Span{From: due, To: dues(duty.Span{From: due + 1, To: due + 3*duty.Day}, times)[0]}
		next = max(next, span.To)
		if o.incidents != nil {
			out = appendSpan(out, TimelySpan{span, o.incidents})
		}
	}
	if next < duty.Forever {
		out = appendSpan(out, TimelySpan{duty.Span{From: next, To: duty.Forever}, t.whole})
	}
	return out
}

// outcome is what stands for a unit, as far as it can bear on it: what is there without late rows, else
// incidents of its own, else what stands with all facts. turn is the next due instant on which one
// more of the incidents that were compared can bear.
type outcome struct {
	whole     bool
	incidents *duty.Automatic
	turn      duty.Instant
}

// answer returns the outcome of a unit, from memory where it is there.
func (t *Timely) answer(due duty.Instant) outcome {
	o, known := t.watch.recall(due)
	if !known {
		o = t.outcome(due)
		t.watch.remember(due, o)
	}
	return o
}

func (t *Timely) outcome(due duty.Instant) outcome {
	report, cut := t.report(due), due+beyond
	turn := min(report.nextBegun(cut), t.rowsOnly.nextBegun(cut), t.all.nextBegun(cut))
	if turn < duty.Forever {
		turn -= beyond - 1
	}
	switch {
	case report == t.rowsOnly || equalBegun(report, t.rowsOnly, cut):
		return outcome{whole: true, turn: turn}
	case equalBegun(report, t.all, cut):
		return outcome{turn: turn}
	}
	return outcome{incidents: t.same(t.until(report, cut)), turn: turn}
}

// nextPair returns the first due instant after one at which other pairs may be seen.
func (t *Timely) nextPair(due duty.Instant) duty.Instant {
	next := duty.Forever
	for i := range t.pairs {
		for _, turn := range []duty.Instant{t.pairs[i].Pair.Due.From, t.pairs[i].Pair.Due.To} {
			if turn > due {
				next = min(next, turn)
			}
		}
	}
	return next
}

// nextBegun returns when the first incident begins that does so at an instant or later.
func (r *Report) nextBegun(from duty.Instant) duty.Instant {
	next := duty.Forever
	for i := range r.Incidents {
		if at := r.Incidents[i].From; at >= from {
			next = min(next, at)
		}
	}
	return next
}

// dues returns the instants of local times of day within a span, in order: both readings of one that
// occurs twice, of which the core takes the later one.
func dues(s duty.Span, times []int) []duty.Instant {
	var out []duty.Instant
	for d := s.From.Date() - 1; d <= s.To.Date(); d++ {
		for _, minutes := range times {
			early, late := d.Readings(minutes)
			for _, due := range []duty.Instant{early, late} {
				if s.From <= due && due < s.To {
					out = append(out, due)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// appendSpan appends a span, or prolongs the last one that has the same incidents.
func appendSpan(list []TimelySpan, s TimelySpan) []TimelySpan {
	if n := len(list); n > 0 && list[n-1].Incidents == s.Incidents && list[n-1].Due.To == s.Due.From {
		list[n-1].Due.To = s.Due.To
		return list
	}
	return append(list, s)
}

// asked returns the due instants, in order, at which the answer may not be the one without late rows.
func (t *Timely) asked(times []int) []duty.Instant {
	spans := slices.Clone(t.doubtful)
	for _, s := range strictSpans(t.pairs) {
		// Without late facts at the clock other pairs are seen.
		if !slices.Equal(Seen(t.pairs, View{At: t.at, Strict: true, Due: s.From}), t.burst) {
			spans = append(spans, s)
		}
	}
	first := t.watch.earliest()
	for i := range t.pairs {
		first = min(first, t.pairs[i].Pair.From-beyond)
	}
	var out []duty.Instant
	for _, s := range duty.MergeSpans(spans) {
		if from, to := max(s.From, first), min(s.To, t.at+duty.Day); from < to {
			out = append(out, dues(duty.Span{From: from, To: to}, times)...)
		}
	}
	return out
}

// strictSpans returns the spans of due instants over which the same strict pairs are seen.
func strictSpans(pairs []SeenPair) []duty.Span {
	var turns []duty.Instant
	for i := range pairs {
		if p := &pairs[i].Pair; p.Strict {
			turns = append(turns, p.Due.From, p.Due.To)
		}
	}
	if len(turns) == 0 {
		return nil
	}
	slices.Sort(turns)
	turns = append(slices.Compact(append([]duty.Instant{duty.Beginning}, turns...)), duty.Forever)
	var out []duty.Span
	for i := range turns[1:] {
		if turns[i] < turns[i+1] {
			out = append(out, duty.Span{From: turns[i], To: turns[i+1]})
		}
	}
	return out
}

// differs returns the first due instant at which incidents of a report that stand may bear on a unit
// and are not those of all facts, or the other way round; Forever if there is none.
func (t *Timely) differs(r *Report) duty.Instant {
	first := duty.Forever
	a, b := r.standing(duty.Forever), t.all.standing(duty.Forever)
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && sameStanding(a[0], b[0]):
			a, b = a[1:], b[1:]
			continue
		case len(b) == 0 || len(a) > 0 && compareStanding(a[0], b[0]) < 0:
			first, a = min(first, a[0].From), a[1:]
		default:
			first, b = min(first, b[0].From), b[1:]
		}
	}
	if first == duty.Forever {
		return first
	}
	return first - beyond + 1
}

// until returns the incidents of a report that begin before an instant, and for the rest those
// without late rows.
func (t *Timely) until(r *Report, cut duty.Instant) *Report {
	out := &Report{Incidents: r.Begun(cut)}
	for i := range t.rowsOnly.Incidents {
		if t.rowsOnly.Incidents[i].From >= cut {
			out.Incidents = append(out.Incidents, t.rowsOnly.Incidents[i])
		}
	}
	slices.SortFunc(out.Incidents, compareAutomatic)
	return out
}

// standing returns the incidents that stand and begin before an instant, sorted.
func (r *Report) standing(before duty.Instant) []*Automatic {
	var out []*Automatic
	for i := range r.Incidents {
		if a := &r.Incidents[i]; a.begun(before) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, compareStanding)
	return out
}

func compareStanding(a, b *Automatic) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.From, b.From),
		cmp.Compare(a.To.Or(duty.Forever), b.To.Or(duty.Forever)))
}

// sameStanding reports whether a verdict cannot tell two incidents apart.
func sameStanding(a, b *Automatic) bool { return compareStanding(a, b) == 0 }

// equalBegun reports whether the incidents of two reports that stand and begin before an instant are
// the same.
func equalBegun(a, b *Report, before duty.Instant) bool {
	i, j := 0, 0
	for {
		for i < len(a.Incidents) && !a.Incidents[i].begun(before) {
			i++
		}
		for j < len(b.Incidents) && !b.Incidents[j].begun(before) {
			j++
		}
		if i == len(a.Incidents) || j == len(b.Incidents) {
			return i == len(a.Incidents) && j == len(b.Incidents)
		}
		if !sameStanding(&a.Incidents[i], &b.Incidents[j]) {
			return false
		}
		i, j = i+1, j+1
	}
}

// begun reports whether the incident stands and begins before an instant.
func (a *Automatic) begun(before duty.Instant) bool { return a.State == Active && a.From < before }

// earliest returns the first due instant on which a fact can bear.
func (w *Watch) earliest() duty.Instant {
	first := duty.Forever
	for _, k := range w.heartbeats {
		first = min(first, k.Fact.At, k.At)
	}
	for _, k := range w.counts {
		first = min(first, k.Fact.From)
	}
	for i := range w.rows {
		first = min(first, w.rows[i].OccurredAt, w.rows[i].Known)
	}
	return first - beyond
}

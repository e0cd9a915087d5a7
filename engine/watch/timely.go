package watch

import (
	"slices"

	"tilsyn/engine/duty"
)

// Timely answers which automatic incidents stand without late facts at one clock (DAT-08), when
// somebody asks; each answer is worked out once. It is not safe for concurrent use.
type Timely struct {
	watch looker
	at    duty.Instant
	pairs []SeenPair
	// ordinary are the incidents with all facts, whole those without late rows and with all others.
	ordinary, whole *duty.Automatic
	all, rowsOnly   *Report
	// doubtful are the due instants of units for which whole may not do.
	doubtful []duty.Span
	burst    []Pair
	of       map[duty.Instant]*duty.Automatic
	reports  []*Report
	found    []*duty.Automatic
}

// looker looks at views of the same facts.
type looker interface {
	Look(v View, pairs []Pair) Report
	Late(at duty.Instant) *Late
	Params(at duty.Instant) *duty.Params
	// bursts returns the incidents that pairs alone make at a view.
	bursts(v View, pairs []Pair) []Automatic
	// earliest returns the first due instant on which a fact can bear.
	earliest() duty.Instant
	// nextLearned returns an instant after one that fell due until which units see the same facts.
	nextLearned(due duty.Instant) duty.Instant
	// recall returns the outcome of a unit that an earlier Timely worked out, if it still is so;
	// remember keeps one.
	recall(due duty.Instant) (outcome, bool)
	remember(due duty.Instant, o outcome)
}

func (w *Watch) nextLearned(due duty.Instant) duty.Instant { return due + 1 }

// A Watch is asked once.
func (w *Watch) recall(duty.Instant) (outcome, bool) { return outcome{}, false }
func (w *Watch) remember(duty.Instant, outcome)      {}

// NewTimely looks at what is left without late rows: for most units that is the answer. all is what
// the watch reports at the clock with all facts.
func NewTimely(w *Watch, at duty.Instant, pairs []SeenPair, all *Report) *Timely {
	t := &Timely{watch: w, at: at, pairs: pairs}
	t.begin(all)
	return t
}

func (t *Timely) begin(all *Report) {
	w, at, pairs := t.watch, t.at, t.pairs
	t.all, t.of = all, map[duty.Instant]*duty.Automatic{}
	t.ordinary = t.same(all)
	v := View{At: at, Strict: true, Due: at}
	t.burst = Seen(pairs, v)
	rowsOnly := w.Look(v, t.burst)
	t.rowsOnly = &rowsOnly
	t.whole = t.same(t.rowsOnly)
	t.doubtful = w.Late(at).Doubtful(t.rowsOnly)
}

// Ordinary returns the incidents that stand with all facts.
func (t *Timely) Ordinary() *duty.Automatic { return t.ordinary }

// Incidents returns those that stand for a unit that fell due at an instant, as far as they can bear
// on it. The same incidents are the same pointer.
func (t *Timely) Incidents(due duty.Instant) *duty.Automatic {
	a, ok := t.of[due]
	if !ok {
		a = t.whole
		if report := t.report(due); report != t.rowsOnly {
			a = t.same(report)
		}
		t.of[due] = a
	}
	return a
}

// report returns what is seen without the facts that were late for a unit.
func (t *Timely) report(due duty.Instant) *Report {
	v := View{At: t.at, Strict: true, Due: due}
	pairs := Seen(t.pairs, v)
	if !within(t.doubtful, due) {
		return t.withBursts(t.watch.bursts(v, pairs))
	}
	report := t.watch.Look(v, pairs)
	return &report
}

// withBursts is what is there without late rows, with other bursts: nothing else depends on pairs, and
// pairs on nothing else (W-38).
func (t *Timely) withBursts(bursts []Automatic) *Report {
	var there, others []Automatic
	for i := range t.rowsOnly.Incidents {
		if a := &t.rowsOnly.Incidents[i]; a.Cause == CauseBurst {
			there = append(there, *a)
		} else {
			others = append(others, *a)
		}
	}
	own := &Report{Incidents: bursts}
	if own.SameIncidents(&Report{Incidents: there}) {
		return t.rowsOnly
	}
	own.Incidents = append(others, bursts...)
	own.sort()
	return own
}

// same returns the incidents of a report; those of an earlier one, if they are the same.
func (t *Timely) same(report *Report) *duty.Automatic {
	if i := slices.IndexFunc(t.reports, report.SameIncidents); i >= 0 {
		return t.found[i]
	}
	a := report.Automatic(t.watch.Params(t.at))
	t.reports, t.found = append(t.reports, report), append(t.found, a)
	return a
}

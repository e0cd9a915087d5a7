package watch

import "tilsyn/engine/duty"

// Log holds all facts that the watch reads, as they come in: in any order, and some of them twice. It
// only grows. It is not safe for concurrent use.
type Log struct {
	facts Facts
	// added counts what came in, so that a view knows whether there is something new.
	added int
}

// NewLog returns a log without facts.
func NewLog() *Log { return &Log{} }

// AddRow adds one version of a readable card row that makes sense (duty.RowMakesSense).
func (l *Log) AddRow(r Row) {
	l.facts.Rows = append(l.facts.Rows, r)
	l.added++
}

// AddBeat adds one version of a heartbeat. The facts that make no sense are the caller's to leave out,
// for this and the other kinds (duty.Centres.WatchFacts).
func (l *Log) AddBeat(k *duty.Known[duty.Heartbeat]) {
	l.facts.Heartbeats = append(l.facts.Heartbeats, *k)
	l.added++
}

// AddCount adds one version of a reconciliation.
func (l *Log) AddCount(k *duty.Known[duty.Reconciliation]) {
	l.facts.Reconciliations = append(l.facts.Reconciliations, *k)
	l.added++
}

// AddIncident adds one version of an incident that people declared; an automatic one is not read.
func (l *Log) AddIncident(k *duty.Known[duty.Incident]) {
	l.facts.Incidents = append(l.facts.Incidents, *k)
	l.added++
}

// Live is the watch of a log under a policy. What it worked out for one look it keeps for the next
// one. It is not safe for concurrent use.
type Live struct {
	log    *Log
	policy *duty.Policy
	watch  *Watch
	// seen are how many facts of the log watch has.
	seen int
}

// Under returns the watch of the log under a policy, which has what is added later too.
func (l *Log) Under(p *duty.Policy) *Live { return &Live{log: l, policy: p} }

// Look returns what the watch reports at a clock: the same as New, with all facts of the log whose
// centre the register knows, and its Look. pairs are the inconsistent pairs of all persons, strict
// ones too; centres answers which manual logs are proven.
func (v *Live) Look(at duty.Instant, pairs []SeenPair, centres *duty.Centres) Report {
	view := View{At: at}
	return v.at(centres).Look(view, Seen(pairs, view))
}

// Timely returns the incidents that stand without late facts (DAT-08), where they differ from those of
// Look in what can bear on a unit: for units that fall due at 06:00, at midnight or at one of dueTimes,
// in minutes after local midnight. The spans of due instants are sorted and apart from one another; for
// a unit that fell due in none of them the incidents of Look stand.
func (v *Live) Timely(at duty.Instant, pairs []SeenPair, centres *duty.Centres, dueTimes []int) []TimelySpan {
	w := v.at(centres)
	report := v.Look(at, pairs, centres)
	return NewTimely(w, at, pairs, &report).Spans(dueTimes)
}

// Supervised returns the devices of the register that were supervised by what was known at a clock, as
// Watch.Supervised does.
func (v *Live) Supervised(at duty.Instant) []duty.Supervised { return v.at(nil).Supervised(at) }

// at returns the watch of all facts.
func (v *Live) at(centres *duty.Centres) *Watch {
	if v.watch == nil || v.seen != v.log.added {
		f := v.log.facts
		f.Rows = nil
		known := map[string]bool{}
		for i := range v.policy.Centres {
			known[v.policy.Centres[i].ID] = true
		}
		for i := range v.log.facts.Rows {
			if r := &v.log.facts.Rows[i]; known[r.CentreID] {
				f.Rows = append(f.Rows, *r)
			}
		}
		v.watch, v.seen = New(f, v.policy), v.log.added
	}
	w := *v.watch
	w.centres = centres
	return &w
}

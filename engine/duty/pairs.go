package duty

import (
	"cmp"
	"slices"
)

// Pair is two consecutive passages of one biometric card in one direction at one centre, which its
// anti-passback should not allow and no assisted entry explains (CRD-09, REL-04, W-38). Several of
// them, of different persons, are a sign that rows were lost (TX-02).
type Pair struct {
	CentreID string
	// From and To are the times of the two passages; the second reveals the pair.
	From, To Instant
	// Due says for which units the pair is seen: those that fell due then (DAT-08). Strict is set for a
	// pair of the timely facts, else Due is all times.
	Strict bool
	Due    Span
}

// explainedWithin is how far before the first and after the second passage an assisted entry still
// explains a pair (W-38).
const explainedWithin = 5 * Minute

// PairTopics are the topics whose facts Pairs reads: no others change what it returns.
func PairTopics() []string {
	return []string{TopicCardEvents, TopicManualEntries, TopicCardAssignments, TopicIdentityLinks}
}

// Pairs returns the pairs of a person, with all facts known at a clock and without those that were
// late. It reads neither incidents nor exclusions, so that nothing feeds back (W-39). A person that
// a link joined to another has none: they are that one's.
func Pairs(in Input, p *Policy, at Instant) []Pair {
	late := p.paramsAt(at.Date()).LateAccusation
	if in.inTurn(p, at, late) {
		return nil
	}
	s := newSource(in.PersonID, in.Person, in.Centres, p)
	out := s.pairs(lens{at: at}, Pair{Due: Span{Beginning, Forever}})
	if len(out) == 0 && s.timelySeesNoMore(at, late) {
		return nil
	}
	// Which facts were late for a unit changes where one of them was still in time.
	turns := []Instant{Beginning}
	for _, t := range knownTimes(knownTimes(nil, s.assignments), s.links) {
		if t <= at {
			turns = append(turns, t-late)
		}
	}
	slices.SortFunc(turns, func(a, b Instant) int { return cmp.Compare(a, b) })
	turns = append(slices.Compact(turns), Forever)
	for i := range turns[1:] {
		due := Span{turns[i], turns[i+1]}
		out = append(out, s.pairs(lens{at: at, strict: true, due: due.From, late: late}, Pair{Strict: true, Due: due})...)
	}
	return out
}

// inconsistent returns the pairs to name in data quality. Where there is no watch, those that wait for
// the assisted log.
func (c *court) inconsistent(e *evaluation) []Pair {
	if c.watch != nil {
		return c.src.pairs(lens{at: c.at}, Pair{})
	}
	var out []Pair
	for _, p := range c.apbPairs(e) {
		out = append(out, Pair{From: p.from, To: p.to})
	}
	return out
}

// timelySeesNoMore reports whether the timely facts show no pair that all facts do not: they are the same rows and
// entries, all of them the person's own by name, and assignments only add what may make a pair.
func (s *source) timelySeesNoMore(at, late Instant) bool {
	if len(s.links) > 0 || s.lateRow(at, late) {
		return false
	}
	for i, k := range s.assignments { // sorted by id
		if a := &k.Fact; a.PersonID != s.person || a.Retracted || i > 0 && a.ID == s.assignments[i-1].Fact.ID {
			return false
		}
	}
	return !slices.ContainsFunc(s.cardEvents, func(k *Known[CardEvent]) bool { return k.Fact.PersonID != Some(s.person) })
}

// lateRow reports whether a row or an entry was known too late for its own time (DAT-08).
func (s *source) lateRow(at, late Instant) bool {
	return slices.ContainsFunc(s.cardEvents, func(k *Known[CardEvent]) bool {
		return k.At <= at && k.At-k.Fact.OccurredAt > late
	}) || slices.ContainsFunc(s.entries, func(k *Known[ManualEntry]) bool {
		return k.At <= at && laterThan(k.At, k.Fact.LocalTime, late)
	})
}

// pairs returns those that a lens shows, each filled in from a model. A lone scan breaks a pair, and
// so does a passage on paper the other way; a report between two passages does not.
func (s *source) pairs(l lens, model Pair) []Pair {
	e := &evaluation{src: s, lens: l, track: &track{}, par: s.policy.paramsAt(l.at.Date())}
	e.lens.late = e.par.LateAccusation
	e.id = newIdentity(s.person, s.links, e.lens)
	e.rows = newRows(s, e.id, e.lens)
	if e.rows.inTurn(s, e.par) {
		return nil
	}
	e.assignments = standing[CardAssignment](e, s.assignments, func(v *CardAssignment) string { return v.PersonID })
	e.entries = e.paperOf()
	all := pairScans(e.rows.passages, s.policy, e.par.SluiceMax)
	all = append(all, paperPassages(e.entries, all, e.par.AssistMatchMinutes, e.time)...)
	sortPassages(all)
	all = collapse(all, e.par.CollapseMax)
	rows := e.rows.passagesByID()
	var out []Pair
	var before *passage
	for i := range all {
		x := &all[i]
		if x.paper {
			if before != nil && before.direction != x.direction {
				before = nil
			}
			continue
		}
		a := before
		if before = x; x.lone {
			before = nil
		}
		if a == nil || x.lone || x.direction != a.direction || x.centre != a.centre {
			continue
		}
		card := e.guarded(a, rows)
		around := Span{a.at - explainedWithin, x.at + explainedWithin + 1}
		if card == "" || card != e.guarded(x, rows) || e.assistedNear(around) {
			continue
		}
		pair := model
		pair.CentreID, pair.From, pair.To = x.centre, a.at, x.at
		out = append(out, pair)
	}
	return out
}

// guarded returns the biometric card of a passage, if its anti-passback was on then.
func (e *evaluation) guarded(x *passage, rows map[string]*CardEvent) string {
	row := rows[x.refs[0].id]
	if row == nil || row.CardType != CardTypeBiometric || !e.apbAt(row.CardID, x.at) {
		return ""
	}
	return row.CardID
}

// assistedNear reports whether an entry of the assisted log lies in a span, in either reading of its
// time.
func (e *evaluation) assistedNear(s Span) bool {
	return slices.ContainsFunc(e.entries, func(k *Known[ManualEntry]) bool {
		l, _ := parseLocal(k.Fact.LocalTime)
		return k.Fact.Form == FormAssistedPassage && !k.Fact.misnamed() && l.has(s.contains)
	})
}

package task

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// The owner of the watch must know the inconsistent pairs of a person (duty.Pairs) before it looks at
// a clock at which the person's facts are known. So they are looked for in the cycle that reads the
// fact, of persons who may have some: an assignment of theirs says that a biometric card has
// anti-passback, or their facts are mixed with those of others. Rows in turn change nothing
// (inturn.go). What changes pairs without a fact of the person being read, such as a new policy or a
// version of a fact that lies elsewhere, begins a walk that other tasks wait for.
//
// Facts are read before the owner's clock gets to them, and a fact of tomorrow must not take away
// today what keeps somebody from being accused. So pairs are forwarded with the clock from which they
// hold: once for the clock of the earliest new fact, and once for every later clock at which a fact
// or a parameter of the policy may change them.

// recheck notes that a fact, known at `from`, may have changed a person's pairs.
func (t *Task) recheck(p *person, from duty.Instant) {
	if !p.header.Guarded && !p.header.Connected || casefile.Pseudo(p.id) {
		return
	}
	if p.header.Connected {
		from = duty.Beginning // facts of others may have come with it
	}
	if !p.pairs {
		p.pairs, p.pairsFrom = true, from
		t.forward.persons = append(t.forward.persons, p)
	}
	p.pairsFrom = min(p.pairsFrom, from)
}

// filed takes in that a fact is filed under a person, and notes whether it may have changed pairs.
func (t *Task) filed(p *person, f *stored.Fact) {
	r := &t.roster.entries[p.resident]
	none := r.end == noPassage
	switch v := f.Record.(type) {
	case *duty.CardEvent:
		s := t.turnsOf(r)
		quiet := s.row(v, f.Known)
		r.end, t.forward.newest = s.end, s.newest
		if quiet && !p.header.Connected {
			return
		}
		none = false
	case *duty.CardAssignment:
		if v.CardType == duty.CardTypeBiometric && v.AntiPassback == duty.AntiPassbackOn && !p.header.Guarded {
			p.header.Guarded, p.changed = true, true
		}
	case *duty.ManualEntry:
		r.end = endUnknown // its passages lie between those of rows
	case *duty.IdentityLink:
	default:
		return
	}
	if !none || p.header.Connected {
		t.recheck(p, f.Known)
	}
}

// turnsOf are the passages of a person as far as they are in memory.
func (t *Task) turnsOf(r *resident) turns { return turns{t.forward.rules, r.end, t.forward.newest} }

// forwardPairs forwards the pairs of the cycle's persons that have changed.
func (t *Task) forwardPairs() error {
	for _, p := range t.forward.persons {
		if err := t.forwardPairsOf(p); err != nil {
			return err
		}
	}
	t.forward.persons = t.forward.persons[:0]
	return nil
}

// doubtPairs notes of the cycle's persons that a predecessor may have forwarded other pairs than
// those which the state names.
func (t *Task) doubtPairs() {
	for _, p := range t.forward.persons {
		p.pairs = false
		t.doubtPaired(p)
	}
	t.forward.persons = t.forward.persons[:0]
}

// doubtPaired notes the same of one person.
func (t *Task) doubtPaired(p *person) {
	p.header.Paired.Doubtful, p.changed = true, true
}

// personPairs are the pairs of a person at a clock, by policy as in rules.policies.
type personPairs [][]duty.Pair

// hash is what the person's header keeps of them; 0 if there are none.
func (list personPairs) hash() uint64 {
	var w wire.Writer
	some := false
	for i := range list {
		w.Uint(uint64(len(list[i])))
		for _, x := range list[i] {
			some = true
			w.Text(x.CentreID)
			w.Bool(x.Strict)
			for _, at := range [...]duty.Instant{x.From, x.To, x.Due.From, x.Due.To} {
				w.Int(int64(at))
			}
		}
	}
	if !some {
		return 0
	}
	return max(1, wire.Hash(&w))
}

// forwardPairsOf looks for the pairs of a person at every clock from p.pairsFrom on at which they may
// be others than before, and forwards those that are.
func (t *Task) forwardPairsOf(p *person) error {
	p.pairs = false
	said, from := &p.header.Paired, p.pairsFrom
	if said.Doubtful {
		from = duty.Beginning
	}
	at := max(from, t.at.CaughtUp)
	k, seam, err := t.loadSince(p, from, at)
	if err != nil {
		return err
	}
	clocks, end := t.clocksOf(p, k, from, at, &seam)
	if !p.header.Connected {
		t.roster.entries[p.resident].end = end
	}
	same := !said.Doubtful && (said.Since < from || *said == stored.Paired{})
	w := t.weigh(p, k)
	steps := t.stepsOf(p, k, at)
	var pairs personPairs
	for i, since := range clocks {
		near := seamOf{}
		if i > 0 {
			before := at
			at = since
			if p.header.Connected && w.crowds { // which cards are everybody's depends on the clock
				if k, err = t.loadAt(p, state.Undated, stored.WholeRow, at); err != nil {
					return err
				}
			}
			near = steps.to(before, at, pairs)
		}
		if near.before != nil {
			pairs = near.join(t.pairsOf(p, &steps.near, at))
		} else {
			near = seam
			pairs = seam.join(w.pairs(k, at))
		}
		t.forward.near += near.count()
		hash := pairs.hash()
		if same && hash == said.Hash {
			continue
		}
		for j, policy := range t.forward.rules.policies {
			t.forward.sheet.Pairs(p.id, policy.Digest, since, pairs[j])
		}
		*said, same, p.changed = stored.Paired{Since: since, Hash: hash}, true, true
	}
	w.remember()
	t.keepPairs(p, k, pairs)
	return nil
}

// pairsOf returns the pairs of a person at a clock; a person on whom the core fails has none.
func (t *Task) pairsOf(p *person, k *knowledge, at duty.Instant) (list personPairs) {
	t.forward.weighings++
	t.forward.rowsWeighed += len(k.facts.CardEvents)
	in := t.input(p.id, &k.facts)
	list = make(personPairs, len(t.forward.rules.policies))
	for i, policy := range t.forward.rules.policies {
		list[i], _ = t.pairsUnder(in, policy, at)
		list[i] = joined(list[i])
		list[i] = list[i][max(0, len(list[i])-maxPairs):]
	}
	return list
}

// joined makes one of the same pair of units that fell due in spans that touch. The core has a span
// for every assignment and link, and nearly all show the same.
func joined(pairs []duty.Pair) []duty.Pair {
	strict := func(p *duty.Pair) int {
		if p.Strict {
			return 1
		}
		return 0
	}
	slices.SortFunc(pairs, func(a, b duty.Pair) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.CentreID, b.CentreID),
			cmp.Compare(strict(&a), strict(&b)), cmp.Compare(a.Due.From, b.Due.From))
	})
	out := pairs[:0]
	for _, x := range pairs {
		if n := len(out) - 1; n >= 0 && x.Strict && out[n].Strict && out[n].Due.To == x.Due.From &&
			out[n].From == x.From && out[n].To == x.To && out[n].CentreID == x.CentreID {
			out[n].Due.To = x.Due.To
			continue
		}
		out = append(out, x)
	}
	return out
}

// maxPairs is how many pairs of a person are forwarded, the newest ones: as many as certainly fit into
// a record, which must not be refused for its size. Nobody passes twice in one direction that often.
const maxPairs = 20_000

// pairsUnder returns the pairs under one policy; ok is false if the core panicked.
func (t *Task) pairsUnder(in duty.Input, policy *duty.Policy, at duty.Instant) (pairs []duty.Pair, ok bool) {
	defer t.guard(&ok)
	return duty.Pairs(in, policy, at), true
}

// clocksOf returns the clocks from which other pairs may hold, the first of them `from`, for which
// they are looked for at `at`; and where the person's passages end, if it has no paper.
func (t *Task) clocksOf(p *person, k *knowledge, from, at duty.Instant, seam *seamOf) ([]duty.Instant, rowEnd) {
	clocks := []duty.Instant{from}
	add := func(known duty.Instant) {
		if known > at {
			clocks = append(clocks, known)
		}
	}
	rows := make([]*duty.Known[duty.CardEvent], len(k.facts.CardEvents))
	for i := range rows {
		rows[i] = &k.facts.CardEvents[i]
	}
	slices.SortStableFunc(rows, func(a, b *duty.Known[duty.CardEvent]) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt))
	})
	s := turns{t.forward.rules, noPassage, duty.Beginning}
	if seam.before != nil {
		s.end = longAgo
	}
	for _, r := range rows {
		if !s.row(&r.Fact, r.At) || p.header.Connected {
			add(r.At)
		}
	}
	t.forward.newest = max(t.forward.newest, s.newest)
	f := &k.facts
	for i := range f.CardAssignments {
		add(f.CardAssignments[i].At)
	}
	for i := range f.IdentityLinks {
		add(f.IdentityLinks[i].At)
	}
	for i := range f.ManualEntries {
		add(f.ManualEntries[i].At)
		s.end = endUnknown
	}
	if len(t.moved.unnamed) > 0 {
		for _, k := range t.moved.entries() {
			add(k.At)
		}
	}
	for _, policy := range t.forward.rules.policies {
		for i := range policy.Steps {
			add(policy.Steps[i].From.Start())
		}
	}
	slices.Sort(clocks)
	return slices.Compact(clocks), s.end
}

// walkWatch advances a walk that forwards to the owner of the watch. It reports whether the walk is
// over.
func (t *Task) walkWatch(s *stored.Sweep) (bool, error) {
	var found []string
	whole := s.Rows || len(s.Facts) > 0 || !t.moved.empty()
	days := func(_, _ []byte) int32 {
		if whole {
			return state.Undated
		}
		return state.OnlyHeader
	}
	next, err := t.store.WalkDue(math.MaxInt64, s.Cursor, t.limits.WalkStep, days, func(v *state.View) error {
		some, err := t.watchShown(s, v)
		if some {
			found = append(found, string(v.Person))
		}
		return err
	})
	if err != nil {
		return false, err
	}
	for _, id := range found {
		p, err := t.person(id)
		if err != nil {
			return false, err
		}
		if s.Doubt {
			t.doubtPaired(p)
		}
		if !p.pairs {
			p.pairs = true
			t.forward.persons = append(t.forward.persons, p)
		}
		p.pairsFrom = duty.Beginning
	}
	t.cycle.decided += 1 + len(found)/pairsShare
	s.Cursor = next
	t.cycle.move()
	return len(next) == 0, nil
}

// pairsShare is how many looks for pairs cost as much as one full evaluation.
const pairsShare = 4

// watchShown forwards what a walk is for from the facts that it shows of a key, and reports whether
// they are of a person whose pairs have to be looked for.
func (t *Task) watchShown(s *stored.Sweep, v *state.View) (bool, error) {
	key := wire.View(v.Person)
	pseudo := casefile.Pseudo(key)
	if pseudo && !strings.HasPrefix(key, casefile.ParkedKey) {
		return false, nil
	}
	front, _, err := stored.SplitHeader(v.Header.Data)
	if err != nil {
		return false, fmt.Errorf("task %d: header of a person: %w", t.at.Task, err)
	}
	some := !pseudo && len(s.Facts) == 0 && front.Flags&stored.HeaderPairing != 0
	for _, b := range v.Facts {
		if s.Rows {
			if err := t.forwardStored(key, b); err != nil {
				return false, err
			}
		}
		if !some && !pseudo && !t.moved.empty() {
			name, err := t.nameStored(b)
			if err != nil {
				return false, err
			}
			some = name != 0 && seeks(s, name, &t.moved)
		}
	}
	return some, nil
}

// forwardStored forwards what the owner needs of a fact that was read before.
func (t *Task) forwardStored(key string, b []byte) error {
	f, err := t.decodeFact(slices.Clone(b), key)
	if err != nil {
		return fmt.Errorf("task %d: %w", t.at.Task, err)
	}
	if e, ok := f.Record.(*duty.CardEvent); !ok || t.ownRow(key, &f, e) {
		t.forwardRead(&f, true)
	}
	return nil
}

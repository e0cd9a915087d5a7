package dutytest

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
)

// follower keeps one person as an engine does: by its routine where that can
// answer, else by a full evaluation.
type follower struct {
	t    *testing.T
	g    *gen
	seed uint64
	// ask is whether each row is shown to the routine as it comes.
	ask bool
	// watch is what the watch says; nil for a person without.
	watch *saidWatch

	r     duty.Routine
	live  bool
	fresh bool // facts came that the routine must not pass over
	last  duty.Instant
	next  duty.Instant
	buf   duty.Advanced

	ledger  map[ledgerKey]duty.LedgerUnit
	quality []duty.DataQuality
	noted   []duty.Observation
	said    []duty.Said
	rows    map[string]duty.CardEvent

	byRoutine, inFull, nights, taken, met int
}

// ledgerKey names a unit of the ledger.
type ledgerKey struct {
	kind duty.Kind
	date duty.Date
}

// TestRoutineDecidesAsEvaluateDoes compares routines with the full evaluation. Whenever a routine
// answers, every unit of the full evaluation must be as this answer and the earlier ones say, with
// nothing to tell and no new data quality or observation; and before the instant that the routine
// names, time alone must change nothing.
func TestRoutineDecidesAsEvaluateDoes(t *testing.T) {
	seed := startSeed(t)
	var byRoutine, inFull, nights, taken, met, watched int
	for i := 0; i < personWeeks(t, 400) && !t.Failed(); i++ {
		s := seed + uint64(i)
		f := &follower{t: t, g: newRoutineGen(s, 50), seed: s, ledger: map[ledgerKey]duty.LedgerUnit{},
			rows: map[string]duty.CardEvent{}}
		f.ask = f.g.chance(50)
		if f.g.chance(60) {
			f.watch = f.g.says()
		}
		f.last = duty.Beginning
		for _, at := range f.clocks() {
			f.step(at)
			if t.Failed() {
				t.Logf("seed %d\n%s", s, f.g.c.describe())
				return
			}
		}
		byRoutine, inFull, nights, taken = byRoutine+f.byRoutine, inFull+f.inFull, nights+f.nights, taken+f.taken
		met += f.met
		if f.watch != nil {
			watched += f.nights
		}
	}
	t.Logf("%d steps and %d units by routine, %d of them of NOTIFY and REPORT, %d with a watch, %d steps in full, "+
		"%d rows taken", byRoutine, nights, met, watched, inFull, taken)
	if byRoutine < inFull || nights < taken/10 || taken == 0 || watched < nights/4 || met < nights/25 {
		t.Errorf("the routine decided %d of %d steps; the test tests too little", byRoutine, byRoutine+inFull)
	}
}

// clocks are instants ascending, often just at the end of a night.
func (f *follower) clocks() []duty.Instant {
	g := f.g
	at := localTime(g.d0, g.r.IntN(48*60)-12*60)
	var out []duty.Instant
	for i := 0; i < 30; i++ {
		switch g.r.IntN(5) {
		case 0:
			at += duty.Instant(g.r.IntN(60)) * duty.Minute
		case 1:
			at += duty.Instant(g.r.IntN(72)) * duty.Hour
		case 2:
			at += duty.Instant(g.r.IntN(10)) * duty.Second
		default:
			d := at.Date()
			for at >= localTime(d, 6*60) {
				d++
			}
			at = localTime(d, 6*60) + pick(g, 0, 0, 0, 1, 20*duty.Second, 15*duty.Minute)
		}
		if g.chance(1) {
			at += 35 * duty.Day
		}
		out = append(out, at)
	}
	return out
}

// step moves the clock: what became known since is shown, then it is decided.
func (f *follower) step(at duty.Instant) {
	f.arrive(at)
	in := f.input(at, at)
	if f.live && !f.fresh && f.advance(in, at) {
		f.byRoutine++
		f.compare(in, at)
		return
	}
	f.inFull++
	f.full(in, at)
}

// input is what is known at a clock, with the steps of feeds known by another.
func (f *follower) input(at, told duty.Instant) duty.Input {
	in := knownBy(f.g.c, at).core()
	in.FromDate, in.ToDate = duty.None[duty.Date](), duty.None[duty.Date]()
	if f.watch != nil {
		in.Centres = in.Centres.WithWatch(f.watch.at(at, told))
	}
	return in
}

// arrive shows the routine what became known in (last, at], in the order of its
// being known.
func (f *follower) arrive(at duty.Instant) {
	before := f.last
	f.last = at
	in := f.g.c.core()
	in.FromDate, in.ToDate = duty.None[duty.Date](), duty.None[duty.Date]()
	if othersKnown(f.g.c, before, at) || f.watch != nil && f.watch.changed(before, at) {
		f.fresh = true
	}
	events := slices.Clone(in.Person.CardEvents)
	sort.SliceStable(events, func(i, j int) bool { return events[i].At < events[j].At })
	for i := range events {
		k := &events[i]
		if k.At <= before || k.At > at {
			continue
		}
		if old, ok := f.rows[k.Fact.ID]; ok && old == k.Fact {
			continue
		} else if ok {
			f.fresh = true
		}
		f.rows[k.Fact.ID] = k.Fact
		if !f.live || f.fresh {
			continue
		}
		if !f.ask {
			f.fresh = k.Fact.OccurredAt < f.r.Since()
			continue
		}
		if !f.r.Row(&in, &k.Fact, k.At) {
			f.fresh = true
			continue
		}
		f.taken++
		if k.At < f.next {
			f.nothingToTell(k.At, before, "a row that was taken as ordinary")
		}
	}
}

// othersKnown reports whether a fact other than a card event, or a policy,
// became known in (from, to].
func othersKnown(c *testCase, from, to duty.Instant) bool {
	a, b := knownBy(c, from), knownBy(c, to)
	a.facts.CardEvents, b.facts.CardEvents = nil, nil
	for _, p := range c.policies {
		if from < p.From && p.From <= to {
			return true
		}
	}
	return !reflect.DeepEqual(a.facts, b.facts) || !reflect.DeepEqual(a.centres, b.centres)
}

// advance lets the routine decide, with rows in any order, some repeated, some
// older than it wants, some not known yet.
func (f *follower) advance(in duty.Input, at duty.Instant) bool {
	g := f.g
	var rows []duty.Known[duty.CardEvent]
	for _, k := range g.c.facts.CardEvents {
		if k.Fact.OccurredAt < f.r.Since() && g.chance(70) || k.At > at && g.chance(90) {
			continue
		}
		rows = append(rows, k)
	}
	rows = mix(g.r, rows)
	bare := in
	facts := *in.Person
	facts.CardEvents = nil
	bare.Person = &facts
	b := f.r.AppendTo(nil)
	r, rest, err := duty.ReadRoutine(append(b, 7))
	if err != nil || r != f.r || len(rest) != 1 {
		f.t.Fatalf("seed %d: the stored form %x of %+v reads as %+v: %v", f.seed, b, f.r, r, err)
	}
	before := f.r
	if !f.r.Advance(&bare, rows, at, &f.buf) {
		if f.r != before {
			f.t.Errorf("seed %d at %s: a routine that could not answer changed", f.seed, clockText(at))
		}
		return false
	}
	for _, u := range f.buf.Nights {
		key := ledgerKey{u.Kind, u.UnitDate}
		if _, ok := f.ledger[key]; ok {
			f.t.Errorf("seed %d at %s: %s of %s was decided twice", f.seed, clockText(at), u.Kind, dateText(u.UnitDate))
		}
		f.ledger[key] = u
		if u.Kind != duty.KindStay {
			f.met++
		}
	}
	f.nights += len(f.buf.Nights)
	f.next = f.buf.Next
	return true
}

// full evaluates and tells, and begins a routine behind it.
func (f *follower) full(in duty.Input, at duty.Instant) {
	res := duty.Evaluate(in, at)
	list, err := duty.Revise(in, res, f.said)
	if err != nil {
		f.t.Fatal(err)
	}
	f.said = follow(f.t, in, at, f.said, list)
	f.ledger = ledgerUnits(&res)
	f.quality, f.noted, f.next = res.DataQuality, res.Observations, res.Next
	f.r, f.live = res.Routine(&in)
	if len(res.Units) == 0 && f.g.chance(50) { // from the very beginning
		f.r, f.live = duty.StartRoutine(&in, at)
	}
	f.fresh = false
}

func ledgerUnits(res *duty.Result) map[ledgerKey]duty.LedgerUnit {
	out := map[ledgerKey]duty.LedgerUnit{}
	for i := range res.Units {
		u := &res.Units[i]
		if u.Outcome == duty.OutcomeNotApplicable || u.Early && !u.Pending {
			continue
		}
		l := duty.LedgerUnit{Kind: u.Kind, UnitDate: u.Date, Outcome: u.Outcome, Instant: u.Instant,
			Caveats: u.Caveats, Rules: u.Rules, PolicyVersion: u.PolicyVersion}
		if u.Pending {
			l.Rules = append(slices.Clone(l.Rules), "pending")
		}
		out[ledgerKey{u.Kind, u.Date}] = l
	}
	return out
}

// compare checks all answers so far against the full evaluation, now and at clocks before the next
// instant.
func (f *follower) compare(in duty.Input, at duty.Instant) {
	f.hold(in, at, "")
	if f.next <= at {
		f.t.Errorf("seed %d at %s: next is %s", f.seed, clockText(at), clockText(f.next))
	}
	if gap := min(f.next-at, 3*duty.Day); gap > 1 {
		f.hold(in, at+duty.Instant(f.g.r.Int64N(int64(gap))), " later")
		f.hold(in, at+gap-1, " just before the next instant")
	}
}

func (f *follower) hold(in duty.Input, at duty.Instant, what string) {
	res := duty.Evaluate(in, at)
	have := ledgerUnits(&res)
	var diff []string
	for d, u := range have {
		if l, ok := f.ledger[d]; !ok || !reflect.DeepEqual(normal(l), normal(u)) {
			diff = append(diff, fmt.Sprintf("%s %s: routine %t %+v, Evaluate %+v", d.kind, dateText(d.date), ok, l, u))
		}
	}
	for d, l := range f.ledger {
		if _, ok := have[d]; !ok {
			diff = append(diff, fmt.Sprintf("%s %s: routine %+v, Evaluate nothing", d.kind, dateText(d.date), l))
		}
	}
	slices.Sort(diff)
	if !slices.EqualFunc(res.DataQuality, f.quality, func(a, b duty.DataQuality) bool { return a.ID == b.ID }) {
		diff = append(diff, fmt.Sprintf("quality %v, was %v", res.DataQuality, f.quality))
	}
	for _, o := range res.Observations {
		if !slices.ContainsFunc(f.noted, func(x duty.Observation) bool {
			return x.ID == o.ID && cmp.Compare(x.To.V, o.To.V) == 0
		}) {
			diff = append(diff, fmt.Sprintf("observation %v is new", o))
		}
	}
	if list, err := duty.Revise(in, res, f.said); err != nil || len(list) > 0 {
		diff = append(diff, fmt.Sprintf("%d revisions, %v", len(list), err))
	}
	if len(diff) > 0 {
		f.t.Errorf("seed %d at %s%s (since %s): %v", f.seed, clockText(at), what, clockText(f.r.Since()), diff)
	}
}

func normal(u duty.LedgerUnit) duty.LedgerUnit {
	if len(u.Caveats) == 0 {
		u.Caveats = nil
	}
	return u
}

// nothingToTell checks that with the facts known at t nothing is to be told; ordinary heartbeats
// known after told wake nobody.
func (f *follower) nothingToTell(t, told duty.Instant, why string) {
	in := f.input(t, told)
	list, err := duty.Revise(in, duty.Evaluate(in, t), f.said)
	if err != nil || len(list) > 0 {
		f.t.Errorf("seed %d at %s: %s gives %d revisions, %v", f.seed, clockText(t), why, len(list), err)
	}
}

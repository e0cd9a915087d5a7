package dutytest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// carrying follows one person from a verdict on everything to later ones.
type carrying struct {
	t *testing.T
	// name says which person it is, describe writes the facts.
	name     string
	describe func() string
	c        *testCase
	// first is the verdict on everything, firstIn what it was made of.
	first   duty.Result
	firstIn duty.Input
	carried *duty.Carried
	// seen is up to when facts are known; ids are the names of the facts of centres that are.
	seen duty.Instant
	ids  map[string]bool
	// compared counts the verdicts compared, old the units that were not judged again, and routines those behind which a
	// routine may go on, of all behind which one may.
	compared, old *int
	routines      *[2]int
	// goes says behind which of the last verdicts compared a routine may go on: that on the rest, and on everything.
	goes [2]bool
	// change changes what is judged at a clock; trusts leaves it to Rest to notice what was not taken in.
	change func(in *duty.Input, at duty.Instant)
	trusts bool
}

// begin makes the verdict on everything at a clock, with what is known up to some later one. It reports whether
// something is carried.
func (x *carrying) begin(at, seen duty.Instant, from duty.Date) bool {
	x.firstIn, x.seen, x.ids = x.input(at, seen), seen, map[string]bool{}
	own, of := between(x.c, duty.Beginning, seen)
	ahead := slices.ContainsFunc(own, func(f fresh) bool { // a record of a centre, or of the person
		u, unreadable := f.record.(*duty.Unreadable)
		return unreadable && u.At.V > at
	})
	for _, f := range of {
		name, _ := duty.SpeaksFrom(f.record)
		x.ids[fmt.Sprintf("%T %s", f.record, name)] = true
		ahead = ahead || f.known > at
	}
	x.first = duty.Evaluate(x.firstIn, at)
	var ok bool
	x.carried, ok = duty.Carry(x.firstIn, &x.first, from)
	return ok && !ahead
}

// input is what is known up to a clock, with what the watch says at another.
func (x *carrying) input(at, seen duty.Instant) duty.Input {
	c := knownBy(x.c, seen)
	in := c.core()
	if c.watched != nil {
		in.Centres = in.Centres.WithWatch(knownBy(x.c, at).says(at))
	}
	if x.change != nil {
		x.change(&in, at)
	}
	return in
}

// later compares the verdict at a later clock, with more facts. It returns who noticed that everything has to be
// judged, if somebody did.
func (x *carrying) later(at, seen duty.Instant, partial bool) (refused string) {
	own, of := between(x.c, x.seen, seen)
	x.seen = seen
	for _, f := range own {
		if !x.carried.Takes(f.record, f.known) && !x.trusts {
			return "takes"
		}
	}
	for _, f := range of {
		switch v := f.record.(type) {
		case *duty.Reconciliation, *duty.SupervisionResult, *duty.ControlActionTaken:
			continue
		case *duty.Heartbeat:
			if x.c.watched != nil && v.Version == 1 {
				continue
			}
		}
		name, speaks := duty.SpeaksFrom(f.record)
		if v, ok := f.record.(*duty.ManualEntry); ok && x.carried.Knows(duty.TopicManualEntries, v.ID) {
			return "knows"
		}
		if name = fmt.Sprintf("%T %s", f.record, name); !x.trusts && (x.ids[name] || x.carried.Reached(speaks)) {
			return "reached"
		}
		x.ids[name] = true
	}
	in := x.input(at, seen)
	if x.c.watched != nil && !sameWatch(&x.firstIn, &in, &x.first) {
		return "watch"
	}
	rest, ok := x.carried.Rest(x.given(in, partial), at)
	if !ok {
		return "rest"
	}
	x.compare(in, rest, at)
	return ""
}

// given is an input without the rows and the paper that need not be read for the rest, if it is to be partial.
func (x *carrying) given(in duty.Input, partial bool) duty.Input {
	if !partial {
		return in
	}
	f := *in.Person
	f.CardEvents = slices.DeleteFunc(slices.Clone(f.CardEvents), func(k duty.Known[duty.CardEvent]) bool {
		return k.Fact.OccurredAt < x.carried.Since()
	})
	f.ManualEntries = slices.DeleteFunc(slices.Clone(f.ManualEntries), func(k duty.Known[duty.ManualEntry]) bool {
		return !x.carried.Needs(k.At)
	})
	in.Person = &f
	return in
}

// advance carries on from a later date, if that can be, after later was right at a clock. Later verdicts are then
// compared with what was right at that clock.
func (x *carrying) advance(at duty.Instant, from duty.Date, partial bool) bool {
	in := x.input(at, x.seen)
	given := x.given(in, partial)
	rest, ok := x.carried.Rest(given, at)
	if !ok {
		x.t.Fatalf("%s at %s: the rest is not judged again", x.name, clockText(at))
	}
	res := duty.Evaluate(rest, at)
	next, ok := x.carried.Advance(given, &res, from)
	if !ok {
		return false
	}
	_, of := between(x.c, at, x.seen)
	for _, f := range of { // not known yet at the clock
		if _, speaks := duty.SpeaksFrom(f.record); next.Reached(speaks) {
			return false
		}
	}
	x.carried, x.first, x.firstIn = next, duty.Evaluate(in, at), in
	return true
}

// compare compares the verdict on everything with what is put together.
func (x *carrying) compare(in, rest duty.Input, at duty.Instant) {
	x.t.Helper()
	all, less := duty.Evaluate(in, at), duty.Evaluate(rest, at)
	var before, after, was []string
	for i := range all.Units {
		if u := &all.Units[i]; u.Date < x.carried.From {
			before = append(before, unitText(u))
		} else {
			after = append(after, unitText(u))
		}
	}
	for i := range x.first.Units {
		if u := &x.first.Units[i]; u.Date < x.carried.From {
			was = append(was, unitText(u))
		}
	}
	var got []string
	for i := range less.Units {
		got = append(got, unitText(&less.Units[i]))
	}
	x.same("units before", before, was, at)
	x.same("units after", after, got, at)
	x.same("lines that stay", x.lines(&all, true), x.lines(&x.first, true), at)
	x.same("other lines", x.lines(&all, false), x.lines(&less, false), at)
	if next := x.carried.Next(&less); next > all.Next || next <= at {
		x.t.Errorf("%s at %s: next is %s, of everything %s\n%s", x.name, clockText(at), clockText(next), clockText(all.Next),
			x.describe())
	}
	x.same("standing", []string{fmt.Sprintf("%+v", all.Standing())}, []string{fmt.Sprintf("%+v", less.Standing())}, at)
	x.goesOn(&in, &rest, &all, &less)
	*x.compared++
	*x.old += len(was)
}

// goesOn holds that a routine that goes on behind a verdict on the rest is the one behind a verdict on everything, but
// that it may end earlier.
func (x *carrying) goesOn(in, rest *duty.Input, all, less *duty.Result) {
	x.t.Helper()
	want, whole := all.Routine(in)
	got, ok := x.carried.Routine(rest, less)
	x.goes = [2]bool{ok, whole}
	if whole {
		x.routines[1]++
	}
	if !ok {
		return
	}
	x.routines[0]++
	v, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range v.NumField() {
		name, same := v.Type().Field(i).Name, v.Field(i).Equal(w.Field(i))
		switch name {
		case "wake":
			same = v.Field(i).Int() <= w.Field(i).Int()
		case "reported": // before a day that is over, which no routine asks for
			same = same || w.Field(i).Int() < int64(less.At.Date())
		}
		if !whole || !same {
			x.t.Errorf("%s at %s: a routine goes on of everything: %v, of the rest with %s %v, not %v\n%s", x.name,
				clockText(less.At), whole, name, v.Field(i), w.Field(i), x.describe())
			return
		}
	}
}

func unitText(u *duty.Unit) string {
	return fmt.Sprintf("%s %s %s%s %v %v %v %v %s %s %+v", u.Kind, dateText(u.Date), flagText(u.Pending, u.Early),
		u.Outcome, u.Ready, u.Instant, u.Caveats, u.Rules, u.PolicyVersion, u.PolicyDigest, u.Material)
}

// lines are the lines of a verdict that stay as they were, or the others.
func (x *carrying) lines(res *duty.Result, stay bool) (out []string) {
	for i := range res.DataQuality {
		if q := &res.DataQuality[i]; x.carried.KeepsQuality(q.Code, q.From) == stay {
			out = append(out, fmt.Sprintf("%+v", *q))
		}
	}
	for i := range res.Observations {
		if o := &res.Observations[i]; x.carried.KeepsObservation(o.From) == stay {
			out = append(out, fmt.Sprintf("%+v", *o))
		}
	}
	return out
}

func (x *carrying) same(what string, want, got []string, at duty.Instant) {
	x.t.Helper()
	if !slices.Equal(want, got) && !x.t.Failed() {
		x.t.Errorf("%s, carried from %s to %s with units from %s on, %s:\n%s\n%s", x.name, clockText(x.first.At),
			clockText(at), dateText(x.carried.From), what, firstDifference(want, got), x.describe())
	}
}

// fresh is a fact that became known between two clocks.
type fresh struct {
	record any
	known  duty.Instant
}

// between returns the facts of a case that became known after a clock and not after another: those of the person,
// and those of centres.
func between(c *testCase, after, by duty.Instant) (own, of []fresh) {
	f, g := &c.facts, &c.centres
	in := func(known duty.Instant) bool { return after < known && known <= by }
	own = append(own, found(f.CardEvents, in)...)
	own = append(own, found(f.ManualEntries, in)...)
	own = append(own, found(f.Notices, in)...)
	own = append(own, found(f.ObligationChanges, in)...)
	own = append(own, found(f.GroupChanges, in)...)
	own = append(own, found(f.Permissions, in)...)
	own = append(own, found(f.Holds, in)...)
	own = append(own, found(f.DepartureAssessments, in)...)
	own = append(own, found(f.IdentityLinks, in)...)
	own = append(own, found(f.CardAssignments, in)...)
	own = append(own, found(f.Acknowledgements, in)...)
	own = append(own, found(f.Handlings, in)...)
	for _, list := range [][]duty.Unreadable{f.Unreadable, g.Unreadable} {
		for i := range list {
			if !list[i].At.OK || in(list[i].At.V) {
				own = append(own, fresh{record: &list[i]})
			}
		}
	}
	of = append(of, found(g.Settlements, in)...)
	of = append(of, found(g.Incidents, in)...)
	of = append(of, found(g.Exclusions, in)...)
	of = append(of, found(g.Heartbeats, in)...)
	of = append(of, found(g.Resolutions, in)...)
	of = append(of, found(g.ManualEntries, in)...)
	return own, of
}

// found returns the facts of a list that became known in a time.
func found[T any](list []duty.Known[T], in func(duty.Instant) bool) (out []fresh) {
	for i := range list {
		if in(list[i].At) {
			out = append(out, fresh{record: &list[i].Fact, known: list[i].At})
		}
	}
	return out
}

// sameWatch reports whether the watch says the same in two inputs, of all facts and of those that were not late for
// the units of a verdict.
func sameWatch(a, b *duty.Input, res *duty.Result) bool {
	if !slices.Equal(a.Policies, b.Policies) {
		return false
	}
	for _, p := range a.Policies {
		v, w := a.Centres.Watch()(p.Policy), b.Centres.Watch()(p.Policy)
		text := func(x *duty.Automatic) string { return fmt.Sprintf("%+v", x.List()) }
		if text(v.Incidents) != text(w.Incidents) {
			return false
		}
		for i := range res.Units {
			for _, due := range []duty.Instant{res.Units[i].PeriodTo, res.Units[i].Instant.V} {
				if text(v.Timely(due)) != text(w.Timely(due)) {
					return false
				}
			}
		}
	}
	return true
}

// unusual gives some persons what others seldom have: an id that is used twice, in any order, one policy more, and
// a row that is corrected or taken back weeks later.
func (g *gen) unusual() {
	f := &g.c.facts
	if n := len(f.CardEvents); n > 1 && g.chance(12) {
		f.CardEvents[g.r.IntN(n)].Fact.ID = f.CardEvents[g.r.IntN(n)].Fact.ID
	}
	if n := len(f.ManualEntries); n > 1 && g.chance(12) {
		f.ManualEntries[g.r.IntN(n)].Fact.ID = f.ManualEntries[g.r.IntN(n)].Fact.ID
	}
	if n := len(f.Notices); n > 1 && g.chance(12) {
		f.Notices[g.r.IntN(n)].Fact.ID = f.Notices[g.r.IntN(n)].Fact.ID
	}
	if n := len(f.CardEvents); n > 0 && g.chance(12) {
		k := f.CardEvents[g.r.IntN(n)]
		k.Fact.Version, k.Fact.Retracted = k.Fact.Version+1, g.chance(50)
		k.Fact.OccurredAt += duty.Instant(g.r.IntN(600)-300) * duty.Minute
		k.At += duty.Instant(g.r.IntN(30*24)) * duty.Hour
		f.CardEvents = append(f.CardEvents, k)
	}
	if last := &g.c.policies[len(g.c.policies)-1]; g.chance(12) {
		from := max(last.From+1, (g.d0+duty.Date(g.r.IntN(20))).Clock(12, 0))
		g.c.policies = append(slices.Clip(g.c.policies), duty.ActivePolicy{From: from, Policy: quiet})
	}
}

// TestCarriedAsJudged holds that a verdict on the units from a date on, put together with what an earlier verdict
// on everything carries of those before, is the verdict on everything, clock after clock and fact after fact.
func TestCarriedAsJudged(t *testing.T) {
	n, seed := personWeeks(t, 720), startSeed(t)
	compared, old, advanced, routines, refused := 0, 0, 0, [2]int{}, map[string]int{}
	try := func(name string, g *gen) {
		g.c.from, g.c.to, g.c.provisional = duty.None[duty.Date](), duty.None[duty.Date](), false
		g.unusual()
		for range 4 {
			from := g.d0 + duty.Date(g.r.IntN(6))
			days := 14
			if g.long {
				from, days = from+duty.Date(g.r.IntN(40)), 60
			}
			at := (from + 3).Start() + duty.Hour + duty.Instant(g.r.IntN(8*24*60))*duty.Minute
			x := &carrying{t: t, name: name, describe: g.c.describe, c: g.c, compared: &compared, old: &old,
				routines: &routines}
			look := func(at duty.Instant) duty.Instant { return at + pick(g, 0, 0, duty.Instant(g.r.IntN(48)))*duty.Hour }
			if !x.begin(at, look(at), from) {
				refused["carry"]++
				continue
			}
			for range 4 {
				at += duty.Instant(g.r.IntN(days*24*60/4)) * duty.Minute
				if by := x.later(at, max(x.seen, look(at)), g.chance(50)); by != "" || t.Failed() {
					refused[by]++
					break
				}
				if g.chance(50) && x.advance(at, at.Date()-duty.Date(3+g.r.IntN(6)), g.chance(50)) {
					advanced++
				}
			}
		}
	}
	for i := 0; i < n && !t.Failed(); i++ {
		s := seed + uint64(i)
		try(fmt.Sprintf("person of seed %d", s), newGen(s))
		try(fmt.Sprintf("routine person of seed %d", s), newRoutineGen(s, int(s%3)*40))
		try(fmt.Sprintf("person with another life of seed %d", s), newLifeGen(s))
	}
	for i := 0; i < (n+19)/20 && !t.Failed(); i++ { // with a real watch it takes longer
		s := seed + uint64(i)
		try(fmt.Sprintf("watched person of seed %d", s), watchedGen(s))
	}
	t.Logf("%d verdicts put together, with %d units of before, carried on from a later date %d times; refused by %v; "+
		"a routine goes on behind %d of %d", compared, old, advanced, refused, routines[0], routines[1])
	if compared < n/4 || advanced < n/20 || routines[0] < compared/50 {
		t.Errorf("%d verdicts were put together, %d with a routine: the random persons hardly try it", compared, routines[0])
	}
}

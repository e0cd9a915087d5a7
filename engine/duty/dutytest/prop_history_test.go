package dutytest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// The properties (c) and (d): order, duplication, the way of getting there and
// the future make no difference.

// told writes a verdict and the revisions of somebody who was told nothing yet.
func told(t *testing.T, c *testCase, at duty.Instant) string {
	t.Helper()
	in := c.core()
	res := duty.Evaluate(in, at)
	list, err := duty.Revise(in, res, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b []byte
	for i := range list {
		b = schemas.AppendLine(b, &schemas.Line{Topic: "violations", Value: &list[i]})
	}
	for _, u := range res.Units {
		b = fmt.Appendf(b, "%s %s %s %t %t %v %v %v %s\n", u.Kind, dateText(u.Date), u.Outcome, u.Pending,
			u.Early, u.Instant, u.Caveats, u.Rules, u.PolicyDigest)
	}
	for _, q := range res.DataQuality {
		b = fmt.Appendf(b, "%+v\n", q)
	}
	return string(fmt.Appendf(b, "%+v", res.Observations))
}

// mixed shuffles every list of facts and doubles some of them.
func mixed(c *testCase, r *rand.Rand) *testCase {
	x := *c
	f, g := &x.facts, &x.centres
	f.CardEvents, f.ManualEntries, f.Notices = mix(r, f.CardEvents), mix(r, f.ManualEntries), mix(r, f.Notices)
	f.ObligationChanges, f.GroupChanges, f.Permissions = mix(r, f.ObligationChanges), mix(r, f.GroupChanges),
		mix(r, f.Permissions)
	f.Holds, f.DepartureAssessments = mix(r, f.Holds), mix(r, f.DepartureAssessments)
	f.IdentityLinks, f.CardAssignments, f.Unreadable = mix(r, f.IdentityLinks), mix(r, f.CardAssignments),
		mix(r, f.Unreadable)
	g.Incidents, g.Exclusions, g.Settlements = mix(r, g.Incidents), mix(r, g.Exclusions), mix(r, g.Settlements)
	g.Heartbeats, g.Resolutions, g.Unreadable = mix(r, g.Heartbeats), mix(r, g.Resolutions), mix(r, g.Unreadable)
	g.ManualEntries = mix(r, g.ManualEntries)
	return &x
}

func mix[T any](r *rand.Rand, list []T) []T {
	out := append([]T{}, list...)
	for i := range list {
		if r.IntN(4) == 0 {
			out = append(out, list[i])
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// TestOrderAndDuplicationMakeNoDifference is property (c), first half.
func TestOrderAndDuplicationMakeNoDifference(t *testing.T) {
	forCases(t, 500, func(t *testing.T, seed uint64, g *gen) {
		x := mixed(g.c, g.r)
		for _, at := range g.clocks() {
			if a, b := told(t, g.c, at), told(t, x, at); a != b {
				t.Errorf("seed %d at %s: order or duplication made a difference\n%s\nagainst\n%s\n%s",
					seed, clockText(at), a, b, g.c.describe())
			}
		}
	})
}

// TestHistoriesEndWhereReplayEnds is property (c), second half: whenever somebody looked before,
// what was said last at T is what contract §3 asks for, and the history is sound.
func TestHistoriesEndWhereReplayEnds(t *testing.T) {
	forCases(t, 400, func(t *testing.T, seed uint64, g *gen) {
		end := localTime(g.d0+duty.Date(9+g.r.IntN(30)), 8*60)
		looks := []duty.Instant{end}
		for i := g.r.IntN(8); i > 0; i-- {
			looks = append(looks, min(end, g.time(0, 35)))
		}
		sort.Slice(looks, func(i, j int) bool { return looks[i] < looks[j] })
		in := g.c.core()
		var said []duty.Said
		for _, at := range looks {
			list, err := duty.Revise(in, duty.Evaluate(in, at), said)
			if err != nil {
				t.Fatalf("seed %d at %s: %v", seed, clockText(at), err)
			}
			said = follow(t, in, at, said, list)
		}
		compareWithReplay(t, seed, g.c, end, said)
		if again, _ := duty.Revise(in, duty.Evaluate(in, end), said); len(again) > 0 {
			t.Errorf("seed %d at %s: the same facts at the same clock said something new: %s %s", seed,
				clockText(end), again[0].Kind, dateText(again[0].UnitDate))
		}
		if t.Failed() {
			t.Logf("seed %d, looked at %v\n%s", seed, looks, g.c.describe())
		}
	})
}

// compareWithReplay checks the relation of contract §3 at the end.
func compareWithReplay(t *testing.T, seed uint64, c *testCase, end duty.Instant, said []duty.Said) {
	t.Helper()
	in := c.core()
	res := duty.Evaluate(in, end)
	direct, err := duty.Revise(in, res, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := map[unitKey]duty.Said{}
	for _, s := range said {
		last[unitKey{s.Kind, s.Date}] = s
	}
	for i := range direct {
		d := duty.SaidOf(&direct[i])
		key := unitKey{d.Kind, d.Date}
		if have, ok := last[key]; !ok || !sameForm(&have, &d) {
			t.Errorf("seed %d at %s: %s %s was last said as\n%+v\nreplay says\n%+v", seed, clockText(end),
				d.Kind, dateText(d.Date), have, d)
		}
		delete(last, key)
	}
	now := map[unitKey]duty.Outcome{}
	for i := range res.Units {
		u := &res.Units[i]
		now[unitKey{u.Kind, u.Date}] = u.Outcome
		if u.Pending || u.Outcome == duty.OutcomeProvisional {
			now[unitKey{u.Kind, u.Date}] = duty.OutcomeUndetermined // decision 0003: nothing final stands
		}
	}
	for key, s := range last {
		want, ok := now[key]
		if !ok {
			want = duty.OutcomeNotApplicable
		}
		if s.Status != duty.StatusWithdrawn || s.WithdrawnOutcome.V.String() != want.String() {
			t.Errorf("seed %d at %s: %s %s was last said as %s %s, the outcome is %s", seed, clockText(end),
				key.kind, dateText(key.date), s.Status, s.WithdrawnOutcome.V, want)
		}
	}
}

// sameForm is equality in comparison form (contract §3) but for the policy's
// digest: that is no material field, so a unit whose deciding policy changes
// while all material fields stay gets no revision (TX-22), and what was said
// goes on naming the policy that it was first said under.
func sameForm(a, b *duty.Said) bool {
	return a.Status == b.Status && a.WithdrawnOutcome == b.WithdrawnOutcome && a.Instant == b.Instant &&
		a.PeriodFrom == b.PeriodFrom && a.PeriodTo == b.PeriodTo && a.CentreID == b.CentreID && a.Group == b.Group &&
		slices.Equal(a.ObligationIDs, b.ObligationIDs) && a.LegalBasis == b.LegalBasis && a.Basis == b.Basis &&
		a.Shortfall == b.Shortfall && slices.Equal(a.Caveats, b.Caveats) && a.Settled == b.Settled
}

// TestNothingKnownLaterMatters is property (d).
func TestNothingKnownLaterMatters(t *testing.T) {
	forCases(t, 500, func(t *testing.T, seed uint64, g *gen) {
		for _, at := range g.clocks() {
			past := knownBy(g.c, at)
			if a, b := told(t, g.c, at), told(t, past, at); a != b {
				t.Errorf("seed %d at %s: what is known later made a difference\n%s\nagainst\n%s\n%s",
					seed, clockText(at), a, b, g.c.describe())
			}
		}
	})
}

func knownBy(c *testCase, at duty.Instant) *testCase {
	x := *c
	f, g := &x.facts, &x.centres
	f.CardEvents, f.ManualEntries, f.Notices = past(f.CardEvents, at), past(f.ManualEntries, at), past(f.Notices, at)
	f.ObligationChanges, f.GroupChanges, f.Permissions = past(f.ObligationChanges, at), past(f.GroupChanges, at),
		past(f.Permissions, at)
	f.Holds, f.DepartureAssessments = past(f.Holds, at), past(f.DepartureAssessments, at)
	f.IdentityLinks, f.CardAssignments = past(f.IdentityLinks, at), past(f.CardAssignments, at)
	g.Incidents, g.Exclusions, g.Settlements = past(g.Incidents, at), past(g.Exclusions, at), past(g.Settlements, at)
	g.Heartbeats, g.Resolutions, g.ManualEntries = past(g.Heartbeats, at), past(g.Resolutions, at),
		past(g.ManualEntries, at)
	readable := func(u duty.Unreadable) bool { return u.At.OK && u.At.V > at }
	f.Unreadable = slices.DeleteFunc(slices.Clone(f.Unreadable), readable)
	g.Unreadable = slices.DeleteFunc(slices.Clone(g.Unreadable), readable)
	return &x
}

func past[T any](list []duty.Known[T], at duty.Instant) []duty.Known[T] {
	var out []duty.Known[T]
	for _, k := range list {
		if k.At <= at {
			out = append(out, k)
		}
	}
	return out
}

package dutytest

import (
	"fmt"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/watch"
)

// verdict writes everything that is said of a person at a clock.
func verdict(in duty.Input, at duty.Instant) (lines []string, next duty.Instant) {
	res := duty.Evaluate(in, at)
	for i := range res.Units {
		u := &res.Units[i]
		lines = append(lines, fmt.Sprintf("%s %s %s %s%s %v %v %v %v", u.Kind, dateText(u.Date), u.Outcome,
			flagText(u.Pending, u.Early), u.PolicyDigest, u.Instant, u.Caveats, u.Rules, u.Settled))
	}
	for _, q := range res.DataQuality {
		lines = append(lines, fmt.Sprintf("%+v", q))
	}
	for _, o := range res.Observations {
		lines = append(lines, fmt.Sprintf("%+v", o))
	}
	return lines, res.Next
}

// TestNothingChangesBeforeNext: with the facts and what the watch says unchanged, the verdict is the
// same at every clock before the one that the result names. The watch may have looked at a later
// clock, as a task sees it that is behind the owner of the watch.
func TestNothingChangesBeforeNext(t *testing.T) {
	n, seed := personWeeks(t, 400), startSeed(t)
	held := 0
	for i := 0; i < n && !t.Failed(); i++ {
		g := newGen(seed + uint64(i))
		var w *saidWatch
		if g.chance(80) {
			w = g.says()
		}
		for _, at := range append(g.clocks(), g.time(0, 12)) {
			in := knownBy(g.c, at).core()
			if w != nil {
				in.Centres = in.Centres.WithWatch(w.at(at, at))
			}
			held += stays(t, g, in, at)
		}
	}
	for i := 0; i < (n+19)/20 && !t.Failed(); i++ { // with a real watch it takes longer
		g := watchedGen(seed + uint64(i))
		for _, at := range g.clocks() {
			c := knownBy(g.c, at)
			c.watched = &watchFacts{others: slices.DeleteFunc(slices.Clone(g.c.watched.others),
				func(r watch.Row) bool { return r.Known > at })}
			in := c.core()
			in.Centres = in.Centres.WithWatch(c.says(at + duty.Instant(g.r.IntN(4))*duty.Hour))
			held += stays(t, g, in, at)
		}
	}
	t.Logf("%d verdicts wait for a feed", held)
	seeds.Expect(t, held > 0, "no verdict waits for a feed")
}

// stays checks that the verdict on a person is the same until the clock that it names. It returns 1
// where that is soon, as for a unit that waits for a feed.
func stays(t *testing.T, g *gen, in duty.Input, at duty.Instant) int {
	before, next := verdict(in, at)
	if next <= at {
		t.Fatalf("next is %s at %s", clockText(next), clockText(at))
	}
	gap := min(next-at, 40*duty.Day)
	for _, later := range []duty.Instant{at + duty.Instant(g.r.Int64N(int64(gap))), at + gap - 1} {
		if after, _ := verdict(in, later); !slices.Equal(before, after) {
			t.Errorf("at %s next is %s, but at %s\n%s\n%s", clockText(at), clockText(next), clockText(later),
				firstDifference(before, after), g.c.describe())
		}
	}
	if next == at+duty.Minute {
		return 1
	}
	return 0
}

func firstDifference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\n" + b[i]
		}
	}
	return fmt.Sprintf("%d lines, then %d\n%v\n%v", len(a), len(b), a[min(len(a), len(b)):], b[min(len(a), len(b)):])
}

package dutytest

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
)

// nobodys adds paper whose number nobody can read, from some days before a date on, which mostly comes soon.
func (g *gen) nobodys(from duty.Date) {
	for range 6 {
		t := (from - 4).Start() + duty.Instant(g.r.IntN(20*24*60))*duty.Minute
		known := t + duty.Instant(g.r.IntN(36*60))*duty.Minute
		if g.chance(20) {
			known += duty.Instant(g.r.IntN(8*24)) * duty.Hour
		}
		f := duty.ManualEntry{ID: g.id("m"), Version: 1, CentreID: pick(g, g.centreNow(), g.centreNow(), "SJ"),
			LocalTime: g.paperText(t), ReceivedAt: known - 1,
			Form: pick(g, duty.FormOutagePassage, duty.FormOutageReport, duty.FormObservation, duty.FormPoliceReport)}
		if f.Form == duty.FormOutagePassage {
			f.Direction = duty.Some(pick(g, duty.DirectionIn, duty.DirectionOut))
		}
		of := &g.c.centres
		of.ManualEntries = append(of.ManualEntries, duty.Known[duty.ManualEntry]{Fact: f, At: known,
			Pos: duty.Some(duty.Position{Partition: 99, Offset: int64(len(of.ManualEntries))})})
	}
}

// TestCarriedWithPaperOfNobody holds that verdicts are put together as on everything where paper of nobody comes
// between them, of which each doubts the units near it, unless it speaks of the units before.
func TestCarriedWithPaperOfNobody(t *testing.T) {
	n, seed := personWeeks(t, 360), startSeed(t)
	compared, old, papers, doubts, reached := 0, 0, 0, 0, 0
	for i := 0; i < n && !t.Failed(); i++ {
		s := seed + uint64(i)
		g := newGen(s)
		if i%2 > 0 {
			g = newRoutineGen(s, int(s%3)*40)
		}
		g.c.from, g.c.to, g.c.provisional = duty.None[duty.Date](), duty.None[duty.Date](), false
		from := g.d0 + duty.Date(g.r.IntN(6))
		g.nobodys(from)
		at := (from + 3).Start() + duty.Hour + duty.Instant(g.r.IntN(8*24*60))*duty.Minute
		x := &carrying{t: t, name: fmt.Sprintf("person of seed %d", s), describe: g.c.describe, c: g.c,
			compared: &compared, old: &old, routines: &[2]int{}}
		if !x.begin(at, at, from) {
			continue
		}
		for range 5 {
			was := x.seen
			at += duty.Instant(g.r.IntN(3*24*60)) * duty.Minute
			by := x.later(at, at, g.chance(50))
			if by == "reached" {
				reached++
			}
			if by != "" || t.Failed() {
				break
			}
			for _, k := range g.c.centres.ManualEntries {
				if was < k.At && k.At <= at {
					papers++
				}
			}
			doubts += doubted(x.input(at, at), at)
		}
	}
	t.Logf("%d verdicts put together after %d papers of nobody, with %d doubted units; reached %d times", compared, papers,
		doubts, reached)
	if !t.Failed() && (papers < n/8 || doubts < n/8 || reached < n/40) {
		t.Error("the random persons hardly try it")
	}
}

// doubted counts the units that would be otherwise without paper of nobody.
func doubted(in duty.Input, at duty.Instant) (n int) {
	facts := *in.Centres.Facts()
	facts.ManualEntries = nil
	without := in
	without.Centres = duty.NewCentres(facts).WithWatch(in.Centres.Watch())
	a, b := duty.Evaluate(in, at), duty.Evaluate(without, at)
	for i := range min(len(a.Units), len(b.Units)) {
		if unitText(&a.Units[i]) != unitText(&b.Units[i]) {
			n++
		}
	}
	return n
}

package task

import (
	"context"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/watermark"
)

// calm runs until a while goes by in which nothing is done, wherever the engine's
// clock is.
func (w *world) calm() {
	w.t.Helper()
	idle := 0
	for range 400 {
		w.must(w.reader.Poll(context.Background(), 0))
		if idle++; w.turn() {
			idle = 0
		}
		if idle == 20 {
			return
		}
	}
	w.t.Fatalf("the engine does not come to rest %d ms behind: %+v", w.behind, w.tasks[0].at)
}

// TestMachineBehind: the machine's clock is behind, and facts become known later than it says.
// Nobody must stay due for ever, and once the clock is set right everything is as the facts have
// it.
// The facts and times are random, so this is no script.
func TestMachineBehind(t *testing.T) {
	t.Parallel()
	told := int64(0)
	seeds.ForEach(t, 60, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed%2))
		w.batches(seed)
		days := 6
		feeds := ordinary(w.rng, seeds.Start, 8, days)
		w.boot()
		next := 0
		for at := seeds.Start; at < seeds.Start+duty.Instant(days+2)*duty.Day; at += 1 +
			duty.Instant(w.rng.Int64N(int64(9*duty.Hour))) {
			w.behind = []duty.Instant{0, duty.Minute, 6 * duty.Minute, 3 * duty.Hour, 30 * duty.Hour}[w.rng.IntN(5)]
			next = w.come(feeds, next, at)
			w.now = max(w.now, at)
			w.calm()
			if w.rng.IntN(3) > 0 {
				continue
			}
			w.behind = 0
			w.restOfAll()
			w.check()
		}
		told += w.stats.Indicated.Load()
	})
	if told == 0 {
		t.Error("nobody was accused: the test says nothing")
	}
}

// TestRoutinesAheadOfCaughtUp: an open transaction holds caught_up back for a while, so that
// persons are judged whose rows became known long after it. What clears is told all the same. When
// the transaction has ended everything is as the facts have it, whatever crashed meanwhile.
// The facts and times are random, so this is no script.
func TestRoutinesAheadOfCaughtUp(t *testing.T) {
	t.Parallel()
	told := int64(0)
	seeds.ForEach(t, 40, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed%2))
		w.loseTail = seed%2 == 0
		w.batches(seed)
		w.broker.Effect = func(string) error {
			if w.rng.IntN(500) == 0 {
				return testkit.ErrCrash
			}
			return nil
		}
		days, next := 6, 0
		feeds := ordinary(w.rng, seeds.Start, 8, days)
		w.boot()
		for at := seeds.Start; at < seeds.Start+duty.Instant(days+2)*duty.Day; {
			var open *testkit.Txn
			if w.rng.IntN(2) == 0 {
				open = &testkit.Txn{}
				who := "Qperson" + string(rune('0'+w.rng.IntN(8)))
				w.sendIn(open, &testkit.Feed{Topic: "permissions", Key: who,
					Record: &duty.Permission{ID: "p" + who + at.String(), Version: 1, ReceivedAt: at,
						PermissionID: "p" + who + at.String(), PersonID: who, Status: duty.PermissionStatusGranted,
						ValidFrom: at - duty.Day, ValidTo: at,
						ReportEffect: duty.ReportEffectExcused, DecidedAt: at}})
			}
			for range 1 + w.rng.IntN(4) {
				at += 1 + duty.Instant(w.rng.Int64N(int64(8*duty.Hour)))
				next = w.come(feeds, next, at)
				w.now = max(w.now, at)
				w.calm()
				if open != nil {
					w.clearedAtOnce()
				}
			}
			if open != nil {
				w.broker.Decide(open, w.rng.IntN(2) == 0)
			}
			w.restOfAll()
			w.check()
		}
		told += w.stats.Indicated.Load()
	})
	if told == 0 {
		t.Error("nobody was accused: the test says nothing")
	}
}

// TestToldAheadOfCaughtUp: in a backlog rows always become known after caught_up. A person of whom
// something was told must be evaluated a few times only, and not each time that caught_up reaches
// what was the newest row. What is counted is work, which no script shows.
func TestToldAheadOfCaughtUp(t *testing.T) {
	const days, missed = 14, 1
	w := newCoreWorld(t, 1, 1)
	clock := watermark.EventsClock().(*watermark.VirtualClock)
	const laggard = 7 // another task, which holds the clock back
	clock.Take([]int32{0, laggard})
	w.clock = clock
	w.boot()
	row := func(at duty.Instant, way duty.Direction) {
		w.now = at + duty.Second
		w.sendPassage("Qperson", at, way)
	}
	w.sendStay("Qperson")
	for d := range duty.Instant(days) {
		day := seeds.Start + d*duty.Day
		if d == missed+1 {
			row(day+11*duty.Hour, duty.DirectionIn)
		}
		row(day+12*duty.Hour, duty.DirectionOut)
		if d != missed {
			row(day+16*duty.Hour, duty.DirectionIn)
		}
		for at := day - 12*duty.Hour; at < day+12*duty.Hour; at += 2 * duty.Hour {
			clock.Now(laggard, watermark.Reading{Low: at, High: at})
			w.calm()
		}
	}
	clock.Take([]int32{0})
	w.calm()
	w.now = w.tasks[0].CaughtUp()
	w.check()
	if n := w.stats.Indicated.Load(); n != 1 {
		t.Fatalf("%d nights are indicated, one was missed", n)
	}
	if n := w.stats.Evaluations.Load(); n > 5 {
		t.Errorf("%d evaluations for one night, of %d by routine", n, w.stats.Routine.Load())
	}
}

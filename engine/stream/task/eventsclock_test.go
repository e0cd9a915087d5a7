package task

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/watermark"
)

// TestRoutinesByEvents: with the clock of the facts read, the engine comes to rest wherever that
// clock is, and says what the facts have at it.
// The facts and times are random, so this is no script.
func TestRoutinesByEvents(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a world of routine, played by the clock of the facts")
	told := int64(0)
	seeds.ForEach(t, 40, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed%2))
		w.batches(seed)
		days, next := 6, 0
		feeds := ordinary(w.rng, seeds.Start, 8, days)
		clock := watermark.EventsClock().(*watermark.VirtualClock)
		clock.Take([]int32{0, 1}[:w.parts])
		w.clock = clock
		if seed%3 == 0 {
			for ; next < len(feeds); next++ {
				w.now = max(w.now, feeds[next].At)
				w.send(&feeds[next])
			}
		}
		w.boot()
		for at := seeds.Start; at < seeds.Start+duty.Instant(days+2)*duty.Day; at += 1 +
			duty.Instant(w.rng.Int64N(int64(12*duty.Hour))) {
			next = w.come(feeds, next, at)
			w.calm()
			stands := w.tasks[0].CaughtUp()
			for _, task := range w.tasks {
				if !task.AtRest() || task.CaughtUp() != stands || task.newestKnown() > stands {
					t.Fatalf("task %d is not done at rest: %+v", task.at.Task, task.at)
				}
			}
			if next > 0 {
				now := w.now
				w.now = stands
				w.check()
				w.now = max(now, at)
			}
		}
		told += w.stats.Indicated.Load()
	})
	if told == 0 {
		t.Error("nobody was accused: the test says nothing")
	}
}

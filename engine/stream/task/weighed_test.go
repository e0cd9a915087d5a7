package task

import (
	"testing"

	"tilsyn/engine/stream/testkit"
)

// TestPairsAreWeighedWhereTheyChange: a backlog of persons who are linked and share cards is read before the
// clock gets to it, so that there are many clocks to come at which pairs may change. Each fact is weighed about once
// for everybody whom it concerns, and not again at all clocks whenever another one comes.
func TestPairsAreWeighedWhereTheyChange(t *testing.T) {
	t.Parallel()
	const persons = 10
	w := newCoreWorld(t, 7, 1)
	w.limits.Records = 10
	feeds := testkit.Neighbours(w.rng, persons, 3)
	w.boot()
	for i := range feeds {
		w.now = max(w.now, feeds[i].At)
		w.send(&feeds[i])
	}
	w.now = worldEnd
	w.rest()
	w.check()
	weighings := 0
	for _, task := range w.tasks {
		weighings += task.forward.weighings
	}
	t.Logf("%d facts, %d looks for pairs", len(feeds), weighings)
	if most := len(feeds) * persons * 3 / 2; weighings == 0 || weighings > most {
		t.Errorf("pairs were looked for %d times for %d facts, at most %d are wanted", weighings, len(feeds), most)
	}
}

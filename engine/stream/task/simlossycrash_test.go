package task

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// newLossyWorld is a world under the policy of lossy devices, in which no log has to be proven.
func newLossyWorld(t testing.TB, seed uint64, parts int32) *world {
	w := newWorld(t, seed, parts)
	p, err := policy.Load("lossy.yaml", []byte(testkit.LossyPolicy+"settle.required: []\n"))
	w.must(err)
	w.judge, w.policy = Core{}, p
	return w
}

// TestLossyCrashAfterEveryEffect: the process dies after each effect in turn, and with its state or without
// the tail of it, in a world in which the watch finds silence, gaps and clocks. What is told, published and
// said of them is then the same as ever.
func TestLossyCrashAfterEveryEffect(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a world is played anew for each of its deaths")
	seen := map[string]int{}
	seeds.ForEach(t, 2, func(t *testing.T, seed uint64) {
		const persons, days = 3, 4
		parts := 1 + int32(seed)%2
		rng := newWorld(t, seed, parts).rng
		feeds := testkit.Lossy(rng, testkit.Residents(rng, persons, days), persons, days)
		end := feeds[len(feeds)-1].At + duty.Hour
		straight := newLossyWorld(t, seed, parts)
		straight.play(feeds, end, 1)
		straight.check()
		straight.seeWatch(seen)
		step := straight.effects / 30
		if !seeds.Full() {
			step = straight.effects / 6
		}
		for die := 1 + int(seed); die <= straight.effects; die += max(1, step) {
			w := newLossyWorld(t, seed, parts)
			w.dieAt, w.loseTail = die, die%2 == 0
			w.limits.Records, w.limits.Decisions, w.limits.WalkStep = 2+die%5, 1+die%3, 1+die%2
			w.play(feeds, end, 1)
			if w.check(); t.Failed() {
				t.Fatalf("died at effect %d", die)
			}
		}
	})
	if t.Log(seen); seen["silence ACTIVE"]*seen["gap ACTIVE"] == 0 {
		t.Error("too little happened for the test to say something")
	}
}

package stream

import (
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// Against a broker; `verify` finds the same by itself.
func TestMovedLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(testkit.Wanderers(rand.New(rand.NewPCG(11, 4)), 12, 5))
	e := start(t, r.config(seeds.Start+20*duty.Day))
	e.rest()
	if e.cfg.Stats.Moved.Load() == 0 {
		t.Error("nothing moved")
	}
	e.end()
	r.verified()
}

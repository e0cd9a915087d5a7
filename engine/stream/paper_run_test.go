package stream

import (
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// Against a broker; `verify` finds the same by itself.
func TestCentrePaperLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(testkit.CentrePaper(rand.New(rand.NewPCG(5, 9)), 8, 4))
	e := start(t, r.config(seeds.Start+20*duty.Day))
	e.rest()
	e.end()
	r.verified()
}

// Against a broker; `verify` finds the same by itself.
func TestNobodysPaperLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(testkit.NobodysPaper(rand.New(rand.NewPCG(3, 8)), 8, 4))
	e := start(t, r.config(seeds.Start+20*duty.Day))
	e.rest()
	e.end()
	r.verified()
}

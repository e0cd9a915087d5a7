package integration

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// killsVariable says how often the engine is killed, 50 times by default.
const killsVariable = "TILSYN_KILLS"

// TestKilledAgainAndAgain kills the engine with kill -9 at random moments while
// facts arrive. At the end every history must be sound, each revision must be
// there once, and the last ones must be what replay says.
func TestKilledAgainAndAgain(t *testing.T) {
	r := newRig(t)
	facts, truth := simulated(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("moments of killing from seed %d", seed)
	kills := 50
	if s := os.Getenv(killsVariable); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil || kills < 5 {
			t.Fatalf("%s=%q: want a number from 5 on", killsVariable, s)
		}
	}
	random := rand.New(rand.NewPCG(seed, 0))

	sent := 0
	send := func(upTo int) {
		if upTo > sent {
			r.foreign(t, bytes.Join(facts[sent:upTo], []byte("\n")), "produce")
			sent = upTo
		}
	}
	for i := range kills {
		engine := r.engine(t)
		// Now and then new facts come while it starts, reads or commits.
		if i%5 == 0 {
			send((i/5 + 1) * len(facts) / (kills/5 + 1))
		}
		time.Sleep(time.Duration(random.IntN(1500)) * time.Millisecond)
		engine.kill(t)
	}
	send(len(facts))

	engine := r.engine(t)
	input := r.inputs(t)
	live := r.agree(t, engine, input)
	checkTruth(t, live, truth)
	engine.stop(t)
	r.tilsyn(t, nil, "verify") // ends the test where it finds a difference
}

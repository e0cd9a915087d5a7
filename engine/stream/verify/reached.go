package verify

import (
	"context"

	"tilsyn/engine/duty"
)

// Clock is how far the engine had read a prefix.
type Clock struct {
	// At is the clock asked for, or the smallest caught_up of the tasks that ever committed.
	At duty.Instant
	// CaughtUp is false if some task has not reached it.
	CaughtUp bool
	// Trust is true if the engine takes producers' timestamps for those of the brokers.
	Trust bool
}

// Reached says how far the engine had read by the last commits of its tasks. Of the configuration it
// takes what Verify takes to reach the topics, and At. It joins no group and writes nothing; the error
// is ErrNoClock where nobody asked for a clock and no task has committed one.
func Reached(ctx context.Context, cfg VerifyConfig) (Clock, error) {
	v, done, err := connect(ctx, cfg)
	if err != nil {
		return Clock{}, err
	}
	defer done()
	if err := v.readCentres(ctx); err != nil {
		return Clock{}, err
	}
	at, caughtUp, err := v.oneClock(ctx)
	return Clock{at, caughtUp, v.trust}, err
}

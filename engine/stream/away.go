package stream

import (
	"context"
	"fmt"
	"time"

	"tilsyn/topics"
)

// An engine keeps running while the brokers are away: what it told stands, nobody is accused
// meanwhile, and it continues where it was when they return. Until then it is not ready, so that
// nobody relies on it, but it stays alive: a supervisor that restarts it would not help.

// When the brokers are checked, and how often their absence is logged.
const (
	// awayCheck is how often the brokers are checked.
	awayCheck = time.Second
	// awayAgain and awayMost are the first and the longest pause between two log lines about the same
	// absence; the pause doubles each time.
	awayAgain = 10 * time.Second
	awayMost  = 10 * time.Minute
)

// away tracks an absence of the brokers.
type away struct {
	gone bool
	// since is when the first unanswered request began, told when the absence was last logged.
	since, told time.Time
	gap         time.Duration // pause before it is logged again
}

// look takes in whether the brokers are gone, and reports whether to log that they are away or
// that they are back.
func (a *away) look(w topics.Waiting, gone bool, now time.Time) (tell, back bool) {
	switch {
	case !gone && a.gone:
		a.gone = false
		return false, true
	case !gone:
		return false, false
	case !a.gone:
		*a = away{gone: true, since: now.Add(-w.Elapsed), told: now, gap: awayAgain}
		return true, false
	case now.Sub(a.told) >= a.gap:
		a.told, a.gap = now, min(2*a.gap, awayMost)
		return true, false
	}
	return false, false
}

// watchBrokers logs that the brokers are away, at growing intervals, and that they are back, until
// the context ends.
func (e *engine) watchBrokers(ctx context.Context) error {
	tick := time.NewTicker(awayCheck)
	defer tick.Stop()
	var a away
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		now := time.Now()
		w, gone := e.client.Trouble()
		gone = gone && e.status.isRunning() // a start tells what it waits for itself
		if gone {
			e.status.awayAt(now)
		}
		tell, back := a.look(w, gone, now)
		switch {
		case tell:
			e.cfg.Log.Error().Str("waits_for", w.What).Str("cause", w.Why()).
				Dur("away", now.Sub(a.since).Round(time.Second)).Dur("told_again_after", a.gap).
				Msg("the brokers do not answer as they should: nothing is read and nobody is told anything " +
					"until they do; the engine waits and goes on by itself")
		case back:
			e.cfg.Log.Info().Dur("away", now.Sub(a.since).Round(time.Second)).Msg("the brokers answer again")
		}
	}
}

// readiness returns the readiness of this instance, including its brokers and all tasks of the
// prefix.
func (e *engine) readiness() Readiness {
	r := e.status.ready()
	if a := e.now.Load(); a != nil {
		r.Generation = a.Generation
	}
	if e.status.isRunning() {
		if w, gone := e.client.Trouble(); gone {
			r.Ready = false
			r.WaitsFor = append(r.WaitsFor,
				fmt.Sprintf("the brokers, for %s: %s: %s", w.Elapsed.Round(time.Second), w.What, w.Why()))
		}
		e.prefixReady(&r)
	}
	return r
}

// silence returns for how long the brokers have not answered; 0 if they do.
func (e *engine) silence() time.Duration {
	if !e.status.isRunning() {
		return 0
	}
	w, gone := e.client.Trouble()
	if !gone {
		return 0
	}
	return w.Elapsed
}

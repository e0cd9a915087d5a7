package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// watched is what the watch says, and what it is worked out from besides what was gathered.
type watched struct {
	// tally knows on which dates rows have arrived.
	tally *control.Tally
	// parked are rows that may belong to nobody; nil where nobody asks.
	parked *parked
	// pairs are the inconsistent pairs of all persons, by policy.
	pairs map[*duty.Policy][]watch.SeenPair
	// at is the clock of the look, last the policy in force then.
	at   duty.Instant
	last *duty.Policy
	// report is what it reports under that policy.
	report watch.Report
	// says is what the watch says under each policy.
	says map[*duty.Policy]*duty.Watched
}

// beginWatch begins to look at the watch, with what was gathered for it before.
func (v *verifier) beginWatch() {
	if v.gathered == nil {
		v.gathered = newGathered(true)
	}
	v.watch = &watched{tally: v.gathered.used.Fresh(), pairs: map[*duty.Policy][]watch.SeenPair{},
		at: duty.Beginning, says: map[*duty.Policy]*duty.Watched{}}
}

// look works out what the watch says at the latest clock of any task. The owner of the watch has
// said nothing else since the clock of the others, or they are not at rest.
func (v *verifier) look(ctx context.Context) error {
	last, found := duty.Beginning, false
	for part := range v.parts {
		at, live, err := v.clockOf(ctx, part)
		if err != nil {
			return err
		}
		if live {
			last, found = max(last, at), true
		}
	}
	if !found {
		return nil
	}
	return v.lookAt(ctx, last)
}

// lookAt works out what the watch says at a clock, and joins it to the facts of the centres. The
// pairs of all persons are found first, since three of them make a burst for everybody.
func (v *verifier) lookAt(ctx context.Context, at duty.Instant) error {
	for part := range v.parts {
		if err := v.findPairs(ctx, part, at); err != nil {
			return fmt.Errorf("partition %d: %w", part, err)
		}
	}
	v.gathered.takeCentres(&v.picture.Watch)
	w := v.watch
	centres, dues := v.centreFacts(), slices.Sorted(maps.Keys(v.gathered.dues))
	for _, p := range v.policiesBy(at) {
		live := v.gathered.under(p)
		report := live.Look(at, w.pairs[p], centres)
		incidents := report.Automatic(p.ParamsAt(at.Date()))
		w.says[p] = &duty.Watched{
			Incidents: incidents, Timely: watch.TimelyOf(live.Timely(at, w.pairs[p], centres, dues), incidents),
			Feeds: watch.New(watch.Facts{Heartbeats: v.picture.Watch.Beats}, p).Feeds(), Supervised: live.Supervised(at),
		}
		w.at, w.last, w.report = at, p, report
	}
	v.facts = centres.WithWatch(func(p *duty.Policy) *duty.Watched { return w.says[p] })
	return nil
}

// policiesBy returns the policies that were ever active by a clock, each once, that in force last.
func (v *verifier) policiesBy(at duty.Instant) []*duty.Policy {
	var out []*duty.Policy
	for _, active := range v.picture.Policies {
		if active.From <= at {
			out = slices.DeleteFunc(out, func(p *duty.Policy) bool { return p == active.Policy })
			out = append(out, active.Policy)
		}
	}
	return out
}

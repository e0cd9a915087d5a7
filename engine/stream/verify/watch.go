package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/watch"
)

// watched is what the watch is worked out from, besides the facts of centres, and what it says.
type watched struct {
	log *watch.Log
	// tally knows on which dates rows have arrived.
	tally *control.Tally
	// parked are rows that may belong to nobody; nil where nobody asks.
	parked *parked
	// dues are the local times of day at which slots of reporting schedules fall due, in minutes.
	dues map[int]bool
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

func newWatched() *watched {
	return &watched{log: watch.NewLog(), tally: control.NewTally(), dues: map[int]bool{},
		pairs: map[*duty.Policy][]watch.SeenPair{},
		at:    duty.Beginning, says: map[*duty.Policy]*duty.Watched{}}
}

// read takes in a fact that was read in the partition that it belongs to.
func (w *watched) read(f *stored.Fact) {
	if w == nil {
		return
	}
	switch r := f.Record.(type) {
	case *duty.CardEvent:
		if duty.RowMakesSense(r) {
			w.log.AddRow(watch.RowOf(&duty.Known[duty.CardEvent]{Fact: *r, At: f.Known}))
			w.tally.Arrived(r.CentreID, r.OccurredAt, f.Known)
		}
	case *duty.ObligationChange:
		if r.Schedule.OK {
			if at, ok := r.Schedule.V.DueMinute(); ok {
				w.dues[at] = true
			}
		}
	}
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
	facts, w := &v.picture.Watch, v.watch
	for i := range facts.Beats {
		w.log.AddBeat(&facts.Beats[i])
	}
	for i := range facts.Counts {
		w.log.AddCount(&facts.Counts[i])
	}
	for i := range facts.Incidents {
		w.log.AddIncident(&facts.Incidents[i])
	}
	centres, dues := v.centreFacts(), slices.Sorted(maps.Keys(w.dues))
	for _, p := range v.policiesBy(at) {
		live := w.log.Under(p)
		report := live.Look(at, w.pairs[p], centres)
		incidents := report.Automatic(p.ParamsAt(at.Date()))
		w.says[p] = &duty.Watched{
			Incidents: incidents, Timely: watch.TimelyOf(live.Timely(at, w.pairs[p], centres, dues), incidents),
			Feeds: watch.New(watch.Facts{Heartbeats: facts.Beats}, p).Feeds(), Supervised: live.Supervised(at),
		}
		w.at, w.last, w.report = at, p, report
	}
	v.facts = centres.WithWatch(func(p *duty.Policy) *duty.Watched { return w.says[p] })
	return nil
}

// findPairs finds the inconsistent pairs of the persons of a partition, under each policy.
func (v *verifier) findPairs(ctx context.Context, part int32, at duty.Instant) error {
	files, ids, err := v.persons(ctx, part)
	if err != nil {
		return err
	}
	policies := v.policiesBy(at)
	for _, id := range ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		in := v.input(id, files[id])
		for _, p := range policies {
			for _, pair := range duty.Pairs(in, p, at) {
				v.watch.pairs[p] = append(v.watch.pairs[p], watch.SeenPair{Person: id, Pair: pair})
			}
		}
	}
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

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
)

// bursts are the moments of a night at which many units fall due at once, and what they are called.
var bursts = []struct {
	name string
	at   duty.Instant
}{
	{"23:00", lastDay.Start() + 23*duty.Hour},
	{"00:00", (lastDay + 1).Start()},
	{"06:00", (lastDay + 1).Start() + 6*duty.Hour},
}

// grace is how long after such a moment its units are judged, and a little more.
const grace = 16 * duty.Minute

// morning lets the facts come as they are known, up to noon.
func (r *run) morning(ctx context.Context) error {
	defer r.profile(ctx)()
	for _, b := range bursts {
		if err := r.step(ctx, b.name, b.at, b.at+grace); err != nil {
			return err
		}
	}
	if r.job.firstMarker > 0 {
		if err := r.step(ctx, "markers", r.job.firstMarker, r.job.lastMarker+duty.Minute); err != nil {
			return err
		}
	}
	return r.burst(ctx, "the rest to noon", noon)
}

// profile takes a CPU profile, if one is wanted, and then what the heap holds; it returns what waits for both.
func (r *run) profile(ctx context.Context) (wait func()) {
	var taken sync.WaitGroup
	if r.profileTo != "" {
		taken.Go(func() {
			file := r.profileTo + "." + strings.TrimSuffix(r.prefix, ".")
			if err := r.engines[0].Profile(ctx, r.profileSeconds, file); err != nil {
				fmt.Fprintln(r.progress, "  no profile:", err)
			}
			if err := r.engines[0].Heap(ctx, file+".heap"); err != nil {
				fmt.Fprintln(r.progress, "  no heap profile:", err)
			}
		})
	}
	return taken.Wait
}

// step lets everything before an instant be taken in, and times what comes from there on.
func (r *run) step(ctx context.Context, name string, from, to duty.Instant) error {
	if err := r.sendUntil(ctx, from-1); err != nil {
		return err
	}
	if _, err := r.settle(ctx, "before "+name); err != nil {
		return err
	}
	return r.burst(ctx, name, to)
}

// burst sends what is known by an instant, moves the clock there, and times what follows.
func (r *run) burst(ctx context.Context, name string, to duty.Instant) error {
	was := &waited{}
	if err := r.ask(ctx, was); err != nil {
		return err
	}
	var firsts, all int
	count := func(s *bed.Seen) { firsts, all = len(s.First), len(s.First)+s.Later }
	r.watcher.Now(count)
	toldBefore, allBefore := firsts, all
	began := time.Now()
	if err := r.sendUntil(ctx, to); err != nil {
		return err
	}
	w, err := r.settle(ctx, name)
	if err != nil {
		return err
	}
	cpu := w.spent.CPU - was.now.CPU
	var last time.Time
	r.watcher.Now(func(s *bed.Seen) {
		count(s)
		last = s.LastFirst
	})
	since := func(t time.Time) float64 { return max(0, t.Sub(began).Seconds()) }
	verdicts := w.counters["tilsyn_evaluations_total"] + w.counters["tilsyn_routine_decisions_total"] -
		was.counters["tilsyn_evaluations_total"] - was.counters["tilsyn_routine_decisions_total"]
	r.Add(name, "first revisions", float64(firsts-toldBefore))
	r.Add(name, "revisions", float64(all-allBefore))
	r.Add(name, "verdicts", verdicts)
	r.Add(name, "verdicts on what is not carried",
		w.counters["tilsyn_carried_verdicts_total"]-was.counters["tilsyn_carried_verdicts_total"])
	r.Add(name, "s to the last first revision", since(last))
	r.Add(name, "s to the last record of the ledger", since(w.ledger))
	r.Add(name, "CPU s", cpu)
	if verdicts > 0 {
		r.Add(name, "CPU ms per verdict", cpu*1e3/verdicts)
	}
	return nil
}

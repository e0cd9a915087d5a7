package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/bench/internal/stat"
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// withdrawals says how soon a withdrawal can be read under load is to be measured.
type withdrawals struct {
	// count is how many; 0: not measured. perSecond are clearing facts.
	count     int
	perSecond float64
	// backlog is that by which the highest load is found, load the share of it that comes meanwhile; rate is a load
	// in card events a second that is given instead of a share.
	backlog    int
	load, rate float64
}

// flags registers them.
func (w *withdrawals) flags() {
	flag.IntVar(&w.count, "withdrawals", 0,
		"instead of all this, so many of those who were told of are cleared, one by one under a steady load of card events, "+
			"and it is timed until each withdrawal can be read")
	flag.Float64Var(&w.perSecond, "clear-rate", 50, "with -withdrawals: clearing facts a second")
	flag.IntVar(&w.backlog, "backlog", 1_000_000,
		"with -withdrawals: card events of the backlog by which the highest load is found")
	flag.Float64Var(&w.load, "load", 0.5, "with -withdrawals: the load, as a share of the highest")
	flag.Float64Var(&w.rate, "rate", 0, "with -withdrawals: the load in card events a second, instead of a share")
}

// check says what cannot be measured.
func (w *withdrawals) check(j *job) error {
	if w.count == 0 {
		return nil
	}
	if w.count < 0 || w.perSecond <= 0 || w.backlog < 1 || w.load <= 0 || w.rate < 0 || j.Three {
		return errors.New("-withdrawals must be at least 0, -backlog at least 1, -clear-rate and -load more than 0, " +
			"-rate at least 0; they go with one duty")
	}
	if len(newTraffic(j).home) == 0 {
		return errors.New("nobody is at home and can pass meanwhile; give more -persons or less -missing")
	}
	_, err := j.clearings(w.count)
	return err
}

// withdrawing is one such measurement.
type withdrawing struct {
	*dueRun
	withdrawals
	traffic *traffic
	// highest are the card events a second of the backlog.
	highest float64
}

// withdraw measures how soon what was told is withdrawn and can be read, with card events coming meanwhile.
func (b *bench) withdraw(ctx context.Context, j *job, w withdrawals, prefix string) (*bed.Figures, error) {
	return b.crowd(ctx, j, prefix, func(d *dueRun) []step {
		x := &withdrawing{dueRun: d, withdrawals: w, traffic: newTraffic(d.job)}
		return []step{d.fill, d.burst, x.mostHeld, x.underLoad}
	})
}

// mostHeld finds the highest load that the engine holds: that of a backlog which came while it was stopped.
func (w *withdrawing) mostHeld(ctx context.Context) error {
	w.Figures = &bed.Figures{} // those before are of another measurement
	if err := w.engine.End(syscall.SIGTERM); err != nil {
		return err
	}
	p := w.client.NewProducer(topics.ProducerConfig{Compression: topics.LZ4, MaxBatchBytes: loadBatchBytes,
		FlushBytes: loadFlushBytes})
	for range w.backlog {
		if err := w.traffic.add(ctx, p); err != nil {
			return err
		}
	}
	if err := p.Flush(ctx); err != nil {
		return err
	}
	w.counters = nil
	if err := w.start(); err != nil {
		return err
	}
	first := w.engine.Began
	err := w.wait(ctx, "reading the backlog", look, func() (bool, error) {
		if w.counters["tilsyn_input_records_total"] == 0 {
			first = time.Now()
			return false, nil
		}
		return w.allCommitted(ctx)
	})
	if err != nil {
		return err
	}
	w.highest = float64(w.backlog) / time.Since(first).Seconds()
	w.Add("backlog", "card events", float64(w.backlog))
	w.Add("backlog", "card events/s to the last commit", w.highest)
	return w.still(ctx)
}

// warm is how long the load is there before anything is cleared.
const warm = 2 * time.Second

// underLoad clears one night after the other while card events come, and waits for the withdrawals.
func (w *withdrawing) underLoad(ctx context.Context) error {
	all, err := w.job.clearings(w.count)
	if err != nil {
		return err
	}
	rate := w.load * w.highest
	if w.rate > 0 {
		rate = w.rate
	}
	// What clears bears the time of a passage that is written, so that no passage seems to come late because of it.
	clock := func() duty.Instant { return duty.Instant(w.traffic.known.Load()) }
	p := w.client.NewProducer(topics.ProducerConfig{Compression: topics.LZ4})
	f := w.traffic.start(ctx, p, rate)
	select {
	case <-ctx.Done():
		return errors.Join(ctx.Err(), f.end())
	case <-time.After(warm):
	}
	w.profile(ctx, w.engine, "withdrawals")
	before, err := w.used(ctx)
	if err != nil {
		return errors.Join(err, f.end())
	}
	err = clearAll(ctx, w.client, all, w.perSecond, clock)
	paced := time.Since(before.at)
	if err == nil {
		err = w.wait(ctx, "withdrawing what was told", look, func() (bool, error) {
			done, err := false, error(nil)
			w.watcher.Now(func(s *bed.Seen) { done, err = s.Withdrawn >= len(all), s.Err })
			return done, err
		})
	}
	if err != nil {
		return errors.Join(err, f.end())
	}
	after, err := w.used(ctx)
	if err := errors.Join(err, f.end()); err != nil {
		return err
	}
	ended := time.Now()
	if err := w.wait(ctx, "committing the rest", look, func() (bool, error) { return w.allCommitted(ctx) }); err != nil {
		return err
	}
	w.addLoad(f, rate, time.Since(ended))
	w.addUse(before, after)
	w.Add("withdrawal", "clearing facts/s", float64(len(all))/paced.Seconds())
	w.profiling.Wait()
	return w.addDelays(all)
}

// addLoad adds the figures of the load. Behind is how long the engine went on after its end.
func (w *withdrawing) addLoad(f *flow, wanted float64, behind time.Duration) {
	held := float64(f.sent) / f.took.Seconds()
	w.Add("load", "card events/s that were to come", wanted)
	w.Add("load", "card events/s that came", held)
	w.Add("load", "the same, % of the highest", 100*held/w.highest)
	w.Add("load", "s from its end until all is committed", behind.Seconds())
}

// used is what the engine had used at a moment, and its counters.
type used struct {
	at             time.Time
	engine, broker bed.Usage
	counters       map[string]float64
}

// used asks for it.
func (w *withdrawing) used(ctx context.Context) (u used, err error) {
	u.at = time.Now()
	u.counters = w.engine.Metrics(ctx)
	var of error
	u.engine, err = bed.UsageOf(w.engine.Pid())
	u.broker, of = bed.UsageOf(w.broker.Pid())
	return u, errors.Join(err, of)
}

// addUse adds what engine and broker used from one moment to another, and what a cycle took meanwhile.
func (w *withdrawing) addUse(from, to used) {
	seconds := to.at.Sub(from.at).Seconds()
	grew := func(name string) float64 { return to.counters["tilsyn_"+name] - from.counters["tilsyn_"+name] }
	w.Add("load", "engine CPU s per s", (to.engine.CPU-from.engine.CPU)/seconds)
	w.Add("load", "broker CPU s per s", (to.broker.CPU-from.broker.CPU)/seconds)
	w.Add("load", "peak RSS since the start, MB", to.engine.PeakMB)
	w.Add("load", "peak RSS of its own (anonymous), MB", w.peakAnon)
	w.Add("load", "transactions/s", grew("commits_total")/seconds)
	w.Add("load", "evaluations/s", grew("evaluations_total")/seconds)
	for _, part := range []string{"cycle", "transaction"} {
		if n := grew(part + "_seconds_count"); n > 0 {
			w.Add("load", "ms a "+part, 1e3*grew(part+"_seconds_sum")/n)
		}
	}
}

// addDelays adds how long withdrawals took.
func (w *withdrawing) addDelays(all []clearing) error {
	var d delays
	var err error
	w.watcher.Now(func(s *bed.Seen) { d, err = match(all, s.Gone) })
	if err != nil {
		return err
	}
	w.Add("withdrawal", "withdrawals", float64(len(d.acknowledged)))
	for _, p := range []float64{50, 95, 99, 100} {
		name := fmt.Sprintf("p%.0f", p)
		if p == 100 {
			name = "max"
		}
		w.Add("withdrawal", "ms from the acknowledgement of the fact until it can be read, "+name,
			stat.Percentile(d.acknowledged, p))
	}
	w.Add("withdrawal", "the same of permissions, p99", stat.Percentile(d.permission, 99))
	w.Add("withdrawal", "the same of late passages, p99", stat.Percentile(d.passage, 99))
	w.Add("withdrawal", "ms from giving the fact to the producer, p99", stat.Percentile(d.sent, 99))
	return nil
}

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/bench/internal/stat"
	"tilsyn/topics"
)

// look is how often the engine's counters are read, and so how precise the times taken from them
// are.
const look = 100 * time.Millisecond

// night loads the job under a prefix of its own, runs the null consumer and
// then the engine, and returns the figures of the run.
func (b *bench) night(ctx context.Context, j *job, prefix string) (*bed.Figures, error) {
	f := &bed.Figures{}
	c, err := topics.Connect(ctx, topics.Config{Brokers: []string{b.broker.Address()}, Prefix: prefix})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	l, err := load(ctx, c, j, int32(b.partitions), b.progress)
	if err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	f.Add("load", "card events/s", float64(l.Events)/l.EventsTook.Seconds())
	if err := b.null(ctx, f, prefix, l); err != nil {
		return nil, err
	}
	return f, b.engineOn(ctx, f, c, j, l)
}

// engineOn runs the engine on what was loaded, and adds its figures.
func (b *bench) engineOn(ctx context.Context, f *bed.Figures, c *topics.Client, j *job, l loaded) error {
	dir, err := os.MkdirTemp(b.dir, "engine-")
	if err != nil {
		return err
	}
	w, err := bed.Watch(ctx, c)
	if err != nil {
		return err
	}
	defer w.End()
	e, err := bed.StartEngine(b.engineConfig(c.Prefix(), dir))
	if err != nil {
		return err
	}
	defer func() { _ = e.End(syscall.SIGKILL) }()
	r := &run{bench: b, engine: e, watcher: w, client: c, loaded: l, truth: j.truth()}
	if err := r.follow(ctx); err != nil {
		return err
	}
	r.report(f)
	if err := e.End(syscall.SIGTERM); err != nil {
		return err
	}
	s := w.End()
	f.Add("engine", "later revisions", float64(s.Later))
	f.Add("engine", "state on disk, B/event", float64(bed.SizeOf(filepath.Join(dir, "state")))/float64(l.Events))
	return s.Against(r.truth)
}

func (b *bench) null(ctx context.Context, f *bed.Figures, prefix string, l loaded) error {
	n, err := nullConsumer(ctx, b.broker.Address(), prefix)
	if err != nil {
		return err
	}
	if n.Records != l.Events {
		return fmt.Errorf("the null consumer read %d of %d card events", n.Records, l.Events)
	}
	f.Add("null", "card events/s", float64(n.Records)/n.Seconds)
	f.Add("null", "CPU s", n.CPU)
	f.Add("null", "CPU µs per record", n.CPU*1e6/float64(n.Records))
	f.Add("null", "B/value", float64(n.Bytes)/float64(n.Records))
	return nil
}

// run is one engine at work on a loaded job.
type run struct {
	*bench
	engine  *bed.Engine
	watcher *bed.Watcher
	client  *topics.Client
	loaded  loaded
	truth   map[string]bool // by unit id: whether the night is a breach

	// first is the last moment at which nothing had been read, read when
	// everything had been.
	first, read, committed time.Time
	brokerBefore           bed.Usage
	after, brokerAfter     bed.Usage
	peakAnon, peakFile     float64
	counters               map[string]float64
}

// follow waits until everything is read, told and committed.
func (r *run) follow(ctx context.Context) error {
	var err error
	if r.brokerBefore, err = bed.UsageOf(r.broker.Pid()); err != nil {
		return err
	}
	r.first = r.engine.Began
	limit := time.After(r.patience)
	spoke := time.Now()
	for {
		if err := r.engine.Running(); err != nil {
			return err
		}
		done, err := r.step(ctx)
		if err != nil || done {
			return err
		}
		if time.Since(spoke) > 5*time.Second {
			spoke = time.Now()
			first, later, _ := r.watcher.Counts()
			fmt.Fprintf(r.progress, "  engine: %.0f records read, %d of %d first revisions, %d later, %.0f MB of its own\n",
				r.counters["tilsyn_input_records_total"], first, len(r.truth), later, r.peakAnon)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit:
			first, _, _ := r.watcher.Counts()
			return fmt.Errorf("after %s the engine had read %.0f of %d records and told %d of %d units; see %s",
				r.patience, r.counters["tilsyn_input_records_total"], r.loaded.Records, first, len(r.truth), r.engine.LogName())
		case <-time.After(look):
		}
	}
}

// step looks once; done is true when there is nothing left to wait for.
func (r *run) step(ctx context.Context) (done bool, err error) {
	asked := time.Now()
	if m := r.engine.Metrics(ctx); m != nil {
		r.counters = m
	}
	n := int64(r.counters["tilsyn_input_records_total"])
	if n == 0 {
		r.first = asked
	}
	if n > 0 {
		r.profile(ctx, r.engine, "night")
	}
	if u, err := bed.UsageOf(r.engine.Pid()); err == nil {
		r.after = u
		if u.AnonMB > r.peakAnon {
			r.peakAnon = u.AnonMB
		}
		r.peakFile = max(r.peakFile, u.FileMB)
	}
	first, _, err := r.watcher.Counts()
	if err != nil || n < r.loaded.Records {
		return false, err
	}
	if r.read.IsZero() {
		r.read = asked
	}
	if first < len(r.truth) {
		return false, nil
	}
	if r.brokerAfter, err = bed.UsageOf(r.broker.Pid()); err != nil {
		return false, err
	}
	ok, err := r.allCommitted(ctx)
	if ok {
		r.committed = time.Now()
	}
	return ok, err
}

// allCommitted reports whether the group has committed the ends.
func (r *run) allCommitted(ctx context.Context) (bool, error) {
	parts, err := r.client.AllPartitions(ctx, topics.CardEvents)
	if err != nil {
		return false, err
	}
	ends, err := r.client.Offsets(ctx, parts, topics.LastStable)
	if err != nil {
		return false, err
	}
	at, err := r.client.Committed(ctx, strings.TrimSuffix(r.client.Prefix(), "."), parts)
	if err != nil {
		return false, err
	}
	for p, end := range ends {
		if at[p] < end {
			return false, nil
		}
	}
	return true, nil
}

// report adds the figures of the engine.
func (r *run) report(f *bed.Figures) {
	events := float64(r.loaded.Events)
	var lastFirst time.Time
	var units int
	r.watcher.Now(func(s *bed.Seen) { lastFirst, units = s.LastFirst, len(s.First) })
	toFirst := lastFirst.Sub(r.first).Seconds()
	toLast := r.committed.Sub(r.first).Seconds()
	f.Add("engine", "card events/s to the last first revision", events/toFirst)
	f.Add("engine", "card events/s to the last record committed", events/toLast)
	f.Add("engine", "all records/s to the last record committed", float64(r.loaded.Records)/toLast)
	f.Add("engine", "s from start to first fetch", r.first.Sub(r.engine.Began).Seconds())
	f.Add("engine", "s to the last first revision", toFirst)
	f.Add("engine", "s to the last record committed", toLast)
	broker := r.brokerAfter.CPU - r.brokerBefore.CPU
	f.Add("engine", "CPU s", r.after.CPU)
	f.Add("engine", "CPU s of the broker", broker)
	f.Add("engine", "CPU µs per record", r.after.CPU*1e6/float64(r.loaded.Records))
	f.Add("engine", "CPU µs per record of the broker", broker*1e6/float64(r.loaded.Records))
	f.Add("engine", "peak RSS, MB", r.after.PeakMB)
	f.Add("engine", "peak RSS of its own (anonymous), MB", r.peakAnon)
	f.Add("engine", "peak RSS of mapped files, MB", r.peakFile)
	f.Add("engine", "written to disk, B/event", r.after.WrittenMB*(1<<20)/events)
	f.Add("engine", "first revisions", float64(units))
	for _, name := range []string{"commits", "evaluations", "held_back_units", "faults"} {
		f.Add("engine", name, r.counters["tilsyn_"+name+"_total"])
	}
	f.Add("engine", "puts/event", r.counters["tilsyn_state_puts_total"]/events)
	f.Add("engine", "B put/event", r.counters["tilsyn_state_put_bytes_total"]/events)
}

// ratio writes what part of the null consumer's speed the engine reaches.
func ratio(runs []*bed.Figures) string {
	var v []float64
	for _, f := range runs {
		null, _ := f.Value("null", "card events/s")
		if own, _ := f.Value("engine", "card events/s to the last record committed"); null > 0 && own > 0 {
			v = append(v, own/null)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return fmt.Sprintf("The engine reaches %.1f %% of the null consumer's speed (median of the ratios "+
		"within a run).\n", 100*stat.Median(v))
}

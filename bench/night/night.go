package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"tilsyn/state"
	"tilsyn/topics"
)

// look is how often the engine's counters are read, and so how precise the times taken from them
// are.
const look = 100 * time.Millisecond

// night loads the job under a prefix of its own, runs the null consumer and
// then the engine, and returns the figures of the run.
func (b *bench) night(ctx context.Context, j *job, prefix string) (*figures, error) {
	f := &figures{}
	c, err := topics.Connect(ctx, topics.Config{Brokers: []string{b.broker.Address()}, Prefix: prefix})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	l, err := load(ctx, c, j, int32(b.partitions), b.progress)
	if err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	f.add("load", "card events/s", float64(l.Events)/l.EventsTook.Seconds())
	if err := b.null(ctx, f, prefix, l); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(b.dir, "engine-")
	if err != nil {
		return nil, err
	}
	w, err := watch(ctx, c)
	if err != nil {
		return nil, err
	}
	defer w.end()
	e, err := startEngine(b.engineConfig(prefix, dir))
	if err != nil {
		return nil, err
	}
	defer func() { _ = e.end(syscall.SIGKILL) }()
	r := &run{bench: b, engine: e, watcher: w, client: c, loaded: l, truth: j.truth()}
	if err := r.follow(ctx); err != nil {
		return nil, err
	}
	r.report(f)
	if err := e.end(syscall.SIGTERM); err != nil {
		return nil, err
	}
	s := w.end()
	f.add("engine", "later revisions", float64(s.Later))
	f.add("engine", "state on disk, B/event", float64(sizeOf(filepath.Join(dir, "state")))/float64(l.Events))
	return f, s.against(r.truth)
}

func (b *bench) null(ctx context.Context, f *figures, prefix string, l loaded) error {
	n, err := nullConsumer(ctx, b.broker.Address(), prefix)
	if err != nil {
		return err
	}
	if n.Records != l.Events {
		return fmt.Errorf("the null consumer read %d of %d card events", n.Records, l.Events)
	}
	f.add("null", "card events/s", float64(n.Records)/n.Seconds)
	f.add("null", "CPU s", n.CPU)
	f.add("null", "CPU µs per record", n.CPU*1e6/float64(n.Records))
	f.add("null", "B/value", float64(n.Bytes)/float64(n.Records))
	return nil
}

// run is one engine at work on a loaded job.
type run struct {
	*bench
	engine  *engine
	watcher *watcher
	client  *topics.Client
	loaded  loaded
	truth   map[string]bool // by unit id: whether the night is a breach

	// first is the last moment at which nothing had been read, read when
	// everything had been.
	first, read, committed time.Time
	brokerBefore           usage
	after, brokerAfter     usage
	peakAnon, peakFile     float64
	counters               map[string]float64
}

// follow waits until everything is read, told and committed.
func (r *run) follow(ctx context.Context) error {
	var err error
	if r.brokerBefore, err = usageOf(r.broker.Pid()); err != nil {
		return err
	}
	r.first = r.engine.began
	limit := time.After(r.patience)
	spoke := time.Now()
	for {
		if err := r.engine.running(); err != nil {
			return err
		}
		done, err := r.step(ctx)
		if err != nil || done {
			return err
		}
		if time.Since(spoke) > 5*time.Second {
			spoke = time.Now()
			first, later, _ := r.watcher.counts()
			fmt.Fprintf(r.progress, "  engine: %.0f records read, %d of %d first revisions, %d later, %.0f MB of its own\n",
				r.counters["tilsyn_input_records_total"], first, len(r.truth), later, r.peakAnon)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit:
			first, _, _ := r.watcher.counts()
			return fmt.Errorf("after %s the engine had read %.0f of %d records and told %d of %d units; see %s",
				r.patience, r.counters["tilsyn_input_records_total"], r.loaded.Records, first, len(r.truth), r.engine.log.Name())
		case <-time.After(look):
		}
	}
}

// step looks once; done is true when there is nothing left to wait for.
func (r *run) step(ctx context.Context) (done bool, err error) {
	asked := time.Now()
	if m := r.engine.metrics(ctx); m != nil {
		r.counters = m
	}
	n := int64(r.counters["tilsyn_input_records_total"])
	if n == 0 {
		r.first = asked
	}
	if n > 0 {
		r.profile(ctx, r.engine, "night")
	}
	if u, err := usageOf(r.engine.cmd.Process.Pid); err == nil {
		r.after = u
		if u.AnonMB > r.peakAnon {
			r.peakAnon = u.AnonMB
		}
		r.peakFile = max(r.peakFile, u.FileMB)
	}
	first, _, err := r.watcher.counts()
	if err != nil || n < r.loaded.Records {
		return false, err
	}
	if r.read.IsZero() {
		r.read = asked
	}
	if first < len(r.truth) {
		return false, nil
	}
	if r.brokerAfter, err = usageOf(r.broker.Pid()); err != nil {
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
func (r *run) report(f *figures) {
	events := float64(r.loaded.Events)
	r.watcher.mu.Lock()
	lastFirst, units := r.watcher.seen.LastFirst, len(r.watcher.seen.First)
	r.watcher.mu.Unlock()
	toFirst := lastFirst.Sub(r.first).Seconds()
	toLast := r.committed.Sub(r.first).Seconds()
	f.add("engine", "card events/s to the last first revision", events/toFirst)
	f.add("engine", "card events/s to the last record committed", events/toLast)
	f.add("engine", "all records/s to the last record committed", float64(r.loaded.Records)/toLast)
	f.add("engine", "s from start to first fetch", r.first.Sub(r.engine.began).Seconds())
	f.add("engine", "s to the last first revision", toFirst)
	f.add("engine", "s to the last record committed", toLast)
	broker := r.brokerAfter.CPU - r.brokerBefore.CPU
	f.add("engine", "CPU s", r.after.CPU)
	f.add("engine", "CPU s of the broker", broker)
	f.add("engine", "CPU µs per record", r.after.CPU*1e6/float64(r.loaded.Records))
	f.add("engine", "CPU µs per record of the broker", broker*1e6/float64(r.loaded.Records))
	f.add("engine", "peak RSS, MB", r.after.PeakMB)
	f.add("engine", "peak RSS of its own (anonymous), MB", r.peakAnon)
	f.add("engine", "peak RSS of mapped files, MB", r.peakFile)
	f.add("engine", "written to disk, B/event", r.after.WrittenMB*(1<<20)/events)
	f.add("engine", "first revisions", float64(units))
	for _, name := range []string{"commits", "evaluations", "held_back_units", "faults"} {
		f.add("engine", name, r.counters["tilsyn_"+name+"_total"])
	}
	f.add("engine", "puts/event", r.counters["tilsyn_state_puts_total"]/events)
	f.add("engine", "B put/event", r.counters["tilsyn_state_put_bytes_total"]/events)
}

// sizeOf returns the disk space of the files below a directory.
func sizeOf(dir string) (n int64) {
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			n += state.OnDisk(info)
		}
		return nil
	})
	return n
}

// buildEngine makes the binary from the sources, so that what is measured is
// what is there.
func buildEngine(ctx context.Context, to string) error {
	if runtime.GOOS != "linux" {
		return errors.New("the figures come from /proc: run the benchmark on Linux")
	}
	return command(ctx, "go", "build", "-o", to, ".")
}

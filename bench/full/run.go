package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/topics"
)

const (
	// look is how often the engines are asked, and so how precise the times taken from them are.
	look = 100 * time.Millisecond
	// rest is how long nothing may move before the engines count as done.
	rest = 3 * time.Second
)

// run is one run: the engines at work on one simulation.
type run struct {
	*bench
	*bed.Figures
	prefix  string
	client  *topics.Client
	job     *job
	engines []*bed.Engine
	dirs    []string
	watcher *bed.Watcher
	// moves counts the facts that move the clock.
	moves int
	// peak is the most memory of its own that each engine had, in MB.
	peak []float64
}

// once measures one history with so many instances.
func (b *bench) once(ctx context.Context, days, instances int, prefix string) (_ *bed.Figures, err error) {
	c, err := topics.Connect(ctx, topics.Config{Brokers: []string{b.broker.Address()}, Prefix: prefix})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	r := &run{bench: b, Figures: &bed.Figures{}, prefix: prefix, client: c, peak: make([]float64, instances)}
	if r.job, err = b.load(ctx, c, days); err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	if r.watcher, err = bed.Watch(ctx, c); err != nil {
		return nil, err
	}
	defer r.watcher.End()
	defer r.kill()
	for i := range instances {
		dir, err := os.MkdirTemp(b.dir, fmt.Sprintf("engine%d-", i+1))
		if err != nil {
			return nil, err
		}
		r.dirs = append(r.dirs, dir)
	}
	for _, step := range []func(context.Context) error{r.backlog, r.morning} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return r.Figures, r.end(days)
}

// kill ends what still runs.
func (r *run) kill() {
	for _, e := range r.engines {
		_ = e.End(syscall.SIGKILL)
	}
}

// backlog starts the engines on what was loaded.
func (r *run) backlog(ctx context.Context) error {
	broker, err := bed.UsageOf(r.broker.Pid())
	if err != nil {
		return err
	}
	for _, dir := range r.dirs {
		e, err := bed.StartEngine(bed.EngineConfig{Binary: r.binary, Broker: r.broker.Address(), Prefix: r.prefix,
			Dir: dir, Policy: r.policy, Args: r.args})
		if err != nil {
			return err
		}
		r.engines = append(r.engines, e)
	}
	w, err := r.settle(ctx, "backlog")
	if err != nil {
		return err
	}
	facts, u := float64(r.job.backlog), w.spent
	after, err := bed.UsageOf(r.broker.Pid())
	if err != nil {
		return err
	}
	due := 0.0
	for i := range r.job.truth.Units {
		if r.job.truth.Units[i].Date < lastDay {
			due++
		}
	}
	r.Add("backlog", "facts", facts)
	r.Add("backlog", "units that fell due", due)
	r.Add("backlog", "facts/s to the last commit", facts/w.moved.Sub(w.first).Seconds())
	r.Add("backlog", "s from the start of the engines to the last commit", w.moved.Sub(r.engines[0].Began).Seconds())
	r.Add("backlog", "CPU s", u.CPU)
	r.Add("backlog", "CPU µs per fact", u.CPU*1e6/facts)
	r.Add("backlog", "CPU µs per unit that fell due", u.CPU*1e6/due)
	r.Add("backlog", "CPU µs per fact of the broker", (after.CPU-broker.CPU)*1e6/facts)
	r.Add("backlog", "written to disk, B/fact", u.WrittenMB*(1<<20)/facts)
	r.Add("backlog", "evaluations", w.counters["tilsyn_evaluations_total"])
	r.Add("backlog", "routine decisions", w.counters["tilsyn_routine_decisions_total"])
	r.Add("backlog", "CPU ms per verdict", u.CPU*1e3/w.verdicts())
	return nil
}

// usage sums what the engines have used, and takes the highest peak.
func (r *run) usage() (sum bed.Usage, err error) {
	for _, e := range r.engines {
		u, err := bed.UsageOf(e.Pid())
		if err != nil {
			return sum, err
		}
		sum.CPU += u.CPU
		sum.WrittenMB += u.WrittenMB
		sum.AnonMB += u.AnonMB
		sum.PeakMB = max(sum.PeakMB, u.PeakMB)
	}
	return sum, nil
}

// waited is what was seen while the engines settled.
type waited struct {
	// first is the last moment at which nothing had been read, moved when anything moved last, ledger when
	// its topic grew last.
	first, moved, ledger time.Time
	counters             map[string]float64 // summed over the engines
	// now is what the engines have used, spent what they had soon after anything moved last: what they
	// do while nothing is to be done does not count.
	now, spent bed.Usage
}

// verdicts are the persons that were judged, in full or by their routine; at least one.
func (w *waited) verdicts() float64 {
	return max(1, w.counters["tilsyn_evaluations_total"]+w.counters["tilsyn_routine_decisions_total"])
}

// settle waits until everything that was written is committed and nothing has moved for a while.
func (r *run) settle(ctx context.Context, what string) (*waited, error) {
	w := &waited{first: time.Now(), moved: time.Now(), ledger: time.Now()}
	limit, spoke := time.After(r.patience), time.Now()
	last, lines := -1.0, int64(-1)
	for {
		asked := time.Now()
		if err := r.ask(ctx, w); err != nil {
			return nil, err
		}
		if w.counters["tilsyn_input_records_total"] == 0 {
			w.first = asked
		}
		var told int
		var reading error
		r.watcher.Now(func(s *bed.Seen) { told, reading = len(s.First)+s.Later, s.Err })
		n := w.counters["tilsyn_input_records_total"] + w.verdicts() + float64(told)
		ends, err := r.ends(ctx, topics.Outcomes)
		if err := errors.Join(err, reading); err != nil {
			return nil, err
		}
		if ends != lines {
			lines, w.ledger = ends, asked
		}
		if n != last {
			last, w.moved = n, asked
		}
		if min(asked.Sub(w.moved), asked.Sub(w.ledger)) <= 3*look {
			w.spent = w.now
		}
		if time.Since(w.moved) > rest && time.Since(w.ledger) > rest {
			done, err := r.allCommitted(ctx)
			if done || err != nil {
				return w, err
			}
		}
		if time.Since(spoke) > 10*time.Second {
			spoke = time.Now()
			fmt.Fprintf(r.progress, "  %s: %.0f records read of %d in the backlog, %d revisions told\n", what,
				w.counters["tilsyn_input_records_total"], r.job.backlog, told)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-limit:
			return nil, fmt.Errorf("%s took longer than %s; see the logs in %s", what, r.patience, r.dirs)
		case <-time.After(look):
		}
	}
}

// ask sums the counters and keeps the peaks of memory.
func (r *run) ask(ctx context.Context, w *waited) error {
	sum := map[string]float64{}
	for i, e := range r.engines {
		if err := e.Running(); err != nil {
			return err
		}
		for name, n := range e.Metrics(ctx) {
			sum[name] += n
		}
		if u, err := bed.UsageOf(e.Pid()); err == nil {
			r.peak[i] = max(r.peak[i], u.AnonMB)
		}
	}
	w.counters = sum
	var err error
	w.now, err = r.usage()
	return err
}

// ends sums the ends of a topic's partitions, as a read_committed reader sees them.
func (r *run) ends(ctx context.Context, topic string) (n int64, err error) {
	parts, err := r.client.AllPartitions(ctx, topic)
	if err != nil {
		return 0, err
	}
	ends, err := r.client.Offsets(ctx, parts, topics.LastStable)
	for _, end := range ends {
		n += end
	}
	return n, err
}

// allCommitted reports whether the group has committed the ends of the topics that most facts are in.
func (r *run) allCommitted(ctx context.Context) (bool, error) {
	parts, err := r.client.AllPartitions(ctx, topics.CardEvents, topics.GroupChanges, topics.ManualEntries)
	if err != nil {
		return false, err
	}
	ends, err := r.client.Offsets(ctx, parts, topics.LastStable)
	if err != nil {
		return false, err
	}
	at, err := r.client.Committed(ctx, strings.TrimSuffix(r.prefix, "."), parts)
	if err != nil {
		return false, err
	}
	for p, end := range ends {
		if end > 0 && at[p] < end {
			return false, nil
		}
	}
	return true, nil
}

// end stops the engines, compares with the truth, and adds what the whole run took.
func (r *run) end(days int) error {
	u, err := r.usage()
	if err != nil {
		return err
	}
	for _, e := range r.engines {
		if err := e.End(syscall.SIGTERM); err != nil {
			return err
		}
	}
	seen := r.watcher.End()
	score, err := against(&seen, r.job.truth)
	disk, peaks := int64(0), 0.0
	for i, dir := range r.dirs {
		disk += bed.SizeOf(filepath.Join(dir, "state"))
		peaks = max(peaks, r.peak[i])
	}
	r.Add("whole", "persons", float64(r.persons))
	r.Add("whole", "topics with facts", float64(len(r.job.topics)))
	r.Add("whole", "units", float64(score.Units))
	r.Add("whole", "units INDICATED in the end", float64(score.Indicated))
	r.Add("whole", "revisions", float64(len(seen.First)+seen.Later))
	r.Add("whole", "peak RSS of an engine, MB", u.PeakMB)
	r.Add("whole", "peak RSS of its own (anonymous), MB", peaks)
	r.Add("whole", "state on disk, B per person and day", float64(disk)/float64(r.persons*days))
	return err
}

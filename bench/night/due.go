package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// evening has the two passages before a night at the end of which everybody is due at once.
var evening = []slot{
	{18 * 60, 20 * 60, duty.DirectionOut, false},
	{20*60 + 30, 22*60 + 30, duty.DirectionIn, true},
}

// morning is when everybody who was out in that night is told of.
var morning = (firstDay + 1).Start() + 6*duty.Hour + 16*duty.Minute

// underThree is the same with a report at the stand before it.
var underThree = append([]slot{{15 * 60, 17 * 60, duty.DirectionUnknown, true}}, evening...)

// due measures many persons due at one instant. Everything of one evening is
// read with the clock before 23:00; then one later fact about somebody else
// moves the clock of all tasks over 06:00 and the grace after it. With that
// state the engine is then killed and started again, and built again from nothing.
// In the end the night is declared lost, and everything is withdrawn.
func (b *bench) due(ctx context.Context, j *job, prefix string) (*bed.Figures, error) {
	return b.crowd(ctx, j, prefix, func(d *dueRun) []step {
		if b.noRestarts {
			return []step{d.fill, d.burst, d.affected, d.exclude}
		}
		return []step{d.fill, d.burst, d.restart, d.rebuild, d.affected, d.exclude}
	})
}

// step is a part of a measurement, one after the other.
type step func(context.Context) error

// crowd loads one evening under a prefix of its own and takes the steps; all of it counts only if they told the truth,
// and nothing later than they provoked.
func (b *bench) crowd(ctx context.Context, j *job, prefix string, steps func(*dueRun) []step) (*bed.Figures, error) {
	j = &job{Persons: j.Persons, Nights: 1, Missing: j.Missing, Seed: j.Seed, Slots: evening, Three: j.Three}
	if j.Three {
		j.Slots = underThree
	}
	d := &dueRun{Figures: &bed.Figures{}, job: j, prefix: prefix}
	c, err := topics.Connect(ctx, topics.Config{Brokers: []string{b.broker.Address()}, Prefix: prefix})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	l, err := load(ctx, c, j, int32(b.partitions), b.progress)
	if err != nil {
		return nil, fmt.Errorf("loading: %w", err)
	}
	if d.dir, err = os.MkdirTemp(b.dir, "engine-"); err != nil {
		return nil, err
	}
	w, err := bed.Watch(ctx, c)
	if err != nil {
		return nil, err
	}
	defer w.End()
	d.run = &run{bench: b, watcher: w, client: c, loaded: l, truth: j.truth()}
	defer func() {
		if d.engine != nil {
			_ = d.engine.End(syscall.SIGKILL)
		}
	}()
	for _, step := range steps(d) {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	s := w.End()
	if s.Later != d.probes+s.Withdrawn {
		return nil, fmt.Errorf("%d later revisions, want the %d that were provoked and %d withdrawals: "+
			"a restart or rebuild says something new", s.Later, d.probes, s.Withdrawn)
	}
	return d.Figures, s.Against(d.truth)
}

// dueRun is one such measurement.
type dueRun struct {
	*run
	*bed.Figures
	job    *job
	prefix string
	dir    string
	// probes are persons who came home, one before each start.
	probes int
	next   int
}

// start starts the engine on the data directory.
func (d *dueRun) start() (err error) {
	d.engine, err = bed.StartEngine(d.engineConfig(d.prefix, d.dir))
	return err
}

// fill lets the engine read everything, with nobody due yet.
func (d *dueRun) fill(ctx context.Context) error {
	if err := d.start(); err != nil {
		return err
	}
	d.first = d.engine.Began
	err := d.wait(ctx, "reading everything", look, func() (bool, error) {
		n := d.counters["tilsyn_input_records_total"]
		if n == 0 {
			d.first = time.Now()
		} else {
			d.profile(ctx, d.engine, "fill")
		}
		if int64(n) < d.loaded.Records {
			return false, nil
		}
		if d.read.IsZero() {
			d.read = time.Now()
		}
		return d.allCommitted(ctx)
	})
	if err != nil {
		return err
	}
	if first, _, _ := d.watcher.Counts(); first > 0 {
		return fmt.Errorf("%d units were told before the clock was over 06:00", first)
	}
	d.Add("due", "persons", float64(d.job.Persons))
	d.Add("due", "records/s while filling", float64(d.loaded.Records)/d.read.Sub(d.first).Seconds())
	return d.still(ctx)
}

// still waits until the engine has nothing left to do: every task has judged up to its clock, which the
// watch covers, and nobody is judged any more. The owner of the watch commits once a second also then
// (decision 0027), so commits do not count.
func (d *dueRun) still(ctx context.Context) error {
	last, since := -1.0, time.Now()
	return d.wait(ctx, "resting", look, func() (bool, error) {
		n := d.counters["tilsyn_input_records_total"] + d.counters["tilsyn_evaluations_total"] +
			d.counters["tilsyn_routine_decisions_total"]
		caughtUp := true
		for i := range d.partitions {
			age, ok := d.counters[fmt.Sprintf("tilsyn_task_caught_up_age_seconds{task=\"%d\"}", i)]
			caughtUp = caughtUp && ok && age == 0
		}
		if n != last || !caughtUp {
			last, since = n, time.Now()
		}
		return time.Since(since) > 2*time.Second, nil
	})
}

// burst moves the clock over 06:15 and times what follows: the last first
// revision, and the last record of the ledger.
func (d *dueRun) burst(ctx context.Context) error {
	before, err := bed.UsageOf(d.engine.Pid())
	if err != nil {
		return err
	}
	d.peakAnon = 0
	d.profile(ctx, d.engine, "burst")
	began := time.Now()
	if err := d.write(ctx, topics.GroupChanges, "P-clock", groups.AppendValue(nil, &duty.GroupChange{
		ID: "clock", Version: 1, ReceivedAt: morning, PersonID: "P-clock", Group: duty.GroupExpelledJudgment,
		ValidFrom: morning,
	}), morning); err != nil {
		return err
	}
	grew, err := d.telling(ctx, "telling who was due", func(s *bed.Seen) bool { return len(s.First) >= len(d.truth) })
	if err != nil {
		return err
	}
	var lastFirst time.Time
	d.watcher.Now(func(s *bed.Seen) { lastFirst = s.LastFirst })
	after, err := bed.UsageOf(d.engine.Pid())
	if err != nil {
		return err
	}
	d.Add("due", "first revisions", float64(len(d.truth)))
	d.Add("due", "s from the clock's move to the last first revision", lastFirst.Sub(began).Seconds())
	d.Add("due", "s to the last record of the ledger", grew.Sub(began).Seconds())
	d.Add("due", "engine CPU s", after.CPU-before.CPU)
	d.Add("due", "peak RSS since the start, MB", after.PeakMB)
	d.Add("due", "peak RSS of its own in the burst (anonymous), MB", d.peakAnon)
	d.Add("due", "state on disk, B/person", float64(bed.SizeOf(filepath.Join(d.dir, "state")))/float64(d.job.Persons))
	return d.still(ctx)
}

// restart kills the engine and starts it again. It measures until the revision that follows from a
// record written in between, so that joining the group, recovery, reading, judging and the
// transaction are all included.
func (d *dueRun) restart(ctx context.Context) error {
	if err := d.engine.End(syscall.SIGKILL); err != nil {
		return err
	}
	took, ready, err := d.probe(ctx)
	if err != nil {
		return err
	}
	d.Add("restart", "s from process start to ready, after kill -9", ready)
	d.Add("restart", "s from process start to the first new record told", took)
	return d.still(ctx)
}

// rebuild deletes the state but keeps the identity of the instance.
func (d *dueRun) rebuild(ctx context.Context) error {
	if err := d.engine.End(syscall.SIGTERM); err != nil {
		return err
	}
	state := filepath.Join(d.dir, "state")
	entries, err := os.ReadDir(state)
	if err != nil {
		return err
	}
	forgotten := int64(0)
	for _, e := range entries {
		if dir := filepath.Join(state, e.Name()); e.IsDir() {
			forgotten += bed.SizeOf(dir)
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	if forgotten == 0 {
		return fmt.Errorf("there is no state below %s to be forgotten", state)
	}
	took, ready, err := d.probe(ctx)
	if err != nil {
		return err
	}
	d.Add("rebuild", "s from process start to ready, state built again from the topics", ready)
	d.Add("rebuild", "s from process start to the first new record told", took)
	if u, err := bed.UsageOf(d.engine.Pid()); err == nil {
		d.Add("rebuild", "peak RSS, MB", u.PeakMB)
	}
	return d.still(ctx)
}

// probe writes that somebody who was out came home, starts the engine, and waits for the revision
// that follows from it.
func (d *dueRun) probe(ctx context.Context) (took, ready float64, err error) {
	for !d.job.missed(d.next, 0) {
		if d.next++; d.next >= d.job.Persons {
			return 0, 0, errors.New("nobody is out: give more -persons or -missing")
		}
	}
	name := person(d.next)
	d.next++
	d.probes++
	home := (firstDay + 1).Start() + 10*duty.Hour + duty.Instant(d.probes)*duty.Minute
	if err := d.write(ctx, topics.CardEvents, name, cardEvents.AppendValue(nil, &duty.CardEvent{
		ID: "home" + name, Version: 1, ReceivedAt: home, PersonID: duty.Some(name), CardID: "C" + name[1:],
		CardType: duty.CardTypeBiometric, CentreID: centre, DeviceID: device, DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: home,
	}), home); err != nil {
		return 0, 0, err
	}
	if err := d.start(); err != nil {
		return 0, 0, err
	}
	err = d.wait(ctx, "telling that somebody came home", 10*time.Millisecond, func() (bool, error) {
		if ready == 0 && d.engine.Get(ctx, "/readyz") != nil {
			ready = time.Since(d.engine.Began).Seconds()
		}
		_, later, err := d.watcher.Counts()
		return later >= d.probes && ready > 0, err
	})
	d.watcher.Now(func(s *bed.Seen) { took = s.Newest.Sub(d.engine.Began).Seconds() })
	return took, ready, err
}

func (d *dueRun) write(ctx context.Context, topic, key string, value []byte, at duty.Instant) error {
	_, err := d.client.NewProducer(topics.ProducerConfig{}).Produce(ctx, []topics.Out{
		{Topic: topic, Partition: topics.ByKey, Key: []byte(key), Value: value, Timestamp: int64(at)},
	})
	return err
}

// wait looks at intervals until done returns true. It keeps the counters and the memory in use.
func (d *dueRun) wait(ctx context.Context, what string, every time.Duration, done func() (bool, error)) error {
	limit := time.After(d.patience)
	for n := 0; ; n++ {
		if err := d.engine.Running(); err != nil {
			return err
		}
		if every >= look {
			if m := d.engine.Metrics(ctx); m != nil {
				d.counters = m
			}
			if u, err := bed.UsageOf(d.engine.Pid()); err == nil {
				d.peakAnon = max(d.peakAnon, u.AnonMB)
			}
		}
		ok, err := done()
		if ok || err != nil {
			return err
		}
		if every >= look && n%50 == 49 {
			first, later, _ := d.watcher.Counts()
			fmt.Fprintf(d.progress, "  %s: %.0f records read, %d of %d first revisions, %d later, %.0f MB of its own\n",
				what, d.counters["tilsyn_input_records_total"], first, len(d.truth), later, d.peakAnon)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-limit:
			return fmt.Errorf("%s took longer than %s; see %s", what, d.patience, d.engine.LogName())
		case <-time.After(every):
		}
	}
}

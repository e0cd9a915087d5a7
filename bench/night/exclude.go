package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// exclude declares the night lost at the centre: everybody is touched, and whoever was told is owed the
// withdrawal at once. It times the last one that can be read; the ledger follows at leisure.
func (d *dueRun) exclude(ctx context.Context) error {
	before, err := usageOf(d.engine.cmd.Process.Pid)
	if err != nil {
		return err
	}
	d.peakAnon = 0
	at := (firstDay + 1).Start() + 12*duty.Hour
	d.profile(ctx, d.engine, "exclusion")
	began := time.Now()
	if err := d.write(ctx, topics.Exclusions, centre, exclusions.AppendValue(nil, &duty.Exclusion{
		ID: "lost", Version: 1, ReceivedAt: at, ExclusionID: "lost", CentreID: centre,
		FromDate: firstDay, ToDate: firstDay + 1, Status: duty.ExclusionStatusDeclared, Reason: "lost",
		DeclaredBy: "officer 1", ApprovedBy: "officer 2", DeclaredAt: at,
	}), at); err != nil {
		return err
	}
	err = d.wait(ctx, "withdrawing what was told", look, func() (bool, error) {
		d.watcher.mu.Lock()
		defer d.watcher.mu.Unlock()
		return d.watcher.seen.Withdrawn >= len(d.truth), d.watcher.seen.Err
	})
	if err != nil {
		return err
	}
	after, err := usageOf(d.engine.cmd.Process.Pid)
	if err != nil {
		return err
	}
	d.watcher.mu.Lock()
	s := d.watcher.seen
	d.watcher.mu.Unlock()
	if s.Withdrawn != len(d.truth) {
		return fmt.Errorf("%d units were withdrawn of %d that were told", s.Withdrawn, len(d.truth))
	}
	d.add("exclusion", "persons touched", float64(d.job.Persons))
	d.add("exclusion", "units that were told", float64(len(d.truth)))
	d.add("exclusion", "s from the declaration to the first readable withdrawal", s.FirstGone.Sub(began).Seconds())
	d.add("exclusion", "s to the last readable withdrawal", s.LastGone.Sub(began).Seconds())
	d.add("exclusion", "engine CPU s", after.CPU-before.CPU)
	d.add("exclusion", "peak RSS since the start, MB", after.PeakMB)
	d.add("exclusion", "peak RSS of its own meanwhile (anonymous), MB", d.peakAnon)
	if d.engine.running() != nil {
		return errors.New("the engine ended meanwhile")
	}
	return d.engine.end(syscall.SIGKILL) // the ledger of everybody is not waited for
}

// exclusions is the schema of what is written here.
var exclusions = schemaOf(topics.Exclusions)

// telling waits until enough is told and the ledger has not grown for a while. It returns when the
// ledger grew last.
func (d *dueRun) telling(ctx context.Context, what string, enough func(*seen) bool) (grew time.Time, err error) {
	parts, err := d.client.AllPartitions(ctx, topics.Outcomes)
	if err != nil {
		return grew, err
	}
	var rows int64
	grew = time.Now()
	err = d.wait(ctx, what, look, func() (bool, error) {
		ends, err := d.client.Offsets(ctx, parts, topics.LastStable)
		if err != nil {
			return false, err
		}
		var n int64
		for _, end := range ends {
			n += end
		}
		if n != rows {
			rows, grew = n, time.Now()
		}
		d.watcher.mu.Lock()
		defer d.watcher.mu.Unlock()
		return enough(&d.watcher.seen) && time.Since(grew) > 3*time.Second, d.watcher.seen.Err
	})
	return grew, err
}

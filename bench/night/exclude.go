package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// exclude declares the night lost at the centre: everybody is touched, and whoever was told is owed the
// withdrawal at once. It times the last one that can be read; the ledger follows at leisure.
func (d *dueRun) exclude(ctx context.Context) error {
	before, err := bed.UsageOf(d.engine.Pid())
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
		done, err := false, error(nil)
		d.watcher.Now(func(s *bed.Seen) { done, err = s.Withdrawn >= len(d.truth), s.Err })
		return done, err
	})
	if err != nil {
		return err
	}
	after, err := bed.UsageOf(d.engine.Pid())
	if err != nil {
		return err
	}
	var s bed.Seen
	d.watcher.Now(func(now *bed.Seen) { s = *now })
	if s.Withdrawn != len(d.truth) {
		return fmt.Errorf("%d units were withdrawn of %d that were told", s.Withdrawn, len(d.truth))
	}
	d.Add("exclusion", "persons touched", float64(d.job.Persons))
	d.Add("exclusion", "units that were told", float64(len(d.truth)))
	d.Add("exclusion", "s from the declaration to the first readable withdrawal", s.FirstGone.Sub(began).Seconds())
	d.Add("exclusion", "s to the last readable withdrawal", s.LastGone.Sub(began).Seconds())
	d.Add("exclusion", "engine CPU s", after.CPU-before.CPU)
	d.Add("exclusion", "peak RSS since the start, MB", after.PeakMB)
	d.Add("exclusion", "peak RSS of its own meanwhile (anonymous), MB", d.peakAnon)
	d.profiling.Wait()
	if d.engine.Running() != nil {
		return errors.New("the engine ended meanwhile")
	}
	return d.engine.End(syscall.SIGKILL) // the ledger of everybody is not waited for
}

// exclusions is the schema of what is written here.
var exclusions = schemaOf(topics.Exclusions)

// telling waits until enough is told and the ledger has not grown for a while. It returns when the
// ledger grew last.
func (d *dueRun) telling(ctx context.Context, what string, enough func(*bed.Seen) bool) (grew time.Time, err error) {
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
		done := false
		d.watcher.Now(func(s *bed.Seen) { done, err = enough(s) && time.Since(grew) > 3*time.Second, s.Err })
		return done, err
	})
	return grew, err
}

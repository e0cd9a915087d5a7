package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// seen is what a read_committed reader has seen of violations.
type seen struct {
	// First are units by the status of their first revision.
	First map[string]duty.Status
	// LastFirst is when the last first revision could be read.
	LastFirst time.Time
	// Later are later revisions, Newest is when the last record could be read.
	Later  int
	Newest time.Time
	// Withdrawn are units that are withdrawn, FirstGone and LastGone when the first and the last
	// withdrawal could be read.
	Withdrawn           int
	FirstGone, LastGone time.Time
	// Gaps are revisions that do not follow the one before.
	Gaps int
	Err  error
}

// watcher reads violations beside the engine.
type watcher struct {
	mu   sync.Mutex
	seen seen
	rev  map[string]int32 // newest revision by unit
	stop context.CancelFunc
	done chan struct{}
}

// watch reads violations as they become readable, from the beginning.
func watch(ctx context.Context, c *topics.Client) (*watcher, error) {
	parts, err := c.AllPartitions(ctx, topics.Violations)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	w := &watcher{rev: map[string]int32{}, stop: stop, done: make(chan struct{}),
		seen: seen{First: map[string]duty.Status{}}}
	positions := make([]topics.Position, len(parts))
	for i, p := range parts {
		positions[i] = topics.Position{Topic: p.Topic, Partition: p.Partition}
	}
	go func() {
		defer close(w.done)
		f := c.NewFetcher(topics.FetchOptions{MaxWait: 20 * time.Millisecond})
		for ctx.Err() == nil {
			got, err := f.Fetch(ctx, positions)
			if err == nil {
				err = w.take(got, positions)
			}
			if err != nil && ctx.Err() == nil {
				w.mu.Lock()
				w.seen.Err = fmt.Errorf("reading violations: %w", err)
				w.mu.Unlock()
				return
			}
		}
	}()
	return w, nil
}

func (w *watcher) take(got []topics.Fetched, positions []topics.Position) error {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	var v duty.Violation
	for i := range got {
		err := got[i].Each(func(r *topics.Record) error {
			_, body, err := schemas.SplitFrame(r.Value)
			if err != nil {
				return err
			}
			v = duty.Violation{}
			if _, err := schemas.DecodeViolation(body, &v); err != nil {
				return err
			}
			w.one(&v, now)
			return nil
		})
		if err != nil {
			return err
		}
		for k := range positions {
			if positions[k].TopicPartition() == got[i].TopicPartition {
				positions[k].Offset = got[i].Next
			}
		}
	}
	return nil
}

func (w *watcher) one(v *duty.Violation, now time.Time) {
	w.seen.Newest = now
	if v.Revision != w.rev[v.UnitID]+1 {
		w.seen.Gaps++
	}
	w.rev[v.UnitID] = v.Revision
	if v.Revision > 1 {
		w.seen.Later++
		if v.Status == duty.StatusWithdrawn {
			if w.seen.Withdrawn++; w.seen.FirstGone.IsZero() {
				w.seen.FirstGone = now
			}
			w.seen.LastGone = now
		}
		return
	}
	w.seen.First[v.UnitID] = v.Status
	w.seen.LastFirst = now
}

// counts returns the numbers of first and later revisions so far.
func (w *watcher) counts() (first, later int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.seen.First), w.seen.Later, w.seen.Err
}

// end stops the reader and returns what it saw.
func (w *watcher) end() seen {
	w.stop()
	<-w.done
	return w.seen
}

// against compares the first revisions with the truth and says what differs.
func (s *seen) against(truth map[string]bool) error {
	missing, other, extra := 0, 0, 0
	for unit := range truth {
		switch st, ok := s.First[unit]; {
		case !ok:
			missing++
		case st != duty.StatusIndicated:
			other++
		}
	}
	for unit := range s.First {
		if !truth[unit] {
			extra++
		}
	}
	if missing+other+extra+s.Gaps > 0 {
		return fmt.Errorf("the run does not count: of %d breaches %d were not told and %d first as something else, "+
			"%d units were told that are none, %d revisions out of turn",
			len(truth), missing, other, extra, s.Gaps)
	}
	return nil
}

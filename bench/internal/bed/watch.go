package bed

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// Seen is what a read_committed reader has seen of violations.
type Seen struct {
	// First are units by the status of their first revision, Last by that of their newest.
	First, Last map[string]duty.Status
	// LastFirst is when the last first revision could be read.
	LastFirst time.Time
	// Later are later revisions, Newest is when the last record could be read.
	Later  int
	Newest time.Time
	// Withdrawn are units that are withdrawn, FirstGone and LastGone when the first and the last
	// withdrawal could be read.
	Withdrawn           int
	FirstGone, LastGone time.Time
	// Gone is when the withdrawal of a unit could be read, by unit.
	Gone map[string]time.Time
	// Gaps are revisions that do not follow the one before.
	Gaps int
	Err  error
}

// Watcher reads violations beside the engine.
type Watcher struct {
	mu   sync.Mutex
	seen Seen
	rev  map[string]int32 // newest revision by unit
	stop context.CancelFunc
	done chan struct{}
}

// Watch reads violations as they become readable, from the beginning.
func Watch(ctx context.Context, c *topics.Client) (*Watcher, error) {
	parts, err := c.AllPartitions(ctx, topics.Violations)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	w := &Watcher{rev: map[string]int32{}, stop: stop, done: make(chan struct{}),
		seen: Seen{First: map[string]duty.Status{}, Last: map[string]duty.Status{}, Gone: map[string]time.Time{}}}
	go func() {
		defer close(w.done)
		if err := Follow(ctx, c, parts, &w.mu, w.take); err != nil {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.seen.Err = fmt.Errorf("reading violations: %w", err)
		}
	}()
	return w, nil
}

// take takes in a record.
func (w *Watcher) take(r *topics.Record, at time.Time) error {
	_, body, err := schemas.SplitFrame(r.Value)
	if err != nil {
		return err
	}
	v := duty.Violation{}
	if _, err := schemas.DecodeViolation(body, &v); err != nil {
		return err
	}
	w.one(&v, at)
	return nil
}

func (w *Watcher) one(v *duty.Violation, now time.Time) {
	w.seen.Newest = now
	if v.Revision != w.rev[v.UnitID]+1 {
		w.seen.Gaps++
	}
	w.rev[v.UnitID] = v.Revision
	w.seen.Last[v.UnitID] = v.Status
	if v.Revision > 1 {
		w.seen.Later++
		if v.Status == duty.StatusWithdrawn {
			if w.seen.Withdrawn++; w.seen.FirstGone.IsZero() {
				w.seen.FirstGone = now
			}
			w.seen.LastGone, w.seen.Gone[v.UnitID] = now, now
		}
		return
	}
	w.seen.First[v.UnitID] = v.Status
	w.seen.LastFirst = now
}

// Counts returns the numbers of first and later revisions so far.
func (w *Watcher) Counts() (first, later int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.seen.First), w.seen.Later, w.seen.Err
}

// Now calls f with what was seen so far, which f must not keep.
func (w *Watcher) Now(f func(*Seen)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(&w.seen)
}

// End stops the reader and returns what it saw.
func (w *Watcher) End() Seen {
	w.stop()
	<-w.done
	return w.seen
}

// Against compares the first revisions with the truth and says what differs.
func (s *Seen) Against(truth map[string]bool) error {
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

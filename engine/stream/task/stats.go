package task

import (
	"sync/atomic"
	"time"

	"tilsyn/engine/duty"
)

// Stats are the counters of one engine, safe for concurrent use. They carry no
// personal data.
//
// Many fields: one for each thing that is counted.
type Stats struct {
	// Unstamped counts input records with their producers' timestamps, if these are not
	// trusted.
	Unstamped atomic.Int64
	// Records counts input records read, FetchedBytes the bytes of their keys and values,
	// Parked rows without a person, DeadLetters records that were sent to the dead letters,
	// HandedOver facts given to tasks of other partitions.
	Records, FetchedBytes, Parked, DeadLetters, HandedOver atomic.Int64
	// Moved counts versions that every task keeps, since others of the same fact lie elsewhere
	// (moved.go).
	Moved atomic.Int64
	// Contested counts names of facts that came under two keys (contested.go).
	Contested atomic.Int64
	// Looks counts how often the owner of the watch looked, and said what it saw.
	Looks atomic.Int64
	// Evaluations counts full evaluations, Routine decisions by routine without one, Held units
	// held back until caught up, Frozen revisions that the floor of the history suppressed,
	// Refused records or units that output validation refused, Faults evaluations that
	// panicked, Carried evaluations that were enough without the units before (carried.go).
	Evaluations, Routine, Held, Frozen, Refused, Faults, Carried atomic.Int64
	// Commits counts transactions, Recoveries starts and restarts of tasks, Rebuilds local
	// states built again from the topics, Fenced tasks that another instance has taken over,
	// DiskFull cycles that found no space.
	Commits, Recoveries, Rebuilds, Fenced, DiskFull atomic.Int64
	// Snapshots counts recoveries that began from a snapshot.
	Snapshots atomic.Int64
	// Hanging is how many partitions cannot be read further now because of an open transaction.
	Hanging atomic.Int64
	// HeldBack is how many units are held back now, by reason (held.go).
	HeldBack [heldKinds]atomic.Int64
	// Letters counts dead letters by topic and reason.
	Letters letters
	// Indicated, NeedsReview and Withdrawn count revisions by status.
	Indicated, NeedsReview, Withdrawn atomic.Int64

	// Recalls counts records of recalls written, RecallsOpen is how many recalls are open now, and
	// RecallsOverdue how many units wait for too long, once for each consumer.
	Recalls, RecallsOpen, RecallsOverdue atomic.Int64
	// Reports counts control reports written. Nowhere is how many units were due and nowhere when the
	// accounts were last taken, Unjudged how many duties bind somebody at a centre and were not judged.
	// Overseen counts such looks.
	Reports, Nowhere, Unjudged, Overseen atomic.Int64
	// Summaries counts case summaries written.
	Summaries atomic.Int64
	// Revisions counts revisions by kind and status.
	Revisions [Kinds][Statuses]atomic.Int64
	// Cycles times the cycles in which something was done, Transactions those that were ended,
	// committed or not.
	Cycles, Transactions Histogram
}

// Kinds and Statuses are the numbers of values of duty.Kind and duty.Status.
const (
	Kinds    = int(duty.KindReport) + 1
	Statuses = int(duty.StatusWithdrawn) + 1
)

// told counts a revision.
func (s *Stats) told(v *duty.Violation) {
	switch v.Status {
	case duty.StatusIndicated:
		s.Indicated.Add(1)
	case duty.StatusNeedsReview:
		s.NeedsReview.Add(1)
	case duty.StatusWithdrawn:
		s.Withdrawn.Add(1)
	}
	if int(v.Kind) < Kinds && int(v.Status) < Statuses {
		s.Revisions[v.Kind][v.Status].Add(1)
	}
}

// buckets are the upper bounds of a histogram: what is quick, what an operator would notice,
// and what is wrong.
var buckets = [...]time.Duration{
	time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond,
	5 * time.Second, 10 * time.Second, 30 * time.Second,
}

// Histogram counts durations. Adding costs two atomic additions. It is read without a lock, so
// a reader may see an addition in one number and not yet in the other.
type Histogram struct {
	counts [len(buckets) + 1]atomic.Uint64
	nanos  atomic.Int64
}

// Add counts one duration.
func (h *Histogram) Add(d time.Duration) {
	i := 0
	for i < len(buckets) && d > buckets[i] {
		i++
	}
	h.counts[i].Add(1)
	h.nanos.Add(int64(d))
}

// Totals returns how many durations there were, their sum in seconds, and for each bound in
// seconds how many were at most that long.
func (h *Histogram) Totals() (count uint64, sum float64, below map[float64]uint64) {
	below = make(map[float64]uint64, len(buckets))
	for i := range h.counts {
		count += h.counts[i].Load()
		if i < len(buckets) {
			below[buckets[i].Seconds()] = count
		}
	}
	return count, time.Duration(h.nanos.Load()).Seconds(), below
}

package task

import (
	"sync/atomic"
	"time"

	"tilsyn/engine/duty"
)

// Stats are the counters of one engine, safe for concurrent use. They carry no
// personal data.
type Stats struct {
	// Records are input records read, FetchedBytes their keys and values, Parked
	// rows without a person, DeadLetters records that could not be read, HandedOver
	// facts given to tasks of other partitions.
	// Unstamped are input records with their producers' time, where that is not
	// trusted.
	Unstamped                                              atomic.Int64
	Records, FetchedBytes, Parked, DeadLetters, HandedOver atomic.Int64
	// Moved counts versions of facts whose earlier ones lie elsewhere (moved.go).
	Moved atomic.Int64
	// Contested counts names of facts that came under two keys (contested.go).
	Contested atomic.Int64
	// Evaluations are verdicts on persons, Routine persons that their routine
	// decided without one, Held units held back until caught up, Frozen revisions
	// that the floor of the history kept from being told,
	// Refused units that output validation refused, Faults verdicts that failed
	// by a fault of the program.
	Evaluations, Routine, Held, Frozen, Refused, Faults atomic.Int64
	// Commits are transactions, Recoveries starts and restarts of tasks,
	// Rebuilds of local states from the topics, Fenced tasks that another
	// instance has taken over, DiskFull cycles that found no space.
	Commits, Recoveries, Rebuilds, Fenced, DiskFull atomic.Int64
	// Snapshots are recoveries that began from a snapshot.
	Snapshots atomic.Int64
	// Hanging are the partitions behind whose open transaction nothing can be
	// read, now.
	Hanging atomic.Int64
	// HeldBack are units that are held now, by what (letters.go).
	HeldBack [heldKinds]atomic.Int64
	// Letters are dead letters by topic and reason.
	Letters letters
	// Indicated, NeedsReview and Withdrawn are revisions by status.
	Indicated, NeedsReview, Withdrawn atomic.Int64

	// Revisions count by kind and status.
	Revisions [Kinds][Statuses]atomic.Int64
	// Cycles are those in which something was done, transactions those that were
	// committed or not.
	Cycles, Transactions Histogram
}

// The sizes of a table by duty.Kind and duty.Status.
const (
	Kinds    = int(duty.KindReport) + 1
	Statuses = int(duty.StatusWithdrawn) + 1
)

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

// buckets are upper bounds of a histogram: what is quick, what an operator
// would notice, and what is wrong.
var buckets = [...]time.Duration{
	time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond,
	5 * time.Second, 10 * time.Second, 30 * time.Second,
}

// Histogram counts durations. It costs two additions and is read without a
// lock, so that a reader may see one more here than there.
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

// Totals returns how many there were, their sum in seconds, and how many were at
// most as long as each bound in seconds.
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

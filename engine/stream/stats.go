package stream

import (
	"sync/atomic"

	"tilsyn/engine/duty"
)

// Stats are the counters of one engine, safe for concurrent use. They carry no
// personal data.
type Stats struct {
	// Records are input records read, Parked rows without a person, DeadLetters
	// records that could not be read.
	Records, Parked, DeadLetters atomic.Int64
	// Evaluations are verdicts on persons, Held units held back until caught up,
	// Refused units that output validation refused, Faults verdicts that failed
	// by a fault of the program.
	Evaluations, Held, Refused, Faults atomic.Int64
	// Commits are transactions, Recoveries starts and restarts of tasks,
	// Rebuilds of local states from the topics.
	Commits, Recoveries, Rebuilds atomic.Int64
	// Indicated, NeedsReview and Withdrawn are revisions by status.
	Indicated, NeedsReview, Withdrawn atomic.Int64
}

func (s *Stats) told(status duty.Status) {
	switch status {
	case duty.StatusIndicated:
		s.Indicated.Add(1)
	case duty.StatusNeedsReview:
		s.NeedsReview.Add(1)
	case duty.StatusWithdrawn:
		s.Withdrawn.Add(1)
	}
}

package task

import (
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// ReportEvery is how often a task says how it stands, at most.
const ReportEvery = time.Second

// Lag is how far a task is behind in one topic.
type Lag struct {
	// Records have been written and not read, by the ends asked for last.
	Records int64
	// Seconds are between the newest record read and the task's clock; 0 where
	// everything is read, and where nothing of the topic was read yet.
	Seconds float64
}

// TaskReport is how a task stands. It never changes once made; it names nobody.
type TaskReport struct {
	Clock, CaughtUp duty.Instant
	// NextDue is when the next person is due, at the earliest.
	NextDue duty.Instant
	Lags    map[string]Lag
	// Persons are in memory, due are those of them that are.
	Persons, Due int
	// Urgent wait to be evaluated at once, sweeps are not over.
	Urgent, Sweeps int
	Seq            int64
	// Ahead is how far the machine's clock is ahead of the brokers', where that
	// is known; unsure is true where it has to be and is not.
	Ahead              duty.Instant
	AheadKnown, Unsure bool
	// Unheard is true where the other tasks have not handed over again yet.
	Unheard bool
	// Stands says why caught_up stands; empty where it does not.
	Stands string
	// Unwatched are centres whose silence nothing proves.
	Unwatched []string
	Letters   DeadLetters
}

// report says how the task stands. It is called from the task's goroutine.
func (t *Task) report() *TaskReport {
	r := &TaskReport{
		Clock: t.At.Clock, CaughtUp: t.At.CaughtUp, NextDue: fromStored(t.store.NextDue()), Seq: t.At.Seq,
		Urgent: len(t.urgent), Sweeps: len(t.At.Sweeps), Persons: len(t.roster.entries), Lags: map[string]Lag{},
	}
	r.Ahead, r.AheadKnown = t.ahead()
	r.Unsure = t.confirms() && !r.AheadKnown
	r.Stands, r.Unheard = t.Stands(), t.At.Unheard
	r.Unwatched = t.centreLines.unwatched
	r.Letters = t.letters.report()
	for i := range t.roster.entries {
		if t.roster.entries[i].next <= t.At.CaughtUp {
			r.Due++
		}
	}
	newest := func(p broker.Partition) (duty.Instant, bool) {
		if at, ok := t.newest.get(p); ok || t.snap == nil {
			return at, ok
		}
		at, ok := t.snap.NewestBy[p]
		return at, ok
	}
	for p, end := range t.ends {
		l := r.Lags[p.Topic]
		if behind := end - t.position(p); behind > 0 {
			l.Records += behind
			if at, ok := newest(p); ok && at < t.At.Clock {
				l.Seconds = max(l.Seconds, float64(t.At.Clock-at)/1000)
			}
		}
		r.Lags[p.Topic] = l
	}
	return r
}

// State is what others may know of a task that runs. The report is made anew
// once a second.
func (t *Task) State(before TaskState) TaskState {
	now := time.Now()
	s := TaskState{Live: true, quiet: t.Quiet(), CaughtUp: t.At.CaughtUp, Seen: now, Report: before.Report, reported: before.reported}
	if s.Report == nil || now.Sub(s.reported) >= ReportEvery {
		s.Report, s.reported = t.report(), now
	}
	return s
}

// TaskState is what others may know of a task.
type TaskState struct {
	Live     bool
	quiet    bool
	CaughtUp duty.Instant
	// Seen is when the task last finished a cycle.
	Seen time.Time
	// Trouble is why a task that is not live failed last, without personal data.
	Trouble string
	// Report is how the task stood at reported.
	Report   *TaskReport
	reported time.Time
}

// Stands says why the task may accuse nobody though it runs; empty where it may.
func (t *TaskState) Stands() string {
	if t.Report == nil {
		return ""
	}
	return t.Report.Stands
}

package task

import (
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// ReportEvery is the shortest time between two reports of a task.
const ReportEvery = time.Second

// Lag is how far a task is behind in one topic.
type Lag struct {
	// Records is how many have been written and not read, by the ends last asked for.
	Records int64
	// Seconds lie between the newest record read and the task's clock; 0 if everything is read,
	// or nothing of the topic was read yet.
	Seconds float64
}

// TaskReport says how a task stands. It never changes once made, and names nobody.
//
// Many fields: one for each thing that is shown of a task.
type TaskReport struct {
	// Clock is the task's clock, CaughtUp its watermark.
	Clock, CaughtUp duty.Instant
	// Covered is the clock up to which the owner of the watch vouches for what was registered, as far as
	// the task has read it; duty.Beginning before the first word of it.
	Covered duty.Instant
	// NextDue is the earliest time at which a person is due.
	NextDue duty.Instant
	// Lags are by topic.
	Lags map[string]Lag
	// Persons is how many are in memory, Due how many of them are due.
	Persons, Due int
	// Urgent is how many persons wait to be evaluated at once, Sweeps how many sweeps are not
	// over, and Seq the number of commits.
	Urgent, Sweeps int
	Seq            int64
	// Ahead is how far the machine's clock is ahead of the brokers', if AheadKnown. Unsure is
	// true if that must be known and is not.
	Ahead              duty.Instant
	AheadKnown, Unsure bool
	// Unheard is true until the other tasks have handed over again.
	Unheard bool
	// Stands says why caught_up stands still; empty if it does not.
	Stands string
	// Feeds are the supervised feeds, Silent those of them for whose silence nobody is accused whom
	// they cover (REL-06).
	Feeds, Silent []duty.FeedBeat
	// Letters are the dead letters.
	Letters DeadLetters
}

// report says how the task stands. It must be called from the task's goroutine.
func (t *Task) report() *TaskReport {
	r := &TaskReport{
		Clock: t.at.Clock, CaughtUp: t.at.CaughtUp, NextDue: fromStored(t.store.NextDue()), Seq: t.at.Seq,
		Urgent: len(t.urgent.ids), Sweeps: len(t.at.Sweeps), Persons: len(t.roster.entries), Lags: map[string]Lag{},
	}
	_, r.Covered = t.covered()
	r.Ahead, r.AheadKnown = t.watermark.Ahead()
	r.Unsure = t.watermark.Unsure()
	r.Stands, r.Unheard = t.Stands(), t.at.Unheard
	r.Letters = t.beside.letters.report()
	if t.picture != nil {
		r.Feeds, r.Silent = t.picture.Feeds, t.silentFeeds(t.at.CaughtUp)
	}
	for i := range t.roster.entries {
		if t.roster.entries[i].next <= t.at.CaughtUp {
			r.Due++
		}
	}
	t.watermark.Behind(func(p broker.Partition, records int64) {
		l := r.Lags[p.Topic]
		l.Records += records
		if at, ok := t.watermark.Newest(p); ok && records > 0 && at < t.at.Clock {
			l.Seconds = max(l.Seconds, float64(t.at.Clock-at)/1000)
		}
		r.Lags[p.Topic] = l
	})
	return r
}

// State returns what others may know of a running task. It makes the report anew every
// ReportEvery and otherwise takes it over from before.
func (t *Task) State(before TaskState) TaskState {
	now := time.Now()
	s := TaskState{Live: true, AtRest: t.AtRest(), CaughtUp: t.at.CaughtUp, Seen: now, Report: before.Report,
		reported: before.reported}
	if s.Report == nil || now.Sub(s.reported) >= ReportEvery {
		s.Report, s.reported = t.report(), now
	}
	return s
}

// TaskState is what others may know of a task. Live is true while it runs.
type TaskState struct {
	Live bool
	// AtRest is true if nothing that has come waits to be read, judged or said.
	AtRest   bool
	CaughtUp duty.Instant
	// Seen is when the task last finished a cycle.
	Seen time.Time
	// Trouble is why a task that is not live last failed, without personal data.
	Trouble string
	// Report says how the task stood at the time reported.
	Report   *TaskReport
	reported time.Time
}

// Stands says why the task may accuse nobody although it runs; empty if it may.
func (t *TaskState) Stands() string {
	if t.Report == nil {
		return ""
	}
	return t.Report.Stands
}

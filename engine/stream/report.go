package stream

import (
	"errors"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/state"
)

// reportEvery is how often a task says how it stands, at most.
const reportEvery = time.Second

// lag is how far a task is behind in one topic.
type lag struct {
	// records have been written and not read, by the ends asked for last.
	records int64
	// seconds are between the newest record read and the task's clock; 0 where
	// everything is read, and where nothing of the topic was read yet.
	seconds float64
}

// taskReport is how a task stands. It never changes once made; it names nobody.
type taskReport struct {
	clock, caughtUp duty.Instant
	// nextDue is when the next person is due, at the earliest.
	nextDue duty.Instant
	lags    map[string]lag
	// persons are in memory, due are those of them that are.
	persons, due int
	// urgent wait to be evaluated at once, sweeps are not over.
	urgent, sweeps int
	seq            int64
	// ahead is how far the machine's clock is ahead of the brokers', where that
	// is known; unsure is true where it has to be and is not.
	ahead              duty.Instant
	aheadKnown, unsure bool
	// unheard is true where the other tasks have not handed over again yet.
	unheard bool
	// stands says why caught_up stands; empty where it does not.
	stands string
	// unwatched are centres whose silence nothing proves.
	unwatched []string
	letters   DeadLetters
}

// report says how the task stands. It is called from the task's goroutine.
func (t *Task) report() *taskReport {
	r := &taskReport{
		clock: t.at.Clock, caughtUp: t.at.CaughtUp, nextDue: fromStored(t.store.NextDue()), seq: t.at.Seq,
		urgent: len(t.urgent), sweeps: len(t.at.Sweeps), persons: len(t.roster.entries), lags: map[string]lag{},
	}
	r.ahead, r.aheadKnown = t.ahead()
	r.unsure = t.confirms() && !r.aheadKnown
	r.stands, r.unheard = t.stands(), t.at.Unheard
	r.unwatched = t.centreLines.unwatched
	r.letters = t.letters.report()
	for i := range t.roster.entries {
		if t.roster.entries[i].next <= t.at.CaughtUp {
			r.due++
		}
	}
	newest := func(p Partition) (duty.Instant, bool) {
		if at, ok := t.newest.get(p); ok || t.snap == nil {
			return at, ok
		}
		at, ok := t.snap.newest[p]
		return at, ok
	}
	for p, end := range t.ends {
		l := r.lags[p.Topic]
		if behind := end - t.position(p); behind > 0 {
			l.records += behind
			if at, ok := newest(p); ok && at < t.at.Clock {
				l.seconds = max(l.seconds, float64(t.at.Clock-at)/1000)
			}
		}
		r.lags[p.Topic] = l
	}
	return r
}

// state is what others may know of a task that runs. The report is made anew
// once a second.
func (t *Task) state(before taskState) taskState {
	now := time.Now()
	s := taskState{live: true, quiet: t.Quiet(), caughtUp: t.at.CaughtUp, seen: now, report: before.report, reported: before.reported}
	if s.report == nil || now.Sub(s.reported) >= reportEvery {
		s.report, s.reported = t.report(), now
	}
	return s
}

// noteTrouble keeps why a task is not live for who asks. A disk that is full is
// no fault of the program: the task is taken up again when there is space.
func (e *engine) noteTrouble(task int32, err error) {
	if errors.Is(err, state.ErrDiskFull) {
		e.cfg.Stats.DiskFull.Add(1)
	}
	e.status.set(task, taskState{trouble: err.Error()})
}

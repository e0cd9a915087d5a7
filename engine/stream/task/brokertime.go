package task

import (
	"context"
	"fmt"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// The clock that may accuse is confirmed by the brokers (decision 0008). What is
// in a log by some time is a question of the brokers' time, which stamps the
// records: an engine whose machine runs hours ahead in the evening would take
// 06:00 for past and accuse who is not home yet. So caught_up never passes what a
// broker has shown: the stamp of a record of the task's own on task-commits, read
// back, and the time that has gone by since it was written, which the machine
// counts without looking at its clock. Reading and clearing do not wait for that.

const (
	// clockTolerance is up to how far the machine's clock may be off the brokers'
	// before it is said aloud; above that, facts are CLOCK_OFFSET too.
	clockTolerance = futureLimit
	// confirmAgain is how far behind the machine's clock the brokers' time may
	// seem before the task asks for it with a commit, and how often it does so.
	// A machine that slept counts no time meanwhile, so the brokers' time seems
	// behind until they are asked.
	confirmAgain = time.Minute
	// unstamped is the time that is written on a record of progress. A broker
	// that does not put its own in its place confirms nothing by it.
	unstamped duty.Instant = 1
)

// brokerTime is what a task knows of the brokers' time.
type brokerTime struct {
	// at is the stamp of the newest record of progress that was read back, since
	// a moment at which it was written; zero where nothing is known.
	at    duty.Instant
	since time.Time
	// asked is when a record was last written to be read back; it lies at offset,
	// which is -1 where none is awaited.
	asked  time.Time
	offset int64
	// Off is how far the machine's clock was ahead when at was read.
	Off duty.Instant
}

// known reports whether a broker has shown its time.
func (b *brokerTime) known() bool { return !b.since.IsZero() }

// now is a time that the brokers have certainly reached; Beginning where none is
// known.
func (b *brokerTime) now(wall time.Time) duty.Instant {
	if !b.known() {
		return duty.Beginning
	}
	return b.at + duty.Instant(wall.Sub(b.since)/time.Millisecond)
}

// confirms reports whether the task's clock has to be confirmed: one that runs by
// what was read is the brokers' already.
func (t *Task) confirms() bool { return !t.unconfirmed && !t.clock.virtual() }

// machine is what the clock shows at this moment, also where it went back.
func (t *Task) machine() duty.Instant { return t.clock.now(t.At.Task, t.reading()) }

// confirmed is the newest time that may be caught up: the machine's, but not
// more than the brokers have shown. False as long as they have shown nothing.
func (t *Task) confirmed() (at duty.Instant, ok bool) {
	if !t.confirms() {
		return t.At.Clock, true
	}
	if !t.Brokers.known() {
		return duty.Beginning, false
	}
	return min(t.machine(), t.Brokers.now(t.wall())), true
}

// ahead is how far the machine's clock is ahead of the brokers', behind where
// negative; false where nothing is known to compare.
func (t *Task) ahead() (by duty.Instant, ok bool) {
	if !t.confirms() || !t.Brokers.known() {
		return 0, false
	}
	return t.machine() - t.Brokers.now(t.wall()), true
}

// askBrokers lets the cycle commit where the brokers have not shown their time
// yet, or the machine's clock is so far ahead of it that one of the two must be
// wrong. An idle task whose clock is right writes nothing.
func (t *Task) askBrokers() {
	if !t.confirms() || t.Brokers.offset >= 0 || !t.Brokers.asked.IsZero() && t.wall().Sub(t.Brokers.asked) < confirmAgain {
		return
	}
	if by, ok := t.ahead(); !ok || by > duty.Instant(confirmAgain/time.Millisecond) {
		t.cycle.moved = true
	}
}

// awaitStamp notes that a record of progress was written before now, if it is
// time to read one back.
func (t *Task) awaitStamp(written broker.Offsets) {
	next, ok := written[stored.CommitPartition(t.At.Task)]
	now := t.wall()
	if !ok || !t.confirms() || !t.Brokers.asked.IsZero() && now.Sub(t.Brokers.asked) < confirmAgain {
		return
	}
	t.Brokers.asked, t.Brokers.offset = now, next-1
}

// readStamp reads the record back, as soon as it can be read. What the newest
// one says holds, also where the brokers' clock was set back.
func (t *Task) readStamp(ctx context.Context) error {
	b := &t.Brokers
	if b.offset < 0 {
		return nil
	}
	part := stored.CommitPartition(t.At.Task)
	got, err := t.Broker.Fetch(ctx, broker.Offsets{part: b.offset}, 1, time.Millisecond)
	if err != nil {
		return err
	}
	for i := range got.Records {
		if r := &got.Records[i]; r.Partition == part && r.Offset == b.offset && r.At > unstamped {
			if !b.known() {
				t.asked = time.Time{} // nothing could be caught up before
			}
			b.at, b.since = r.At, b.asked
			b.Off, _ = t.ahead()
		}
	}
	if got.Next[part] > b.offset {
		b.offset = -1
	}
	return nil
}

// ClockDoubt says in words how far the machine's clock is off the brokers', if
// that is more than it may be.
func ClockDoubt(by duty.Instant) string {
	took := (time.Duration(max(by, -by)) * time.Millisecond).Round(time.Second)
	switch {
	case by > clockTolerance:
		return fmt.Sprintf("the clock of this machine is %s ahead of the brokers'; nobody is accused before their time: set it", took)
	case by < -clockTolerance:
		return fmt.Sprintf("the clock of this machine is %s behind the brokers'; nobody is accused before it gets there: set it", took)
	}
	return ""
}

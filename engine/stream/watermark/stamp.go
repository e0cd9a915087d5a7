package watermark

import (
	"context"
	"fmt"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// The clock that may accuse is confirmed by the brokers (decision 0008). What is in a log by
// some time is a matter of the brokers' time, which stamps the records: an engine whose machine
// runs hours ahead would in the evening believe that 06:00 has passed, and accuse people who
// are not home yet. So caught_up never passes what a broker has shown: the timestamp of a
// record of progress that the task wrote to task-commits and read back, plus the time elapsed
// since it was written, measured without the machine's wall clock. Reading and clearing do not
// wait for this.

const (
	// clockTolerance is how far the machine's clock may be off the brokers' before the engine
	// says so.
	clockTolerance = futureLimit
	// confirmAgain is how far the machine's clock may be ahead of the brokers' time, as carried
	// forward, before the task asks again with a commit, and the shortest time between two such
	// questions. A machine that slept measures no time meanwhile, so the brokers' time seems
	// behind until they are asked.
	confirmAgain = time.Minute
	// Unstamped is the timestamp that is sent with a record of progress. A broker that leaves
	// it as it is confirms nothing.
	Unstamped duty.Instant = 1
)

// brokerTime is what a task knows of the brokers' time.
type brokerTime struct {
	// at is the timestamp of the newest record of progress that was read back, and since the
	// time by Config.Wall right after it was written; zero before the first.
	at    duty.Instant
	since time.Time
	// asked is when a record to be read back was last written, and offset where it lies: -1 if
	// none is awaited.
	asked  time.Time
	offset int64
	// off is how far the machine's clock was ahead of the brokers' when at was read.
	off duty.Instant
}

// known reports whether a broker has shown its time.
func (b *brokerTime) known() bool { return !b.since.IsZero() }

// now is a time that the brokers have certainly reached; Beginning if none is known.
func (b *brokerTime) now(wall time.Time) duty.Instant {
	if !b.known() {
		return duty.Beginning
	}
	return b.at + duty.Instant(wall.Sub(b.since)/time.Millisecond)
}

// confirms reports whether the brokers must confirm the task's clock. A virtual clock shows
// their timestamps already.
func (w *Watermark) confirms() bool { return !w.cfg.Unconfirmed && !w.cfg.Clock.Virtual() }

// machine is what the clock shows at this moment, even if it went back.
func (w *Watermark) machine() duty.Instant { return w.cfg.Clock.Now(w.at.Task, w.reading()) }

// confirmed is the latest time that a mark may have: what the clock shows, but no more than the
// brokers have shown; false as long as they have shown nothing.
func (w *Watermark) confirmed() (at duty.Instant, ok bool) {
	if !w.confirms() {
		return w.at.Clock, true
	}
	if !w.brokers.known() {
		return duty.Beginning, false
	}
	return min(w.machine(), w.brokers.now(w.cfg.Wall())), true
}

// Ahead is how far the machine's clock is ahead of the brokers', negative if it is behind;
// false if there is nothing to compare.
func (w *Watermark) Ahead() (by duty.Instant, ok bool) {
	if !w.confirms() || !w.brokers.known() {
		return 0, false
	}
	return w.machine() - w.brokers.now(w.cfg.Wall()), true
}

// Unsure reports whether the brokers' time must be known and is not.
func (w *Watermark) Unsure() bool { return w.confirms() && !w.brokers.known() }

// ClockOff is how far the machine's clock was ahead of the brokers' when their time was last
// read.
func (w *Watermark) ClockOff() duty.Instant { return w.brokers.off }

// StampDue reports whether the cycle has to commit because the brokers have not shown their
// time yet, or because the machine's clock is so far ahead of it that one of the two must be
// wrong. An idle task whose clock is right writes nothing.
func (w *Watermark) StampDue() bool {
	asked := w.brokers.asked
	if !w.confirms() || w.brokers.offset >= 0 || !asked.IsZero() && w.cfg.Wall().Sub(asked) < confirmAgain {
		return false
	}
	by, ok := w.Ahead()
	return !ok || by > duty.Instant(confirmAgain/time.Millisecond)
}

// awaitStamp notes a record of progress just written as the one to read back, if it is time for
// that.
func (w *Watermark) awaitStamp(written broker.Offsets) {
	next, ok := written[stored.CommitPartition(w.at.Task)]
	now := w.cfg.Wall()
	if !ok || !w.confirms() || !w.brokers.asked.IsZero() && now.Sub(w.brokers.asked) < confirmAgain {
		return
	}
	w.brokers.asked, w.brokers.offset = now, next-1
}

// readStamp reads the awaited record back as soon as it can be read. The newest timestamp
// counts, even if the brokers' clock was set back.
func (w *Watermark) readStamp(ctx context.Context) error {
	b := &w.brokers
	if b.offset < 0 {
		return nil
	}
	part := stored.CommitPartition(w.at.Task)
	got, err := w.cfg.Broker.Fetch(ctx, broker.Offsets{part: b.offset}, 1, time.Millisecond)
	if err != nil {
		return err
	}
	for i := range got.Records {
		if r := &got.Records[i]; r.Partition == part && r.Offset == b.offset && r.At > Unstamped {
			if !b.known() {
				w.asked = time.Time{} // ask for the ends at once: no mark was possible before
			}
			b.at, b.since = r.At, b.asked
			b.off, _ = w.Ahead()
		}
	}
	if got.Next[part] > b.offset {
		b.offset = -1
	}
	return nil
}

// ClockDoubt says in words how far the machine's clock is off the brokers'; empty within the
// tolerance.
func ClockDoubt(by duty.Instant) string {
	took := (time.Duration(max(by, -by)) * time.Millisecond).Round(time.Second)
	switch {
	case by > clockTolerance:
		return fmt.Sprintf("the clock of this machine is %s ahead of the brokers'; "+
			"nobody is accused before their time: set it", took)
	case by < -clockTolerance:
		return fmt.Sprintf("the clock of this machine is %s behind the brokers'; "+
			"nobody is accused before it gets there: set it", took)
	}
	return ""
}

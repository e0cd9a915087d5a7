package task

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// TestClearsAmongManyNew: a fact that clears is told in the cycle that reads it, however many
// persons' facts it was read with.
func TestClearsAmongManyNew(t *testing.T) {
	w := newCoreWorld(t, 1, 1)
	w.boot()
	w.sendStay("Qperson")
	w.awayForANight("Qperson")
	if n := w.stats.Indicated.Load(); n != 1 {
		t.Fatalf("%d nights are indicated, one was missed", n)
	}
	w.now += duty.Minute
	w.sendPassage("Qperson", seeds.Start+18*duty.Hour, duty.DirectionIn)
	for i := range 25_000 {
		w.sendGroup(fmt.Sprint("Qnew", i))
	}
	w.must(w.reader.Poll(context.Background(), 0))
	_, err := w.tasks[0].Step(context.Background())
	w.must(err)
	w.clearedAtOnce()
	if n := w.stats.Withdrawn.Load(); n != 1 {
		t.Errorf("%d records are withdrawn, one was cleared", n)
	}
}

// TestClearsAfterADeath: a person who waits to be evaluated at once is not forgotten when the
// process crashes, though the fact that clears is not read again and caught_up does not move.
func TestClearsAfterADeath(t *testing.T) {
	w := newCoreWorld(t, 1, 1)
	w.boot()
	who := []string{"Qperson0", "Qperson1", "Qperson2"}
	for i := range who {
		w.sendStay(who[i])
	}
	w.awayForANight(who...)
	w.limits.Time = time.Nanosecond // one decision in a cycle
	w.boot()
	w.sendIn(&testkit.Txn{}, &testkit.Feed{Topic: "permissions", Key: "Qother",
		Record: &duty.Permission{ID: "p", Version: 1, ReceivedAt: w.now,
			PermissionID: "p", PersonID: "Qother", Status: duty.PermissionStatusGranted, ValidFrom: w.now,
			ValidTo:      w.now + duty.Day,
			ReportEffect: duty.ReportEffectExcused, DecidedAt: w.now}})
	w.now += duty.Minute
	for i := range who {
		w.sendPassage(who[i], seeds.Start+18*duty.Hour, duty.DirectionIn)
	}
	_, err := w.tasks[0].Step(context.Background())
	w.must(err)
	if len(w.tasks[0].urgent.ids) == 0 {
		t.Fatal("nobody waits")
	}
	w.restore()
	w.boot()
	w.calm()
	w.clearedAtOnce()
	if n := w.stats.Withdrawn.Load(); n != 3 {
		t.Errorf("%d records are withdrawn, three were cleared", n)
	}
}

// awayForANight sends the rows by which persons are away for the first night, each when it is
// registered: a row ahead of its receipt would accuse nobody.
func (w *world) awayForANight(who ...string) {
	for _, row := range []struct {
		at  duty.Instant
		way duty.Direction
	}{{seeds.Start + 8*duty.Hour, duty.DirectionOut}, {seeds.Start + 34*duty.Hour, duty.DirectionIn}} {
		w.now = row.at + duty.Second
		for i := range who {
			w.sendPassage(who[i], row.at, row.way)
		}
	}
	w.now = seeds.Start + 36*duty.Hour
	w.rest()
}

// TestCheckpointIsNotAheadOfTheCommit: routines move the checkpoint without a transaction. If the
// positions have moved over records that nobody reads, such as those of an aborted transaction,
// the checkpoint must not get ahead of the last commit record: a start would then discard the
// state.
func TestCheckpointIsNotAheadOfTheCommit(t *testing.T) {
	w := newCoreWorld(t, 1, 1)
	w.boot()
	w.sendStay("p")
	w.now += 2 * duty.Hour
	w.sendPassage("p", w.now-duty.Hour, duty.DirectionIn)
	w.now = (seeds.Start + 2*duty.Day).Date().Clock(2, 0)
	w.rest()
	w.now += 3 * duty.Hour // the ledger of the nights before is written
	w.rest()
	txn := &testkit.Txn{}
	w.sendIn(txn, &testkit.Feed{Topic: duty.TopicCardEvents, Key: "p"})
	w.broker.Decide(txn, false)
	w.now += duty.Hour + duty.Minute
	decided := w.stats.Routine.Load()
	for range 50 {
		if w.turn(); w.stats.Routine.Load() > decided {
			break
		}
	}
	if w.stats.Routine.Load() == decided {
		t.Fatal("no routine decides at 06:00")
	}
	w.restore()
	w.boot()
	if n := w.stats.Rebuilds.Load(); n > 0 {
		t.Errorf("the state was discarded %d times", n)
	}
}

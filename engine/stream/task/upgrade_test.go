package task

import (
	"context"
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/schemas"
	"tilsyn/state/statetest"
)

// commitOlder writes, for every task, the commit of a version with an older layout of the state
// that has read everything and handed over nothing.
func (w *world) commitOlder(caughtUp duty.Instant) {
	for i := range w.parts {
		at := stored.NewProgress(i)
		at.Seq, at.Layout, at.Clock, at.CaughtUp = 1, stored.StateLayout-1, w.now, caughtUp
		var err error
		at.Inputs, err = w.broker.Ends(context.Background(), broker.InputsOf(i), broker.HighWatermark)
		w.must(err)
		record, err := at.Encode()
		w.must(err)
		w.broker.Append(stored.CommitPartition(i), stored.CommitKey(i), record)
	}
}

// becomeOther makes what the engine has left look like that of a version with another layout of the state,
// older or newer, which has read everything and has judged what there was at its last commit.
func (w *world) becomeOther(layout int) {
	ctx := context.Background()
	for i := range w.parts {
		ends, err := w.broker.Ends(ctx, []broker.Partition{stored.CommitPartition(i)}, broker.LastStable)
		w.must(err)
		at, err := w.tasks[i].lastCommit(ctx, ends[stored.CommitPartition(i)])
		w.must(err)
		at.Seq, at.Layout, at.Clock, at.CaughtUp = at.Seq+1, layout, w.now, w.now-1
		at.Marks = map[broker.Partition]broker.Mark{}
		at.Inputs, err = w.broker.Ends(ctx, broker.InputsOf(i), broker.HighWatermark)
		w.must(err)
		record, err := at.Encode()
		w.must(err)
		w.broker.Append(stored.CommitPartition(i), stored.CommitKey(i), record)
	}
}

// The tasks of the new version start in any order, may be killed between any two steps of their
// hand-overs, and may lose their state: what they tell is final.
func TestUpgradeTellsOnlyWhatStays(t *testing.T) {
	t.Parallel()
	tellsOnlyWhatStays(t, 20, stored.StateLayout-1, func(*world, uint64) {})
}

// Going back to a version with an older layout of the state is the same, whether it comes to an empty
// directory or to the state that it had before the newer version went on.
func TestGoingBackTellsOnlyWhatStays(t *testing.T) {
	t.Parallel()
	tellsOnlyWhatStays(t, 21, stored.StateLayout+1, func(w *world, seed uint64) {
		for _, task := range w.tasks {
			if task.Newer() != stored.StateLayout+1 {
				t.Errorf("seed %d, task %d: the layout of the newer version is %d", seed, task.Number(), task.Newer())
			}
		}
	})
}

// tellsOnlyWhatStays lets tasks go on from commits with a layout.
func tellsOnlyWhatStays(t *testing.T, n, layout int, booted func(w *world, seed uint64)) {
	t.Helper()
	again, told := 0, 0
	seeds.ForEach(t, n, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 2+int32(seed)%3)
		// What the old program has judged is first versions: it gives no others away.
		var first, later []testkit.Feed
		for _, f := range testkit.Wander(w.rng, testkit.Neighbours(w.rng, 6, 4), 8) {
			if head, ok := schemas.HeadOf(f.Record); f.At < seeds.Start+2*duty.Day && ok &&
				head.Version <= 1 && !head.Retracted {
				first = append(first, f)
			} else if ok { // else it has made a dead letter of it
				later = append(later, f)
			}
		}
		w.play(first, seeds.Start+2*duty.Day, 2)
		for i := range later {
			w.now = max(w.now, later[i].At)
			w.send(&later[i])
		}
		w.now = worldEnd
		w.becomeOther(layout)
		if layout < stored.StateLayout || seed%2 == 0 {
			w.store = statetest.NewModel()
		}
		before := w.histories()
		w.limits.Decisions, w.broker.Most = 1+int(seed)%3, 1+int(seed)%5
		w.boot()
		booted(w, seed)
		for range 60 {
			all := w.tasks
			w.tasks = []*Task{all[w.rng.IntN(len(all))]}
			w.turn()
			w.tasks = all
			if w.rng.IntN(12) == 0 {
				for _, task := range all {
					if task.at.Again && task.at.After != (stored.AgainAfter{}) {
						again++
					}
				}
				if w.restore(); w.rng.IntN(2) == 0 {
					w.store = statetest.NewModel()
				}
				w.boot()
			}
		}
		w.rest()
		w.check()
		for id, h := range w.histories() {
			var said []duty.Said
			for i := range h {
				v := duty.SaidOf(&h[i])
				harsher := telling.RankOfSaid([]duty.Said{v}, v.Kind, v.Date) > telling.RankOfSaid(said, v.Kind, v.Date)
				if said = []duty.Said{v}; i < len(before[id]) || !harsher {
					continue
				}
				if told++; i < len(h)-1 {
					t.Errorf("%s: revision %d, %v, is harsher and was not the last word", id, h[i].Revision, h[i].Status)
				}
			}
		}
	})
	if t.Logf("%d units told, %d deaths in the midst of handing over", told, again); told == 0 || again == 0 {
		t.Error("too little happened for the test to say something")
	}
}

// What moved is handed over again in transactions of bounded size, and counts as handed over with
// the last of them.
func TestUpgradeGivesInSteps(t *testing.T) {
	t.Parallel()
	const moved, most = 40, 3
	w := newCoreWorld(t, 1, 3)
	for i := range moved {
		who := fmt.Sprint("Q", i)
		w.send(&testkit.Feed{Topic: "permissions", Key: who,
			Record: &duty.Permission{ID: who, Version: 2, ReceivedAt: w.now, PermissionID: who, PersonID: who,
				Status: duty.PermissionStatusGranted, ValidFrom: w.now, ValidTo: w.now + duty.Day,
				ReportEffect: duty.ReportEffectExcused, DecidedAt: w.now}})
	}
	w.now += 2 * duty.Day
	w.commitOlder(w.now - 1)
	w.limits.Decisions = most
	steps, given := map[int32]int{}, map[int32]int{}
	w.broker.Committing = func(task int32, tr *broker.Transaction) {
		n, p := 0, broker.Partition{Topic: "permissions", Index: task}
		for i := range tr.Records {
			switch o := &tr.Records[i]; o.Topic {
			case duty.TopicHandOver:
				if o.Value[0] == handedVersion {
					n++
				}
			case duty.TopicTaskCommits:
				at, err := stored.DecodeProgress(o.Value, task)
				if w.must(err); at.Again == (given[task]+n == 2*len(w.broker.Logs[p])) {
					t.Errorf("task %d: %d of %d records are handed over, goes on: %v", task, given[task]+n,
						2*len(w.broker.Logs[p]), at.Again)
				}
			}
		}
		if given[task] += n; n > 2*most {
			t.Errorf("task %d hands over %d records in one transaction", task, n)
		} else if n > 0 {
			steps[task]++
		}
	}
	w.boot()
	w.rest()
	w.check()
	if got := w.stats.HandedOver.Load(); got != 2*moved || len(steps) != 3 || steps[0] < moved/3/most/2 {
		t.Errorf("%d records were handed over in %v steps", got, steps)
	}
}

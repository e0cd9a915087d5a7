package task

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/recalls"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// bootRecalls gives a process a reader of its own, which has read nothing yet.
func (w *world) bootRecalls() {
	if w.recalled {
		w.recalls = recalls.NewReader(recalls.Config{Broker: w.broker, Codec: w.codec, Tasks: w.parts,
			PartitionOf: w.partitionOf, Trust: w.trust, Wall: w.wall, Every: 1})
	}
}

// offeredRecalls is what tasks are given of it.
func (w *world) offeredRecalls() Recalls {
	if w.recalls == nil {
		return nil
	}
	return w.recalls
}

// pollRecalls lets the reader read now and then, and fewer times than the tasks.
func (w *world) pollRecalls(ctx context.Context) {
	if w.recalls == nil || w.rng.IntN(3) == 0 {
		return
	}
	if err := w.recalls.Poll(ctx, 0); err != nil && !errors.Is(err, testkit.ErrCrash) &&
		!errors.Is(err, testkit.ErrLost) {
		w.must(err)
	}
}

// takenBack are the feeds of residents and convicts, and beside them: exclusions that come late, cover
// some of the nights and may be lifted, acknowledgements of what may never have been told, twice, taken
// back, of somebody else or unusable, and Handlings.
func takenBack(w *world, persons, days int) []testkit.Feed {
	rng := w.rng
	feeds := testkit.Convicts(rng, persons, days)
	span := int64(duty.Instant(days+3) * duty.Day)
	moment := func() duty.Instant { return seeds.Start + duty.Instant(rng.Int64N(span)) }
	day := func() duty.Date { return seeds.Start.Date() + duty.Date(rng.IntN(days)) }
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, testkit.Feed{At: at, Topic: topic, Key: key, Record: record})
	}
	for n := range 3 {
		at, from := moment()+duty.Day, day()
		x := duty.Exclusion{ID: fmt.Sprintf("x%d", n), Version: 1, ReceivedAt: at, ExclusionID: fmt.Sprintf("x%d", n),
			CentreID: "KH", FromDate: from, ToDate: from + duty.Date(rng.IntN(3)), Status: duty.ExclusionStatusDeclared,
			Reason: "rows were lost", DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: at}
		first := x
		add(at, duty.TopicExclusions, "KH", &first)
		if rng.IntN(3) == 0 {
			x.Version, x.Status, x.ReceivedAt = 2, duty.ExclusionStatusLifted, at+duty.Day
			add(x.ReceivedAt, duty.TopicExclusions, "KH", &x)
		}
	}
	consumers := append([]string{"nobody"}, policyConsumers(w)...)
	kinds := []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport}
	unit := func(id string) string { return duty.UnitID(kinds[rng.IntN(3)], day(), id) }
	for n := range 120 * persons {
		at, id := moment()+duty.Day, fmt.Sprintf("Qperson%d", rng.IntN(persons))
		a := duty.Acknowledgement{ID: fmt.Sprintf("ack%d", n), Version: 1, ReceivedAt: at,
			Consumer: consumers[rng.IntN(len(consumers))], UnitID: unit(id), Revision: 1 + int32(rng.IntN(4)),
			PersonID: id, At: at}
		first := a
		add(at, duty.TopicAcknowledgements, id, &first)
		if rng.IntN(10) == 0 {
			a.Version, a.Retracted = 2, rng.IntN(2) == 0
			a.ReceivedAt = moment()
			add(a.ReceivedAt, duty.TopicAcknowledgements, id, &a)
		}
	}
	for n := range 8 {
		id := fmt.Sprintf("Qperson%d", rng.IntN(persons))
		if n%2 == 0 {
			add(moment(), duty.TopicAcknowledgements, id, nil)
			continue
		}
		at := moment()
		add(at, duty.TopicAcknowledgements, id, &duty.Acknowledgement{ID: fmt.Sprintf("other%d", n), Version: 1,
			ReceivedAt: at, Consumer: consumers[1], UnitID: unit(id), Revision: 1, PersonID: "of another key", At: at})
	}
	for n := range 10 * persons {
		at, id := moment(), fmt.Sprintf("Qperson%d", rng.IntN(persons))
		kind := []duty.HandlingKind{duty.HandlingKindReportFiled, duty.HandlingKindReportRecalled}[rng.IntN(2)]
		add(at, duty.TopicHandlings, id, &duty.Handling{ID: fmt.Sprintf("h%d", n), Version: 1, ReceivedAt: at,
			HandlingID: fmt.Sprintf("h%d", n), UnitID: unit(id), PersonID: id, Revision: 1, Kind: kind, ByRole: "officer",
			At: at})
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

// policyConsumers are the consumers that the policy ever names.
func policyConsumers(w *world) []string {
	var out []string
	for _, c := range w.policy.Consumers {
		if !slices.Contains(out, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// restRecalls lets the engine go on until the recalls follow.
func (w *world) restRecalls() {
	for range 60 {
		w.must(w.reader.Poll(context.Background(), 0))
		w.turn()
	}
	w.rest()
}

// recallsByLogs folds what the logs hold, without the engine.
func (w *world) recallsByLogs(at duty.Instant) map[string]recall.Part {
	told := recalls.NewTold(w.codec, w.partitionOf, w.trust)
	for i := range w.parts {
		for _, p := range recalls.PartitionsOf(i) {
			for _, rec := range w.broker.Committed(p) {
				_, err := told.Take(&rec)
				w.must(err)
			}
		}
	}
	out := map[string]recall.Part{}
	for _, id := range slices.Sorted(maps.Keys(told.Persons())) {
		parts, _ := recall.Fold(*told.Persons()[id], w.policy.Consumers,
			recall.Clock{At: at, Overdue: w.policy.ParamsAt(at.Date()).RecallOverdue})
		for _, p := range parts {
			if sum, ok := out[p.CauseID]; ok {
				p = recall.Merge(sum, p)
			}
			out[p.CauseID] = p
		}
	}
	return out
}

// acknowledgeAll lets every consumer acknowledge what was last told of every unit.
func (w *world) acknowledgeAll() {
	w.now += duty.Minute
	for unit, revisions := range w.histories() {
		v := &revisions[len(revisions)-1]
		for _, c := range policyConsumers(w) {
			w.send(&testkit.Feed{Topic: duty.TopicAcknowledgements, Key: v.PersonID,
				Record: &duty.Acknowledgement{ID: "all-" + c + unit, Version: 1, ReceivedAt: w.now, Consumer: c,
					UnitID: unit, Revision: v.Revision, PersonID: v.PersonID, At: w.now}})
		}
	}
}

// checkRecalls compares the topic recalls with the logs, and requires that nothing was written twice in
// a row, that a recall lies in the partition of its key, and that what is overdue stands on
// data-quality. It returns how many recalls there are, and how many of them are closed and overdue.
func (w *world) checkRecalls() (all, closed, overdue int) {
	w.t.Helper()
	w.checkUnusable()
	want := w.recallsByLogs(w.now)
	last := map[string]string{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicRecalls, Index: i}) {
			v := w.decoded(duty.TopicRecalls, rec.Value).(*duty.Recall)
			text := string(v.AppendCanonical(nil))
			if string(rec.Key) != v.CauseID || w.partitionOf(v.CauseID) != i {
				w.t.Errorf("the recall %s lies under key %q in partition %d", v.CauseID, rec.Key, i)
			}
			if last[v.CauseID] == text {
				w.t.Errorf("the recall %s was written twice: %s", v.CauseID, text)
			}
			last[v.CauseID] = text
		}
	}
	late := map[string]duty.DataQuality{}
	for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality}) {
		q := w.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality)
		switch {
		case q.Code != duty.DataQualityCodeRecallOverdue:
		case q.State == duty.FindingStateClosed:
			delete(late, q.ID)
		default:
			late[q.ID] = *q
		}
	}
	for id, p := range want {
		now := p.Recall()
		if text := string(now.AppendCanonical(nil)); last[id] != text {
			w.t.Errorf("on the topic\n%s\nby the logs\n%s", last[id], text)
		}
		if now.ClosedAt.OK {
			closed++
		}
		q, is := p.Overdue()
		if got, told := late[q.ID]; is && (!told || !slices.Equal(got.Detail, q.Detail)) {
			w.t.Errorf("%s is overdue: told %v: %+v, want %+v", id, told, got.Detail, q.Detail)
		}
		if is {
			overdue++
			delete(late, q.ID)
		}
	}
	if len(last) != len(want) || len(late) != 0 {
		w.t.Errorf("%d recalls on the topic, %d by the logs; %d lines of RECALL_OVERDUE stand for nothing",
			len(last), len(want), len(late))
	}
	return len(want), closed, overdue
}

// checkUnusable requires that each acknowledgement that nobody can use, or that lies under another key, is on the
// dead letters once, as it was.
func (w *world) checkUnusable() {
	w.t.Helper()
	want := map[string]string{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicAcknowledgements, Index: i}) {
			record, err := rec.Decode(w.codec)
			if a, ok := record.(*duty.Acknowledgement); err != nil || ok && a.PersonID != string(rec.Key) {
				want[fmt.Sprint(i, rec.Offset)] = string(rec.Key) + string(rec.Value)
			}
		}
	}
	if len(want) != 8 {
		w.t.Errorf("%d acknowledgements cannot be used, 8 were sent", len(want))
	}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDeadLetters, Index: i}) {
			place, ok := centres.PlaceOf(&rec)
			if !ok || place.Topic != duty.TopicAcknowledgements {
				continue
			}
			of := fmt.Sprint(place.Pos.Partition, place.Pos.Offset)
			if want[of] != string(rec.Key)+string(rec.Value) {
				w.t.Errorf("the dead letter of the acknowledgement at %s is another one, or there twice", of)
			}
			delete(want, of)
		}
	}
	if len(want) > 0 && w.torn == 0 {
		w.t.Errorf("%d acknowledgements that cannot be used are no dead letters", len(want))
	}
}

// TestRecallsOfManyPartitions: whatever is told, acknowledged and handled of persons of several
// partitions, in whatever order, and wherever the process dies or an answer is lost, the topic recalls
// stands as the logs say.
func TestRecallsOfManyPartitions(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a world is played anew for each of its deaths")
	deaths, all, closed, overdue := 0, 0, 0, 0
	seeds.ForEach(t, 40, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.recalled, w.loseTail = true, seed%3 == 0
		w.limits.Records, w.limits.Decisions = 5+int(seed)%40, 1+int(seed)%9
		w.die = func(string) bool { return w.died < 12 && w.rng.IntN(80) == 0 }
		if seed%4 == 0 {
			w.broker.Deaf = func() int { return max(0, w.rng.IntN(40)-37) }
		}
		w.play(takenBack(w, 5, 4), worldEnd, 2)
		w.restRecalls()
		a, _, o := w.checkRecalls()
		w.check()
		w.acknowledgeAll()
		w.restRecalls()
		_, c, _ := w.checkRecalls()
		deaths, all, closed, overdue = deaths+w.died, all+a, closed+c, overdue+o
	})
	t.Logf("%d deaths, %d recalls, %d closed, %d overdue", deaths, all, closed, overdue)
	if deaths == 0 || overdue == 0 || closed < all {
		t.Error("too little happened for the test to say something")
	}
}

// TestRecallsAcrossEveryCrash: the process dies at each effect in turn, and a state that is lost whole
// is built again: nothing that stands on the topic is written a second time.
func TestRecallsAcrossEveryCrash(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "a world is played anew for each of its deaths")
	const seed, parts = 3, 2
	feeds := takenBack(newCoreWorld(t, seed, parts), 3, 3)
	straight := newCoreWorld(t, seed, parts)
	straight.recalled = true
	straight.play(feeds, worldEnd, 1)
	straight.restRecalls()
	if all, _, _ := straight.checkRecalls(); all == 0 {
		t.Fatal("nothing was taken back")
	}
	written := straight.stats.Recalls.Load()
	straight.store = straight.store.Kill() // as on another machine
	for i := range straight.parts {
		straight.must(straight.store.Discard(i))
	}
	straight.boot()
	straight.restRecalls()
	straight.checkRecalls()
	if n := straight.stats.Recalls.Load(); n != written {
		t.Errorf("a state that is built again wrote %d recalls", n-written)
	}
	step := max(1, straight.effects/seeds.Size(t, 64))
	for die := 1; die <= straight.effects; die += step {
		w := newCoreWorld(t, seed, parts)
		w.recalled, w.dieAt, w.loseTail = true, die, die%2 == 0
		w.limits.Records, w.limits.Decisions = 1+die%50, 1+die%7
		w.play(feeds, worldEnd, 1)
		w.restRecalls()
		if w.checkRecalls(); t.Failed() {
			t.Fatalf("died at effect %d of %d", die, straight.effects)
		}
	}
}

package task

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/schemas"
	"tilsyn/state"
)

// TestHotPath: what a row and a night cost, in allocations and in decisions, which are the same on every
// machine. Every bound is a little above what was measured.
func TestHotPath(t *testing.T) {
	const persons = 1000
	log := nightLog(t, persons, 1)
	rows := broker.Partition{Topic: duty.TopicCardEvents}
	morning := log.Logs[rows][len(log.Logs[rows])-1]
	log.Logs[rows] = log.Logs[rows][:len(log.Logs[rows])-1]
	n := newNightTask(t, log, state.Options{Pages: 4}) // as full as those of a million persons
	defer n.close()
	n.rest()
	task := n.task
	if got := n.stats.Routine.Load(); got != persons {
		t.Errorf("%d decisions by routine in the evening, want one of each of %d", got, persons)
	}
	checked := task.must
	task.must = nil // what is asserted in tests would be counted too
	bound := func(what string, got, most float64) {
		t.Helper()
		t.Logf("%s: %.2f", what, got)
		if got > most {
			t.Errorf("%s: %.2f, want at most %.2f", what, got, most)
		}
	}
	bound("allocations to decode a row", decodeCost(t, task, log.Logs[rows]), 0)
	bound("allocations to file and forward an ordinary row", fileCost(t, task, persons), 0.2)
	e := duty.CardEvent{ID: "00000000-0000-4000-8000-0123456789ab", Version: 1, DeviceID: "KH-carousel", CentreID: "KH"}
	bound("allocations to forward a packed row", testing.AllocsPerRun(200, func() {
		task.forward.forwardSensible(&e, seeds.Start)
	}), 0)
	at := task.at.CaughtUp
	task.at.CaughtUp = morning.At
	walked, told := walkCost(t, task, persons)
	bound("allocations for each person that a walk shows, and a night by routine", walked, 2.2)
	bound("allocations to evaluate somebody and write a revision", tellCost(t, task, told), 230)
	task.resetCycle(task.limits.Decisions)
	task.at.CaughtUp, task.must = at, checked

	// The morning: everybody is judged once, those of whom something is told in full.
	log.Logs[rows] = append(log.Logs[rows], morning)
	evaluated, decided := n.stats.Evaluations.Load(), n.stats.Routine.Load()
	n.rest()
	away := int64(len(told))
	if got := n.stats.Routine.Load() - decided; got != persons-away {
		t.Errorf("%d decisions by routine in the morning, want %d", got, persons-away)
	}
	if got := n.stats.Evaluations.Load() - evaluated; got > away+1 { // and nobody, who moved the clock
		t.Errorf("%d evaluations in the morning, want at most %d", got, away+1)
	}
	if got := n.stats.Indicated.Load(); got != away || away == 0 {
		t.Errorf("%d told, want %d", got, away)
	}
}

// decodeCost returns how often decoding a row allocates.
func decodeCost(t *testing.T, task *Task, rows []broker.Record) float64 {
	var e duty.CardEvent
	i := 0
	return testing.AllocsPerRun(200, func() {
		if err := task.codec.DecodeRow(rows[i].Value, &e); err != nil {
			t.Fatal(err)
		}
		i = (i + 1) % len(rows)
	})
}

// fileCost returns how often filing the ordinary next row of a person allocates, and forwarding it to the
// owner of the watch.
func fileCost(t *testing.T, task *Task, persons int) float64 {
	task.resetCycle(task.limits.Decisions)
	var records []broker.Record
	for i := range persons {
		if i*31%100 == 0 {
			continue // away
		}
		who := fmt.Sprintf("Q%07d", i)
		at := seeds.Start + 22*duty.Hour + duty.Instant(i)*duty.Second
		value, err := task.codec.Encode(duty.TopicCardEvents, &duty.CardEvent{
			ID: fmt.Sprintf("%08x-0000-4000-8000-0123456789ab", i), Version: 1, ReceivedAt: at,
			PersonID: duty.Some(who), CardID: "C" + who, CardType: duty.CardTypeBiometric,
			CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: at})
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, broker.Record{Partition: broker.Partition{Topic: duty.TopicCardEvents}, At: at,
			Key: []byte(who), Value: value, Offset: int64(1_000_000 + i)})
	}
	i := 0
	return testing.AllocsPerRun(len(records)-1, func() { // it makes one run more
		done, err := task.fileOrdinary(&records[i], true)
		if err != nil || !done {
			t.Fatalf("the row of %s took the long way: %v", records[i].Key, err)
		}
		i++
	})
}

// walkCost returns how often a walk allocates for each person whom it shows and a routine decides, and whom
// it leaves to an evaluation.
func walkCost(t *testing.T, task *Task, persons int) (float64, []string) {
	var left []string
	decided := 0
	visit := func(v *state.View) error {
		done, err := task.advanceRoutine(v)
		if done {
			decided++
		} else if err == nil {
			left = append(left, string(v.Person))
		}
		return err
	}
	per := testing.AllocsPerRun(5, func() {
		task.resetCycle(task.limits.Decisions)
		decided, left = 0, left[:0]
		if _, err := task.store.WalkDue(int64(task.at.CaughtUp), nil, 2*persons, task.daysOf, visit); err != nil {
			t.Fatal(err)
		}
	}) / float64(persons)
	if decided+len(left) != persons || len(left) == 0 {
		t.Fatalf("%d were decided and %d left of %d", decided, len(left), persons)
	}
	return per, left
}

// tellCost returns how often it allocates to evaluate one of some persons and to tell what follows.
func tellCost(t *testing.T, task *Task, of []string) float64 {
	i := 0
	return testing.AllocsPerRun(20, func() {
		task.resetCycle(task.limits.Decisions)
		p, err := task.person(of[i%len(of)])
		if err == nil {
			err = task.decide(p)
		}
		if err != nil || len(task.cycle.outs) == 0 {
			t.Fatalf("nothing was told: %v", err)
		}
		i++
	})
}

// TestBuffersOfABacklogGo: what a backlog needed is not held while nothing comes.
func TestBuffersOfABacklogGo(t *testing.T) {
	const persons = 1500
	n := newNightTask(t, nightLog(t, persons, 1), state.Options{Pages: 4})
	defer n.close()
	n.rest()
	for range 40 {
		n.must(n.reader.Poll(t.Context(), 0))
		_, err := n.task.Step(t.Context())
		n.must(err)
	}
	c := &n.task.cycle
	for what, room := range map[string]int{"rows": cap(c.stack.rows), "bytes of rows": cap(c.stack.bytes),
		"bytes of facts": cap(c.kept), "persons": len(c.spare), "bytes of the batch": c.batch.Room()} {
		if room > persons {
			t.Errorf("room for %d %s is held", room, what)
		}
	}
}

// TestAnEvaluationReadsOnce: somebody whose duties no routine decides is read once for an evaluation.
func TestAnEvaluationReadsOnce(t *testing.T) {
	log := nightLog(t, 20, 1)
	const who = "Q0000001"
	p := broker.Partition{Topic: duty.TopicObligationChanges}
	value, err := broker.NewCodec(schemas.NewStore()).Encode(p.Topic, &duty.ObligationChange{ID: "n", Version: 1,
		ReceivedAt: seeds.Start, DecisionID: "n", PersonID: who, Kind: duty.KindNotify, Action: duty.ActionImpose,
		LegalBasis: duty.LegalBasisReturnAct134, CentreID: "KH", ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start,
		ValidTo: duty.Some(seeds.Start + 365*duty.Day)})
	if err != nil {
		t.Fatal(err)
	}
	log.Logs[p] = append(log.Logs[p], broker.Record{Partition: p, Offset: int64(len(log.Logs[p])), At: seeds.Start,
		Key: []byte(who), Value: value})
	n := newNightTask(t, log, state.Options{Pages: 4})
	defer n.close()
	n.rest()
	counts := &readCounts{}
	counts.reset()
	n.task.store = countedTask{n.task.store, counts}
	n.task.resetCycle(10)
	x, err := n.task.person(who)
	n.must(err)
	evaluated := n.stats.Evaluations.Load()
	n.must(n.task.decide(x))
	if n.stats.Evaluations.Load() != evaluated+1 || counts.facts[who] != 1 {
		t.Errorf("%d evaluations have read the person %d times, want one and once",
			n.stats.Evaluations.Load()-evaluated, counts.facts[who])
	}
}

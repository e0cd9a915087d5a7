package task

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
)

// TestHandedFactsDoubtTheLedger: a month of the ledger that a lost tail had written, for a person
// whose facts came from other tasks, is not taken for what the state knows.
func TestHandedFactsDoubtTheLedger(t *testing.T) {
	row := &duty.CardEvent{ID: "00000001-0000-4000-8000-000000000009", Version: 1, ReceivedAt: seeds.Start,
		PersonID: duty.Some("Qother"), CardID: "Qcard",
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete,
		OccurredAt: seeds.Start}
	for _, live := range []bool{true, false} {
		w := newWorld(t, 1, 1)
		w.boot()
		task := w.tasks[0]
		task.resetCycle(10)
		task.at.Sweeps = nil
		w.must(task.adopt())
		x, err := task.person("Qperson")
		w.must(err)
		x.header.SetLedger(24312, 7)
		_, value := w.encode(&testkit.Feed{Topic: duty.TopicCardEvents, Key: "Qother", Record: row})
		f := stored.Fact{Topic: duty.TopicCardEvents, Known: seeds.Start,
			Pos: duty.Position{Partition: 0, Offset: 3}, Value: value}
		rec := &broker.Record{Partition: broker.Partition{Topic: duty.TopicHandOver}, At: seeds.Start,
			Value: EncodeHanded(&f, []string{"Qperson"})}
		w.must(task.apply(rec, live))
		if known := x.header.Ledger[0].Hash != 0; known != live || len(x.fresh) != 1 {
			t.Errorf("live %t: the ledger is known %t, %d facts", live, known, len(x.fresh))
		}
	}
}

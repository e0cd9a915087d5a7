package task

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/watermark"
	"tilsyn/engine/stream/wire"
	"tilsyn/schemas"
	"tilsyn/state"
)

// nightLog is the night job of some persons: under STAY, six passages a day, one
// of a hundred nights missed.
func nightLog(b testing.TB, persons, days int) *testkit.MemoryLog {
	m := &testkit.MemoryLog{Logs: map[broker.Partition][]broker.Record{}}
	codec := broker.NewCodec(schemas.NewStore())
	add := func(at duty.Instant, topic, key string, record any) {
		value, err := codec.Encode(topic, record)
		if err != nil {
			b.Fatal(err)
		}
		p := broker.Partition{Topic: topic}
		m.Logs[p] = append(m.Logs[p], broker.Record{Partition: p, Offset: int64(len(m.Logs[p])), At: at,
			Key: []byte(key), Value: value})
	}
	n := 0
	id := func() string { n++; return fmt.Sprintf("%08x-0000-4000-8000-%012x", n*2654435761, n) }
	for i := range persons {
		who := fmt.Sprintf("Q%07d", i)
		add(seeds.Start, "group-changes", who, &duty.GroupChange{ID: id(), Version: 1, ReceivedAt: seeds.Start,
			PersonID: who, Group: duty.GroupExpelledJudgment, ValidFrom: seeds.Start - duty.Day})
		add(seeds.Start, "obligation-changes", who,
			&duty.ObligationChange{ID: id(), Version: 1, ReceivedAt: seeds.Start, DecisionID: "d" + who, PersonID: who,
				Kind: duty.KindStay, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132,
				CentreID: "KH", ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start})
		add(seeds.Start, "card-assignments", who,
			&duty.CardAssignment{ID: id(), Version: 1, ReceivedAt: seeds.Start, CardID: "C" + who, PersonID: who,
				CardType:  duty.CardTypeBiometric,
				ValidFrom: seeds.Start, AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic})
	}
	for d := range days {
		for slot, hour := range []duty.Instant{7, 9, 12, 13, 15, 20} {
			for i := range persons {
				away := (i*31+d*17)%100 == 0
				if away && slot == 5 || slot == 0 && d > 0 && (i*31+(d-1)*17)%100 == 0 {
					continue
				}
				who := fmt.Sprintf("Q%07d", i)
				at := seeds.Start + duty.Instant(d)*duty.Day + hour*duty.Hour + duty.Instant(i)*duty.Hour/duty.Instant(persons)
				e := duty.CardEvent{ID: id(), Version: 1, ReceivedAt: at + 500, PersonID: duty.Some(who),
					CardID: "C" + who, CardType: duty.CardTypeBiometric,
					CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
					Direction: duty.Some([]duty.Direction{duty.DirectionOut, duty.DirectionIn}[slot%2]),
					Scan:      duty.ScanComplete, OccurredAt: at, SourceSeq: duty.Some(int64(n))}
				add(e.ReceivedAt, duty.TopicCardEvents, who, &e)
			}
		}
	}
	at := seeds.Start + duty.Instant(days)*duty.Day + 7*duty.Hour
	add(at, duty.TopicCardEvents, "nobody", &duty.CardEvent{ID: id(), Version: 1, ReceivedAt: at,
		PersonID: duty.Some("nobody"), CardID: "C", CentreID: "KH", DeviceID: "KH-carousel", OccurredAt: at})
	slices.SortStableFunc(m.Logs[broker.Partition{Topic: duty.TopicCardEvents}],
		func(a, b broker.Record) int { return int(a.At - b.At) })
	for i := range m.Logs[broker.Partition{Topic: duty.TopicCardEvents}] {
		m.Logs[broker.Partition{Topic: duty.TopicCardEvents}][i].Offset = int64(i)
	}
	return m
}

// nightTask is one task on the night job with a real store.
type nightTask struct {
	tb     testing.TB
	task   *Task
	reader *centres.CentreReader
	stats  Stats
	close  func()
}

// newNightTask returns the task, recovered. The caller closes it.
func newNightTask(tb testing.TB, log *testkit.MemoryLog, o state.Options) *nightTask {
	n := &nightTask{tb: tb}
	p := *policy.Builtin()
	p.Settle = nil
	db, err := state.Open(tb.TempDir(), o)
	n.must(err)
	st, err := db.Task(0)
	n.must(err)
	n.reader = centres.NewCentreReader(centres.CentreConfig{Broker: log,
		Codec: broker.NewCodec(schemas.NewStore()), PartitionOf: func(string) int32 { return 0 },
		Partitions: []broker.Partition{{Topic: duty.TopicCardAssignments}, {Topic: duty.TopicIdentityLinks}, coverage},
		Trust:      true, Policy: &p, ParsePolicy: func(string) (*duty.Policy, error) { return nil, wire.ErrCut }})
	n.must(n.reader.ReadToEnd(context.Background()))
	clock, _ := watermark.EventsClock().(*watermark.VirtualClock)
	clock.Take([]int32{0})
	n.task = NewTask(TaskConfig{Partitions: 1, PartitionOf: func(string) int32 { return 0 }, Broker: log,
		Store: st, Centres: n.reader, Judge: Core{},
		Codec: broker.NewCodec(schemas.NewStore()), Clock: clock, Trust: true, Wall: time.Now,
		Limits: Limits{Gather: -1}, Stats: &n.stats})
	n.must(n.task.Recover(context.Background()))
	n.close = func() { n.must(db.Close()) }
	return n
}

func (n *nightTask) must(err error) {
	n.tb.Helper()
	if err != nil {
		n.tb.Fatal(err)
	}
}

// rest makes cycles until nothing is left to do, and some more, since the clock moves after the cycle that
// reads.
func (n *nightTask) rest() {
	n.tb.Helper()
	for still := 0; still < 3; {
		n.must(n.reader.Poll(context.Background(), 0)) // what the watch says comes by the reader
		_, err := n.task.Step(context.Background())
		n.must(err)
		if still++; !n.task.AtRest() {
			still = 0
		}
	}
}

// BenchmarkNight measures one task on the night job with a real store, without a
// broker: the cost of an event from the fetched bytes to the committed state.
func BenchmarkNight(b *testing.B) {
	log := nightLog(b, 20_000, 3)
	events := len(log.Logs[broker.Partition{Topic: duty.TopicCardEvents}])
	b.ReportAllocs()
	for b.Loop() {
		n := newNightTask(b, log, state.Options{})
		n.rest()
		stats := &n.stats
		if stats.Indicated.Load() < 600 || stats.Routine.Load() < 50_000 {
			b.Fatalf("%d indicated, %d by routine, %d evaluated", stats.Indicated.Load(), stats.Routine.Load(),
				stats.Evaluations.Load())
		}
		b.ReportMetric(float64(stats.Evaluations.Load()), "evaluations")
		b.ReportMetric(float64(stats.Routine.Load()), "routines")
		n.close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
}

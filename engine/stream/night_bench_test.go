package stream

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/schemas"
	"tilsyn/state"
)

// memoryLog is a broker that holds its topics in memory and forgets what is
// written: what is left is the cost of the task itself.
type memoryLog struct {
	logs   map[Partition][]Record
	served []Record
	outs   int
}

func (m *memoryLog) Ends(_ context.Context, parts []Partition, _ End) (Offsets, error) {
	o := Offsets{}
	for _, p := range parts {
		o[p] = int64(len(m.logs[p]))
	}
	return o, nil
}

func (m *memoryLog) Fetch(_ context.Context, from Offsets, most int, _ time.Duration) (Fetched, error) {
	out := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
	m.served = m.served[:0]
	at := from.clone()
	for len(m.served) < most {
		// The oldest record that is left, as a broker's answers are served.
		var next *Record
		for p, n := range at {
			if log := m.logs[p]; int(n) < len(log) && (next == nil || log[n].At < next.At) {
				next = &log[n]
			}
		}
		if next == nil {
			break
		}
		m.served = append(m.served, *next)
		at[next.Partition]++
	}
	for p, n := range at {
		out.Next[p], out.Ready = n, out.Ready || int(n) < len(m.logs[p])
	}
	out.Records = m.served
	return out, nil
}

func (m *memoryLog) MarkBefore(context.Context, Partition, int64) (Mark, bool, error) {
	return Mark{}, false, nil
}

func (m *memoryLog) Topics(context.Context) (map[string]TopicState, error) {
	return (&brokerModel{parts: 1, fail: func(string) error { return nil }}).Topics(context.Background())
}

func (m *memoryLog) ProducerTimes(context.Context) ([]string, error) { return nil, nil }

func (m *memoryLog) Producer(context.Context, int32) (Producer, error) { return m, nil }

func (m *memoryLog) Commit(_ context.Context, t Transaction) (Offsets, error) {
	m.outs += len(t.Records)
	return nil, nil
}

func (m *memoryLog) Close() error { return nil }

// nightLog is the night job of some persons: under STAY, six passages a day, one
// of a hundred nights missed.
func nightLog(b *testing.B, persons, days int) *memoryLog {
	m := &memoryLog{logs: map[Partition][]Record{}}
	codec := NewCodec(schemas.NewStore())
	add := func(at duty.Instant, topic, key string, record any) {
		value, err := codec.Encode(topic, record)
		if err != nil {
			b.Fatal(err)
		}
		p := Partition{Topic: topic}
		m.logs[p] = append(m.logs[p], Record{Partition: p, Offset: int64(len(m.logs[p])), At: at, Key: []byte(key), Value: value})
	}
	n := 0
	id := func() string { n++; return fmt.Sprintf("%08x-0000-4000-8000-%012x", n*2654435761, n) }
	for i := range persons {
		who := fmt.Sprintf("Q%07d", i)
		add(worldStart, "group-changes", who, &duty.GroupChange{ID: id(), Version: 1, ReceivedAt: worldStart, PersonID: who, Group: duty.GroupExpelledJudgment, ValidFrom: worldStart - duty.Day})
		add(worldStart, "obligation-changes", who, &duty.ObligationChange{ID: id(), Version: 1, ReceivedAt: worldStart, DecisionID: "d" + who, PersonID: who,
			Kind: duty.KindStay, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(worldStart), ValidFrom: worldStart})
		add(worldStart, "card-assignments", who, &duty.CardAssignment{ID: id(), Version: 1, ReceivedAt: worldStart, CardID: "C" + who, PersonID: who, CardType: duty.CardTypeBiometric,
			ValidFrom: worldStart, AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic})
	}
	for d := range days {
		for slot, hour := range []duty.Instant{7, 9, 12, 13, 15, 20} {
			for i := range persons {
				away := (i*31+d*17)%100 == 0
				if away && slot == 5 || slot == 0 && d > 0 && (i*31+(d-1)*17)%100 == 0 {
					continue
				}
				who := fmt.Sprintf("Q%07d", i)
				at := worldStart + duty.Instant(d)*duty.Day + hour*duty.Hour + duty.Instant(i)*duty.Hour/duty.Instant(persons)
				e := duty.CardEvent{ID: id(), Version: 1, ReceivedAt: at + 500, PersonID: duty.Some(who), CardID: "C" + who, CardType: duty.CardTypeBiometric,
					CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
					Direction: duty.Some([]duty.Direction{duty.DirectionOut, duty.DirectionIn}[slot%2]), Scan: duty.ScanComplete, OccurredAt: at, SourceSeq: duty.Some(int64(n))}
				add(e.ReceivedAt, topicCardEvents, who, &e)
			}
		}
	}
	at := worldStart + duty.Instant(days)*duty.Day + 7*duty.Hour
	add(at, topicCardEvents, "nobody", &duty.CardEvent{ID: id(), Version: 1, ReceivedAt: at, PersonID: duty.Some("nobody"), CardID: "C", CentreID: "KH", DeviceID: "KH-carousel", OccurredAt: at})
	slices.SortStableFunc(m.logs[Partition{Topic: topicCardEvents}], func(a, b Record) int { return int(a.At - b.At) })
	for i := range m.logs[Partition{Topic: topicCardEvents}] {
		m.logs[Partition{Topic: topicCardEvents}][i].Offset = int64(i)
	}
	return m
}

// BenchmarkNight measures one task on the night job with a real store, without a
// broker: the cost of an event from the fetched bytes to the committed state.
func BenchmarkNight(b *testing.B) {
	log := nightLog(b, 20_000, 3)
	events := len(log.logs[Partition{Topic: topicCardEvents}])
	p := *policy.Builtin()
	p.Settle = nil
	b.ReportAllocs()
	for b.Loop() {
		db, err := state.Open(b.TempDir(), state.Options{})
		if err != nil {
			b.Fatal(err)
		}
		st, err := db.Task(0)
		if err != nil {
			b.Fatal(err)
		}
		var stats Stats
		reader := NewCentreReader(CentreConfig{Broker: log, Codec: NewCodec(schemas.NewStore()), PartitionOf: func(string) int32 { return 0 },
			Partitions: []Partition{{Topic: topicCardAssignments}, {Topic: topicIdentityLinks}},
			Trust:      true, Policy: &p, ParsePolicy: func(string) (*duty.Policy, error) { return nil, errCut }})
		if err := reader.ReadToEnd(context.Background()); err != nil {
			b.Fatal(err)
		}
		clock, _ := EventsClock().(*eventsClock)
		clock.take([]int32{0})
		task := NewTask(TaskConfig{Partitions: 1, PartitionOf: func(string) int32 { return 0 }, Broker: log, Store: st, Centres: reader, Judge: core{},
			Codec: NewCodec(schemas.NewStore()), Clock: clock, Trust: true, Wall: time.Now, Limits: Limits{Gather: -1}, Stats: &stats})
		if err := task.Recover(context.Background()); err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := task.Step(context.Background()); err != nil {
				b.Fatal(err)
			}
			if task.Quiet() {
				break
			}
		}
		if stats.Indicated.Load() < 600 || stats.Routine.Load() < 50_000 {
			b.Fatalf("%d indicated, %d by routine, %d evaluated", stats.Indicated.Load(), stats.Routine.Load(), stats.Evaluations.Load())
		}
		b.ReportMetric(float64(stats.Evaluations.Load()), "evaluations")
		b.ReportMetric(float64(stats.Routine.Load()), "routines")
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
}

package centres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/schemas"
)

// cardPartitions and cardsGiven are the size of the benchmarks: one card for each
// of a million persons.
const (
	cardPartitions = 4
	cardsGiven     = 1_000_000
)

// cardLog is a broker with nothing but card assignments.
func cardLog(n int) *testkit.MemoryLog {
	m := &testkit.MemoryLog{Logs: map[broker.Partition][]broker.Record{}}
	for i := range int32(cardPartitions) {
		m.Logs[broker.Partition{Topic: duty.TopicCardAssignments, Index: i}] = make([]broker.Record, 0, n/cardPartitions)
	}
	schema, _ := schemas.Lookup(duty.TopicCardAssignments)
	arena := make([]byte, 0, n*160)
	for i := range n {
		who := fmt.Sprintf("Q%07d", i)
		at := seeds.Start + duty.Instant(i)
		p := broker.Partition{Topic: duty.TopicCardAssignments, Index: int32(i % cardPartitions)}
		from := len(arena)
		arena = append(arena, who...)
		key := len(arena)
		arena = schema.AppendValue(arena,
			&duty.CardAssignment{ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i*2654435761), i), Version: 1,
				ReceivedAt: at, CardID: "C" + who, PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: at,
				AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual})
		m.Logs[p] = append(m.Logs[p], broker.Record{Partition: p, Offset: int64(len(m.Logs[p])), At: at,
			Key: arena[from:key], Value: arena[key:]})
	}
	return m
}

// cardReader is a reader of that broker that has read nothing.
func cardReader(log broker.Broker, dir string) *CentreReader {
	var parts []broker.Partition
	for i := range int32(cardPartitions) {
		parts = append(parts, broker.Partition{Topic: duty.TopicCardAssignments, Index: i})
	}
	of := func(key string) int32 {
		n := 0
		for _, c := range []byte(key[1:]) {
			n = n*10 + int(c-'0')
		}
		return int32(n % cardPartitions)
	}
	return NewCentreReader(CentreConfig{Broker: log, Codec: broker.NewCodec(schemas.NewStore()),
		Partitions: parts, PartitionOf: of,
		Policy: policy.Builtin(), ParsePolicy: func(string) (*duty.Policy, error) {
			return nil, errors.New("there is no policy here")
		},
		Keep: Keep{Dir: dir, Partitions: cardPartitions}})
}

// heap is what lives on it.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// BenchmarkRegisterWhole measures a first start: a million assignments read from
// the topic.
func BenchmarkRegisterWhole(b *testing.B) {
	log := cardLog(cardsGiven)
	before := heap()
	b.ReportAllocs()
	var took time.Duration
	for b.Loop() {
		began := time.Now()
		r := cardReader(log, filepath.Join(b.TempDir(), datadir.DirRegister))
		if err := errors.Join(r.Resume(context.Background()), r.ReadToEnd(context.Background())); err != nil {
			b.Fatal(err)
		}
		took += time.Since(began)
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/cardsGiven, "heap-B/assignment")
		r.Close()
		runtime.KeepAlive(log)
		b.StartTimer()
	}
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/cardsGiven, "ns/assignment")
}

// marked gives a log of cards the marks that a broker has.
type marked struct{ *testkit.MemoryLog }

func (m marked) Fetch(ctx context.Context, from broker.Offsets, most int, wait time.Duration) (broker.Fetched, error) {
	got, err := m.MemoryLog.Fetch(ctx, from, most, wait)
	for p, n := range got.Next {
		got.Marks[p] = broker.Mark{CRC: uint32(n)}
	}
	return got, err
}

func (m marked) MarkBefore(_ context.Context, _ broker.Partition, n int64) (broker.Mark, bool, error) {
	return broker.Mark{CRC: uint32(n)}, true, nil
}

func (m marked) Ends(ctx context.Context, parts []broker.Partition, end broker.End) (broker.Offsets, error) {
	if end == broker.LogStart {
		return broker.Offsets{}, nil
	}
	return m.MemoryLog.Ends(ctx, parts, end)
}

// BenchmarkRegisterKept measures a restart with a million assignments: the
// register from the data directory, then the rest of the topics, of which there
// is none; and writing it down at the end.
func BenchmarkRegisterKept(b *testing.B) {
	log := marked{cardLog(cardsGiven)}
	dir := filepath.Join(b.TempDir(), datadir.DirRegister)
	start := func() *CentreReader {
		r := cardReader(log, dir)
		if err := errors.Join(r.Resume(context.Background()), r.ReadToEnd(context.Background())); err != nil {
			b.Fatal(err)
		}
		return r
	}
	start().Close()
	before := heap()
	var took, closing time.Duration
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		r := start()
		took += time.Since(began)
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/cardsGiven, "heap-B/assignment")
		if r.register.Cards.N != cardsGiven {
			b.Fatal("the register is not whole")
		}
		began = time.Now()
		r.keep.saved = nil
		r.Close()
		closing += time.Since(began)
		runtime.KeepAlive(log)
		b.StartTimer()
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms/start")
	b.ReportMetric(float64(closing.Milliseconds())/float64(b.N), "ms/stop")
	for _, name := range []string{datadir.IndexFile, datadir.RecordsFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
			b.ReportMetric(float64(info.Size())/cardsGiven, name+"-B/assignment")
		}
	}
}

package stream

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
	"tilsyn/schemas"
)

// cardPartitions and cardsGiven are the size of the benchmarks: one card for each
// of a million persons.
const (
	cardPartitions = 4
	cardsGiven     = 1_000_000
)

// cardLog is a broker with nothing but card assignments.
func cardLog(n int) *memoryLog {
	m := &memoryLog{logs: map[Partition][]Record{}}
	for i := range int32(cardPartitions) {
		m.logs[Partition{Topic: topicCardAssignments, Index: i}] = make([]Record, 0, n/cardPartitions)
	}
	schema, _ := schemas.Lookup(topicCardAssignments)
	arena := make([]byte, 0, n*160)
	for i := range n {
		who := fmt.Sprintf("Q%07d", i)
		at := worldStart + duty.Instant(i)
		p := Partition{Topic: topicCardAssignments, Index: int32(i % cardPartitions)}
		from := len(arena)
		arena = append(arena, who...)
		key := len(arena)
		arena = schema.AppendValue(arena, &duty.CardAssignment{ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i*2654435761), i), Version: 1,
			ReceivedAt: at, CardID: "C" + who, PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: at, AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual})
		m.logs[p] = append(m.logs[p], Record{Partition: p, Offset: int64(len(m.logs[p])), At: at, Key: arena[from:key], Value: arena[key:]})
	}
	return m
}

// cardReader is a reader of that broker that has read nothing.
func cardReader(log *memoryLog) *CentreReader {
	var parts []Partition
	for i := range int32(cardPartitions) {
		parts = append(parts, Partition{Topic: topicCardAssignments, Index: i})
	}
	of := func(key string) int32 {
		n := 0
		for _, c := range []byte(key[1:]) {
			n = n*10 + int(c-'0')
		}
		return int32(n % cardPartitions)
	}
	return NewCentreReader(CentreConfig{Broker: log, Codec: NewCodec(schemas.NewStore()), Partitions: parts, PartitionOf: of,
		Policy: policy.Builtin(), ParsePolicy: func(string) (*duty.Policy, error) { return nil, errors.New("there is no policy here") }})
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
		r := cardReader(log)
		r.keep = newKeeper(Keep{Dir: filepath.Join(b.TempDir(), dirRegister), Partitions: cardPartitions})
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
type marked struct{ *memoryLog }

func (m marked) Fetch(ctx context.Context, from Offsets, most int, wait time.Duration) (Fetched, error) {
	got, err := m.memoryLog.Fetch(ctx, from, most, wait)
	for p, n := range got.Next {
		got.Marks[p] = Mark{CRC: uint32(n)}
	}
	return got, err
}

func (m marked) MarkBefore(_ context.Context, _ Partition, n int64) (Mark, bool, error) {
	return Mark{CRC: uint32(n)}, true, nil
}

func (m marked) Ends(ctx context.Context, parts []Partition, end End) (Offsets, error) {
	if end == LogStart {
		return Offsets{}, nil
	}
	return m.memoryLog.Ends(ctx, parts, end)
}

// BenchmarkRegisterKept measures a restart with a million assignments: the
// register from the data directory, then the rest of the topics, of which there
// is none; and writing it down at the end.
func BenchmarkRegisterKept(b *testing.B) {
	log := marked{cardLog(cardsGiven)}
	dir := filepath.Join(b.TempDir(), dirRegister)
	start := func() *CentreReader {
		r := cardReader(log.memoryLog)
		r.broker, r.keep = log, newKeeper(Keep{Dir: dir, Partitions: cardPartitions})
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
		if r.joins.cards.n != cardsGiven {
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
	for _, name := range []string{indexFile, recordsFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
			b.ReportMetric(float64(info.Size())/cardsGiven, name+"-B/assignment")
		}
	}
}

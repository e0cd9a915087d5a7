package stream

import (
	"context"
	"errors"
	"fmt"
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
func cardLog(b *testing.B, n int) *memoryLog {
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
func cardReader(b *testing.B, log *memoryLog) *CentreReader {
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
	log := cardLog(b, cardsGiven)
	before := heap()
	b.ReportAllocs()
	var took time.Duration
	for b.Loop() {
		began := time.Now()
		r := cardReader(b, log)
		if err := r.ReadToEnd(context.Background()); err != nil {
			b.Fatal(err)
		}
		took += time.Since(began)
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/cardsGiven, "heap-B/assignment")
		runtime.KeepAlive(r)
		runtime.KeepAlive(log)
		b.StartTimer()
	}
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/cardsGiven, "ns/assignment")
}

package state_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"tilsyn/state"
)

// benchModes are a state as it is by default and one that is encrypted.
var benchModes = []struct {
	name string
	key  []byte
}{{"plain", nil}, {"encrypted", sealed.Key}}

// benchTask is a task with 20,000 persons of 100 facts on 30 days each, merged.
func benchTask(b *testing.B) state.Task {
	b.Helper()
	return benchTaskOf(b, nil)
}

// benchTaskOf is one that is encrypted if there is a key.
func benchTaskOf(b *testing.B, key []byte) state.Task {
	b.Helper()
	db, err := state.Open(b.TempDir(), state.Options{Pages: 128, Key: key})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	t, err := db.Task(0)
	if err != nil {
		b.Fatal(err)
	}
	var batch state.Batch
	var fact [24]byte
	for day := range int32(30) {
		for i := range 20_000 {
			binary.BigEndian.PutUint32(fact[:], uint32(i))
			binary.BigEndian.PutUint32(fact[4:], uint32(day))
			for n := range 3 {
				fact[8] = byte(n)
				batch.AddFact(benchPerson(i), 19_000+day, fact[:])
			}
			if day == 0 {
				batch.SetHeader(benchPerson(i), int64(i), fact[:])
			}
			if i%5_000 == 4_999 {
				batch.SetCheckpoint(fact[:])
				if err := t.Commit(&batch); err != nil {
					b.Fatal(err)
				}
				batch.Reset()
			}
		}
	}
	return t
}

func benchPerson(i int) string { return fmt.Sprintf("P%07d", i) }

// BenchmarkCommit is one cycle of 5,600 facts; ns/fact is what counts, and of the processor with the merges
// behind it.
func BenchmarkCommit(b *testing.B) {
	for _, m := range benchModes {
		b.Run(m.name, func(b *testing.B) { benchCommit(b, m.key) })
	}
}

func benchCommit(b *testing.B, key []byte) {
	db, err := state.Open(b.TempDir(), state.Options{Key: key})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	t, err := db.Task(0)
	if err != nil {
		b.Fatal(err)
	}
	const facts = 5_600
	names := make([]string, 100_000)
	for i := range names {
		names[i] = benchPerson(i)
	}
	var batch state.Batch
	var fact [24]byte
	n, cpu := 0, cpuTime()
	b.ReportAllocs()
	for b.Loop() {
		batch.Reset()
		for range facts {
			n++
			binary.BigEndian.PutUint64(fact[:], uint64(n))
			batch.AddFact(names[n*7919%len(names)], 19_000, fact[:])
		}
		batch.SetCheckpoint(fact[:])
		if err := t.Commit(&batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/fact")
	b.ReportMetric(float64(cpuTime()-cpu)/float64(n), "cpu-ns/fact")
}

// BenchmarkBatch is packing alone: no allocation per fact.
func BenchmarkBatch(b *testing.B) {
	var batch state.Batch
	var fact [24]byte
	b.ReportAllocs()
	for b.Loop() {
		batch.AddFact("P0123456", 19_000, fact[:])
		if batch.Size() > 1<<20 {
			batch.Reset()
		}
	}
}

// BenchmarkPersonRandom reads persons far apart: each read loads a page.
func BenchmarkPersonRandom(b *testing.B) {
	for _, m := range benchModes {
		t := benchTaskOf(b, m.key)
		for _, from := range []int32{state.Undated, 19_028} {
			b.Run(fmt.Sprintf("%s/days=%d", m.name, min(30, 19_030-int64(from))), func(b *testing.B) {
				i, n, cpu := 0, 0, cpuTime()
				for b.Loop() {
					i, n = (i+7919)%20_000, n+1
					if _, err := t.Person(benchPerson(i), from); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(cpuTime()-cpu)/float64(n), "cpu-ns/op")
			})
		}
	}
}

// BenchmarkPersonSweep reads persons in key order, two days each.
func BenchmarkPersonSweep(b *testing.B) {
	t := benchTask(b)
	persons, _, err := t.Persons(nil, 20_000)
	if err != nil || len(persons) != 20_000 {
		b.Fatalf("%d persons %v", len(persons), err)
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Person(persons[i%len(persons)], 19_028); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkHeader reads headers far apart.
func BenchmarkHeader(b *testing.B) {
	t := benchTask(b)
	i := 0
	for b.Loop() {
		i = (i + 7919) % 20_000
		if _, err := t.Header(benchPerson(i)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWalkDue visits everybody, with facts of no day, two and thirty;
// ns/person and ns/fact are what counts.
func BenchmarkWalkDue(b *testing.B) {
	t := benchTask(b)
	for _, from := range []int32{state.OnlyHeader, 19_028, state.Undated} {
		b.Run(fmt.Sprintf("from=%d", from), func(b *testing.B) {
			b.ReportAllocs()
			persons, facts, cpu := 0, 0, cpuTime()
			for b.Loop() {
				_, err := t.WalkDue(state.Never, nil, 1<<30, func(_, _ []byte) int32 { return from }, func(v *state.View) error {
					persons, facts = persons+1, facts+len(v.Facts)
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			spent := float64(cpuTime() - cpu)
			b.ReportMetric(spent/float64(persons), "cpu-ns/person")
			if facts > 0 {
				b.ReportMetric(spent/float64(facts), "cpu-ns/fact")
			}
		})
	}
}

package verify

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// BenchmarkLook is a look at the whole control system over the facts of the full job, of which no engine has judged
// anything: the first one, one after which nothing came, and one after a hundredth of all facts. Give it at most eight
// times of the last (-benchtime 8x).
func BenchmarkLook(b *testing.B) {
	for _, size := range []struct{ persons, days int }{{60, 1095}, {1000, 60}} {
		last := duty.DateOf(2026, 4, 21)
		var facts []simulate.Fact
		if _, err := simulate.Run(simulate.Config{Seed: 1, Start: last - duty.Date(size.days-1), Days: size.days,
			Persons: size.persons, Ordinary: true}, simulate.SinkFunc(func(f simulate.Fact) error {
			facts = append(facts, f)
			return nil
		})); err != nil {
			b.Fatal(err)
		}
		w := newVerifyRig(b, 1, 4)
		w.broker.Parts, w.now = w.parts, duty.Beginning
		put := func(n int) {
			for _, f := range facts[:n] {
				w.putFact(f)
			}
			w.commit(facts[n-1].ReceivedAt)
			facts = facts[n:]
		}
		part := len(facts) / 100
		put(len(facts) - 10*part)
		look := func(o *Overseer) *Oversight {
			found, err := o.look(context.Background(), w.verifier(nil), nil)
			w.must(err)
			return found
		}
		cfg := OverseeConfig{Policy: w.policy, Keep: 1 << 30}
		name := fmt.Sprintf("%dx%d/", size.persons, size.days)
		b.Run(name+"first", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				look(NewOverseer(cfg))
			}
		})
		o := NewOverseer(cfg)
		before := heap()
		kept := look(o).Kept
		after := heap()
		b.Run(name+"nothing-new", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				look(o)
			}
			b.ReportMetric(float64(kept), "B/kept")
			b.ReportMetric(float64(after-before), "B/heap")
		})
		b.Run(name+"hundredth-new", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				put(min(part, len(facts)))
				b.StartTimer()
				look(o)
			}
		})
	}
}

// heap is what is alive on the heap.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

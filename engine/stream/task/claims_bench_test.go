package task

import (
	"math/rand/v2"
	"testing"
	"time"

	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/watermark"
	"tilsyn/state"
)

// BenchmarkClaims measures what a claim costs, with a real store: to keep it, in cycles
// of a backlog, and a pass over all that are kept, for each of them. Compare with
// BenchmarkNight of the same run, which has it in what an event costs.
func BenchmarkClaims(b *testing.B) {
	const cycles, each = 50, 20_000
	var keeping, passing time.Duration
	for b.Loop() {
		db, err := state.Open(b.TempDir(), state.Options{})
		if err != nil {
			b.Fatal(err)
		}
		st, err := db.Task(0)
		if err != nil {
			b.Fatal(err)
		}
		one := NewTask(TaskConfig{Partitions: 1, Store: st, Wall: time.Now,
			PartitionOf: func(string) int32 { return 0 }, Centres: centres.NewCentreReader(centres.CentreConfig{}),
			Clock: watermark.WallClock(time.Now), Stats: &Stats{}})
		rng := rand.New(rand.NewPCG(1, 2))
		key := []byte("Q0000000")
		began := time.Now()
		for range cycles {
			one.resetCycle(one.limits.Decisions)
			for i := range each {
				key[7] = byte('0' + i%10)
				one.claimFor(rng.Uint64(), KeyHash(key), true)
			}
			if err := one.save(false); err != nil {
				b.Fatal(err)
			}
		}
		keeping += time.Since(began)
		began = time.Now()
		one.resetCycle(one.limits.Decisions)
		for one.claims.Left = one.claims.Dirty; one.claims.Pending(); {
			one.resetCycle(one.limits.Decisions)
			one.claims.Dirty = ShardSet{}
			if err := one.examine(); err != nil {
				b.Fatal(err)
			}
		}
		passing += time.Since(began)
		if n := len(one.claims.contested.Names); n > 0 {
			b.Fatalf("%d names are contested", n)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	all := float64(b.N) * cycles * each
	b.ReportMetric(float64(keeping.Nanoseconds())/all, "ns/claim-kept")
	b.ReportMetric(float64(passing.Nanoseconds())/all, "ns/claim-passed")
	b.ReportMetric(0, "ns/op")
}

package claims

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/state"
	"tilsyn/state/statetest"
)

// rig is the claims of the only task, on a state.
type rig struct {
	*Claims
	t     testing.TB
	store state.Task
}

func newRig(t testing.TB, st state.Task) *rig {
	r := &rig{t: t, store: st}
	r.Claims = New(Config{Tasks: 1, Store: st,
		Write:   func(int32, []byte) { t.Error("a claim leaves the only task") },
		Contest: func(name uint64) error { r.Contested.Take(name); return nil }})
	r.must(r.Load())
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// save ends a cycle.
func (r *rig) save() {
	r.t.Helper()
	var b state.Batch
	r.Save(&b)
	r.must(r.store.Commit(&b))
	r.Reset()
}

// pass examines all new claims, with those of the cycle.
func (r *rig) pass() {
	r.t.Helper()
	read := broker.Offsets{{Topic: duty.TopicCardEvents}: 7}
	if !r.Begin(When{Soon: true}, time.Time{}, 9, func() broker.Offsets { return read }) {
		r.t.Fatal("a pass does not begin")
	}
	to, clock, over, err := r.Examine(func() bool { return true }, time.Now)
	r.must(err)
	if !over || clock != 9 || !to.Reached(read) {
		r.t.Fatalf("the pass is over: %v, at %d, up to %v", over, clock, to)
	}
}

// Names that agree in all that is kept of them are told apart from those that do not,
// in every shard.
func TestClaimsInShards(t *testing.T) {
	t.Parallel()
	st, err := statetest.NewModel().Task(0)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, st)
	rng := rand.New(rand.NewPCG(3, 9))
	want := map[uint64]bool{}
	for range 3 {
		for range 4000 {
			name := rng.Uint64()
			r.Claim(name, 1, true)
			switch rng.IntN(8) {
			case 0:
				r.Claim(name, 1, true)
			case 1:
				r.Claim(name, 2+uint32(rng.IntN(3)), true)
				want[Kept(name)] = true
			}
		}
		r.pass()
		r.save()
	}
	for name := range want {
		if !r.Contested.names[name] {
			t.Fatal("a name that is claimed for two keys is not contested")
		}
	}
	if r.Contested.Len() != len(want) {
		t.Errorf("%d of %d names are contested", r.Contested.Len(), len(want))
	}
	stored, err := st.Person(shardKey(5), state.Aside)
	r.must(err)
	if len(stored.Facts) != 3 {
		t.Errorf("a shard has %d blocks after three cycles", len(stored.Facts))
	}
	if ids, _, err := st.Persons(nil, 10); err != nil || len(ids) > 0 {
		t.Errorf("a walk finds %v, %v", ids, err)
	}
	r.must(r.Load())
	if r.Contested.Len() != len(want) || r.Pending() {
		t.Error("a restart forgets what was contested, or examines it again")
	}
}

// A pass that finds no room goes on where it stopped, and claims that come meanwhile wait for
// the next one.
func TestClaimsPassInParts(t *testing.T) {
	t.Parallel()
	st, err := statetest.NewModel().Task(0)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, st)
	rng := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		name := rng.Uint64()
		r.Claim(name, 1, true)
		r.Claim(name, 2, true)
	}
	r.save()
	read := func() broker.Offsets { return nil }
	parts := 0
	for over := false; !over; parts++ {
		if !r.Begin(When{Soon: true}, time.Time{}, duty.Instant(parts), read) {
			t.Fatal("a pass does not begin")
		}
		room := 20
		var clock duty.Instant
		var err error
		_, clock, over, err = r.Examine(func() bool { room--; return room >= 0 }, time.Now)
		r.must(err)
		if clock != 0 {
			t.Fatalf("the pass began anew at %d", clock)
		}
		r.Claim(rng.Uint64(), 1, true)
		r.save()
	}
	if parts != shards/20+1 || r.Contested.Len() != 2000 || !r.Pending() {
		t.Errorf("%d parts, %d names, claims of meanwhile wait: %v", parts, r.Contested.Len(), r.Pending())
	}
}

// BenchmarkClaims measures what a claim costs, with a real store: to keep it, in cycles of a
// backlog, and a pass over all that are kept, for each of them. Compare with BenchmarkNight
// (package task) of the same run, which has it in what an event costs.
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
		r := newRig(b, st)
		rng := rand.New(rand.NewPCG(1, 2))
		key := []byte("Q0000000")
		began := time.Now()
		for range cycles {
			for i := range each {
				key[7] = byte('0' + i%10)
				r.Claim(rng.Uint64(), KeyHash(key), true)
			}
			r.save()
		}
		keeping += time.Since(began)
		began = time.Now()
		r.pass()
		passing += time.Since(began)
		if n := r.Contested.Len(); n > 0 {
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

// TestWithout: a record keeps all claims but those for the names that are left out, and none is left of a record of
// them alone; a contested name is left out by the part of it that is kept.
func TestWithout(t *testing.T) {
	t.Parallel()
	gone := func(name uint64) bool { return name == 7 }
	one := func(name uint64) []byte { return append(binary.BigEndian.AppendUint64(nil, name), 1, 2, 3) }
	record := slices.Concat([]byte{RecordClaims}, one(6), one(7), one(8))
	want := slices.Concat([]byte{RecordClaims}, one(6), one(8))
	if got, err := Without(record, gone, gone); err != nil || !slices.Equal(got, want) {
		t.Errorf("%x %v", got, err)
	}
	for _, record := range [][]byte{append([]byte{RecordClaims}, one(7)...),
		binary.BigEndian.AppendUint64([]byte{RecordContest}, 7)} {
		if got, err := Without(record, gone, gone); got != nil || err != nil {
			t.Errorf("of %x there stays %x, %v", record, got, err)
		}
		if _, err := Without(record[:5], gone, gone); err == nil {
			t.Errorf("%x is cut and was read", record[:5])
		}
	}
}

// TestClaimsTakeNoMemory: claims of a cycle take the memory of those of the cycle before, and no more than they have
// on disk.
func TestClaimsTakeNoMemory(t *testing.T) {
	c := New(Config{Tasks: 1})
	const n = 50_000
	cycle := func() {
		for i := range uint64(n) {
			c.Claim(mix(i), KeyHash([]byte{byte(i)}), true)
		}
		c.Reset()
	}
	cycle()
	if allocs := testing.AllocsPerRun(3, cycle); allocs > 0 {
		t.Errorf("%d claims allocate %v times", n, allocs)
	}
	room := 0
	for i := range c.fresh {
		room += claimBytes * cap(c.fresh[i])
	}
	if room > 2*claimBytes*n {
		t.Errorf("%d claims take %d bytes", n, room)
	}
}

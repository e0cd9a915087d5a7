package state_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"tilsyn/state"
	"tilsyn/state/statetest"
)

// seedOf returns the seed of a random test; TILSYN_SEED replays a failure.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("TILSYN_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("TILSYN_SEED: %v", err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("replay with TILSYN_SEED=%d", seed)
		}
	})
	return seed
}

// size is how long or how often a random test tries what it tries that long with TILSYN_FULL=1:
// without it a quarter, so that a run of all tests stays short.
func size(full int) int {
	if os.Getenv("TILSYN_FULL") == "" {
		return full / 4
	}
	return full
}

// small makes merges, compactions, splits and months happen in a short test.
var small = state.Options{Pages: 8, MergeBytes: 4 << 10, CacheBytes: 4 << 20}.WithFoldAfter(3)

// pair runs the same on Badger and on the model.
type pair struct {
	t     *testing.T
	r     *rand.Rand
	dir   string
	opt   state.Options
	now   int32 // days come from around here, and move on
	fills int
	db    *state.DB
	model *statetest.Model
	tasks [2]struct{ real, model state.Task }
}

func newPair(t *testing.T, seed uint64) *pair {
	return newPairOf(t, seed, small)
}

func newPairOf(t *testing.T, seed uint64, opt state.Options) *pair {
	p := &pair{t: t, r: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir(), model: statetest.NewModel(), opt: opt}
	p.open()
	return p
}

func (p *pair) open() {
	p.t.Helper()
	var err error
	if p.db, err = state.Open(p.dir, p.opt); err != nil {
		p.t.Fatal(err)
	}
	for i := range p.tasks {
		if p.tasks[i].real, err = p.db.Task(int32(i)); err != nil {
			p.t.Fatal(err)
		}
		if p.tasks[i].model, err = p.model.Task(int32(i)); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *pair) reopen() {
	p.t.Helper()
	if err := p.db.Close(); err != nil {
		p.t.Fatal(err)
	}
	p.open()
}

// person is one of 60; the first two share page and rank.
func (p *pair) person() string { return personName(p.r.IntN(60)) }

func personName(n int) string {
	if n < 2 {
		return twins()[n]
	}
	return fmt.Sprintf("P%03d", n)
}

// twins are two persons whose hashes agree in all that the layout looks at: the
// low bits of eight pages, and the high half.
var twins = sync.OnceValue(func() [2]string {
	seen := map[uint64]string{}
	for i := 0; ; i++ {
		name := fmt.Sprintf("P%06d", i)
		hash := xxhash.Sum64String(name) & 0xffffffff_00000007
		if other, found := seen[hash]; found {
			return [2]string{name, other} // the later name first
		}
		seen[hash] = name
	}
})

// day is one of the last few, often undated, sometimes one of long ago.
func (p *pair) day() int32 {
	switch p.r.IntN(12) {
	case 0, 1:
		return state.Undated
	case 2:
		return state.Aside
	case 3:
		return p.r.Int32N(p.now+10) - 3
	}
	return p.now + p.r.Int32N(12) - 3
}

func (p *pair) data(most int) []byte {
	data := make([]byte, 1+p.r.IntN(most))
	for i := range data {
		data[i] = byte(p.r.IntN(3)) // few values, so that facts repeat
	}
	return data
}

func (p *pair) fill(b *state.Batch) {
	if p.fills++; p.fills%3 == 0 {
		p.now++
	}
	for range p.r.IntN(40) {
		who := p.person()
		switch p.r.IntN(10) {
		case 0, 1:
			b.SetSaid(who, uint8(p.r.IntN(3)), p.day(), p.data(20))
		case 2:
			b.SetSaid(who, uint8(p.r.IntN(3)), p.day(), nil)
		case 3, 4:
			b.SetHeader(who, p.next(), p.data(8))
		case 5:
			b.AddFactBytes([]byte(who), p.day(), p.data(12))
		case 6:
			b.SetSaidBytes([]byte(who), uint8(p.r.IntN(3)), p.day(), p.data(20))
			b.SetHeaderBytes([]byte(who), p.next(), p.data(8))
		default:
			b.AddFact(who, p.day(), p.data(12))
		}
	}
	if p.r.IntN(300) == 0 { // more than one part
		for range 30 {
			b.AddFact(p.person(), p.day(), bytes.Repeat([]byte{byte(p.r.IntN(256))}, 60_000))
		}
	}
	if p.r.IntN(400) == 0 { // larger than what is kept inline
		huge := make([]byte, 1_300_000)
		for i := range huge {
			huge[i] = byte(p.r.IntN(256))
		}
		b.SetHeader(p.person(), p.next(), huge)
		b.AddFact(p.person(), p.day(), huge)
	}
	if p.r.IntN(3) == 0 {
		b.SetMeta(fmt.Sprintf("k%d", p.r.IntN(5)), p.data(9))
	}
	if p.r.IntN(9) == 0 {
		b.DeleteMeta(fmt.Sprintf("k%d", p.r.IntN(5)))
	}
	if p.r.IntN(4) != 0 {
		b.SetCheckpoint(p.data(30))
	}
}

func (p *pair) next() int64 {
	if p.r.IntN(3) == 0 {
		return state.Never
	}
	return int64(p.r.IntN(100))
}

func TestSameAsModel(t *testing.T) {
	seed := seedOf(t)
	p := newPair(t, seed)
	defer func() { p.db.Close() }()
	var b state.Batch
	for step := range size(3000) {
		i := p.r.IntN(2)
		task := p.tasks[i]
		switch n := p.r.IntN(100); {
		case n < 60:
			b.Reset()
			p.fill(&b)
			if err := task.real.Commit(&b); err != nil {
				t.Fatalf("seed %d step %d: %v", seed, step, err)
			}
			if err := task.model.Commit(&b); err != nil {
				t.Fatalf("seed %d step %d: %v", seed, step, err)
			}
		case n < 90:
			p.samePerson(i, p.person(), p.day())
		case n < 97:
			p.sameWalk(i, int64(p.r.IntN(110)), 1+p.r.IntN(20))
			p.sameViews(i, int64(p.r.IntN(110)), 1+p.r.IntN(40))
			p.samePages(i)
			p.sameTask(i)
		case n < 98 && step%7 == 0:
			p.reopen()
		case n < 99 && step%11 == 0:
			if err := task.real.Discard(); err != nil {
				t.Fatal(err)
			}
			if err := task.model.Discard(); err != nil {
				t.Fatal(err)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d step %d", seed, step)
		}
	}
	p.reopen()
	p.same()
}

// same compares everything.
func (p *pair) same() {
	p.t.Helper()
	for i := range p.tasks {
		p.sameWalk(i, state.Never, 7)
		p.sameViews(i, state.Never, 7)
		p.samePages(i)
		p.sameTask(i)
		for n := range 60 {
			for _, from := range []int32{state.Undated, state.Aside, state.OnlyUndated, p.day()} {
				p.samePerson(i, personName(n), from)
			}
		}
	}
}

func (p *pair) samePerson(i int, who string, from int32) {
	p.t.Helper()
	got, err := p.tasks[i].real.Person(who, from)
	if err != nil {
		p.t.Fatal(err)
	}
	want, err := p.tasks[i].model.Person(who, from)
	if err != nil {
		p.t.Fatal(err)
	}
	slices.SortFunc(got.Facts, bytes.Compare)
	if len(got.Facts) == 0 {
		got.Facts = nil
	}
	if !reflect.DeepEqual(got, want) {
		p.t.Errorf("task %d person %s from %d:\n got %v\nwant %v", i, who, from, got, want)
	}
	header, err := p.tasks[i].real.Header(who)
	if err != nil || !reflect.DeepEqual(header, want.Header) {
		p.t.Errorf("task %d header of %s: %v %v, want %v", i, who, header, err, want.Header)
	}
}

// sameWalk compares who is due; the order is the store's own.
func (p *pair) sameWalk(i int, until int64, limit int) {
	p.t.Helper()
	got, want := collect(p.t, p.tasks[i].real, until, limit), collect(p.t, p.tasks[i].model, until, limit)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		p.t.Errorf("task %d due by %d: got %v, want %v", i, until, got, want)
	}
	// A walk has looked at everybody who may be due, so the bound is exact if somebody is.
	if next := p.tasks[i].real.NextDue(); next > p.tasks[i].model.NextDue() {
		p.t.Errorf("task %d: NextDue %d is too late, somebody is due at %d", i, next, p.tasks[i].model.NextDue())
	}
}

func collect(t *testing.T, task state.Task, until int64, limit int) (all []string) {
	t.Helper()
	var cursor []byte
	for {
		persons, next, err := task.Due(until, cursor, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(persons) > limit {
			t.Fatalf("%d persons, more than the limit %d", len(persons), limit)
		}
		all = append(all, persons...)
		if next == nil {
			return all
		}
		cursor = next
	}
}

func (p *pair) sameTask(i int) {
	p.t.Helper()
	gotCheck, gotHas, err := p.tasks[i].real.Checkpoint()
	if err != nil {
		p.t.Fatal(err)
	}
	wantCheck, wantHas, _ := p.tasks[i].model.Checkpoint()
	if gotHas != wantHas || !bytes.Equal(gotCheck, wantCheck) {
		p.t.Errorf("task %d checkpoint: got %v %v, want %v %v", i, gotCheck, gotHas, wantCheck, wantHas)
	}
	metas := func(task state.Task) (all []string) {
		err := task.WalkMeta("k", func(key string, value []byte) error {
			all = append(all, fmt.Sprintf("%s=%v", key, value))
			return nil
		})
		if err != nil {
			p.t.Fatal(err)
		}
		return all
	}
	if got, want := metas(p.tasks[i].real), metas(p.tasks[i].model); !slices.Equal(got, want) {
		p.t.Errorf("task %d meta: got %v, want %v", i, got, want)
	}
	gotMeta, gotFound, _ := p.tasks[i].real.Meta("k1")
	wantMeta, wantFound, _ := p.tasks[i].model.Meta("k1")
	if gotFound != wantFound || !bytes.Equal(gotMeta, wantMeta) {
		p.t.Errorf("task %d meta k1: got %v, want %v", i, gotMeta, wantMeta)
	}
}

package stream

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/state"
)

// joinWorld is a world with nothing in it but random links and assignments, some
// of them in the wrong partition or unreadable.
func joinWorld(t testing.TB, seed uint64, parts int32) *world {
	w := newWorld(t, seed, parts)
	w.keepDir = filepath.Join(t.TempDir(), dirRegister)
	return w
}

func (w *world) sendJoins(n int) {
	for range n {
		w.now += duty.Instant(w.rng.IntN(1000))
		k := len(w.broker.logs)*1000 + int(w.broker.appended)
		switch w.rng.IntN(12) {
		case 0:
			l := &duty.IdentityLink{ID: fmt.Sprintf("l%d", k), Version: 1, PersonID: fmt.Sprintf("person%d", w.rng.IntN(200)),
				AliasPersonID: fmt.Sprintf("person%d", w.rng.IntN(200)), Action: duty.LinkActionMerge, At: w.now, ReceivedAt: w.now}
			w.send(&feed{topic: topicIdentityLinks, key: l.PersonID, record: l})
		case 1:
			w.send(&feed{topic: joinTopics[w.rng.IntN(2)], key: "person1"})
		case 2:
			a := randomAssignment(w.rng, k)
			_, value := w.encode(&feed{topic: topicCardAssignments, key: a.PersonID, record: a})
			w.broker.append(Partition{Topic: topicCardAssignments, Index: w.rng.Int32N(w.parts)}, []byte(a.PersonID), value)
		default:
			a := randomAssignment(w.rng, k)
			w.send(&feed{topic: topicCardAssignments, key: a.PersonID, record: a})
		}
	}
}

// started is a reader that has begun as the engine does.
func (w *world) started(r *CentreReader) *CentreReader {
	w.must(r.Resume(context.Background()))
	w.must(r.ReadToEnd(context.Background()))
	return r
}

// whole is a reader that keeps nothing.
func (w *world) whole() *CentreReader {
	dir := w.keepDir
	defer func() { w.keepDir = dir }()
	w.keepDir = ""
	return w.started(w.newReader())
}

// sameReaders compares all that tasks can learn from two readers.
func sameReaders(t testing.TB, rng *rand.Rand, got, want *CentreReader) {
	t.Helper()
	a, b := got.Snapshot(), want.Snapshot()
	if !maps.Equal(a.Positions, b.Positions) || !maps.Equal(a.newest, b.newest) || !maps.Equal(a.assigned, b.assigned) {
		t.Fatalf("positions, times or newest assignments differ:\n%v\n%v", a, b)
	}
	if a.joins.empty() != b.joins.empty() || !reflect.DeepEqual(a.joins.groups, b.joins.groups) {
		t.Fatal("who is linked with whom differs")
	}
	byPos := func(x, y duty.Known[duty.CardAssignment]) int {
		return cmp.Or(cmp.Compare(x.Pos.V.Partition, y.Pos.V.Partition), cmp.Compare(x.Pos.V.Offset, y.Pos.V.Offset))
	}
	for c := range 310 {
		card, who := cardHash(fmt.Sprintf("card%d", c)), fmt.Sprintf("person%d", c%200)
		x, err := a.joins.assignments(card)
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.joins.assignments(card)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(x, byPos)
		slices.SortFunc(y, byPos)
		if !reflect.DeepEqual(x, y) || a.joins.othersHold(card, who) != b.joins.othersHold(card, who) {
			t.Fatalf("card%d has %d assignments, want %d", c, len(x), len(y))
		}
	}
	// What is new to a task, wherever it stands.
	for range 20 {
		at := Offsets{}
		for p, n := range b.Positions {
			at[p] = rng.Int64N(n + 1)
		}
		if x, y := newTo(a, at), newTo(b, at); !maps.Equal(x, y) {
			t.Fatalf("to a task at %v other links are new than they should be: %v, want %v", at, x, y)
		}
	}
}

func newTo(s *Snapshot, at Offsets) map[touch]int {
	out := map[touch]int{}
	for _, x := range s.touches {
		if x.joins && x.offset >= at[x.at] {
			out[x]++
		}
	}
	return out
}

// A register that was kept, and the rest of the topics, is one that is read whole,
// however often and wherever it was interrupted.
func TestKeptIsWhole(t *testing.T) {
	t.Parallel()
	forSeeds(t, 12, func(t *testing.T, seed uint64) {
		w := joinWorld(t, seed, 1+int32(seed%4))
		w.broker.most = []int{0, 700}[seed%2]
		for range 6 {
			w.sendJoins(w.rng.IntN(900))
			r := w.newReader()
			w.must(r.Resume(context.Background()))
			for range w.rng.IntN(4) {
				w.must(r.Poll(context.Background(), 0))
			}
			switch w.rng.IntN(3) {
			case 0:
				r.Close()
			case 1:
				r.abandon()
			default:
				w.must(r.ReadToEnd(context.Background()))
				w.sendJoins(w.rng.IntN(50))
				w.must(r.Poll(context.Background(), 0))
				sameReaders(t, w.rng, w.caughtUp(r), w.whole())
				r.Close()
			}
		}
		r := w.started(w.newReader())
		sameReaders(t, w.rng, r, w.whole())
		r.Close()
	})
}

func (w *world) caughtUp(r *CentreReader) *CentreReader {
	w.must(r.ReadToEnd(context.Background()))
	return r
}

// A start reads of the topics only what came since the register was written.
func TestKeptIsNotReadAgain(t *testing.T) {
	w := joinWorld(t, 1, 2)
	w.sendJoins(1000)
	w.started(w.newReader()).Close()
	r := w.newReader()
	w.must(r.Resume(context.Background()))
	if n := r.joinPositions().sum(); n != 1000 {
		t.Errorf("a start begins at %d records, want 1000", n)
	}
	// Positions also move over what is no record.
	r.keep.saved = nil
	r.Close()
	r = w.newReader()
	w.must(r.Resume(context.Background()))
	if n := r.joinPositions().sum(); n != 1000 {
		t.Errorf("a start after one that brought nothing begins at %d records, want 1000", n)
	}
	sameReaders(t, w.rng, w.caughtUp(r), w.whole())
	r.Close()
}

// A register of other topics, or of topics that are not what they were, is put
// aside.
func TestKeptOfOtherTopics(t *testing.T) {
	cards := Partition{Topic: topicCardAssignments, Index: 1}
	cases := map[string]func(w *world, k *Keep){
		"another cluster":         func(_ *world, k *Keep) { k.Cluster = "other" },
		"another prefix":          func(_ *world, k *Keep) { k.Prefix = "other-" },
		"another partition count": func(_ *world, k *Keep) { k.Partitions++ },
		"the end is gone":         func(w *world, _ *Keep) { w.broker.logs[cards] = w.broker.logs[cards][:20] },
		"made anew":               func(w *world, _ *Keep) { w.remake(cards, len(w.broker.logs[cards])) },
		"made anew and longer":    func(w *world, _ *Keep) { w.remake(cards, len(w.broker.logs[cards])+50) },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			w := joinWorld(t, 4, 2)
			w.sendJoins(600)
			w.started(w.newReader()).Close()
			r := w.newReader()
			change(w, &r.keep.cfg)
			w.must(r.Resume(context.Background()))
			if n := r.joinPositions().sum(); n != 0 {
				t.Fatalf("it was used up to %d records", n)
			}
			w.must(r.ReadToEnd(context.Background()))
			sameReaders(t, w.rng, r, w.whole())
		})
	}
}

// With --history-floor a register knows more than the logs still hold, as the
// state does. It is of no use where what came between is gone too.
func TestKeptWithFloor(t *testing.T) {
	for _, gone := range []string{"read before", "not read yet", "and there is no floor"} {
		t.Run(gone, func(t *testing.T) {
			w := joinWorld(t, 6, 1)
			w.sendJoins(600)
			cards := Partition{Topic: topicCardAssignments}
			whole := w.whole()
			w.started(w.newReader()).Close()
			at := whole.next[cards]
			w.sendJoins(100)
			start := map[string]int64{"read before": at, "not read yet": at + 10, "and there is no floor": at / 2}[gone]
			w.broker.start[cards] = start
			r := w.newReader()
			if gone != "and there is no floor" {
				r.from = Offsets{cards: start}
				r.next[cards] = start
			}
			w.must(r.Resume(context.Background()))
			if n := r.joinPositions()[cards]; gone == "read before" && n != at || gone == "not read yet" && n != start || gone == "and there is no floor" && n != 0 {
				t.Fatalf("reading goes on at %d of a log that begins at %d and was read to %d", n, start, at)
			}
			if gone == "read before" {
				w.must(r.ReadToEnd(context.Background()))
				w.broker.start[cards] = 0
				sameReaders(t, w.rng, r, w.whole())
			}
			r.Close()
		})
	}
}

// After an end that was not in order, of an engine with its broker inside, the
// register is forgotten with the state.
func TestKeptIsForgotten(t *testing.T) {
	dir := t.TempDir()
	db, err := state.Open(filepath.Join(dir, dirState), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file, _, err := createRecords(filepath.Join(dir, dirRegister))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	e := &engine{cfg: Config{DataDir: dir}, parts: 1}
	if err := e.forget(db); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, dirRegister)); !os.IsNotExist(err) {
		t.Errorf("the register is still there: %v", err)
	}
}

// remake deletes a partition and fills a new one.
func (w *world) remake(p Partition, n int) {
	delete(w.broker.logs, p)
	delete(w.broker.stables, p)
	for len(w.broker.logs[p]) < n {
		w.sendJoins(1)
	}
}

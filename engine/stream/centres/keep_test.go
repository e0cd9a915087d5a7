package centres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
)

// identityWorld is a world with nothing in it but random links and assignments, some
// of them in the wrong partition or unreadable.
func identityWorld(t testing.TB, seed uint64, parts int32) *identityRig {
	w := newIdentityRig(t, seed, parts)
	w.keepDir = filepath.Join(t.TempDir(), datadir.DirRegister)
	return w
}

func (w *identityRig) sendIdentities(n int) {
	for range n {
		w.now += duty.Instant(w.rng.IntN(1000))
		k := len(w.broker.Logs)*1000 + int(w.broker.Appended)
		switch w.rng.IntN(12) {
		case 0:
			l := &duty.IdentityLink{ID: fmt.Sprintf("l%d", k), Version: 1, PersonID: fmt.Sprintf("person%d", w.rng.IntN(200)),
				AliasPersonID: fmt.Sprintf("person%d", w.rng.IntN(200)), Action: duty.LinkActionMerge, At: w.now, ReceivedAt: w.now}
			w.send(duty.TopicIdentityLinks, l.PersonID, l)
		case 1:
			w.send(broker.IdentityTopics[w.rng.IntN(2)], "person1", nil)
		case 2:
			a := seeds.Assignment(w.rng, k)
			_, value := w.encode(duty.TopicCardAssignments, a.PersonID, a)
			w.broker.Append(broker.Partition{Topic: duty.TopicCardAssignments, Index: w.rng.Int32N(w.parts)},
				[]byte(a.PersonID), value)
		default:
			a := seeds.Assignment(w.rng, k)
			w.send(duty.TopicCardAssignments, a.PersonID, a)
		}
	}
}

// started is a reader that has begun as the engine does.
func (w *identityRig) started(r *CentreReader) *CentreReader {
	w.must(r.Resume(context.Background()))
	w.must(r.ReadToEnd(context.Background()))
	return r
}

// whole is a reader that keeps nothing.
func (w *identityRig) whole() *CentreReader {
	dir := w.keepDir
	defer func() { w.keepDir = dir }()
	w.keepDir = ""
	return w.started(w.newReader())
}

// sameReaders compares all that tasks can learn from two readers.
func sameReaders(t testing.TB, rng *rand.Rand, got, want *CentreReader) {
	t.Helper()
	a, b := got.Picture(), want.Picture()
	if !maps.Equal(a.Positions, b.Positions) || !maps.Equal(a.LastRead, b.LastRead) ||
		!maps.Equal(a.Assigned, b.Assigned) {
		t.Fatalf("positions, times or newest assignments differ:\n%v\n%v", a, b)
	}
	if a.Register.Empty() != b.Register.Empty() || !reflect.DeepEqual(a.Register.Groups, b.Register.Groups) {
		t.Fatal("who is linked with whom differs")
	}
	byPos := func(x, y duty.Known[duty.CardAssignment]) int {
		return cmp.Or(cmp.Compare(x.Pos.V.Partition, y.Pos.V.Partition), cmp.Compare(x.Pos.V.Offset, y.Pos.V.Offset))
	}
	for c := range 310 {
		card, who := casefile.CardHash(fmt.Sprintf("card%d", c)), fmt.Sprintf("person%d", c%200)
		x, err := a.Register.Assignments(card)
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Register.Assignments(card)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(x, byPos)
		slices.SortFunc(y, byPos)
		if !reflect.DeepEqual(x, y) || a.Register.OthersHold(card, who) != b.Register.OthersHold(card, who) {
			t.Fatalf("card%d has %d assignments, want %d", c, len(x), len(y))
		}
	}
	// What is new to a task, wherever it stands.
	for range 20 {
		at := broker.Offsets{}
		for p, n := range b.Positions {
			at[p] = rng.Int64N(n + 1)
		}
		if x, y := newTo(a, at), newTo(b, at); !maps.Equal(x, y) {
			t.Fatalf("to a task at %v other links are new than they should be: %v, want %v", at, x, y)
		}
	}
}

func newTo(s *Picture, at broker.Offsets) map[Touch]int {
	out := map[Touch]int{}
	for _, x := range s.Touches {
		if x.Identity && x.Offset >= at[x.At] {
			out[x]++
		}
	}
	return out
}

// A kept register together with the rest of the topics equals one that is read from the beginning,
// however often and wherever it was interrupted.
func TestKeptIsWhole(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 12, func(t *testing.T, seed uint64) {
		w := identityWorld(t, seed, 1+int32(seed%4))
		w.broker.Most = []int{0, 700}[seed%2]
		for range 6 {
			w.sendIdentities(w.rng.IntN(900))
			r := w.newReader()
			w.must(r.Resume(context.Background()))
			for range w.rng.IntN(4) {
				w.must(r.Poll(context.Background(), 0))
			}
			switch w.rng.IntN(3) {
			case 0:
				r.Close()
			case 1:
				r.Abandon()
			default:
				w.must(r.ReadToEnd(context.Background()))
				w.sendIdentities(w.rng.IntN(50))
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

func (w *identityRig) caughtUp(r *CentreReader) *CentreReader {
	w.must(r.ReadToEnd(context.Background()))
	return r
}

// A start reads of the topics only what came since the register was written.
func TestKeptIsNotReadAgain(t *testing.T) {
	w := identityWorld(t, 1, 2)
	w.sendIdentities(1000)
	w.started(w.newReader()).Close()
	r := w.newReader()
	w.must(r.Resume(context.Background()))
	if n := r.IdentityPositions().Sum(); n != 1000 {
		t.Errorf("a start begins at %d records, want 1000", n)
	}
	// Positions also move over what is no record.
	r.keep.saved = nil
	r.Close()
	r = w.newReader()
	w.must(r.Resume(context.Background()))
	if n := r.IdentityPositions().Sum(); n != 1000 {
		t.Errorf("a start after one that brought nothing begins at %d records, want 1000", n)
	}
	sameReaders(t, w.rng, w.caughtUp(r), w.whole())
	r.Close()
}

// A register of other topics, or of topics that are not what they were, is put
// aside.
func TestKeptOfOtherTopics(t *testing.T) {
	cards := broker.Partition{Topic: duty.TopicCardAssignments, Index: 1}
	cases := map[string]func(w *identityRig, k *Keep){
		"another cluster":         func(_ *identityRig, k *Keep) { k.Cluster = "other" },
		"another prefix":          func(_ *identityRig, k *Keep) { k.Prefix = "other-" },
		"another partition count": func(_ *identityRig, k *Keep) { k.Partitions++ },
		"the end is gone":         func(w *identityRig, _ *Keep) { w.broker.Logs[cards] = w.broker.Logs[cards][:20] },
		"made anew":               func(w *identityRig, _ *Keep) { w.remake(cards, len(w.broker.Logs[cards])) },
		"made anew and longer":    func(w *identityRig, _ *Keep) { w.remake(cards, len(w.broker.Logs[cards])+50) },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			w := identityWorld(t, 4, 2)
			w.sendIdentities(600)
			w.started(w.newReader()).Close()
			cfg := w.config()
			change(w, &cfg.Keep)
			r := w.reader(cfg)
			w.must(r.Resume(context.Background()))
			if n := r.IdentityPositions().Sum(); n != 0 {
				t.Fatalf("it was used up to %d records", n)
			}
			w.must(r.ReadToEnd(context.Background()))
			sameReaders(t, w.rng, r, w.whole())
		})
	}
}

// With --history-floor the register knows more than the logs still hold, as the state does. It
// cannot be used if records between it and the start of the logs are gone as well.
func TestKeptWithFloor(t *testing.T) {
	for _, gone := range []string{"read before", "not read yet", "and there is no floor"} {
		t.Run(gone, func(t *testing.T) {
			w := identityWorld(t, 6, 1)
			w.sendIdentities(600)
			cards := broker.Partition{Topic: duty.TopicCardAssignments}
			whole := w.whole()
			w.started(w.newReader()).Close()
			at := whole.next[cards]
			w.sendIdentities(100)
			start := map[string]int64{"read before": at, "not read yet": at + 10, "and there is no floor": at / 2}[gone]
			w.broker.Start[cards] = start
			r := w.newReader()
			if gone != "and there is no floor" {
				r.from = broker.Offsets{cards: start}
				r.next[cards] = start
			}
			w.must(r.Resume(context.Background()))
			if n := r.IdentityPositions()[cards]; gone == "read before" && n != at ||
				gone == "not read yet" && n != start || gone == "and there is no floor" && n != 0 {
				t.Fatalf("reading goes on at %d of a log that begins at %d and was read to %d", n, start, at)
			}
			if gone == "read before" {
				w.must(r.ReadToEnd(context.Background()))
				w.broker.Start[cards] = 0
				sameReaders(t, w.rng, r, w.whole())
			}
			r.Close()
		})
	}
}

// remake deletes a partition and fills a new one.
func (w *identityRig) remake(p broker.Partition, n int) {
	delete(w.broker.Logs, p)
	delete(w.broker.Stables, p)
	for len(w.broker.Logs[p]) < n {
		w.sendIdentities(1)
	}
}

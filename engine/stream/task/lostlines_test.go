package task

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// brokenFirst lets some records come with their end missing, and once more whole, later or never.
// Card rows are left out: the model gives persons more rows of others than they need, and one of
// the same id would end a hold.
func brokenFirst(rng *rand.Rand, feeds []testkit.Feed) []testkit.Feed {
	var out []testkit.Feed
	for i := range feeds {
		f := feeds[i]
		if f.Record == nil || f.Topic == duty.TopicCardEvents || rng.IntN(12) > 0 {
			out = append(out, f)
			continue
		}
		bad := f
		bad.Broken = true
		out = append(out, bad)
		if rng.IntN(4) > 0 {
			f.At += duty.Instant(rng.IntN(3)) * duty.Hour
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At < out[j].At })
	return out
}

// Whatever cannot be read, and whenever it comes again: what is told and shown follows from the
// facts in the log, and the same dead letters are open.
func TestBrokenRecords(t *testing.T) {
	t.Parallel()
	closed := false
	seeds.ForEach(t, 24, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.loseTail = seed%2 == 0
		w.die = func(string) bool { return w.rng.IntN(150) == 0 }
		feeds := brokenFirst(w.rng, centreDoubts(w.rng, 4, 4))
		w.play(feeds, worldEnd, 3)
		w.die = nil
		w.check()
		closed = closed || slices.Contains(w.lines(duty.TopicDataQuality, "UNREADABLE"), "CLOSED")
		w.checkLetters()
	})
	if !closed && !t.Failed() {
		t.Error("no line was closed")
	}
}

// checkLetters compares the letters that the tasks take for open with those of the facts
// in the log.
func (w *world) checkLetters() {
	w.t.Helper()
	persons, atCentres := w.knowledgeOf()
	atCentres = w.watchedAt(persons, atCentres, w.now)
	want := placesOf(atCentres.OpenLost(w.now))
	for id, f := range persons {
		if w.isCentre(id) {
			continue // paper under its key is the centre's
		}
		in := duty.Input{PersonID: id, Person: f, Centres: atCentres, Policies: w.policies()}
		for place := range placesOf(duty.OpenLost(in, w.now)) {
			want[place] = true
		}
	}
	w.letters()
	got := map[centres.LetterPlace]bool{}
	for _, task := range w.tasks {
		for _, l := range task.beside.letters.list {
			if l.open {
				got[l.LetterPlace] = true
			}
		}
	}
	if !maps.Equal(got, want) {
		w.t.Errorf("open letters %v, want %v", got, want)
	}
}

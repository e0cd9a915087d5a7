package main

import (
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestTraffic: those at home pass, all out and then all in again; who was told of does not; every event has a name of
// its own, also beside those of the evening.
func TestTraffic(t *testing.T) {
	j := &job{Persons: 500, Nights: 1, Missing: 100, Seed: 4, Slots: evening}
	names := map[string]bool{}
	var w writer
	persons := make([]string, j.Persons)
	for p := range persons {
		persons[p] = person(p)
	}
	for x := range j.passages() {
		w.record(j, x, persons)
		names[w.event.ID] = true
	}
	traffic := newTraffic(j)
	out, before, last := map[string]bool{}, map[string]duty.Instant{}, morning
	home := len(traffic.home)
	if truth := len(j.truth()); truth == 0 || home != j.Persons-truth {
		t.Fatalf("%d of %d persons are at home, %d are told of", home, j.Persons, truth)
	}
	for i := range 5 * home {
		at := traffic.at()
		o := traffic.one()
		e := &traffic.w.event
		if names[e.ID] {
			t.Fatalf("two events are called %s", e.ID)
		}
		names[e.ID] = true
		wanted := duty.DirectionOut
		if out[e.PersonID.V] {
			wanted = duty.DirectionIn
		}
		if e.Direction.V != wanted || string(o.Key) != e.PersonID.V || e.OccurredAt != at || at < last ||
			i >= home && at-before[e.PersonID.V] < duty.Minute {
			t.Fatalf("passage %d is %+v under key %s, want direction %s", i, e, o.Key, wanted)
		}
		out[e.PersonID.V] = wanted == duty.DirectionOut
		before[e.PersonID.V], last = at, at
	}
	for p := range persons {
		if _, passed := out[persons[p]]; passed == j.missed(p, 0) {
			t.Errorf("%s passed: %t, was told of: %t", persons[p], passed, j.missed(p, 0))
		}
	}
}

// TestPace: as many are owed after a time as the rate says, and each has its turn at an even distance.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		rate  float64
		want  int
	}{{0, 1000, 0}, {time.Second, 1000, 1000}, {10 * time.Millisecond, 125_000, 1250}, {time.Minute, 0.5, 30},
		{time.Second, 0.5, 0}} {
		if got := owed(c.after, c.rate); got != c.want {
			t.Errorf("%d are owed after %s at %v a second, want %d", got, c.after, c.rate, c.want)
		}
	}
	for _, c := range []struct {
		number int
		rate   float64
		want   time.Duration
	}{{0, 50, 0}, {1, 50, 20 * time.Millisecond}, {100, 50, 2 * time.Second}, {3, 2000, 1500 * time.Microsecond}} {
		if got := turn(c.number, c.rate); got != c.want {
			t.Errorf("number %d of %v a second is due after %s, want %s", c.number, c.rate, got, c.want)
		}
	}
}

// TestClearings: the first persons who were told of, each once, by permissions and passages in turn that are of the
// person and clear the night by the law.
func TestClearings(t *testing.T) {
	j := &job{Persons: 200, Nights: 1, Missing: 100, Seed: 9}
	truth := j.truth()
	all, err := j.clearings(len(truth))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.clearings(len(truth) + 1); err == nil {
		t.Error("more are cleared than were told of")
	}
	for i := range all {
		c := &all[i]
		if !truth[c.unit()] {
			t.Errorf("%s was not told of, or is cleared twice", person(c.person))
		}
		delete(truth, c.unit())
		o := c.record(morning)
		s, body, err := schemas.SplitFrame(o.Value)
		if err != nil || string(o.Key) != person(c.person) || c.permission != (i%2 == 0) {
			t.Fatalf("clearing %d: %+v, %s, %v", i, c, o.Key, err)
		}
		var leave duty.Permission
		var event duty.CardEvent
		if c.permission {
			_, err = schemas.DecodePermission(body, &leave)
			if o.Topic != topics.Permissions || leave.PersonID != person(c.person) ||
				leave.ValidFrom > (firstDay+1).Start()-duty.Hour || leave.ValidTo < (firstDay+1).Start()+6*duty.Hour {
				t.Errorf("clearing %d is %+v on %s", i, leave, o.Topic)
			}
		} else {
			_, err = schemas.DecodeCardEvent(body, &event)
			if o.Topic != topics.CardEvents || event.PersonID.V != person(c.person) || event.ReceivedAt != morning ||
				event.OccurredAt >= firstDay.Start()+23*duty.Hour {
				t.Errorf("clearing %d is %+v on %s", i, event, o.Topic)
			}
		}
		if err != nil {
			t.Fatalf("clearing %d of schema %v: %v", i, s, err)
		}
	}
}

// TestMatch: each withdrawal is taken from the fact that brought it; one that is missing, and one that nothing brought,
// is an error.
func TestMatch(t *testing.T) {
	at := time.Date(2026, 2, 4, 6, 0, 0, 0, time.UTC)
	ms := func(n int) time.Time { return at.Add(time.Duration(n) * time.Millisecond) }
	all := []clearing{
		{person: 1, permission: true, sent: ms(0), acknowledged: ms(5)},
		{person: 2, sent: ms(100), acknowledged: ms(110)},
		{person: 3, permission: true, sent: ms(200), acknowledged: ms(202)},
	}
	gone := map[string]time.Time{all[0].unit(): ms(25), all[1].unit(): ms(150), all[2].unit(): ms(201)}
	d, err := match(all, gone)
	if err != nil || !slices.Equal(d.acknowledged, []float64{20, 40, -1}) || !slices.Equal(d.sent, []float64{25, 50, 1}) ||
		!slices.Equal(d.permission, []float64{20, -1}) || !slices.Equal(d.passage, []float64{40}) {
		t.Errorf("%+v, %v", d, err)
	}
	stranger := clearing{person: 4}
	gone[stranger.unit()] = ms(300)
	if _, err := match(all, gone); err == nil {
		t.Error("a withdrawal that nothing brought counts")
	}
	delete(gone, all[1].unit())
	if _, err := match(all, gone); err == nil {
		t.Error("a withdrawal is missing, and the run counts")
	}
}

// TestCheckWithdrawals: what makes no sense is refused before a broker is started.
func TestCheckWithdrawals(t *testing.T) {
	good := withdrawals{count: 10, perSecond: 50, backlog: 1000, load: 0.5}
	j := &job{Persons: 500, Nights: 1, Missing: 100, Seed: 4}
	for name, c := range map[string]struct {
		change func(*withdrawals, *job)
		ok     bool
	}{
		"as it is":          {func(*withdrawals, *job) {}, true},
		"a rate":            {func(w *withdrawals, _ *job) { w.rate = 1000 }, true},
		"not measured":      {func(w *withdrawals, _ *job) { *w = withdrawals{} }, true},
		"negative":          {func(w *withdrawals, _ *job) { w.count = -1 }, false},
		"no pace":           {func(w *withdrawals, _ *job) { w.perSecond = 0 }, false},
		"no load":           {func(w *withdrawals, _ *job) { w.load = 0 }, false},
		"no backlog":        {func(w *withdrawals, _ *job) { w.backlog = 0 }, false},
		"three duties":      {func(_ *withdrawals, j *job) { j.Three = true }, false},
		"too few told of":   {func(w *withdrawals, _ *job) { w.count = 400 }, false},
		"nobody is at home": {func(_ *withdrawals, j *job) { j.Missing = 1000 }, false},
	} {
		w, of := good, *j
		c.change(&w, &of)
		if err := w.check(&of); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package task

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	residents "tilsyn/engine/simulate"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
)

// lifetime is a world whose residents have lived for some time.
type lifetime struct {
	*world
	feeds []testkit.Feed
	next  int
}

// livedFor is a world of one task on a real store, with ordinary residents who have lived up to the noon before an
// end, and were judged in the days before it.
func livedFor(t *testing.T, start, end duty.Date, persons int) *lifetime {
	w := newWorld(t, 8, 1)
	w.judge, w.policy = Core{}, policy.Builtin()
	w.onDisk(state.Options{MergeBytes: 32 << 10})
	l := &lifetime{world: w, feeds: livedBy(t, residents.Config{Seed: 5, Start: start, Days: int(end - start + 1),
		Persons: persons, Ordinary: true})}
	w.now = start.Start()
	w.boot()
	noon := (end - 1).Start() + 12*duty.Hour
	l.live(noon-2*duty.Day, 1000*duty.Day)
	l.live(noon, 6*duty.Hour)
	return l
}

// live lets what becomes known by an instant come, with a rest after each step.
func (l *lifetime) live(until, step duty.Instant) {
	for l.now < until {
		at := min(l.now+step, until)
		for ; l.next < len(l.feeds) && l.feeds[l.next].At <= at; l.next++ {
			l.now = max(l.now, l.feeds[l.next].At)
			l.send(&l.feeds[l.next])
		}
		l.now = at
		l.rest()
	}
}

// read is what was read for verdicts since the last call: how many were made, how many of them on the rest, how
// many rows and papers these read, and how often all were read after them.
func (l *lifetime) read() (all, rest, rows, twice int) {
	c := &l.tasks[0].carried
	rows, twice = c.rows, c.twice
	c.rows, c.twice = 0, 0
	return int(l.stats.Evaluations.Swap(0)), int(l.stats.Carried.Swap(0)), rows, twice
}

// TestRowsBeforeAreNotRead: a verdict reads as many rows and papers after two years as after five weeks, both ending in
// the middle of a month, and hardly anybody is judged on everything.
func TestRowsBeforeAreNotRead(t *testing.T) {
	t.Parallel()
	start := duty.DateOf(2024, 1, 8)
	var perVerdict [2]float64
	for i, end := range []duty.Date{duty.DateOf(2024, 2, 15), duty.DateOf(2025, 12, 15)} {
		l := livedFor(t, start, end, 6)
		l.read()
		l.live((end + 1).Start(), 2*duty.Hour)
		all, rest, rows, twice := l.read()
		perVerdict[i] = float64(rows) / float64(rest)
		later := l.advanced()
		t.Logf("after %d days: %d of %d verdicts on the rest, %.0f rows for each, %d after which all were read, %d times "+
			"carried on from a later date", end-start, rest, all, perVerdict[i], twice, later)
		if rest < all*9/10 || twice > all/20 || later == 0 {
			t.Errorf("after %d days %d of %d verdicts are on the rest, %d were made after that, and %d times it is carried on",
				end-start, rest, all, twice, later)
		}
		l.check()
	}
	if perVerdict[1] > 1.3*perVerdict[0] {
		t.Errorf("a verdict reads %.0f rows, and %.0f after two years", perVerdict[0], perVerdict[1])
	}
}

// TestRoutinesKeepWhatIsCarried: a routine begins behind a verdict on the rest, and when it ends, the next verdict is
// on the rest as well.
func TestRoutinesKeepWhatIsCarried(t *testing.T) {
	t.Parallel()
	end := duty.DateOf(2026, 2, 24)
	l := livedFor(t, duty.DateOf(2026, 1, 8), end, 24)
	l.read()
	had, began, ended := map[uint32]bool{}, 0, 0
	l.live((end-1).Start()+28*duty.Hour, 2*duty.Hour)
	for l.now < end.Start()+12*duty.Hour {
		l.live(l.now+10*duty.Minute, 10*duty.Minute)
		for who := range l.tasks[0].carried.of { //house:order-free each is for itself
			has := l.tasks[0].roster.entries[who].flags&hasRoutine != 0
			if has && !had[who] {
				began++
			} else if had[who] && !has {
				ended++
			}
			had[who] = has
		}
	}
	all, rest, _, twice := l.read()
	t.Logf("%d routines began and %d ended; %d of %d verdicts on the rest, %d read twice", began, ended, rest, all, twice)
	if began < 3 || ended < 3 || rest < all*9/10 || twice > all/20 {
		t.Error("what is carried ends with a routine, or none begins or ends")
	}
	l.check()
}

// someone returns a passage of a person of whom something is carried.
func (l *lifetime) someone() *duty.CardEvent {
	for i := l.next - 1; i >= 0; i-- {
		e, ok := l.feeds[i].Record.(*duty.CardEvent)
		if ok && e.Kind == duty.CardEventKindPassage && e.Scan == duty.ScanComplete && l.carriedNow(e.PersonID.V) != nil {
			return e
		}
	}
	l.t.Fatal("nothing is carried of anybody with a passage")
	return nil
}

// rowsOf returns how many rows of a person have come.
func (l *lifetime) rowsOf(who string) (n int) {
	for i := range l.feeds[:l.next] {
		if e, ok := l.feeds[i].Record.(*duty.CardEvent); ok && e.PersonID.V == who {
			n++
		}
	}
	return n
}

// decided returns what was read for the verdict that follows a row like another one, with an id and a time of its own.
func (l *lifetime) decided(like *duty.CardEvent, id string, happened duty.Instant) (all, rest, rows, twice int) {
	l.now += duty.Minute
	e := *like
	e.ID, e.OccurredAt, e.ReceivedAt = id, happened, l.now
	l.send(&testkit.Feed{At: l.now, Topic: duty.TopicCardEvents, Key: e.PersonID.V, Record: &e})
	l.read()
	l.rest()
	l.check()
	return l.read()
}

// TestRowsBeforeAreReadWhenNeeded: a row of now has the rest read, with those that wait in memory and for a merge of
// the store; a row of before what is read has everything read, and so does a start; and everything told is then what
// replay says.
func TestRowsBeforeAreReadWhenNeeded(t *testing.T) {
	t.Parallel()
	l := livedFor(t, duty.DateOf(2026, 1, 8), duty.DateOf(2026, 5, 20), 4)
	e := l.someone()
	who, since := e.PersonID.V, l.carriedNow(e.PersonID.V).Since()
	of := l.rowsOf(who)
	_, rest, rows, twice := l.decided(e, "now", l.now)
	if rest == 0 || rows > rest*of/2 || twice > 0 {
		t.Errorf("after a row of now %d verdicts read %d rows of %d, and %d all of them", rest, rows, of, twice)
	}
	late := since - 3*duty.Day
	all, rest, _, twice := l.decided(e, "late", late)
	if all == 0 || rest > 0 || twice > 0 {
		t.Errorf("after a late row %d of %d verdicts are on the rest, %d read twice", rest, all, twice)
	}
	if now := l.carriedNow(who); now != nil && now.Since() > late {
		t.Error("a row of before that came late is left out of what is read")
	}
	e = l.someone()
	of = l.rowsOf(e.PersonID.V)
	l.restore()
	l.boot()
	if all, rest, _, _ = l.decided(e, "then", l.now); all == 0 || rest > 0 {
		t.Errorf("after a start %d of %d verdicts are on the rest", rest, all)
	}
	if all, rest, rows, _ = l.decided(e, "next", l.now); rest == 0 || rest < all || rows > rest*of/2 {
		t.Errorf("after that %d of %d verdicts are on the rest, with %d rows of %d", rest, all, rows, of)
	}
	l.moves(e.PersonID.V)
}

// moves gives somebody else a version of a row of a person that is not read: the person is judged on everything then.
func (l *lifetime) moves(who string) {
	l.t.Helper()
	known := l.carriedNow(who)
	var old duty.CardEvent
	for i := range l.feeds[:l.next] {
		if e, ok := l.feeds[i].Record.(*duty.CardEvent); ok && e.PersonID.V == who && e.OccurredAt < known.Since()-duty.Day {
			old = *e
		}
	}
	c := &l.tasks[0].carried
	other := old
	other.ID = "another-row"
	for _, e := range []*duty.CardEvent{&other, &old} {
		if l.carriedNow(who) == nil {
			l.t.Fatal("what is carried ends with a version of a fact that the person does not have")
		}
		c.moved(&stored.Fact{Topic: duty.TopicCardEvents, Record: e}, false, true, l.now)
	}
	if l.carriedNow(who) != nil {
		l.t.Error("what is carried does not end with a version of a row that is somebody else's")
	}
	l.now += duty.Minute
	old.Version, old.PersonID, old.CardID, old.ReceivedAt = 2, duty.Some("somebody"), "another-card", l.now
	l.send(&testkit.Feed{At: l.now, Topic: duty.TopicCardEvents, Key: "somebody", Record: &old})
	l.read()
	l.rest()
	l.check()
	if all, _, _, _ := l.read(); all == 0 || l.carriedNow(who) != nil {
		l.t.Errorf("a version of a row that is not read is somebody else's: %d verdicts", all)
	}
}

package task

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	residents "tilsyn/engine/simulate"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/watching"
	"tilsyn/state"
)

// lived are the facts of residents under all duties over some days, their centres' among them, as they become known.
func lived(t *testing.T, seed uint64, days int, ordinary bool) (feeds []testkit.Feed) {
	t.Helper()
	return livedBy(t, residents.Config{Seed: seed, Start: duty.DateOf(2026, 1, 10), Days: days, Persons: 2,
		Ordinary: ordinary})
}

// livedBy are the facts of a simulation as they become known.
func livedBy(t *testing.T, cfg residents.Config) (feeds []testkit.Feed) {
	t.Helper()
	_, err := residents.Run(cfg, residents.SinkFunc(func(f residents.Fact) error {
		feeds = append(feeds, testkit.Feed{At: f.ReceivedAt, Topic: f.Topic, Key: f.Key, Record: f.Record})
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(feeds, func(a, b testkit.Feed) int { return cmp.Compare(a.At, b.At) })
	return feeds
}

// TestCarriedOverMonths: where residents live under all duties for months, most verdicts judge only what is not
// carried, and everything told is what replay says; also where processes die, which forgets what is carried.
func TestCarriedOverMonths(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "months of residents under all duties")
	carried, all, advanced := int64(0), int64(0), 0
	seeds.ForEach(t, 6, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed%2))
		w.judge, w.policy = Core{}, policy.Builtin()
		w.boot()
		checked := seeds.Start
		feeds := lived(t, seed, 40+w.rng.IntN(30), seed%3 > 0)
		for i := range feeds {
			w.now = max(w.now, feeds[i].At)
			w.send(&feeds[i])
			if w.rng.IntN(2) == 0 {
				w.turn()
			}
			if w.rng.IntN(2000) == 0 {
				w.dieAt = w.effects + w.rng.IntN(20)
			}
			if w.now > checked+12*duty.Day {
				checked = w.now
				w.rest()
				w.check()
				advanced += w.advanced()
			}
		}
		w.rest()
		w.check()
		carried, all = carried+w.stats.Carried.Load(), all+w.stats.Evaluations.Load()
		advanced += w.advanced()
	})
	t.Logf("%d of %d verdicts on what is not carried, carried on from a later date %d times", carried, all, advanced)
	if carried == 0 || advanced == 0 {
		t.Error("nothing is carried, or never from a later date")
	}
}

// advanced returns how often the tasks carried on from a later date since the last call, if they were there then.
func (w *world) advanced() (n int) {
	for _, of := range w.tasks {
		n += of.carried.advanced
		of.carried.advanced = 0
	}
	return n
}

// carriedNow returns what is carried of a person in a world of one task.
func (w *world) carriedNow(person string) *carried {
	who, err := w.tasks[0].roster.find([]byte(person))
	w.must(err)
	return w.tasks[0].carried.of[who]
}

// cardOfOthers is a card that nobody uses and somebody was given.
const cardOfOthers = "card-of-others"

// carriesOnly holds that nothing is carried of a person who is connected with others or used a card that others were
// given, under a floor of the history, while a unit before is held back, and while a fact of a centre about earlier
// times is not known yet; and that who is decided is looked at again when a unit before has its time.
func (w *world) carriesOnly(who string) {
	w.t.Helper()
	t := w.tasks[0]
	p, err := t.person(who)
	w.must(err)
	loaded, err := t.load(p, state.Undated, stored.WholeRow)
	w.must(err)
	k := *loaded
	t.cycle.knowledge = knowledge{} // what is loaded later takes other memory
	in := t.input(p.id, &k.facts)
	res := t.judge.Evaluate(in, t.at.CaughtUp)
	said, others := k.said, casefile.CardHash(cardOfOthers)
	for _, x := range []struct {
		name string
		set  func(on bool)
		soon bool
	}{
		{"connected", func(on bool) { p.header.Connected = on }, false},
		{"a card of others", func(on bool) {
			p.header.Cards = slices.DeleteFunc(slices.Clone(p.header.Cards), func(c uint64) bool { return c == others })
			if on {
				p.header.AddCard(others)
			}
		}, false},
		{"a floor", func(on bool) {
			t.floor = FloorAt(duty.None[duty.Date]())
			if on {
				t.floor = FloorAt(duty.Some(res.At.Date() - 400))
			}
		}, false},
		{"a fact that is known soon", func(on bool) {
			t.carried.ahead = nil
			if on {
				t.carried.ahead = []speaking{{res.At + 1, duty.Beginning}}
			}
		}, true},
	} {
		t.carry(p, &k, in, &res)
		if w.carriedNow(who) == nil {
			w.t.Fatalf("without %s nothing is carried", x.name)
		}
		x.set(true)
		if t.carriedOf(p) != nil && !x.soon {
			w.t.Errorf("%s: what is carried is used", x.name)
		}
		if t.carry(p, &k, in, &res); w.carriedNow(who) != nil {
			w.t.Errorf("%s: something is carried", x.name)
		}
		x.set(false)
	}
	held := res
	held.Units = slices.Clone(res.Units)
	held.Units[0].Outcome = duty.OutcomeProvisional
	if t.carry(p, &k, in, &held); w.carriedNow(who) != nil {
		w.t.Error("something is carried although a unit before is held back")
	}
	t.carry(p, &k, in, &res)
	without, bytes := w.carriedNow(who), t.carried.bytes
	from := duty.Date(without.from())
	if first := duty.Instant(from) * duty.Day; first > without.Since() || first <= without.Since()-duty.Day {
		w.t.Errorf("rows since %d are needed, and read from %d on", without.Since(), first)
	}
	k.said = []duty.Said{{Date: from - 1, Instant: 9, Status: duty.StatusNeedsReview,
		Material: duty.Material{Group: duty.GroupTolerated}}, {Date: from}}
	t.carry(p, &k, in, &res)
	x := w.carriedNow(who)
	if told := x.withTold(nil); len(told) != len(without.told)+1 || !slices.ContainsFunc(told, func(s duty.Said) bool {
		return s.Date == from-1 && s.Instant == 9 && s.Status == duty.StatusNeedsReview && s.Group == duty.GroupTolerated
	}) || t.carried.bytes <= bytes {
		w.t.Errorf("in %d bytes after %d what was told before is carried as %v", t.carried.bytes, bytes, told)
	}
	k.said = said
	t.carry(p, &k, in, &res)
	over := w.carriedNow(who)
	over.counted = []duty.Unit{{Date: 1}}
	if t.carryOver(p, &k, over.Carried, &res, over); w.carriedNow(who).counted[0].Date != 1 {
		w.t.Error("what counts is lost where it is carried on")
	}
	t.carry(p, &k, in, &res)
	until := t.at.CaughtUp + 7
	w.carriedNow(who).Until, p.judged = until, -1
	if w.must(t.decide(p)); p.next != until {
		w.t.Errorf("a unit before has its time at %d, and it is looked at at %d", until, p.next)
	}
	t.carry(p, &k, in, &res)
	t.forget(p)
}

// TestWhatBearsOnBeforeEndsWhatIsCarried: what comes of now leaves what is carried of a person as it is, and what
// speaks of before ends it; everything told is then what replay says.
func TestWhatBearsOnBeforeEndsWhatIsCarried(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "months of residents under all duties")
	w := newWorld(t, 6, 1)
	w.judge, w.policy = Core{}, policy.Builtin()
	w.boot()
	feeds := lived(t, 6, 45, true)
	for i := range len(feeds) { // passages that do not fit together, whose lines stay open
		e, ok := feeds[i].Record.(*duty.CardEvent)
		if ok && e.Kind == duty.CardEventKindPassage && e.Scan == duty.ScanComplete &&
			e.OccurredAt.Date() == duty.DateOf(2026, 1, 20) {
			twice := *e
			twice.ID, twice.OccurredAt, twice.ReceivedAt = e.ID+"-2", e.OccurredAt+40*duty.Minute, e.OccurredAt+41*duty.Minute
			feeds = append(feeds, testkit.Feed{At: twice.ReceivedAt, Topic: feeds[i].Topic, Key: feeds[i].Key, Record: &twice})
		}
	}
	slices.SortStableFunc(feeds, func(a, b testkit.Feed) int { return cmp.Compare(a.At, b.At) })
	var row *duty.CardEvent
	for i := range feeds {
		w.now = max(w.now, feeds[i].At)
		w.send(&feeds[i])
		if i%3 == 0 {
			w.turn()
		}
	}
	given := &duty.CardAssignment{ID: "a-1", Version: 1, PersonID: "somebody", CardID: cardOfOthers,
		CardType: duty.CardTypeBiometric, ValidFrom: w.now, ReceivedAt: w.now, AntiPassback: duty.AntiPassbackOff,
		Created: duty.CardCreationManual}
	w.send(&testkit.Feed{At: w.now, Topic: duty.TopicCardAssignments, Key: "somebody", Record: given})
	w.rest()
	for i := range feeds {
		e, ok := feeds[i].Record.(*duty.CardEvent)
		if ok && w.carriedNow(e.PersonID.V) != nil && e.Scan == duty.ScanComplete && e.Kind == duty.CardEventKindPassage {
			row = e
		}
	}
	if row == nil {
		t.Fatal("nothing is carried of anybody with a passage")
	}
	who := row.PersonID.V
	w.carriesOnly(who)
	again := func(id string, happened duty.Instant) *duty.CardEvent {
		e := *row
		e.ID, e.OccurredAt, e.ReceivedAt = id, happened, w.now
		return &e
	}
	known := w.carriedNow(who)
	w.now += duty.Day // now the person is due, and a row is filed by what is in memory alone
	due := again("due", w.now)
	due.Direction = duty.Some(duty.DirectionIn + duty.DirectionOut - row.Direction.V)
	w.send(&testkit.Feed{At: w.now, Topic: duty.TopicCardEvents, Key: who, Record: due})
	w.rest()
	if known.Takes(due, w.now) {
		t.Error("a row that was filed is not known to what was carried")
	}
	incident := func(id string, from duty.Instant) *duty.Incident {
		return &duty.Incident{ID: id, IncidentID: id, Version: 1, ReceivedAt: w.now, CentreID: row.CentreID,
			Origin: duty.OriginHuman, Kind: duty.IncidentKindServer, State: duty.IncidentStateActive,
			FormsStatus: duty.FormsStatusPending, From: from, To: duty.Some(from + 20*duty.Hour)}
	}
	nobodys := func(id string, at duty.Instant) *duty.ManualEntry {
		local := time.UnixMilli(int64(at + duty.Hour)).UTC().Format("2006-01-02T15:04") // in winter
		return &duty.ManualEntry{ID: id, Version: 1, ReceivedAt: w.now, CentreID: row.CentreID, LocalTime: local,
			Form: duty.FormOutagePassage, Direction: duty.Some(duty.DirectionIn)}
	}
	for _, x := range []struct {
		name   string
		record func() (topic, key string, record any)
		ends   bool
	}{
		{"paper of nobody of now", func() (string, string, any) {
			return duty.TopicManualEntries, row.CentreID, nobodys("p1", w.now)
		}, false},
		{"paper of nobody of before", func() (string, string, any) {
			return duty.TopicManualEntries, row.CentreID, nobodys("p2", w.now-40*duty.Day)
		}, true},
		{"a version of a row that somebody else has", func() (string, string, any) {
			e := again("of-others", w.now)
			e.Version, e.PersonID, e.CardID = 2, duty.Some("somebody"), "another-card"
			return duty.TopicCardEvents, "somebody", e
		}, false},
		{"paper of nobody taken back", func() (string, string, any) {
			e := nobodys("p1", w.now)
			e.Version, e.Retracted = 2, true
			return duty.TopicManualEntries, row.CentreID, e
		}, true},
		{"a row of now", func() (string, string, any) {
			return duty.TopicCardEvents, who, again("now", w.now)
		}, false},
		{"the same id again", func() (string, string, any) {
			return duty.TopicCardEvents, who, again(row.ID, w.now)
		}, true},
		{"an incident of now", func() (string, string, any) {
			return duty.TopicIncidents, row.CentreID, incident("i1", w.now)
		}, false},
		{"an incident of before", func() (string, string, any) {
			return duty.TopicIncidents, row.CentreID, incident("i2", w.now-40*duty.Day)
		}, true},
		{"a row after that", func() (string, string, any) {
			return duty.TopicCardEvents, who, again("then", w.now)
		}, false},
		{"an old row", func() (string, string, any) {
			return duty.TopicCardEvents, who, again("old", w.now-40*duty.Day)
		}, true},
	} {
		before := w.carriedNow(who)
		if before == nil {
			t.Fatalf("before %s nothing is carried", x.name)
		}
		w.now += duty.Minute
		topic, key, record := x.record()
		w.send(&testkit.Feed{At: w.now, Topic: topic, Key: key, Record: record})
		w.rest()
		if after := w.carriedNow(who); (after != before) != x.ends {
			t.Errorf("after %s it is carried as before: %v", x.name, after == before)
		}
		w.check()
	}
	w.tasks[0].carried.of = map[uint32]*carried{1: nil}
	if w.tasks[0].forgetMemory(); w.tasks[0].carried.of != nil {
		t.Error("a task that recovers does not forget what was carried")
	}
}

// TestFactsOfCentresEndWhatIsCarried: a fact of a centre ends what is carried where it speaks of before, and what is
// carried later too until it is known.
func TestFactsOfCentresEndWhatIsCarried(t *testing.T) {
	t.Parallel()
	none := &duty.Carried{} // everything from the beginning on is safe
	soonAfter, before := duty.Instant(1), duty.Instant(-1)
	for _, x := range []struct {
		name    string
		touches []centres.Touch
		content watching.Content
		anew    int
		rules   []duty.ActivePolicy
		ends    bool
	}{
		{name: "nothing"},
		{name: "of later", touches: []centres.Touch{{From: soonAfter}}},
		{name: "of before", touches: []centres.Touch{{From: soonAfter}, {From: before}}, ends: true},
		{name: "of any time", touches: []centres.Touch{{From: duty.Beginning}}, ends: true},
		{name: "of identities", touches: []centres.Touch{{From: duty.Beginning, Identity: true}}},
		{name: "the watch is not heard", content: watching.Content{Why: "lost"}, ends: true},
		{name: "the feeds are told anew", anew: 1, ends: true},
		{name: "other policies", rules: []duty.ActivePolicy{{}}, ends: true},
	} {
		all := carriedAll{of: map[uint32]*carried{7: {Carried: none}}}
		all.bytes = all.of[7].size()
		all.adopt(&centres.Picture{Coverage: &x.content, Anew: x.anew, Policies: x.rules}, x.touches, 100)
		if ends := all.of[7] == nil; ends != x.ends || all.bytes != 0 && ends {
			t.Errorf("%s: ends %v, %d bytes", x.name, ends, all.bytes)
		}
	}
	all := carriedAll{}
	all.adopt(&centres.Picture{Coverage: &watching.Content{}}, []centres.Touch{{From: before, Known: 101}}, 100)
	if !all.soon(none, 100) || all.soon(none, 101) || all.soon(none, 100) {
		t.Error("a fact of before that is known soon has to be waited for until it is known, and then no more")
	}
	all.adopt(&centres.Picture{Coverage: &watching.Content{}}, []centres.Touch{{From: soonAfter, Known: 103}}, 102)
	if all.soon(none, 102) {
		t.Error("a fact of later is waited for")
	}
}

package verify

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// goesOn checks that a look that goes on says what one from nothing says.
func (w *verifyRig) goesOn(o *Overseer) {
	w.t.Helper()
	got, want := w.overseen(o), w.overseen(NewOverseer(o.cfg))
	if got != want {
		w.t.Errorf("a look that goes on says\n%s\none that reads everything\n%s", got, want)
	}
}

// foreign appends a record in a frame of a registry's schema that nobody knows yet, and returns what makes it known.
func (w *verifyRig) foreign(id uint32, topic, key string, record any) (learn func(to *schemas.Store)) {
	schema, ok := schemas.Lookup(topic)
	if !ok {
		w.t.Fatalf("no schema of %s", topic)
	}
	writer := schemas.NewStore()
	w.must(writer.WriteAs(schema, id))
	w.broker.Append(broker.Partition{Topic: topic, Index: topics.Partition([]byte(key), w.parts)}, []byte(key),
		writer.AppendValue(nil, schema, record))
	return func(to *schemas.Store) { w.must(to.AddID(id, schema.Text())) }
}

// TestLooksGoOnWithWhatChanges: what a look keeps is not used where something changes what it says, though no fact of
// the person came, or the fact came before.
func TestLooksGoOnWithWhatChanges(t *testing.T) {
	const person, card = "P-1", "c1"
	day := duty.DateOf(2026, 2, 2)
	given := func(id, to, card string) *duty.CardAssignment {
		return &duty.CardAssignment{ID: id, Version: 1, CardID: card, PersonID: to, CardType: duty.CardTypeBiometric,
			ValidFrom: day.Start(), AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic,
			ReceivedAt: day.Start()}
	}
	beat := func(id string, at duty.Instant) *duty.Heartbeat {
		return &duty.Heartbeat{ID: id, Version: 1, ReceivedAt: at, SourceID: "KH-stand", CentreID: duty.Some("KH"), At: at}
	}
	// Two passages in one direction are an inconsistent pair, of which the second is put by before.
	second := passed("r2", person, card, "KH", day.Clock(9, 5))
	type look struct {
		*verifyRig
		known  *schemas.Store
		clock  duty.Instant // of the first look
		change func()       // before the second
	}
	for name, before := range map[string]func(l *look){
		"a fact known after the clock": func(l *look) {
			l.putFact(second)
			l.clock = day.Clock(9, 3)
		},
		"a card that others hold": func(l *look) {
			l.putFact(passed("r0", person, "c2", "KH", day.Clock(7, 0)))
			l.putFact(second)
			l.change = func() { l.put(duty.TopicCardAssignments, "Q-2", given("a2", "Q-2", "c2")) }
		},
		"a parameter of later": func(l *look) {
			step := l.policy.Steps[len(l.policy.Steps)-1]
			step.From, step.Params.CollapseMax = day+3, 10*duty.Minute
			l.policy.Steps = append(slices.Clone(l.policy.Steps), step)
			l.putFact(second)
		},
		"a row that can be read later": func(l *look) {
			learn := l.foreign(77, second.Topic, second.Key, second.Record)
			l.change = func() { learn(l.known) }
		},
		"a heartbeat that can be read later": func(l *look) {
			l.putFact(second)
			learn := l.foreign(77, duty.TopicHeartbeats, "KH", beat("b1", l.now))
			l.putFact(simulate.Fact{Topic: duty.TopicHeartbeats, Key: "KH", Record: beat("b2", day.Clock(12, 0)),
				ReceivedAt: day.Clock(12, 0)})
			l.change = func() { learn(l.known) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := &look{verifyRig: newVerifyRig(t, 1, 2), known: schemas.NewStore(), clock: day.Clock(14, 0),
				change: func() {}}
			l.codec, l.broker.Parts, l.now = broker.NewCodec(l.known), 2, day.Start()
			l.put(duty.TopicCardAssignments, person, given("a1", person, card))
			l.putFact(passed("r1", person, card, "KH", day.Clock(9, 0)))
			before(l)
			o := NewOverseer(OverseeConfig{Policy: l.policy, Keep: 1 << 30})
			l.commit(l.clock)
			l.goesOn(o)
			l.change()
			for _, at := range []duty.Instant{day.Clock(15, 0), (day + 3).Clock(10, 0)} {
				l.commit(at)
				l.goesOn(o)
			}
		})
	}
}

// TestLooksTakeInOnce: looks after which nothing came keep what the first one kept, and no more, also of records that
// nobody can read and of paper under its centre.
func TestLooksTakeInOnce(t *testing.T) {
	w := newVerifyRig(t, 1, 2)
	w.broker.Parts = 2
	for _, f := range strangers(duty.DateOf(2026, 2, 2)) {
		w.putFact(f)
	}
	e := duty.ManualEntry{ID: "nobody's", Version: 1, ReceivedAt: w.now, CentreID: "KH", LocalTime: "2026-02-05T10:00",
		Form: duty.FormOutagePassage, Direction: duty.Some(duty.DirectionIn)}
	w.put(duty.TopicManualEntries, "KH", &e)
	e.ID, e.PersonID = "under its centre", duty.Some("P-named")
	w.put(duty.TopicManualEntries, "KH", &e)
	w.broker.Append(broker.Partition{Topic: duty.TopicCardEvents}, []byte("P-named"), []byte("damaged"))
	w.commit(w.now)
	o := NewOverseer(OverseeConfig{Policy: w.policy, Keep: 1 << 30})
	kept := func() (bytes int64, facts int64, versions int) {
		for _, list := range o.kept.gathered.versions {
			versions += len(list)
		}
		return o.kept.bytes(), o.kept.gathered.facts, versions
	}
	w.goesOn(o)
	bytes, facts, versions := kept()
	for range 3 {
		w.goesOn(o)
		if b, f, v := kept(); b != bytes || f != facts || v != versions {
			t.Fatalf("%d bytes of %d facts are kept, %d of them with versions; they were %d, %d and %d", b, f, v, bytes, facts,
				versions)
		}
	}
}

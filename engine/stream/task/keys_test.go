package task

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// Two persons of different partitions were out all night, and a row of one of them
// cannot be filed under its key. Whoever it may speak of is held: of a row that
// surely names nobody, everybody. The same record in a file, or printed by tail,
// holds the same people in replay.
func TestWhoIsHeld(t *testing.T) {
	a, b := "Qa", "Qb"
	for _, c := range []struct {
		name, key    string
		person, card string
		held         string
		// fault is the field and the class in the data-quality record.
		fault string
	}{
		{"of another", "Qz", "Qz", "c", "", ""},
		{"the person's", a, a, "c" + a, a, ""},
		{"another person's key", a, b, "c" + b, a + b, ""},
		{"another card's key", "c" + b, "", "c" + a, a + b, ""},
		{"a card's key", "c" + a, "", "c" + a, a, ""},
		{"a blank behind", a + " ", a + " ", "c", a + b, "person_id blank at an edge"},
		{"a blank before", " " + a, " " + a, "c", a + b, "person_id blank at an edge"},
		{"a control character", a + "\x00", a + "\x00", "c", a + b, "person_id control character"},
		{"a registry frame", "\x00\x00\x00\x00\x07" + a, a, "c" + a, a + b, "key control character"},
		{"no UTF-8", a + "\xff", a, "c" + a, a + b, "key not UTF-8"},
		{"a card with a blank", "c ", "", "c ", a + b, "card_id blank at an edge"},
		{"no key", "", a, "c" + a, a + b, "key empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newCoreWorld(t, 1, 2)
			if w.partitionOf(a) == w.partitionOf(b) {
				t.Fatal("both persons are of one partition")
			}
			w.boot()
			for _, who := range []string{a, b} {
				w.sendStay(who)
				w.send(&testkit.Feed{Topic: duty.TopicCardAssignments, Key: who, Record: &duty.CardAssignment{ID: "a" + who, Version: 1, ReceivedAt: w.now, CardID: "c" + who,
					PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: seeds.Start - duty.Day, AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic}})
			}
			w.now = seeds.Start + 20*duty.Hour
			for _, who := range []string{a, b} {
				w.sendPassage(who, w.now, duty.DirectionOut)
			}
			w.now += duty.Hour
			row := &duty.CardEvent{ID: "home", Version: 1, ReceivedAt: w.now, CardID: c.card, CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn),
				Scan: duty.ScanComplete, OccurredAt: w.now}
			if c.person != "" {
				row.PersonID = duty.Some(c.person)
			}
			w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: c.key, Record: row})
			w.now = seeds.Start + 40*duty.Hour
			for _, who := range []string{a, b} {
				w.sendPassage(who, w.now, duty.DirectionIn)
			}
			w.now += 12 * duty.Hour
			w.rest()
			accused := map[string]bool{}
			for _, h := range w.histories() {
				if v := h[len(h)-1]; v.Status != duty.StatusWithdrawn {
					accused[v.PersonID] = true
				}
			}
			held := ""
			for _, who := range []string{a, b} {
				if !accused[who] {
					held += who
				}
			}
			if held != c.held {
				t.Errorf("held or cleared: %q, want %q", held, c.held)
			}
			w.checkNamed(c.key, c.person, c.fault)
		})
	}
}

// checkNamed asks that a key that is not usable is named FACT_INVALID, once, as in
// replay, and that its record went to the dead letters with its key.
func (w *world) checkNamed(key, person, fault string) {
	if duty.UsableKey(key) {
		return
	}
	n := 0
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
			if q := w.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality); q.Code == duty.DataQualityCodeFactInvalid && q.Subject == "home" {
				n++
				if got := q.Detail[2].Value + " " + q.Detail[3].Value; q.Detail[2].Name != "field" || q.Detail[3].Name != "value" || got != fault {
					w.t.Errorf("named %q, want %q", got, fault)
				}
			}
		}
		letters := w.broker.Committed(broker.Partition{Topic: duty.TopicDeadLetters, Index: i})
		if w.partitionOf(key) == i && !slices.ContainsFunc(letters, func(r broker.Record) bool { return string(r.Key) == key }) {
			w.t.Errorf("no dead letter has the key of the record of %q", person)
		}
	}
	if n != 1 {
		w.t.Errorf("%d lines of data quality name the record", n)
	}
}

package centres

import (
	"errors"
	"slices"
	"strconv"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
)

// This file reads dead letters that concern tasks which would not find the record themselves.

// letter takes in a dead letter of a person-keyed topic whose key surely names
// nobody, or somebody of another partition than it lies in: only this topic
// tells of it the tasks that it concerns. The first holds the units of all, the
// second those of the person. A paper entry may lie under its centre, in any
// partition, whose units it then holds (letter_paper.go). Every other dead letter is
// filed where its record was read.
func (r *CentreReader) letter(rec *broker.Record, f *stored.Fact, t *Touch) {
	t.Passive = true
	place, ok := PlaceOf(rec)
	if !ok {
		return
	}
	h := deadletter.HeadersOf(rec)
	own := Letter{LetterPlace: place, Reason: h["reason"]}
	again := r.lettersKnown[own.LetterPlace]
	defer func() { r.noteLetter(rec, own) }()
	if !duty.UsableKey(string(rec.Key)) {
		own.Holds = holdsAll
	}
	if !slices.Contains(broker.PersonTopics, own.Topic) {
		if own.Holds == "" && casefile.MayBeOfCentre(own.Topic) {
			own.Holds = HoldsPerson // the record itself was filed (decode)
		}
		return
	}
	u := duty.Unreadable{Topic: place.Topic, At: duty.Some(rec.At), Pos: duty.Some(place.Pos)}
	where := broker.Record{Partition: broker.Partition{Topic: u.Topic, Index: place.Pos.Partition}, Key: rec.Key}
	record, err := r.codec.Decode(u.Topic, rec.Value)
	if err == nil {
		a := casefile.AboutRecord(record)
		u.ID, err = a.ID, casefile.CheckKey(wire.View(where.Key), where.Index, a, r.partitionOf)
		if errors.Is(err, casefile.ErrKeyUnusable) {
			u.Fault = casefile.FaultOfKey(string(where.Key), record)
		}
	} else {
		u.ID = r.codec.Salvage(u.Topic, rec.Value)
	}
	if h["reason"] == deadletter.ReasonProducerTime {
		u.ID = "" // nothing of its id ends the hold (deadletter/producertime.go)
	}
	switch key := string(rec.Key); {
	case !duty.UsableKey(string(rec.Key)) || errors.Is(err, casefile.ErrKeyOther):
		f.Bad, t.Passive = &u, false
		own.Holds = holdsAll
		if broker.Unawaited(own.Topic) && !u.Fault.None() {
			own.Holds = HoldsNobody
		}
	case r.partitionOf(key) != place.Pos.Partition:
		t.Person, t.Passive = key, false
		u.Key = key
		r.misplaced.add(u)
		own.Holds = HoldsPerson
	default:
		u.Key = key
		own.Holds = HoldsPerson
	}
	if own.Holds == HoldsPerson && casefile.MayBeOfCentre(own.Topic) && !again {
		r.addPaper(u, t)
	}
}

// LetterPlace is where the record of a dead letter was read.
type LetterPlace struct {
	Topic string
	Pos   duty.Position
}

// PlaceOf returns where the record of a dead letter was read; false if its headers do not say it.
func PlaceOf(rec *broker.Record) (LetterPlace, bool) {
	h := deadletter.HeadersOf(rec)
	partition, err1 := strconv.ParseInt(h["partition"], 10, 32)
	offset, err2 := strconv.ParseInt(h["offset"], 10, 64)
	return LetterPlace{h["topic"], duty.Position{Partition: int32(partition), Offset: offset}}, err1 == nil && err2 == nil
}

// Letter is a dead letter as the reader knows it: its time, its reason and whose units it holds.
type Letter struct {
	LetterPlace
	// Task is the task whose facts can end it.
	Task int32
	// Key is the person or card of the record; empty if it belongs to a centre or to nobody.
	Key    string
	At     duty.Instant
	Reason string
	Holds  LetterHolds
	// Centre is the centre whose units are held, if any.
	Centre string
	// key is that of the record where it may be a centre's, other whom the letter holds
	// where no policy names that centre, lies its partition.
	key   string
	other LetterHolds
	lies  int32
}

// LetterHolds says whose units a dead letter holds.
type LetterHolds string

// The values of LetterHolds: one person, one centre, everybody, nobody.
const (
	HoldsPerson LetterHolds = "PERSON"
	HoldsCentre LetterHolds = "CENTRE"
	holdsAll    LetterHolds = "ALL"
	HoldsNobody LetterHolds = "NOBODY"
)

// noteLetter adds a dead letter to the list, once per place.
func (r *CentreReader) noteLetter(rec *broker.Record, l Letter) {
	if r.lettersKnown[l.LetterPlace] {
		return
	}
	if r.lettersKnown == nil {
		r.lettersKnown = map[LetterPlace]bool{}
	}
	r.lettersKnown[l.LetterPlace] = true
	key := string(rec.Key)
	l.At, l.Task, l.lies = rec.At, rec.Index, rec.Index
	if l.Holds == "" {
		l.Holds, l.key = HoldsNobody, key
	}
	if l.Holds == HoldsPerson {
		l.Key, l.Task = key, r.partitionOf(key)
		if casefile.MayBeOfCentre(l.Topic) {
			l.key = key
		}
	}
	if broker.Unawaited(l.Topic) && l.Holds != holdsAll {
		l.Holds, l.key = HoldsNobody, "" // nobody waits for such a record
	}
	l.other = l.Holds
	r.letters = append(r.letters, r.placed(l))
}

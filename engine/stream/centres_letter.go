package stream

import (
	"errors"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// This file reads of the topic of dead letters what no task would find where it
// looks.

// letter takes in a dead letter of a person-keyed topic whose key surely names
// nobody, or somebody of another partition than it lies in: only this topic
// tells of it the tasks that it concerns. The first holds the units of all, the
// second those of the person. A paper entry may lie under its centre, whose units
// it then holds. Every other dead letter is filed where its record was read.
func (r *CentreReader) letter(rec *Record, f *fact, t *touch) {
	h := headersOf(rec)
	partition, err1 := strconv.ParseInt(h["partition"], 10, 32)
	offset, err2 := strconv.ParseInt(h["offset"], 10, 64)
	t.quiet = true
	if err1 != nil || err2 != nil {
		return
	}
	own := letter{letterPlace: letterPlace{h["topic"], duty.Position{Partition: int32(partition), Offset: offset}}, reason: h["reason"]}
	defer func() { r.noteLetter(rec, own) }()
	if !usableKey(rec.Key) {
		own.holds = holdsAll
	}
	if !slices.Contains(personTopics, own.topic) {
		return
	}
	u := duty.Unreadable{Topic: h["topic"], At: duty.Some(rec.At),
		Pos: duty.Some(duty.Position{Partition: int32(partition), Offset: offset})}
	where := Record{Partition: Partition{Topic: u.Topic, Index: int32(partition)}, Key: rec.Key}
	record, err := r.codec.Decode(u.Topic, rec.Value)
	if err == nil {
		a := aboutRecord(record)
		u.ID, err = a.id, checkKey(&where, a, r.partitionOf)
		if errors.Is(err, errKeyUnusable) {
			u.Fault = keyFault(&where, record)
		}
	} else {
		u.ID = r.codec.Salvage(u.Topic, rec.Value)
	}
	if h["reason"] == reasonProducerTime {
		u.ID = "" // nothing of its id ends the hold (unstamped.go)
	}
	switch key := string(rec.Key); {
	case !usableKey(rec.Key) || errors.Is(err, errKeyOther):
		f.bad, t.quiet = &u, false
		own.holds = holdsAll
		if unawaited(own.topic) && !u.Fault.None() {
			own.holds = holdsNobody
		}
	case r.partitionOf(key) != int32(partition):
		t.person, t.quiet = key, false
		u.Key = key
		r.misplaced.add(u)
		own.holds = holdsPerson
	case u.Topic == topicManualEntries && r.isCentre(key):
		u.Key, t.centre, t.quiet = key, key, false
		f.bad = &u
	default:
		own.holds = holdsPerson
	}
}

// isCentre reports whether a key names a centre of some policy.
func (r *CentreReader) isCentre(key string) bool {
	return slices.ContainsFunc(r.active, func(p duty.ActivePolicy) bool {
		return slices.ContainsFunc(p.Policy.Centres, func(c duty.Centre) bool { return c.ID == key })
	})
}

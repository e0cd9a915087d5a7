package erase

import (
	"bytes"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
)

// fate is what becomes of a record.
type fate uint8

const (
	// keep copies it as it is; drop leaves it out.
	keep fate = iota
	drop
	// stand copies a row as one of a stranger: others' proof counts it (contract-watch 6.3, 6.5).
	stand
	// blank copies it without its bytes, which nobody can read, but in which a name of theirs stands: what it holds
	// back stays held.
	blank
	// trim copies it without the names in a list.
	trim
)

// blanked is the value in place of one that cannot be read: it cannot be read either.
var blanked = []byte{0}

// ofInput is the fate of a record of an input topic keyed by person, or of such a record in a dead letter.
func (s *survey) ofInput(rec *broker.Record, partitionOf func(string) int32) fate {
	record, err := rec.Decode(s.codec)
	if err != nil {
		return s.ofUnreadable(rec)
	}
	if rec.Topic == duty.TopicResolutions {
		return dropIf(s.persons[string(rec.Key)] || s.cards[string(rec.Key)])
	}
	if !s.isTheirs(rec, record) {
		return keep
	}
	e, row := record.(*duty.CardEvent)
	if !row || !duty.RowMakesSense(e) ||
		casefile.CheckKey(string(rec.Key), rec.Index, casefile.AboutRecord(record), partitionOf) != nil {
		return drop // such a row has never arrived for anybody (W-18)
	}
	return stand
}

// isTheirs reports whether a readable record of an input topic is one of the persons.
func (s *survey) isTheirs(rec *broker.Record, record any) bool {
	for _, id := range namesOf(rec, record) {
		if s.persons[id] {
			return true
		}
	}
	h, _ := schemas.HeadOf(record)
	if s.facts[factKey{rec.Topic, h.Identity}] {
		return true
	}
	e, row := record.(*duty.CardEvent)
	return row && !e.PersonID.OK && s.hadAt(e.CardID, e.OccurredAt)
}

// ofUnreadable is the fate of a record that cannot be read: one under a key of theirs holds nobody else.
func (s *survey) ofUnreadable(rec *broker.Record) fate {
	if s.persons[string(rec.Key)] || rec.Topic == duty.TopicCardEvents && s.cards[string(rec.Key)] {
		return drop
	}
	for _, names := range []map[string]bool{s.persons, s.cards} {
		for name := range names { //house:order-free whichever
			if bytes.Contains(rec.Value, []byte(name)) {
				return blank
			}
		}
	}
	return keep
}

// dropIf is drop or keep.
func dropIf(is bool) fate {
	if is {
		return drop
	}
	return keep
}

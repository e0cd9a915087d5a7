package erase

import (
	"encoding/json"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
)

// ofOutput is the fate of a record of an output or internal topic.
func (s *survey) ofOutput(rec *broker.Record, partitionOf func(string) int32) fate {
	switch rec.Topic {
	case duty.TopicDeadLetters:
		return s.ofLetter(rec, partitionOf)
	case duty.TopicRecalls:
		return dropIf(s.causes[string(rec.Key)])
	case duty.TopicAudit:
		return s.ofAudit(rec)
	}
	record, err := rec.Decode(s.codec)
	if err != nil {
		return keep // internal records are no facts; what they say is looked through all the same
	}
	switch v := record.(type) {
	case *duty.Violation:
		return dropIf(s.persons[v.PersonID])
	case *duty.OutcomeMonth:
		return dropIf(s.persons[v.PersonID])
	case *duty.CaseSummary:
		return dropIf(s.persons[v.PersonID])
	case *duty.Observation:
		return dropIf(s.persons[v.PersonID])
	case *duty.DataQuality:
		// What is said of others and still holds is said again.
		return dropIf(s.speaks(rec))
	}
	return keep
}

// ofLetter is the fate of a dead letter: that of the record in it.
func (s *survey) ofLetter(rec *broker.Record, partitionOf func(string) int32) fate {
	h := deadletter.HeadersOf(rec)
	original := *rec
	original.Topic = h["topic"]
	n, err := strconv.ParseInt(h["partition"], 10, 32)
	if original.Index = int32(n); err != nil {
		original.Index = rec.Index
	}
	if t, ok := duty.TopicOf(original.Topic); !ok || t.Class != duty.ClassPersonInput {
		return s.ofUnreadable(&original)
	}
	if f := s.ofInput(&original, partitionOf); f != stand {
		return f
	}
	return drop
}

// auditPersons is the list in a line of the audit topic of whom a page showed.
const auditPersons = "persons"

// ofAudit is the fate of a line that says who looked at whom: one about the persons goes, and a list loses them.
func (s *survey) ofAudit(rec *broker.Record) fate {
	if !s.speaks(rec) {
		return keep
	}
	without, err := s.trimmed(rec)
	if err != nil {
		return drop
	}
	left := *rec
	left.Value = without
	if s.speaks(&left) {
		return drop
	}
	return trim
}

// trimmed is the value of a line of the audit topic without the persons in its list.
func (s *survey) trimmed(rec *broker.Record) ([]byte, error) {
	var line map[string]json.RawMessage
	if err := json.Unmarshal(rec.Value, &line); err != nil {
		return nil, err
	}
	var list []string
	if err := json.Unmarshal(line[auditPersons], &list); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, s.has)
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	line[auditPersons] = text
	return json.Marshal(line)
}

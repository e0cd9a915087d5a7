package recalls

import (
	"fmt"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
)

// Topics are those that recalls follow from, in the order in which they are best read.
var Topics = []string{duty.TopicViolations, duty.TopicAcknowledgements, duty.TopicHandlings}

// PartitionsOf returns the partitions of Topics with a number.
func PartitionsOf(part int32) []broker.Partition {
	out := make([]broker.Partition, len(Topics))
	for i, topic := range Topics {
		out[i] = broker.Partition{Topic: topic, Index: part}
	}
	return out
}

// Told gathers what was told of persons, and what was acknowledged and done about it.
type Told struct {
	codec       broker.Codec
	partitionOf func(key string) int32
	trust       bool
	persons     map[string]*recall.Person
	// units is the index of each unit in its person's Units, by unit_id. names holds each text once
	// that many records repeat.
	units map[string]int
	names map[string]string
	// unusable is given each acknowledgement that nobody can use; nil: nothing is.
	unusable func(*deadletter.Record)
}

// NewTold returns what is told of nobody yet. partitionOf returns the partition of a key in the
// person-keyed topics; trust accepts producers' timestamps as the brokers'.
func NewTold(codec broker.Codec, partitionOf func(string) int32, trust bool) *Told {
	return &Told{codec: codec, partitionOf: partitionOf, trust: trust, persons: map[string]*recall.Person{},
		units: map[string]int{}, names: map[string]string{}}
}

// Persons are those of whom a record came, by id. The caller must not change them.
func (t *Told) Persons() map[string]*recall.Person { return t.persons }

// Take takes in a record of one of Topics, and returns the person that it concerns. Records of one
// partition come in the order of the log. An acknowledgement or a Handling that cannot be used,
// since nobody can read it or it lies under another key, concerns nobody and counts for nothing. An
// error is a revision that cannot be read.
func (t *Told) Take(rec *broker.Record) (person string, err error) {
	if rec.Topic == duty.TopicViolations {
		record, err := rec.Decode(t.codec)
		if err != nil {
			return "", fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		v, ok := record.(*duty.Violation)
		if !ok {
			return "", fmt.Errorf("%s partition %d offset %d is no revision", rec.Topic, rec.Index, rec.Offset)
		}
		return t.revision(v), nil
	}
	deadletter.Doubt(rec, t.trust)
	record, err := rec.Decode(t.codec)
	if err == nil {
		err = casefile.CheckKey(string(rec.Key), rec.Index, casefile.AboutRecord(record), t.partitionOf)
	}
	if err != nil {
		if rec.Topic == duty.TopicAcknowledgements && t.unusable != nil {
			t.unusable(deadletter.Of(rec, deadletter.HoldOf(t.codec, rec, ""), err))
		}
		return "", nil
	}
	pos := duty.Some(duty.Position{Partition: rec.Index, Offset: rec.Offset})
	switch r := record.(type) {
	case *duty.Acknowledgement:
		p := t.person(r.PersonID)
		p.Acknowledgements = append(p.Acknowledgements, duty.Known[duty.Acknowledgement]{Fact: *r, At: rec.At, Pos: pos})
		return p.PersonID, nil
	case *duty.Handling:
		p := t.person(r.PersonID)
		p.Handlings = append(p.Handlings, duty.Known[duty.Handling]{Fact: *r, At: rec.At, Pos: pos})
		return p.PersonID, nil
	}
	return "", nil
}

// revision takes in a revision.
func (t *Told) revision(v *duty.Violation) string {
	p := t.person(v.PersonID)
	i, ok := t.units[v.UnitID]
	if !ok {
		i = len(p.Units)
		t.units[v.UnitID] = i
		p.Units = append(p.Units, recall.Unit{UnitID: v.UnitID})
	}
	r := recall.RevisionOf(v)
	r.CentreID, r.CauseID.V = t.once(r.CentreID), t.once(r.CauseID.V)
	p.Units[i].Revisions = append(p.Units[i].Revisions, r)
	return p.PersonID
}

// person returns what is known of a person, of a new one nothing.
func (t *Told) person(id string) *recall.Person {
	p := t.persons[id]
	if p == nil {
		p = &recall.Person{PersonID: id}
		t.persons[id] = p
	}
	return p
}

// once returns a text that many records share.
func (t *Told) once(text string) string {
	if kept, ok := t.names[text]; ok {
		return kept
	}
	t.names[text] = text
	return text
}

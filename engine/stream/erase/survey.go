package erase

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
)

// survey finds out what belongs to the persons, and who else must be named because a record names both.
type survey struct {
	*subject
	codec broker.Codec
	// linked are those who must be named too, with the topic that says so.
	linked map[string]string
	// found are persons of whom there is a record.
	found map[string]bool
	// oddNames are those of odd; nil until it is asked.
	oddNames map[string]bool
}

// personTopics are the input topics keyed by person.
func personTopics() []string {
	var out []string
	for _, t := range duty.Topics() {
		if t.Class == duty.ClassPersonInput {
			out = append(out, t.Name)
		}
	}
	return out
}

// findOut reads the topics twice: to find the persons' cards and facts, and to see whom else these concern.
func (c *copier) findOut(ctx context.Context) (*survey, error) {
	s := &survey{subject: newSubject(c.cfg.Persons), codec: c.codec, linked: map[string]string{}, found: map[string]bool{}}
	topics := append(personTopics(), duty.TopicViolations, duty.TopicOutcomes)
	for _, pass := range []func(*broker.Record, any){s.own, s.others} {
		for _, topic := range topics {
			c.cfg.Phase("reading "+topic, 0)
			err := c.each(ctx, topic, func(rec *broker.Record) error {
				c.cfg.Add(1)
				if record, err := rec.Decode(c.codec); err == nil {
					pass(rec, record)
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	for card := range s.shared { //house:order-free each card by itself
		if s.cards[card] {
			delete(s.shared, card)
		}
	}
	return s, s.refusal(c.cfg.Linked)
}

// refusal says that persons are missing who have to be erased together.
func (s *survey) refusal(say func(person, topic string)) error {
	for _, id := range slices.Sorted(maps.Keys(s.linked)) {
		say(id, s.linked[id])
	}
	if len(s.linked) > 0 {
		return fmt.Errorf("%w: %d more; name them too, or leave the case as it is", ErrLinked, len(s.linked))
	}
	if len(s.found) < len(s.persons) {
		return fmt.Errorf("of %d persons named, %d have no record under this prefix: look for a slip in the list",
			len(s.persons), len(s.persons)-len(s.found))
	}
	return nil
}

// namesOf are the persons whom a record of an input topic names, its key included where that is a person.
func namesOf(rec *broker.Record, record any) []string {
	a := casefile.AboutRecord(record)
	var out []string
	for _, id := range []string{a.Person, a.Alias} {
		if id != "" {
			out = append(out, id)
		}
	}
	if key := string(rec.Key); key != "" && key != a.Card && key != a.Centre && rec.Topic != duty.TopicResolutions {
		out = append(out, key)
	}
	return out
}

// own takes in what belongs to the persons.
func (s *survey) own(rec *broker.Record, record any) {
	switch v := record.(type) {
	case *duty.Violation:
		if s.persons[v.PersonID] {
			s.found[v.PersonID], s.units[v.UnitID] = true, true
			if v.CauseID.OK {
				s.causes[v.CauseID.V] = true
			}
		}
		return
	case *duty.OutcomeMonth:
		if s.persons[v.PersonID] {
			s.found[v.PersonID] = true
			for i := range v.Units {
				s.units[duty.UnitID(v.Units[i].Kind, v.Units[i].UnitDate, v.PersonID)] = true
			}
			for i := range v.Open {
				s.units[duty.UnitID(v.Open[i].Kind, v.Open[i].UnitDate, v.PersonID)] = true
			}
		}
		return
	case *duty.Resolution:
		if s.persons[string(rec.Key)] {
			s.take(rec.Topic, record)
		}
		return
	}
	names := namesOf(rec, record)
	if !slices.ContainsFunc(names, func(id string) bool { return s.persons[id] }) {
		return
	}
	for _, id := range names {
		if s.persons[id] {
			s.found[id] = true
		} else {
			s.linked[id] = rec.Topic
		}
	}
	s.take(rec.Topic, record)
}

// take notes a fact of theirs and what it names.
func (s *survey) take(topic string, record any) {
	s.noteClaim(topic, record)
	if h, ok := schemas.HeadOf(record); ok {
		s.facts[factKey{topic, h.Identity}] = true
		for _, id := range []string{h.ID, h.Identity} {
			if id != "" {
				s.ids[id] = true
			}
		}
	}
	switch v := record.(type) {
	case *duty.CardEvent:
		s.cards[v.CardID] = true
	case *duty.CardAssignment:
		s.cards[v.CardID] = true
		s.shared[v.CardID] = append(s.shared[v.CardID], duty.Span{From: v.ValidFrom, To: v.ValidTo.Or(duty.Forever)})
	case *duty.Acknowledgement:
		s.units[v.UnitID] = true
	case *duty.Handling:
		s.units[v.UnitID] = true
	case *duty.ObligationChange:
		s.ids[v.DecisionID] = true
	}
}

// others finds what others have in common with the persons: versions of one fact, cards, and ids, which are unique
// within a topic only.
func (s *survey) others(rec *broker.Record, record any) {
	head, ok := schemas.HeadOf(record)
	if !ok || rec.Topic == duty.TopicResolutions {
		return
	}
	names := namesOf(rec, record)
	if slices.ContainsFunc(names, func(id string) bool { return s.persons[id] }) {
		return
	}
	if s.facts[factKey{rec.Topic, head.Identity}] {
		for _, id := range names { // none for paper and rows that name nobody: these go with the fact
			s.linked[id] = rec.Topic
		}
		s.noteClaim(rec.Topic, record)
		return
	}
	if len(names) == 0 {
		return
	}
	delete(s.ids, head.ID)
	delete(s.ids, head.Identity)
	if card := casefile.AboutRecord(record).Card; card != "" {
		delete(s.cards, card)
	}
}

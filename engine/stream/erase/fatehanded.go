package erase

import (
	"fmt"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/watching"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// handed returns what is left of a record by which tasks give each other facts, claims, and what the owner of the watch
// needs; false if nothing is.
func (c *copier) handed(rec *broker.Record) (topics.Out, bool, error) {
	out := outOf(rec)
	var err error
	switch {
	case len(rec.Value) == 0:
	case task.IsHanded(rec.Value):
		return c.handedFact(rec, out)
	case rec.Value[0] == watching.Record:
		out.Value, err = watching.Without(out.Value, func(id string) bool { return c.persons[id] }, c.strangers.renamed)
	default:
		out.Value, err = claims.Without(out.Value, func(name uint64) bool { return c.claimed[name] },
			func(name uint64) bool { return c.contested[name] })
	}
	return out, out.Value != nil, err
}

// handedFact is handed for a fact: one of the persons goes, and one of others is not given to them.
func (c *copier) handedFact(rec *broker.Record, out topics.Out) (topics.Out, bool, error) {
	f, to, err := task.DecodeHanded(rec.Value, c.codec)
	if err != nil {
		return out, false, fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
	}
	if f.Bad != nil {
		if c.persons[f.Bad.Key] || casefile.MayBeOfCard(f.Topic) && c.cards[f.Bad.Key] {
			return out, false, nil
		}
	} else {
		a := casefile.AboutRecord(f.Record)
		key, _ := a.RecordKey()
		if c.isTheirs(&broker.Record{Partition: broker.Partition{Topic: f.Topic}, Key: []byte(key)}, f.Record) {
			return out, false, nil
		}
	}
	if c.speaks(&broker.Record{Partition: broker.Partition{Topic: f.Topic}, Value: f.Value}) {
		c.place(rec)
	}
	kept := slices.DeleteFunc(slices.Clone(to), func(id string) bool { return c.persons[id] })
	switch {
	case len(kept) == len(to):
		return out, true, nil
	case len(kept) == 0:
		return out, false, nil
	}
	out.Key, out.Value = []byte(kept[0]), task.EncodeHanded(&f, kept)
	return out, true, nil
}

// noteClaim notes the names under which tasks claim a version of a fact (package claims).
func (s *survey) noteClaim(topic string, record any) {
	if t, ok := duty.TopicOf(topic); !ok || !t.ByTask {
		return
	}
	f := stored.Fact{Topic: topic, Record: record}
	if h, ok := schemas.HeadOf(record); ok {
		name := claims.Name(f.Name(), h.Version)
		s.claimed[name], s.contested[claims.Kept(name)] = true, true
	}
}

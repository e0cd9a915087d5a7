package projection

import (
	"encoding/binary"
	"encoding/json"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// apply changes the projection by one record. A record that cannot be read changes nothing here: it is
// among the dead letters, which hold whom it may concern.
func (b *batch) apply(store *schemas.Store, p topics.TopicPartition, r *topics.Record) error {
	if p.Topic == duty.TopicAudit {
		return b.audit(r.Value)
	}
	schema, ok := schemas.Lookup(p.Topic)
	if !ok {
		return nil
	}
	if schema.Input() {
		return b.fact(store, schema, p, r)
	}
	if r.Value == nil {
		return nil
	}
	v, err := store.Decode(schema, r.Value)
	if err != nil {
		return nil //nolint:nilerr // it is of a later release, and what it says comes again when this one is updated
	}
	switch v := v.(type) {
	case *duty.Violation:
		return b.told(v, r.Value)
	case *duty.OutcomeMonth:
		if err := b.touch(v.PersonID); err != nil {
			return err
		}
		return b.set(key(keyLedger, v.PersonID, v.Month), r.Value)
	case *duty.CaseSummary:
		return b.set(key(keySummary, v.PersonID), r.Value)
	case *duty.Recall:
		return b.set(key(keyRecall, v.CauseID), r.Value)
	case *duty.ControlReport:
		return b.set(key(keyReport, string(r.Key)), r.Value)
	case *duty.Observation:
		return b.set(key(keyObserved, v.PersonID, v.ID), r.Value)
	case *duty.DataQuality:
		return b.set(key(keyQuality, string(r.Key), v.ID), r.Value)
	}
	return nil
}

// fact files a record of an input topic under its key: a person, of a row without one its card, of paper
// without one its centre.
func (b *batch) fact(store *schemas.Store, schema *schemas.Schema, p topics.TopicPartition, r *topics.Record) error {
	name := string(r.Key)
	value := append(binary.BigEndian.AppendUint64(nil, uint64(r.Timestamp)), r.Value...)
	if r.Fault != nil || r.Value == nil {
		value = value[:8]
	}
	code := codeOf(p.Topic)
	var record any
	if len(value) > 8 {
		if v, err := store.Decode(schema, r.Value); err == nil {
			record = v
		}
	}
	if !duty.UsableKey(name) {
		return nil // it holds everybody, and the engine's picture has it
	}
	about := casefile.AboutRecord(record)
	switch {
	case about.Parked:
		name = casefile.ParkedKey + name
	case about.Paper && about.Person != name && about.Centre == name:
		b.s.papers.Add(1)
		return b.set(place(key(keyPaper), code, p.Partition, r.Offset), value)
	}
	if about.Card != "" && about.Person != "" {
		if err := b.once(key(keyCard, about.Card, about.Person)); err != nil {
			return err
		}
	}
	switch v := record.(type) {
	case *duty.Heartbeat:
		return b.beat(v, duty.Instant(r.Timestamp))
	case *duty.IdentityLink:
		if err := b.once(key(keyLink, v.PersonID, v.AliasPersonID)); err != nil {
			return err
		}
		if err := b.once(key(keyLink, v.AliasPersonID, v.PersonID)); err != nil {
			return err
		}
	case *duty.Handling:
		if err := b.handled(v, duty.Instant(r.Timestamp), p, r); err != nil {
			return err
		}
	}
	if !about.Parked {
		if err := b.touchBy(p.Topic, name); err != nil {
			return err
		}
	}
	return b.set(place(key(keyFact, name), code, p.Partition, r.Offset), value)
}

// beat keeps the newest heartbeat of a source. A time of its own that lies ahead of when it was known is none.
func (b *batch) beat(v *duty.Heartbeat, known duty.Instant) error {
	if v.Retracted || v.Ahead(known) || !duty.UsableKey(v.SourceID) {
		return nil
	}
	k := key(keyBeat, v.SourceID)
	was, err := get(b.tx, k)
	if err != nil || len(was) == 8 && duty.Instant(binary.BigEndian.Uint64(was)) >= v.At {
		return err
	}
	return b.set(k, binary.BigEndian.AppendUint64(nil, uint64(v.At)))
}

// once writes a key without a value, unless it is there.
func (b *batch) once(k []byte) error {
	_, err := b.tx.Get(k)
	if err == nil {
		return nil
	}
	return b.set(k, nil)
}

// codeOf numbers the topics in their order, which is part of what the projection belongs to.
func codeOf(topic string) byte {
	for i, t := range duty.Topics() {
		if t.Name == topic {
			return byte(i)
		}
	}
	return 0xff
}

// topicOfCode is the topic that codeOf numbered.
func topicOfCode(code byte) string { return duty.Topics()[code].Name }

// Suggestion is an entry that a second person must approve before it becomes a fact (EXC-06).
type Suggestion struct {
	// ID names it; By wrote it, and somebody else must approve it.
	ID string `json:"suggestion_id"`
	By string `json:"by"`
	At string `json:"at"`
	// Topic and Fact are what is written when it is approved, Fact in the form of FACTS.
	Topic string          `json:"topic"`
	Fact  json.RawMessage `json:"fact"`
	// CentreID is the centre that it is about.
	CentreID string `json:"centre_id"`
	// State is OPEN, APPROVED or REJECTED.
	State string `json:"state"`
}

// audit takes suggestions in; all other lines of the audit topic are of no page.
func (b *batch) audit(value []byte) error {
	var line struct {
		Suggestion *Suggestion `json:"suggestion"`
	}
	readable := json.Unmarshal(value, &line) == nil // a line of a later release may not be
	if !readable || line.Suggestion == nil || line.Suggestion.ID == "" {
		return nil
	}
	v, err := json.Marshal(line.Suggestion)
	if err != nil {
		return err
	}
	return b.set(key(keySuggestion, line.Suggestion.ID), v)
}

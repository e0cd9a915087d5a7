package stream

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"tilsyn/engine/duty"
)

// tellSide gathers what goes beside the violations: data quality, observations
// and the ledger, each once per content.
func (t *Task) tellSide(p *person, res *duty.Result) error {
	for i := range res.DataQuality {
		if err := t.tellOnce(p, topicDataQuality, p.id, &res.DataQuality[i], hashQuality(&res.DataQuality[i])); err != nil {
			return err
		}
	}
	for i := range res.Observations {
		if err := t.tellOnce(p, topicObservations, p.id, &res.Observations[i], hashObservation(&res.Observations[i])); err != nil {
			return err
		}
	}
	return t.tellLedger(p, res)
}

// tellOnce gathers a side output unless the same content was written before.
func (t *Task) tellOnce(p *person, topic, key string, record any, hash uint64) error {
	if !p.header.addSide(hash) {
		return nil
	}
	p.changed = true
	return t.out(topic, []byte(key), record)
}

// out gathers a record without headers of its own.
func (t *Task) out(topic string, key []byte, record any) error {
	if t.floor.silences(record) {
		return nil
	}
	value, err := t.codec.Encode(topic, record)
	if err != nil {
		return fmt.Errorf("task %d: encode a record of %s: %w", t.at.Task, topic, err)
	}
	if len(value) > maxTold {
		t.stats.Refused.Add(1)
		return nil
	}
	t.cycle.outs = append(t.cycle.outs, Out{Partition: Partition{Topic: topic, Index: t.at.Task}, Key: key, Value: value})
	return nil
}

// tellUnknownPerson shows a row whose person is not named (IDN-06); its subject
// is the card. It is written for input offsets behind the last commit only, so
// that it needs no memory of its own.
func (t *Task) tellUnknownPerson(e *duty.CardEvent) error {
	return t.tellRecord(duty.DataQualityCodeUnknownPerson, e.CardID, e.OccurredAt, duty.Detail{Name: "row_id", Value: e.ID})
}

// tellLost shows a record that could not be read, or whose key is not usable, under
// its key; where that is not known either, under its id, else its topic (contract
// §1). It is written as tellUnknownPerson does.
func (t *Task) tellLost(bad *badRecord) error {
	u, code := bad.hold, duty.DataQualityCodeUnreadable
	if bad.invalid {
		code = duty.DataQualityCodeFactInvalid
	}
	subject := duty.ClipKey(cmp.Or(u.Key, u.ID, u.Topic))
	return t.tellRecord(code, subject, u.At.V,
		duty.Detail{Name: "fact_id", Value: u.ID}, duty.Detail{Name: "topic", Value: u.Topic})
}

func (t *Task) tellRecord(code duty.DataQualityCode, subject string, from duty.Instant, detail ...duty.Detail) error {
	q := duty.DataQuality{
		ID:   duty.UUID5("tilsyn:dq:" + code.String() + ":" + subject + ":" + from.String()),
		Code: code, Subject: subject, From: from, Detail: detail, State: duty.FindingStateOpen,
	}
	return t.out(topicDataQuality, []byte(subject), &q)
}

// byRecord reports whether a line of data quality is written once per record that
// was read, and not by the verdict on a person: those have no such detail.
func byRecord(q *duty.DataQuality) bool {
	detail := func(name string) bool {
		return slices.ContainsFunc(q.Detail, func(d duty.Detail) bool { return d.Name == name })
	}
	switch q.Code {
	case duty.DataQualityCodeUnreadable:
		return true
	case duty.DataQualityCodeUnknownPerson:
		return detail("row_id")
	case duty.DataQualityCodeFactInvalid:
		return detail("fact_id")
	}
	return false
}

// hashOf hashes what writer holds.
func hashOf(w *writer) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(w.b) // a hash never fails
	return h.Sum64()
}

func hashQuality(q *duty.DataQuality) uint64 {
	var w writer
	w.byte('q')
	w.string(q.ID)
	w.byte(byte(q.Code))
	w.string(q.Subject)
	w.int(int64(q.From))
	w.optInstant(q.To)
	for _, d := range q.Detail {
		w.string(d.Name)
		w.string(d.Value)
	}
	return hashOf(&w)
}

func hashObservation(o *duty.Observation) uint64 {
	var w writer
	w.byte('o')
	w.string(o.ID)
	w.byte(byte(o.Code))
	w.string(o.PersonID)
	w.int(int64(o.From))
	w.optInstant(o.To)
	return hashOf(&w)
}

// tellLedger gathers the months of the ledger whose content changed (contract
// §3, outcomes). A month that was written and has no unit any more is written
// empty.
func (t *Task) tellLedger(p *person, res *duty.Result) error {
	months := ledgerOf(p.id, res)
	for _, written := range p.header.ledger {
		if !slices.ContainsFunc(months, func(m ledgerMonth) bool { return m.number == written.month }) {
			months = append(months, newMonth(p.id, written.month))
		}
	}
	for i := range months {
		m := &months[i]
		if p.header.setLedger(m.number, m.hash()) {
			p.changed = true
			if err := t.out(topicOutcomes, []byte(p.id+":"+m.record.Month), &m.record); err != nil {
				return err
			}
		}
	}
	return nil
}

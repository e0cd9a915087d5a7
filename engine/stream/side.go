package stream

import (
	"fmt"
	"hash/fnv"
	"slices"

	"tilsyn/engine/duty"
)

// tellSide gathers what goes beside the violations: data quality, observations
// and the ledger. The verdict is one at caught_up.
func (t *Task) tellSide(p *person, res *duty.Result) error {
	now := make([]sideLine, 0, len(res.DataQuality)+len(res.Observations))
	for i := range res.DataQuality {
		now = append(now, lineOfQuality(&res.DataQuality[i]))
	}
	p.header.awaited = false
	for i := range res.Observations {
		now = append(now, lineOfObservation(&res.Observations[i]))
		p.header.awaited = p.header.awaited || endsWithRow(&res.Observations[i])
	}
	if err := t.tellLines(p, p.id, now, res.At); err != nil {
		return err
	}
	return t.tellLedger(p, res)
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

// hashOf hashes what writer holds.
func hashOf(w *writer) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(w.b) // a hash never fails
	return h.Sum64()
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

package task

import (
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// beside is what a task tells beside the verdicts, and counts of it.
type beside struct {
	// centres is what the task last made its data-quality lines about centres from.
	centres centreLines
	// letters are the dead letters that this task answers for.
	letters ownLetters
	// held counts the units held back, by the person's index in the roster.
	held map[uint32]heldUnits
}

// tellSide tells what goes beside the violations: data quality, observations, the ledger and the
// case summary. res must be a verdict at caught_up on what k knows: on everything, or what is not carried.
func (t *Task) tellSide(p *person, k *knowledge, res *duty.Result, over *carried) error {
	now := make([]sideLine, 0, len(res.DataQuality)+len(res.Observations))
	k.said = over.withTold(k.said)
	counted := t.summarise(p, k, over.withCounted(res))
	for i := range counted {
		now = append(now, lineOfQuality(&counted[i]))
	}
	for i := range res.DataQuality {
		now = append(now, lineOfQuality(&res.DataQuality[i]))
	}
	p.header.Awaited = false
	for i := range res.Observations {
		now = append(now, lineOfObservation(&res.Observations[i]))
		p.header.Awaited = p.header.Awaited || endsWithRow(res.Observations[i].Code)
	}
	now = slices.DeleteFunc(now, func(l sideLine) bool { return over.keeps(&l) })
	if err := t.tellLines(p, p.id, now, res.At, over.keeps); err != nil {
		return err
	}
	return t.tellLedger(p, over.months(p.id, res), over.firstMonth())
}

// out adds a record without headers to the transaction.
func (t *Task) out(topic string, key []byte, record any) error {
	if t.floor.silences(record) {
		return nil
	}
	value, err := t.codec.EncodeTold(topic, record)
	if err != nil {
		return fmt.Errorf("task %d: encode a record of %s: %w", t.at.Task, topic, err)
	}
	if len(value) > maxTold {
		t.stats.Refused.Add(1)
		return nil
	}
	t.cycle.write(broker.Out{Partition: broker.Partition{Topic: topic, Index: t.at.Task}, Key: key, Value: value})
	return nil
}

// tellLedger tells the months of the ledger from one on whose content has changed (contract §3, outcomes).
// A month that was written and has no units any more is written empty.
func (t *Task) tellLedger(p *person, months []stored.LedgerMonth, first int32) error {
	for _, written := range p.header.Ledger {
		has := func(m stored.LedgerMonth) bool { return m.Number == written.Month }
		if written.Month >= first && !slices.ContainsFunc(months, has) {
			months = append(months, stored.NewMonth(p.id, written.Month))
		}
	}
	for i := range months {
		m := &months[i]
		if p.header.SetLedger(m.Number, m.Hash()) {
			p.changed = true
			if err := t.out(duty.TopicOutcomes, []byte(p.id+":"+m.Record.Month), &m.Record); err != nil {
				return err
			}
		}
	}
	return nil
}

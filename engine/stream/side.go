package stream

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"time"

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
	value, err := t.codec.Encode(topic, record)
	if err != nil {
		return fmt.Errorf("task %d: encode a record of %s: %w", t.at.Task, topic, err)
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

// tellUnreadable shows a record that could not be read, under its key; where
// that is not known either, under its id, else its topic (contract §1). It is
// written as tellUnknownPerson does.
func (t *Task) tellUnreadable(u *duty.Unreadable) error {
	subject := cmp.Or(u.Key, u.ID, u.Topic)
	return t.tellRecord(duty.DataQualityCodeUnreadable, subject, u.At.V,
		duty.Detail{Name: "fact_id", Value: u.ID}, duty.Detail{Name: "topic", Value: u.Topic})
}

func (t *Task) tellRecord(code duty.DataQualityCode, subject string, from duty.Instant, detail ...duty.Detail) error {
	q := duty.DataQuality{
		ID:   duty.UUID5("tilsyn:dq:" + code.String() + ":" + subject + ":" + from.String()),
		Code: code, Subject: subject, From: from, Detail: detail,
	}
	return t.out(topicDataQuality, []byte(subject), &q)
}

// byRecord reports whether data quality of this code is written once per record
// that was read, and not by the verdict on a person.
func byRecord(code duty.DataQualityCode) bool {
	return code == duty.DataQualityCodeUnknownPerson || code == duty.DataQualityCodeUnreadable
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
// §3, outcomes). A unit that is not yet told stands open; one that is not known
// before 06:00, or does not apply, stands nowhere.
func (t *Task) tellLedger(p *person, res *duty.Result) error {
	months := map[int32]*duty.OutcomeMonth{}
	var order []int32
	month := func(n int32) *duty.OutcomeMonth {
		if months[n] == nil {
			months[n] = &duty.OutcomeMonth{PersonID: p.id, Month: monthText(n)}
			order = append(order, n)
		}
		return months[n]
	}
	for i := range res.Units {
		u := &res.Units[i]
		switch {
		case u.Outcome == duty.OutcomeNotApplicable || u.Early && !u.Pending:
			continue
		case u.Pending || u.Outcome == duty.OutcomeProvisional:
			m := month(monthOf(u.Date))
			m.Open = append(m.Open, duty.OpenUnit{Kind: u.Kind, UnitDate: u.Date})
		default:
			m := month(monthOf(u.Date))
			m.Units = append(m.Units, duty.LedgerUnit{
				Kind: u.Kind, UnitDate: u.Date, Outcome: u.Outcome, Instant: u.Instant,
				Caveats: u.Caveats, Rules: u.Rules, PolicyVersion: u.PolicyVersion,
			})
		}
	}
	for _, written := range p.header.ledger {
		if months[written.month] == nil {
			month(written.month)
		}
	}
	for _, n := range order {
		if p.header.setLedger(n, hashMonth(months[n])) {
			p.changed = true
			if err := t.out(topicOutcomes, []byte(p.id+":"+monthText(n)), months[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

// monthOf counts months from year 0.
func monthOf(d duty.Date) int32 {
	y, m, _ := time.UnixMilli(int64(d) * int64(duty.Day)).UTC().Date()
	return int32(y)*12 + int32(m) - 1
}

func monthText(n int32) string { return fmt.Sprintf("%04d-%02d", n/12, n%12+1) }

func hashMonth(m *duty.OutcomeMonth) uint64 {
	var w writer
	for i := range m.Units {
		u := &m.Units[i]
		w.byte(byte(u.Kind))
		w.int(int64(u.UnitDate))
		w.byte(byte(u.Outcome))
		w.optInstant(u.Instant)
		w.strings(u.Caveats)
		w.strings(u.Rules)
		w.string(u.PolicyVersion)
	}
	w.byte('/')
	for _, u := range m.Open {
		w.byte(byte(u.Kind))
		w.int(int64(u.UnitDate))
	}
	return hashOf(&w)
}

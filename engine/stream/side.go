package stream

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/google/uuid"

	"tilsyn/engine/duty"
)

// unitNamespace is the UUID namespace of every id (contract §3).
var unitNamespace = uuid.MustParse("6ba7b811-9dad-11d1-80b4-00c04fd430c8")

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

// tellUnknownPerson shows a row whose person is not named (IDN-06). It is
// written for input offsets behind the last commit only, so that it needs no
// memory of its own.
func (t *Task) tellUnknownPerson(e *duty.CardEvent) error {
	q := duty.DataQuality{
		ID:   qualityID(duty.DataQualityCodeUnknownPerson, e.CentreID, e.OccurredAt),
		Code: duty.DataQualityCodeUnknownPerson, Subject: e.CentreID, From: e.OccurredAt,
		To: duty.Some(e.OccurredAt), Detail: []duty.Detail{{Name: "device_id", Value: e.DeviceID}},
	}
	return t.out(topicDataQuality, []byte(e.CentreID), &q)
}

// qualityID is the id of a data-quality record (contract §3).
func qualityID(code duty.DataQualityCode, subject string, from duty.Instant) string {
	at := time.UnixMilli(int64(from)).UTC().Format("2006-01-02T15:04:05.000Z")
	return uuid.NewSHA1(unitNamespace, []byte("tilsyn:dq:"+code.String()+":"+subject+":"+at)).String()
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

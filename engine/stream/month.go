package stream

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// monthLedger is the ledger of one month of a person with a routine, in a few
// bytes: what is ordinary takes one bit a night.
type monthLedger struct {
	// number counts months from year 0; zero for none.
	number int32
	// present and unseen have one bit a date: nights at which the card was inside,
	// and nights before the first registration.
	present, unseen uint32
	// others are all other units of the month, open those that stand open.
	others []duty.LedgerUnit
	open   []duty.OpenUnit
}

// enter adds a night of the month.
func (m *monthLedger) enter(u *duty.LedgerUnit) {
	bit := uint32(1) << dayOfMonth(u.UnitDate)
	switch u.Outcome {
	case duty.OutcomeCompliant:
		m.present |= bit
	case duty.OutcomeUndetermined:
		m.unseen |= bit
	}
}

// takes reports whether nights are all of the month; a month without any unit
// becomes theirs.
func (m *monthLedger) takes(nights []duty.LedgerUnit) bool {
	for i := range nights {
		n := monthOf(nights[i].UnitDate)
		if i == 0 && m.empty() {
			*m = monthLedger{number: n}
		}
		if n != m.number {
			return false
		}
	}
	return true
}

// empty reports whether the month has no unit.
func (m *monthLedger) empty() bool {
	return m.present|m.unseen == 0 && len(m.others)+len(m.open) == 0
}

// record is the ledger's record of the month.
func (m *monthLedger) record(person string, p *duty.Policy) ledgerMonth {
	l := newMonth(person, m.number)
	l.record.Units = append(l.record.Units, m.others...)
	first := firstOfMonth(m.number)
	for day := range 31 {
		present := m.present&(1<<day) != 0
		if present || m.unseen&(1<<day) != 0 {
			l.record.Units = append(l.record.Units, duty.RoutineUnit(first+duty.Date(day), present, p))
		}
	}
	if len(m.others) > 0 {
		slices.SortStableFunc(l.record.Units, func(a, b duty.LedgerUnit) int { return cmp.Compare(a.UnitDate, b.UnitDate) })
	}
	l.record.Open = m.open
	return l
}

// monthOfResult is the ledger of the last month of a verdict.
func monthOfResult(res *duty.Result, p *duty.Policy) monthLedger {
	months := ledgerOf(res.PersonID, res)
	if len(months) == 0 {
		return monthLedger{}
	}
	last := &months[len(months)-1]
	m := monthLedger{number: last.number, open: last.record.Open}
	for i := range last.record.Units {
		u := &last.record.Units[i]
		if plain := duty.RoutineUnit(u.UnitDate, u.Outcome == duty.OutcomeCompliant, p); sameUnit(u, &plain) {
			m.enter(u)
			continue
		}
		m.others = append(m.others, *u)
	}
	return m
}

func sameUnit(a, b *duty.LedgerUnit) bool {
	return a.Kind == b.Kind && a.UnitDate == b.UnitDate && a.Outcome == b.Outcome && a.Instant == b.Instant &&
		slices.Equal(a.Caveats, b.Caveats) && slices.Equal(a.Rules, b.Rules) && a.PolicyVersion == b.PolicyVersion
}

func (m *monthLedger) write(w *writer) {
	w.int(int64(m.number))
	w.uint(uint64(m.present))
	w.uint(uint64(m.unseen))
	w.uint(uint64(len(m.others)))
	for i := range m.others {
		u := &m.others[i]
		w.byte(byte(u.Kind))
		w.int(int64(u.UnitDate))
		w.byte(byte(u.Outcome))
		w.optInstant(u.Instant)
		w.strings(u.Caveats)
		w.strings(u.Rules)
		w.string(u.PolicyVersion)
	}
	w.uint(uint64(len(m.open)))
	for _, u := range m.open {
		w.byte(byte(u.Kind))
		w.int(int64(u.UnitDate))
	}
}

func (m *monthLedger) read(r *reader) {
	*m = monthLedger{number: int32(r.int()), present: uint32(r.uint()), unseen: uint32(r.uint())}
	if n := r.count(7); n > 0 {
		m.others = make([]duty.LedgerUnit, n)
		for i := range m.others {
			m.others[i] = duty.LedgerUnit{Kind: duty.Kind(r.byte()), UnitDate: duty.Date(r.int()), Outcome: duty.Outcome(r.byte()),
				Instant: r.optInstant(), Caveats: r.strings(), Rules: r.strings(), PolicyVersion: r.string()}
		}
	}
	if n := r.count(2); n > 0 {
		m.open = make([]duty.OpenUnit, n)
		for i := range m.open {
			m.open[i] = duty.OpenUnit{Kind: duty.Kind(r.byte()), UnitDate: duty.Date(r.int())}
		}
	}
}

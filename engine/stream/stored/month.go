package stored

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
)

// MonthLedger is the ledger of one month of a person with a routine, packed: an ordinary night or day
// takes one bit.
type MonthLedger struct {
	// Number counts months from year 0; zero for none.
	Number int32
	// present and unseen have one bit a date: nights on which the card was inside, and nights before
	// the first registration.
	present, unseen uint32
	// told and reported have one for each night of NOTIFY and day of REPORT on which the duty was met.
	told, reported uint32
	// others are all other units of the month, open those listed as open.
	others []duty.LedgerUnit
	open   []duty.OpenUnit
}

// Enter adds an ordinary night or day of the month.
func (m *MonthLedger) Enter(u *duty.LedgerUnit) {
	bit := uint32(1) << dayOfMonth(u.UnitDate)
	switch {
	case u.Kind == duty.KindNotify:
		m.told |= bit
	case u.Kind == duty.KindReport:
		m.reported |= bit
	case u.Outcome == duty.OutcomeCompliant:
		m.present |= bit
	case u.Outcome == duty.OutcomeUndetermined:
		m.unseen |= bit
	}
}

// Takes reports whether all the nights belong to the month. An empty month is set to theirs.
func (m *MonthLedger) Takes(nights []duty.LedgerUnit) bool {
	for i := range nights {
		n := MonthOf(nights[i].UnitDate)
		if i == 0 && m.Empty() {
			*m = MonthLedger{Number: n}
		}
		if n != m.Number {
			return false
		}
	}
	return true
}

// Empty reports whether the month has no entry.
func (m *MonthLedger) Empty() bool {
	return m.present|m.unseen|m.told|m.reported == 0 && len(m.others)+len(m.open) == 0
}

// Record returns the ledger record of the month.
func (m *MonthLedger) Record(person string, p *duty.Policy) LedgerMonth {
	l := NewMonth(person, m.Number)
	l.Record.Units = append(l.Record.Units, m.others...)
	first := FirstOfMonth(m.Number)
	for day := range 31 {
		date, bit := first+duty.Date(day), uint32(1)<<day
		if m.told&bit != 0 {
			l.Record.Units = append(l.Record.Units, duty.MetUnit(duty.KindNotify, date, p))
		}
		if m.reported&bit != 0 {
			l.Record.Units = append(l.Record.Units, duty.MetUnit(duty.KindReport, date, p))
		}
		if (m.present|m.unseen)&bit != 0 {
			l.Record.Units = append(l.Record.Units, duty.RoutineUnit(date, m.present&bit != 0, p))
		}
	}
	if len(m.others) > 0 {
		slices.SortStableFunc(l.Record.Units, func(a, b duty.LedgerUnit) int { return duty.CompareUnits(&a, &b) })
	}
	l.Record.Open = m.open
	return l
}

// LastMonth returns the packed ledger of the last of some months.
func LastMonth(months []LedgerMonth, p *duty.Policy) MonthLedger {
	if len(months) == 0 {
		return MonthLedger{}
	}
	return pack(&months[len(months)-1], p)
}

// pack packs a month of the ledger.
func pack(l *LedgerMonth, p *duty.Policy) MonthLedger {
	m := MonthLedger{Number: l.Number, open: l.Record.Open}
	for i := range l.Record.Units {
		u := &l.Record.Units[i]
		plain := duty.RoutineUnit(u.UnitDate, u.Outcome == duty.OutcomeCompliant, p)
		if u.Kind != duty.KindStay {
			plain = duty.MetUnit(u.Kind, u.UnitDate, p)
		}
		if sameUnit(u, &plain) {
			m.Enter(u)
			continue
		}
		m.others = append(m.others, *u)
	}
	return m
}

// sameUnit reports whether two ledger entries are equal.
func sameUnit(a, b *duty.LedgerUnit) bool {
	return a.Kind == b.Kind && a.UnitDate == b.UnitDate && a.Outcome == b.Outcome && a.Instant == b.Instant &&
		slices.Equal(a.Caveats, b.Caveats) && slices.Equal(a.Rules, b.Rules) && a.PolicyVersion == b.PolicyVersion
}

// write appends the stored form.
func (m *MonthLedger) write(w *wire.Writer) {
	w.Int(int64(m.Number))
	w.Uint(uint64(m.present))
	w.Uint(uint64(m.unseen))
	w.Uint(uint64(m.told))
	w.Uint(uint64(m.reported))
	w.Uint(uint64(len(m.others)))
	for i := range m.others {
		u := &m.others[i]
		w.Byte(byte(u.Kind))
		w.Int(int64(u.UnitDate))
		w.Byte(byte(u.Outcome))
		w.OptInstant(u.Instant)
		w.Texts(u.Caveats)
		w.Texts(u.Rules)
		w.Text(u.PolicyVersion)
	}
	w.Uint(uint64(len(m.open)))
	for _, u := range m.open {
		w.Byte(byte(u.Kind))
		w.Int(int64(u.UnitDate))
	}
}

// read reads what write wrote.
func (m *MonthLedger) read(r *wire.Reader) {
	*m = MonthLedger{Number: int32(r.Int()), present: uint32(r.Uint()), unseen: uint32(r.Uint()),
		told: uint32(r.Uint()), reported: uint32(r.Uint())}
	if n := r.Count(7); n > 0 {
		m.others = make([]duty.LedgerUnit, n)
		for i := range m.others {
			m.others[i] = duty.LedgerUnit{Kind: duty.Kind(r.Byte()), UnitDate: duty.Date(r.Int()),
				Outcome: duty.Outcome(r.Byte()),
				Instant: r.OptInstant(), Caveats: r.Texts(), Rules: r.Texts(), PolicyVersion: r.Text()}
		}
	}
	if n := r.Count(2); n > 0 {
		m.open = make([]duty.OpenUnit, n)
		for i := range m.open {
			m.open[i] = duty.OpenUnit{Kind: duty.Kind(r.Byte()), UnitDate: duty.Date(r.Int())}
		}
	}
}

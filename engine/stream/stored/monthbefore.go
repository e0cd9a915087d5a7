package stored

import (
	"reflect"
	"slices"

	"tilsyn/engine/duty"
)

// The ledger writes a month whole. Where only the units from a date on are judged, the month of the date is put
// together with what it said of the units before.

// MonthBefore returns what the month of a date says of the units before it, packed, in memory of its own.
func MonthBefore(months []LedgerMonth, d duty.Date, p *duty.Policy) MonthLedger {
	number := MonthOf(d)
	before := LedgerMonth{Number: number}
	for i := range months {
		if months[i].Number != number {
			continue
		}
		for _, u := range months[i].Record.Units {
			if u.UnitDate < d {
				u.Caveats, u.Rules = slices.Clone(u.Caveats), slices.Clone(u.Rules)
				before.Record.Units = append(before.Record.Units, u)
			}
		}
		for _, u := range months[i].Record.Open {
			if u.UnitDate < d {
				before.Record.Open = append(before.Record.Open, u)
			}
		}
	}
	return pack(&before, p)
}

// Complete puts what the month says before what later ones and the rest of it say. The policy is the one it was
// packed with.
func (m *MonthLedger) Complete(person string, months []LedgerMonth, p *duty.Policy) []LedgerMonth {
	if m.Empty() {
		return months
	}
	whole := m.Record(person, p)
	if len(months) > 0 && months[0].Number == m.Number {
		rest := &months[0].Record
		whole.Record.Units = slices.Concat(whole.Record.Units, rest.Units)
		whole.Record.Open = slices.Concat(whole.Record.Open, rest.Open)
		months[0] = whole
		return months
	}
	return slices.Insert(months, 0, whole)
}

// Size is roughly how many bytes it takes.
func (m *MonthLedger) Size() int {
	text := int(reflect.TypeFor[string]().Size())
	n := int(reflect.TypeFor[MonthLedger]().Size()) + cap(m.others)*int(reflect.TypeFor[duty.LedgerUnit]().Size()) +
		cap(m.open)*int(reflect.TypeFor[duty.OpenUnit]().Size())
	for i := range m.others {
		n += (cap(m.others[i].Caveats) + cap(m.others[i].Rules)) * text
	}
	return n
}

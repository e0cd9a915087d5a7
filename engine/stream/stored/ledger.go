package stored

import (
	"fmt"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
)

// LedgerMonth is one person's month in the ledger.
type LedgerMonth struct {
	// Number counts months from year 0.
	Number int32
	Record duty.OutcomeMonth
}

// NewMonth returns an empty month of a person. number is year*12 + month-1.
func NewMonth(person string, number int32) LedgerMonth {
	return LedgerMonth{Number: number,
		Record: duty.OutcomeMonth{PersonID: person, Month: fmt.Sprintf("%04d-%02d", number/12, number%12+1)}}
}

// LedgerOf returns the ledger entries of a verdict, by month. A unit that is not told yet, or is
// PROVISIONAL, is listed as open; one that is not known before 06:00, or does not apply, is left
// out.
func LedgerOf(person string, res *duty.Result) []LedgerMonth {
	var months []LedgerMonth
	month := func(d duty.Date) *duty.OutcomeMonth {
		n := MonthOf(d)
		for i := range months {
			if months[i].Number == n {
				return &months[i].Record
			}
		}
		months = append(months, NewMonth(person, n))
		return &months[len(months)-1].Record
	}
	for i := range res.Units {
		u := &res.Units[i]
		switch {
		case u.Outcome == duty.OutcomeNotApplicable || u.Early && !u.Pending:
			continue
		case u.Pending || u.Outcome == duty.OutcomeProvisional:
			m := month(u.Date)
			m.Open = append(m.Open, duty.OpenUnit{Kind: u.Kind, UnitDate: u.Date})
		default:
			m := month(u.Date)
			m.Units = append(m.Units, duty.LedgerUnit{
				Kind: u.Kind, UnitDate: u.Date, Outcome: u.Outcome, Instant: u.Instant,
				Caveats: u.Caveats, Rules: u.Rules, PolicyVersion: u.PolicyVersion,
			})
		}
	}
	return months
}

// MonthOf returns the number of the month of a date: year*12 + month-1.
func MonthOf(d duty.Date) int32 {
	y, m, _ := time.UnixMilli(int64(d) * int64(duty.Day)).UTC().Date()
	return int32(y)*12 + int32(m) - 1
}

// FirstOfMonth returns the first date of a month.
func FirstOfMonth(number int32) duty.Date {
	return duty.DateOf(int(number/12), int(number%12)+1, 1)
}

// dayOfMonth returns how many days before a date its month began, from 0.
func dayOfMonth(d duty.Date) int { return int(d - FirstOfMonth(MonthOf(d))) }

// Hash returns a hash of what the month says; it changes when the content does.
func (m *LedgerMonth) Hash() uint64 {
	var w wire.Writer
	for i := range m.Record.Units {
		u := &m.Record.Units[i]
		w.Byte(byte(u.Kind))
		w.Int(int64(u.UnitDate))
		w.Byte(byte(u.Outcome))
		w.OptInstant(u.Instant)
		w.Texts(u.Caveats)
		w.Texts(u.Rules)
		w.Text(u.PolicyVersion)
	}
	w.Byte('/')
	for _, u := range m.Record.Open {
		w.Byte(byte(u.Kind))
		w.Int(int64(u.UnitDate))
	}
	return wire.Hash(&w)
}

package stream

import (
	"fmt"
	"time"

	"tilsyn/engine/duty"
)

// ledgerMonth is one person's month in the ledger.
type ledgerMonth struct {
	// number counts months from year 0.
	number int32
	record duty.OutcomeMonth
}

func newMonth(person string, number int32) ledgerMonth {
	return ledgerMonth{number: number, record: duty.OutcomeMonth{PersonID: person, Month: fmt.Sprintf("%04d-%02d", number/12, number%12+1)}}
}

// ledgerOf is what the ledger says of a verdict, by month. A unit that is not
// yet told stands open; one that is not known before 06:00, or does not apply,
// stands nowhere.
func ledgerOf(person string, res *duty.Result) []ledgerMonth {
	var months []ledgerMonth
	month := func(d duty.Date) *duty.OutcomeMonth {
		n := monthOf(d)
		for i := range months {
			if months[i].number == n {
				return &months[i].record
			}
		}
		months = append(months, newMonth(person, n))
		return &months[len(months)-1].record
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

// monthOf is the number of the month of a date.
func monthOf(d duty.Date) int32 {
	y, m, _ := time.UnixMilli(int64(d) * int64(duty.Day)).UTC().Date()
	return int32(y)*12 + int32(m) - 1
}

// firstOfMonth is the first date of a month, dayOfMonth how many days before a
// date its month began.
func firstOfMonth(number int32) duty.Date {
	return duty.DateOf(int(number/12), int(number%12)+1, 1)
}

func dayOfMonth(d duty.Date) int { return int(d - firstOfMonth(monthOf(d))) }

// hash tells whether the month says something else than it did.
func (m *ledgerMonth) hash() uint64 {
	var w writer
	for i := range m.record.Units {
		u := &m.record.Units[i]
		w.byte(byte(u.Kind))
		w.int(int64(u.UnitDate))
		w.byte(byte(u.Outcome))
		w.optInstant(u.Instant)
		w.strings(u.Caveats)
		w.strings(u.Rules)
		w.string(u.PolicyVersion)
	}
	w.byte('/')
	for _, u := range m.record.Open {
		w.byte(byte(u.Kind))
		w.int(int64(u.UnitDate))
	}
	return hashOf(&w)
}

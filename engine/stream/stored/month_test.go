package stored

import (
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"tilsyn/engine/duty"
)

// TestStoredMonth: a month under three duties says what was entered, by date and duty, and is read in the form in which
// it was written before.
func TestStoredMonth(t *testing.T) {
	p := &duty.Policy{Version: "1"}
	d := duty.DateOf(2026, 2, 3)
	m := MonthLedger{Number: MonthOf(d), others: []duty.LedgerUnit{{Kind: duty.KindReport, UnitDate: d,
		Outcome: duty.OutcomeExcused, Rules: []string{"PRM-07"}, PolicyVersion: "1"}}}
	for _, u := range []duty.LedgerUnit{
		duty.RoutineUnit(d, true, p), duty.MetUnit(duty.KindNotify, d, p),
		duty.MetUnit(duty.KindReport, d+1, p), duty.RoutineUnit(d+1, false, p),
		duty.MetUnit(duty.KindReport, d-2, p), duty.MetUnit(duty.KindNotify, d+25, p),
	} {
		m.Enter(&u)
	}
	const form = "020000000000000000000000000002f2fb020408848080400901038ec002020000010650524d2d3037013100"
	was := Routine{Decided: 1, Month: m}
	b := was.Append(nil)
	if got := hex.EncodeToString(b); got != form {
		t.Errorf("the stored form is %s, was %s: raise StateLayout", got, form)
	}
	again, err := ReadRoutine(b)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, u := range again.Month.Record("P", p).Record.Units {
		got += fmt.Sprintf("%+d %s %s %v\n", u.UnitDate-d, u.Kind, u.Outcome, u.Rules)
	}
	const want = "-2 REPORT COMPLIANT [RPT-01]\n" +
		"+0 NOTIFY COMPLIANT [NTC-02]\n+0 REPORT EXCUSED [PRM-07]\n+0 STAY COMPLIANT [STY-02]\n" +
		"+1 REPORT COMPLIANT [RPT-01]\n+1 STAY UNDETERMINED [PRS-01]\n+25 NOTIFY COMPLIANT [NTC-02]\n"
	if got != want {
		t.Errorf("the month says\n%s, want\n%s", got, want)
	}
	b[0]--
	if _, err := ReadRoutine(b); !errors.Is(err, duty.ErrRoutine) {
		t.Errorf("a routine of the version before is read: %v", err)
	}
}

// TestAMonthOfOneDuty: a month is not empty that says anything of one duty alone.
func TestAMonthOfOneDuty(t *testing.T) {
	p := &duty.Policy{Version: "1"}
	d := duty.DateOf(2026, 2, 3)
	for _, u := range []duty.LedgerUnit{duty.RoutineUnit(d, true, p), duty.RoutineUnit(d, false, p),
		duty.MetUnit(duty.KindNotify, d, p), duty.MetUnit(duty.KindReport, d, p)} {
		m := MonthLedger{Number: MonthOf(d)}
		if !m.Empty() {
			t.Error("a month without entry is not empty")
		}
		if m.Enter(&u); m.Empty() {
			t.Errorf("a month with %+v is empty", u)
		}
	}
}

package duty

import (
	"slices"
	"testing"
)

// TestReportsThatWereTakenIn: a report before the last 06:00 counts for its day when that is over, though its row is
// not given any more; a passage does not.
func TestReportsThatWereTakenIn(t *testing.T) {
	_, d := underThree()
	for _, dir := range []Direction{DirectionUnknown, DirectionOut} {
		reported := dir == DirectionUnknown
		in, _ := underThree(move{(d - 1).Clock(20, 0), DirectionIn}, move{d.Clock(3, 0), dir})
		in.Person.ObligationChanges = slices.Delete(in.Person.ObligationChanges, 1, 2) // NOTIFY
		r, ok := StartRoutine(&in, d.Clock(6, 0))
		var a Advanced
		if !ok || !r.Advance(&in, in.Person.CardEvents, d.Clock(6, 0), &a) {
			t.Fatal("the first night is not decided")
		}
		if r.Advance(&in, nil, (d+1).Start(), &a) != reported {
			t.Errorf("reported %t, and the day is decided %t", reported, !reported)
		}
	}
}

// TestReportsWhereTheCentreHasClosed: a reporting day after the last of the centre is left to Evaluate (RD-44).
func TestReportsWhereTheCentreHasClosed(t *testing.T) {
	_, d := underThree()
	for _, closes := range []Date{d, d + 1} {
		in, _ := underThree(move{(d - 1).Clock(20, 0), DirectionIn}, move{d.Clock(9, 0), DirectionUnknown})
		in.Policies[0].Policy.Centres[0].To = closes.Start()
		r, ok := StartRoutine(&in, (d + 1).Start())
		var a Advanced
		if !ok || r.Advance(&in, in.Person.CardEvents, (d+1).Start(), &a) != (closes > d) {
			t.Errorf("started %t; a centre closes on %d, and %d is decided %t", ok, closes, d, closes <= d)
		}
	}
}

// TestReportsWithoutTheDuty: under STAY alone a report is no ordinary row, and a notice does no harm.
func TestReportsWithoutTheDuty(t *testing.T) {
	_, d := underThree()
	in, _ := underThree(move{(d - 1).Clock(20, 0), DirectionIn}, move{d.Clock(9, 0), DirectionUnknown})
	in.Person.ObligationChanges = in.Person.ObligationChanges[:1]
	k := &in.Person.CardEvents[1]
	r, ok := StartRoutine(&in, d.Clock(6, 0))
	if !ok || r.ordinaryRow(&in, in.Policies[0].Policy, &k.Fact, k.At) {
		t.Error("under STAY alone a report is an ordinary row")
	}
	in.Person.CardEvents = in.Person.CardEvents[:1]
	noon := (d - 1).Clock(13, 0)
	in.Person.Notices = []Known[Notice]{{At: noon, Fact: Notice{ID: "n", Version: 1, ReceivedAt: noon, PersonID: "P",
		CentreID: "KH", LocalTime: "2026-01-05T13:00", GivenBy: GivenBySelf, Recipient: RecipientOperator,
		Clarity: ClarityClear}}}
	res := Evaluate(in, d.Clock(7, 0))
	if _, ok := res.Routine(&in); !ok {
		t.Error("under STAY alone a notice ends the routine")
	}
}

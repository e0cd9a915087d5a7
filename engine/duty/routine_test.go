package duty

import "testing"

// oneNight is a person under STAY with passages at some instants, OUT first.
func oneNight(at ...Instant) (Input, Date) {
	f, c, p := weeks(1)
	f.ObligationChanges = f.ObligationChanges[:1]
	k := f.CardEvents[0]
	f.CardEvents = nil
	for i, t := range at {
		k.Fact.ID, k.Fact.OccurredAt, k.Fact.ReceivedAt, k.At = t.String(), t, t, t
		k.Fact.Direction = Some([]Direction{DirectionOut, DirectionIn}[i%2])
		f.CardEvents = append(f.CardEvents, k)
	}
	return Input{PersonID: "P", Person: f, Centres: c, Policies: []ActivePolicy{{From: Beginning, Policy: p}}},
		DateOf(2026, 1, 6)
}

// TestRoutineAtTheEdges compares the routine with Evaluate at the limits of a night, to the
// millisecond. A missed night is never decided by the routine.
func TestRoutineAtTheEdges(t *testing.T) {
	_, d := oneNight()
	night := Night(d)
	morning := d.Clock(9, 0)
	for _, x := range []struct {
		what string
		rows []Instant
		ok   bool
	}{
		{"home at 23:00:00", []Instant{morning, night.From}, true},
		{"home 1 ms before", []Instant{morning, night.From - 1}, true},
		{"home at the last millisecond", []Instant{morning, night.To - 1}, true},
		{"home at 06:00:00", []Instant{morning, night.To}, false},
		{"out at 23:00:00", []Instant{morning, morning + Hour, night.From}, true},
		{"out 1 ms before", []Instant{morning, morning + Hour, night.From - 1}, false},
		{"out at 06:00:00", []Instant{morning, morning + Hour, night.To}, true},
		{"first seen at 06:00:00", []Instant{night.To}, true},
		{"never seen", nil, true},
	} {
		in, _ := oneNight(x.rows...)
		at := night.To
		r, ok := StartRoutine(&in, at)
		var out Advanced
		if !ok || r.Advance(&in, in.Person.CardEvents, at, &out) != x.ok {
			t.Errorf("%s: started %t, then decided %t, want %t", x.what, ok, !x.ok, x.ok)
			continue
		}
		res := Evaluate(in, at)
		u := res.Units[len(res.Units)-1]
		if u.Date != d || x.ok != (u.Outcome.Severity() == SeverityNone) {
			t.Errorf("%s: Evaluate says %s of %s", x.what, u.Outcome, u.Date)
		}
		if x.ok && (len(out.Nights) != 2 || out.Nights[1].Outcome != u.Outcome || out.Next != night.To+Day) {
			t.Errorf("%s: decided %+v, next %s; Evaluate says %s", x.what, out.Nights, out.Next, u.Outcome)
		}
	}
}

// TestRoutineGuardsWhatARecordRestsOn: a return closed an absence. Then a visit becomes known that
// lies before this return and makes it a late one (STY-05). Neither Row nor Advance may take the
// visit for ordinary.
func TestRoutineGuardsWhatARecordRestsOn(t *testing.T) {
	_, d := oneNight()
	back := (d + 1).Clock(9, 0)
	in, _ := oneNight(d.Clock(20, 0), back)
	res := Evaluate(in, back+Hour)
	r, ok := res.Routine(&in)
	if !ok {
		t.Fatal("a closed absence does not let the routine go on")
	}
	visit, _ := oneNight(d.Clock(20, 0), (d+1).Clock(7, 30), (d+1).Clock(8, 30), back)
	for _, i := range []int{1, 2} {
		k := &visit.Person.CardEvents[i]
		k.At = back + 2*Hour
		if row := r; row.Row(&visit, &k.Fact, k.At) {
			t.Errorf("row %d is taken for the ordinary next one", i)
		}
	}
	at := Night(d + 1).To
	var out Advanced
	for _, x := range []struct {
		in Input
		ok bool
	}{{in, true}, {visit, false}} {
		if again := r; again.Advance(&x.in, x.in.Person.CardEvents, at, &out) != x.ok {
			t.Errorf("%d rows: decided %t, want %t", len(x.in.Person.CardEvents), !x.ok, x.ok)
		}
	}
	if u := Evaluate(visit, at).Units; u[len(u)-2].Outcome != OutcomeNeedsReview {
		t.Errorf("the visit makes no difference: %+v", u[len(u)-2])
	}
}

// TestRoutineWaitsForWhatIsOpenWithoutLateData: a return that became known weeks late closes the
// absence. For DAT-08, which leaves it out, only the next row does.
func TestRoutineWaitsForWhatIsOpenWithoutLateData(t *testing.T) {
	_, d := oneNight()
	for _, late := range []bool{false, true} {
		in, _ := oneNight(d.Clock(20, 0), (d+1).Clock(12, 0))
		if late {
			in.Person.CardEvents[1].At += 20 * Day
		}
		res := Evaluate(in, (d+23).Clock(8, 0))
		if _, ok := res.Routine(&in); ok == late {
			t.Errorf("known late %t: the routine goes on %t", late, ok)
		}
	}
}

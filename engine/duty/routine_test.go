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
	return Input{PersonID: "P", Person: f, Centres: c, Policies: []ActivePolicy{{From: Beginning, Policy: p}}}, DateOf(2026, 1, 6)
}

// TestRoutineAtTheEdges holds the routine to Evaluate at the very limits of a
// night: what counts is the millisecond, and a missed night is never decided.
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
		if u.Date != d || x.ok != (mildness(u.Outcome) == 0) {
			t.Errorf("%s: Evaluate says %s of %s", x.what, u.Outcome, u.Date)
		}
		if x.ok && (len(out.Nights) != 2 || out.Nights[1].Outcome != u.Outcome || out.Next != night.To+Day) {
			t.Errorf("%s: decided %+v, next %s; Evaluate says %s", x.what, out.Nights, out.Next, u.Outcome)
		}
	}
}

// TestPresenceForSomeTimeWithoutEarlierRegistration: where presence must last
// (MIN_DURATION), a night can be missed though nothing was registered before it.
func TestPresenceForSomeTimeWithoutEarlierRegistration(t *testing.T) {
	_, d := oneNight()
	night := Night(d)
	in, _ := oneNight(night.From+10*Minute, night.To+5*Hour)
	in.Policies[0].Policy.Steps[0].Params.StayMinPresence = 2 * Hour
	res := Evaluate(in, night.To+6*Hour)
	var found *Unit
	for i := range res.Units {
		if res.Units[i].Date == d {
			found = &res.Units[i]
		}
	}
	if found == nil || found.Outcome != OutcomeIndicated || found.Basis != BasisClosedPair {
		t.Errorf("got %+v", found)
	}
	if v, err := Revise(in, res, nil); err != nil || len(v) == 0 {
		t.Errorf("%d revisions, %v", len(v), err)
	}
}

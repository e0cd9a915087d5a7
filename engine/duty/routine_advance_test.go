package duty

import (
	"fmt"
	"slices"
	"testing"
)

// started is the routine of an ordinary person before the first night.
func started(t *testing.T, in *Input, at Instant) Routine {
	t.Helper()
	r, ok := StartRoutine(in, at)
	if !ok {
		t.Fatal("an ordinary person has no routine")
	}
	return r
}

// alternating are passages one minute apart, the first of them IN.
func alternating(in *Input, n int, from Instant) []Known[CardEvent] {
	k := in.Person.CardEvents[0]
	var out []Known[CardEvent]
	for i := range n {
		k.Fact.ID = fmt.Sprint("a", i)
		k.Fact.OccurredAt = from + Instant(i)*Minute
		k.Fact.ReceivedAt, k.At = k.Fact.OccurredAt, k.Fact.OccurredAt
		k.Fact.Direction = Some([]Direction{DirectionIn, DirectionOut}[i%2])
		out = append(out, k)
	}
	return out
}

// TestNightsThatAreNotOrdinary changes what is around an ordinary person's nights.
func TestNightsThatAreNotOrdinary(t *testing.T) {
	_, d, at := ordinary()
	night := Night(d)
	policy := func(f func(*Policy)) func(*Input) { return func(in *Input) { f(in.Policies[0].Policy) } }
	for _, x := range []struct {
		what   string
		change func(*Input)
		ok     bool
	}{
		{"an ordinary night", func(*Input) {}, true},
		{"facts that may be elsewhere", func(in *Input) { in.Provisional = true }, false},
		{"no policy", func(in *Input) { in.Policies = nil }, false},
		{"presence that must last", policy(func(p *Policy) { p.Steps[0].Params.StayMinPresence = 1 }), false},
		{"a centre that does not operate", policy(func(p *Policy) { p.Centres[0].To = d.Start() }), false},
		{"a centre without a device", policy(func(p *Policy) { p.Devices[0].From = d.Start() }), false},
		{"an incident in the night", func(in *Input) {
			in.Centres = NewCentres(CentreFacts{Incidents: []Known[Incident]{{At: at,
				Fact: Incident{ID: "i", Version: 1, ReceivedAt: at, IncidentID: "i",
					CentreID: "KH", From: night.From + Hour, To: Some(night.From + 2*Hour),
					FormsStatus: FormsStatusPending, State: IncidentStateActive}}}})
		}, false},
	} {
		in, _, _ := ordinary()
		r := started(t, &in, at)
		x.change(&in)
		var out Advanced
		if r.Advance(&in, in.Person.CardEvents, at, &out) != x.ok || !x.ok && len(out.Nights) > 0 {
			t.Errorf("%s: decided %t, want %t, with nights %+v", x.what, !x.ok, x.ok, out.Nights)
		}
	}
}

// TestRowsOfAnAdvance: rows may come in any order, repeatedly, and up to a number.
func TestRowsOfAnAdvance(t *testing.T) {
	in, d, at := ordinary()
	night := Night(d)
	out, home := in.Person.CardEvents[0], in.Person.CardEvents[1]
	change := func(k Known[CardEvent], f func(*Known[CardEvent])) Known[CardEvent] {
		f(&k)
		return k
	}
	later := func(occurred Instant) Known[CardEvent] { // known only after the clock
		return change(home, func(k *Known[CardEvent]) { k.Fact.ID, k.Fact.OccurredAt, k.At = "later", occurred, at+1 })
	}
	again := func(k Known[CardEvent], f func(*Known[CardEvent])) []Known[CardEvent] {
		return []Known[CardEvent]{out, home, change(k, f)}
	}
	for _, x := range []struct {
		what string
		rows []Known[CardEvent]
		ok   bool
	}{
		{"in order", []Known[CardEvent]{out, home}, true},
		{"in another order", []Known[CardEvent]{home, out}, true},
		{"the first repeated", again(out, func(*Known[CardEvent]) {}), true},
		{"the last repeated", again(home, func(*Known[CardEvent]) {}), true},
		{"two at one instant", again(home, func(k *Known[CardEvent]) { k.Fact.ID = "other" }), false},
		{"one id at two instants", again(out, func(k *Known[CardEvent]) { k.Fact.OccurredAt = home.Fact.OccurredAt + 1 }), false},
		{"known at the clock", []Known[CardEvent]{out, change(home, func(k *Known[CardEvent]) { k.At = at })}, true},
		{"known later, in the night", []Known[CardEvent]{out, home, later(night.To - 1)}, false},
		{"known later, after the night", []Known[CardEvent]{out, home, later(night.To)}, true},
		{"not in turn after the night", again(home, func(k *Known[CardEvent]) { k.Fact.ID, k.Fact.OccurredAt, k.At = "other", night.To, night.To }), false},
		{"not ordinary in the night", again(out, func(k *Known[CardEvent]) {
			k.Fact.ID, k.Fact.OccurredAt, k.Fact.Scan = "other", night.From+1, ScanFirst
		}), false},
		{"as many as it takes", alternating(&in, maxRoutineRows-1, d.Clock(9, 0)), true},
		{"as many as it takes, the last one out", append(alternating(&in, maxRoutineRows-1,
			d.Clock(9, 0)), change(out, func(k *Known[CardEvent]) {
			k.Fact.OccurredAt, k.Fact.ReceivedAt, k.At = night.From, night.From, night.From
		})), true},
		{"more than it takes", alternating(&in, maxRoutineRows+1, d.Clock(9, 0)), false},
		{"more than it takes, home before the last one", append(append([]Known[CardEvent]{out},
			alternating(&in, maxRoutineRows-1, d.Clock(10, 0))...),
			change(out, func(k *Known[CardEvent]) {
				k.Fact.ID, k.Fact.OccurredAt, k.Fact.ReceivedAt, k.At = "out", night.From, night.From, night.From
			})), false},
	} {
		r := started(t, &in, at)
		before := r
		var a Advanced
		if r.Advance(&in, x.rows, at, &a) != x.ok {
			t.Errorf("%s: decided %t, want %t", x.what, !x.ok, x.ok)
		}
		if !x.ok && (r != before || len(a.Nights) > 0) {
			t.Errorf("%s: refused and left %+v with nights %+v", x.what, r, a.Nights)
		}
	}
}

// TestAdvanceDayByDay follows a person for some days: which rows are taken in at each 06:00, what
// is decided, and what the next rows are compared with.
func TestAdvanceDayByDay(t *testing.T) {
	in, d, at := ordinary()
	r := started(t, &in, at)
	var a Advanced
	step := func(rows []Known[CardEvent], at Instant, ok bool, nights ...Date) {
		t.Helper()
		if r.Advance(&in, rows, at, &a) != ok {
			t.Fatalf("at %s: decided %t, want %t", at, !ok, ok)
		}
		if got := datesOf(a.Nights); !slices.Equal(got, nights) {
			t.Fatalf("at %s: decided %v, want %v", at, got, nights)
		}
		for i := range a.Nights {
			if a.Nights[i].Kind != KindStay {
				t.Fatalf("%+v is no night", a.Nights[i])
			}
		}
	}
	step(in.Person.CardEvents, at, true, d-1, d)
	if want := Night(d).To; r.Since() != want || r.tail != in.Person.CardEvents[1].Fact.OccurredAt || r.tailed != within {
		t.Fatalf("after the first night: %+v, want since %s", r, want)
	}
	if a.Nights[0].Outcome != OutcomeUndetermined || a.Nights[1].Outcome != OutcomeCompliant {
		t.Fatalf("decided %+v", a.Nights)
	}
	// Rows that lie before since are passed over; the same day once more decides nothing.
	step(in.Person.CardEvents, at+Hour, true)
	if r.Since() != Night(d).To {
		t.Fatalf("an Advance by day moved since to %s", r.Since())
	}
	// Out at 06:00:00, the first instant that this advance does not take in, and home again: the
	// rows were seen already, and are taken in with the next night.
	k := in.Person.CardEvents[0]
	move := func(at Instant, dir Direction) Known[CardEvent] {
		k.Fact.ID, k.Fact.OccurredAt, k.Fact.ReceivedAt, k.At, k.Fact.Direction = at.String(), at, at, at, Some(dir)
		return k
	}
	left := move(Night(d).To, DirectionOut)
	step([]Known[CardEvent]{left}, at+2*Hour, true)
	if r.tail != left.Fact.OccurredAt || r.tailed != without || r.place != within {
		t.Fatalf("a row by day: %+v", r)
	}
	step([]Known[CardEvent]{left}, Night(d+1).To, false)
	home := move(Night(d+1).From, DirectionIn)
	step([]Known[CardEvent]{left, home}, Night(d+1).To, true, d+1)
	step(nil, Night(d+2).To, true, d+2)
	step(nil, Night(d+3).To, true, d+3)
	// An Advance at a clock before the row was known does not take the row back: no older row is
	// the next one.
	early := move(Night(d+3).To+Hour, DirectionOut)
	if early.At = Night(d+3).To + 2*Hour; !r.Row(&in, &early.Fact, early.At) {
		t.Fatal("the next row is refused")
	}
	step([]Known[CardEvent]{early}, early.At-1, true)
	if r.tail != early.Fact.OccurredAt || r.tailed != without {
		t.Fatalf("the tail fell: %+v", r)
	}
}

func datesOf(list []LedgerUnit) []Date {
	var out []Date
	for i := range list {
		out = append(out, list[i].UnitDate)
	}
	return out
}

// TestNoRoutineDecidesNothing: the zero Routine decides nothing, not even at clocks before 1970,
// for which zero lies ahead.
func TestNoRoutineDecidesNothing(t *testing.T) {
	in, _, at := ordinary()
	in.Policies[0].Policy.Devices[0].CentreID = ""
	for _, clock := range []Instant{at, 0, -1} {
		var r Routine
		var a Advanced
		if r.Advance(&in, nil, clock, &a) {
			t.Errorf("no routine decides at %s", clock)
		}
	}
}

// TestRoutineEndsWithTheAgeOfTheLastRow: a routine ends when an observation falls due: three
// nights after the start without any row (PRS-06), or 30 days after the last row with the card
// inside (TX-24). With the card outside neither falls due.
func TestRoutineEndsWithTheAgeOfTheLastRow(t *testing.T) {
	_, d := oneNight()
	start, home := DateOf(2026, 1, 5), d.Clock(20, 0)
	for _, x := range []struct {
		what string
		rows []Instant
		due  Instant
	}{
		{"never seen", nil, Night(start + startNights - 1).To},
		{"inside", []Instant{d.Clock(9, 0), home}, home + unseenDays*Day + 1},
	} {
		in, _ := oneNight(x.rows...)
		for _, after := range []Instant{-1, 0} {
			r := started(t, &in, x.due)
			var a Advanced
			if r.Advance(&in, in.Person.CardEvents, x.due+after, &a) != (after < 0) {
				t.Errorf("%s: %d ms after it is due the routine answers %t", x.what, after, after == 0)
			}
			if after == 0 && len(a.Nights) > 0 {
				t.Errorf("%s: refused and left nights %+v", x.what, a.Nights)
			}
			if n := len(Evaluate(in, x.due+after).Observations); n != int(after)+1 {
				t.Errorf("%s: %d observations %d ms after one is due", x.what, n, after)
			}
		}
	}
	out := Routine{place: without, seen: home, first: d, wake: Forever}
	noted := Routine{place: within, seen: home, first: d, noted: true}
	if out.alarm() != Forever || noted.alarm() != Forever {
		t.Errorf("a routine wakes at %s and %s for an observation that is none or made", out.alarm(), noted.alarm())
	}
}

package duty

import "testing"

// TestNextTurnOfAFeed: when a feed next begins or ceases to hold a unit, as far as it is known, and
// that a unit which is held is looked at within a minute.
func TestNextTurnOfAFeed(t *testing.T) {
	f := NewFeed("feed:notices", "", Span{Beginning, Forever}, []FeedStep{
		{10, 5}, {20, 15}, {30, 12}, {40, 50},
	})
	for _, x := range []struct {
		what        string
		at, n, next Instant
	}{
		{"before its first heartbeat", 5, 6, 10},
		{"before one that holds nobody", 5, 5, Forever},
		{"told exactly as far", 40, 50, Forever},
		{"told farther", 45, 40, Forever},
		{"told for good", 20, 12, Forever},
		{"told, to be taken back", 20, 13, 30},
		{"told exactly, to be taken back", 20, 15, 30},
		{"not told, nothing is known to come", 40, 51, 40 + Minute},
		{"not told, something comes", 20, 16, 30},
		{"not told, something comes at once", 29, 16, 30},
		{"not told, something came now", 30, 16, 40},
	} {
		if next := f.nextTurn(x.at, x.n); next != x.next {
			t.Errorf("%s: at %d for %d it is %d, want %d", x.what, x.at, x.n, next, x.next)
		}
	}
	late := NewFeed("feed:notices", "", Span{Beginning, Forever}, []FeedStep{{10, 5}, {11 + Minute, 15}})
	if next := late.nextTurn(10, 6); next != 10+Minute {
		t.Errorf("a heartbeat after the minute: %d", next)
	}
}

// automatic is a watch that says one automatic incident.
func automatic(x AutomaticIncident) func(*Policy) *Watched {
	w := &Watched{Incidents: NewAutomatic([]AutomaticIncident{x})}
	return func(*Policy) *Watched { return w }
}

// incidentOver is an automatic incident at a centre.
func incidentOver(centre string, s Span) AutomaticIncident {
	return AutomaticIncident{Incident: Incident{IncidentID: "auto:x", CentreID: centre, From: s.From, To: Some(s.To)}}
}

// TestNightsOfARoutineThatSomethingTouches: an excluded date or an automatic incident that touches the
// night ends the routine, to the date and the millisecond; others do not.
func TestNightsOfARoutineThatSomethingTouches(t *testing.T) {
	_, d, at := ordinary()
	night := Night(d)
	excluded := func(d Date) func(*Input) {
		return func(in *Input) {
			in.Policies[0].Policy.Exclusions = []Known[Exclusion]{{At: Beginning, Fact: Exclusion{CentreID: "KH",
				FromDate: d, ToDate: d, Status: ExclusionStatusDeclared}}}
		}
	}
	incident := func(x AutomaticIncident) func(*Input) {
		return func(in *Input) { in.Centres = in.Centres.WithWatch(automatic(x)) }
	}
	lasting := incidentOver("KH", Span{night.From - Hour, 0})
	lasting.Incident.To, lasting.Opened = None[Instant](), at+Hour
	for _, x := range []struct {
		what   string
		change func(*Input)
		ok     bool
	}{
		{"nothing", func(*Input) {}, true},
		{"a watch that says nothing", func(in *Input) {
			in.Centres = in.Centres.WithWatch(func(*Policy) *Watched { return &Watched{} })
		}, true},
		{"the date before excluded", excluded(d - 1), true},
		{"the date excluded", excluded(d), false},
		{"the next date excluded", excluded(d + 1), false},
		{"the date after excluded", excluded(d + 2), true},
		{"an incident that ends at 23:00", incident(incidentOver("KH", Span{night.From - Hour, night.From})), true},
		{"one that ends 1 ms later", incident(incidentOver("KH", Span{night.From - Hour, night.From + 1})), false},
		{"one that begins at 06:00", incident(incidentOver("KH", Span{night.To, night.To + Hour})), true},
		{"one that begins 1 ms before", incident(incidentOver("KH", Span{night.To - 1, night.To + Hour})), false},
		{"one of another centre", incident(incidentOver("SJ", night)), true},
		{"a silence that opens later", incident(lasting), false},
	} {
		in, _, _ := ordinary()
		r, ok := StartRoutine(&in, at)
		x.change(&in)
		var out Advanced
		r.night = d // the night before has been decided
		if ok = ok && r.Advance(&in, in.Person.CardEvents, at, &out); ok != x.ok {
			t.Errorf("%s: the routine decides %t, want %t", x.what, ok, x.ok)
		}
	}
}

// TestWakesWhenASilenceOpens: an incident that the watch has seen and that time alone opens is the
// next clock, of a result and of the routine behind it.
func TestWakesWhenASilenceOpens(t *testing.T) {
	_, d, at := ordinary()
	soon := at + 3*Minute
	for _, x := range []struct {
		what         string
		opened, next Instant
	}{
		{"none", 0, (d + 1).Clock(23, 0)},
		{"one that stands", at, (d + 1).Clock(23, 0)},
		{"one that opens", soon, soon},
		{"one 1 ms after the clock", at + 1, at + 1},
	} {
		in, _, _ := ordinary()
		silent := incidentOver("SJ", Span{at - Hour, 0})
		silent.Incident.To, silent.Opened = None[Instant](), x.opened
		in.Centres = in.Centres.WithWatch(automatic(silent))
		res := Evaluate(in, at)
		r, ok := res.Routine(&in)
		var out Advanced
		if res.Next > x.next || x.next < (d+1).Clock(23, 0) && res.Next != x.next || !ok {
			t.Errorf("%s: next is %s, want %s, routine %t", x.what, res.Next, x.next, ok)
		}
		if again := r; again.Advance(&in, in.Person.CardEvents, x.next, &out) != (x.next == (d+1).Clock(23, 0)) {
			t.Errorf("%s: the routine answers otherwise at %s", x.what, x.next)
		}
	}
}

// TestWakesForTheAgeOfTheLastRow: thirty days after the last row, if that shows the person inside,
// and to the millisecond (TX-24).
func TestWakesForTheAgeOfTheLastRow(t *testing.T) {
	_, d := oneNight()
	out, in := d.Clock(9, 0), d.Clock(10, 0)
	for _, x := range []struct {
		what string
		rows []Instant
		last Instant
	}{
		{"inside", []Instant{out, in}, in},
		{"outside", []Instant{out}, 0},
	} {
		p, _ := oneNight(x.rows...)
		at := x.rows[len(x.rows)-1] + unseenDays*Day - Minute
		alarm := x.last + unseenDays*Day + 1
		if next := Evaluate(p, at).Next; (next == alarm) != (x.last > 0) {
			t.Errorf("%s: next is %s, the age %s", x.what, next, alarm)
		}
	}
	p, _ := oneNight(in)
	p.Person.CardEvents[0].Fact.Direction = Some(DirectionIn)
	if next := Evaluate(p, in+unseenDays*Day-Minute).Next; next != in+unseenDays*Day+1 {
		t.Errorf("one row: next is %s", next)
	}
}

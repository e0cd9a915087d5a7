package duty

import (
	"fmt"
	"slices"
	"testing"
)

// move is a row of somebody under three duties.
type move struct {
	at  Instant
	dir Direction // DirectionUnknown for a report
}

// underThree is a person under all three duties from a noon on, the day before d, with some rows.
func underThree(moves ...move) (in Input, d Date) {
	in, d = oneNight()
	k := in.Person.ObligationChanges[0]
	in.Person.ObligationChanges = nil
	noon := (d - 1).Clock(12, 0)
	for i, kind := range []Kind{KindStay, KindNotify, KindReport} {
		k.Fact.ID, k.Fact.DecisionID, k.Fact.Kind = kind.String(), kind.String(), kind
		k.Fact.LegalBasis = []LegalBasis{LegalBasisReturnAct132, LegalBasisReturnAct134, LegalBasisReturnAct123}[i]
		k.Fact.ValidFrom, k.Fact.ServedAt = noon, Some(noon)
		in.Person.ObligationChanges = append(in.Person.ObligationChanges, k)
	}
	p := in.Policies[0].Policy
	p.Devices = append(p.Devices, Device{ID: "KH-stand", CentreID: "KH", Type: DeviceTypeReportingStand,
		From: Beginning, To: Forever})
	f, _, _ := weeks(1)
	for i, m := range moves {
		r := f.CardEvents[0]
		r.Fact.ID, r.Fact.OccurredAt, r.Fact.ReceivedAt, r.At = fmt.Sprint("m", i), m.at, m.at, m.at
		if r.Fact.Direction = Some(m.dir); m.dir == DirectionUnknown {
			r.Fact.Direction, r.Fact.Kind = None[Direction](), CardEventKindReport
			r.Fact.DeviceID, r.Fact.DeviceType = "KH-stand", DeviceTypeReportingStand
		}
		in.Person.CardEvents = append(in.Person.CardEvents, r)
	}
	return in, d
}

// agrees holds the units of a routine to those of a full evaluation: no other, and each the same.
func agrees(t *testing.T, what string, in *Input, at Instant, nights []LedgerUnit) {
	t.Helper()
	res := Evaluate(*in, at)
	n := 0
	for i := range res.Units {
		u := &res.Units[i]
		if u.Outcome == OutcomeNotApplicable || u.Early {
			continue
		}
		n++
		j := slices.IndexFunc(nights, func(l LedgerUnit) bool { return l.Kind == u.Kind && l.UnitDate == u.Date })
		if j < 0 || nights[j].Outcome != u.Outcome || !slices.Equal(nights[j].Rules, u.Rules) || u.Pending {
			t.Errorf("%s: Evaluate says %s of %s on %s by %v, the routine %+v", what, u.Outcome, u.Kind, u.Date, u.Rules, nights)
		}
	}
	byDate := func(a, b LedgerUnit) int { return int(a.UnitDate - b.UnitDate) }
	if n != len(nights) || !slices.IsSortedFunc(nights, byDate) {
		t.Errorf("%s: the routine says %+v, Evaluate has %d units", what, nights, n)
	}
}

// TestThreeDutiesAtTheEdges: what a routine decides of three duties, and what it leaves to Evaluate, to the
// millisecond.
func TestThreeDutiesAtTheEdges(t *testing.T) {
	_, d := underThree()
	in, out, report := DirectionIn, DirectionOut, DirectionUnknown
	first := Night(d - 1)
	// home since before the first night, with a report on the day after it
	home, said := move{(d - 1).Clock(20, 0), in}, move{d.Clock(10, 0), report}
	late, midnight, end := d.Clock(22, 59), (d + 1).Start(), Night(d).To
	for _, x := range []struct {
		what  string
		moves []move
		at    Instant
		ok    bool
		next  Instant
	}{
		{"before the first 23:00, out", []move{home, {late - Day, out}}, first.From - 1, true, first.From},
		{"at the first 23:00, out", []move{home, {late - Day, out}}, first.From, false, 0},
		{"at the first 23:00, home", []move{home}, first.From, true, first.To},
		{"home 1 ms before 23:00", []move{{first.From - 1, in}}, first.To, true, Night(d).From},
		{"home at 23:00", []move{{first.From, in}}, first.To, false, 0},
		{"home at 23:00, at once", []move{{first.From, in}}, first.From, false, 0},
		{"out in the night", []move{home, {first.From + Hour, out}}, first.From + 2*Hour, false, 0},
		{"out in the night and home again", []move{home, {first.From + Hour, out}, {first.From + 2*Hour, in}}, first.To, false, 0},
		{"out at 06:00", []move{home, {first.To, out}}, first.To, true, Night(d).From},
		{"a report in the night, and out at 06:00", []move{home, {first.From + Hour, report}, {first.To, out}},
			first.To, true, Night(d).From},
		{"a report while out, by day", []move{home, {d.Clock(9, 0), out}, said}, d.Clock(11, 0), false, 0},
		{"never seen, at 23:00", nil, first.From, false, 0},
		{"first seen at a report in the night", []move{{first.From + Hour, report}}, first.To, false, 0},
		{"the day with a report is not over", []move{home, said}, midnight - 1, true, midnight},
		{"the day with a report is over", []move{home, said}, midnight, true, end},
		{"the day without a report is not over", []move{home}, midnight - 1, true, midnight},
		{"the day without a report is over", []move{home}, midnight, false, 0},
		{"a report at its first instant", []move{home, {d.Start(), report}}, midnight, true, end},
		{"a report before it", []move{home, {d.Start() - 1, report}}, midnight, false, 0},
		{"a report at its last instant", []move{home, {midnight - 1, report}}, midnight, true, end},
		{"a report at its end", []move{home, {midnight, report}}, midnight, false, 0},
		{"a report while out", []move{home, {d.Clock(9, 0), out}, said, {d.Clock(11, 0), in}}, midnight, false, 0},
		{"a report, out and home", []move{home, said, {d.Clock(11, 0), out}, {d.Clock(12, 0), in}}, end, true, Night(d + 1).From},
		{"a report in the night", []move{home, said, {midnight + Hour, report}}, end, true, Night(d + 1).From},
		{"a report at 23:30, before it is over", []move{home, {late + 31*Minute, report}}, midnight - 1, true, midnight},
		{"out after a report in the night", []move{home, said, {midnight + Hour, report}, {midnight + 2*Hour, out}}, midnight + 3*Hour, false, 0},
		{"out after a report in the night, when it is over", []move{home, said, {midnight + Hour, report},
			{midnight + 2*Hour, out}}, end, false, 0},
		{"two days at once", []move{home, said, {midnight + Hour, report}}, Night(d + 1).To, true, Night(d + 2).From},
		{"home after 23:00, with a report in the night", []move{{first.From + Hour, in}, {first.From + 2*Hour, report}}, first.To, false, 0},
	} {
		in, _ := underThree(x.moves...)
		r, ok := StartRoutine(&in, x.at)
		var a Advanced
		if !ok || r.Advance(&in, in.Person.CardEvents, x.at, &a) != x.ok {
			t.Errorf("%s: started %t, then decided %t, want %t", x.what, ok, !x.ok, x.ok)
			continue
		}
		if x.ok {
			agrees(t, x.what, &in, x.at, a.Nights)
		}
		if x.ok && a.Next != x.next {
			t.Errorf("%s: the next clock is %s, want %s", x.what, a.Next, x.next)
		}
	}
}

// TestNotifyFromALaterNight: before NOTIFY begins, nobody looks at 23:00, and a night with passages is one of
// STAY alone.
func TestNotifyFromALaterNight(t *testing.T) {
	_, d := underThree()
	first := Night(d - 1)
	in, _ := underThree(move{(d - 1).Clock(20, 0), DirectionIn}, move{first.From + Minute, DirectionOut},
		move{first.From + 2*Hour, DirectionIn})
	v := &in.Person.ObligationChanges[1].Fact
	v.ValidFrom, v.ServedAt = d.Clock(12, 0), Some(d.Clock(12, 0))
	in.Person.ObligationChanges = in.Person.ObligationChanges[:2]
	for _, x := range []struct {
		at, next Instant
	}{
		{first.From - 1, first.To}, {first.From + Hour, first.To}, {first.To, Night(d).From},
		{Night(d).From - 1, Night(d).From}, {Night(d).From, Night(d).To}, {Night(d).To, Night(d + 1).From},
	} {
		r, ok := StartRoutine(&in, x.at)
		var a Advanced
		if !ok || !r.Advance(&in, in.Person.CardEvents, x.at, &a) || a.Next != x.next {
			t.Errorf("at %s: started %t, the next clock is %s, want %s", x.at, ok, a.Next, x.next)
		}
		agrees(t, x.at.String(), &in, x.at, a.Nights)
	}
}

// TestWhatStartsThreeDuties changes one thing at a time of a person under three duties.
func TestWhatStartsThreeDuties(t *testing.T) {
	of := func(kind Kind, f func(*ObligationChange)) func(*Input) {
		return func(in *Input) { f(&in.Person.ObligationChanges[kind-KindStay].Fact) }
	}
	schedule := func(f func(*Schedule)) func(*Input) {
		return of(KindReport, func(v *ObligationChange) {
			v.Schedule = Some(Schedule{Type: ScheduleTypeDaily})
			f(&v.Schedule.V)
		})
	}
	from := func(kind Kind, t Instant) func(*Input) {
		return of(kind, func(v *ObligationChange) { v.ValidFrom, v.ServedAt = t, Some(t) })
	}
	_, d := underThree()
	day := d - 1
	at := Night(d).To
	for _, x := range []struct {
		what                  string
		change                func(*Input)
		ok                    bool
		notify, report, first Date
	}{
		{"three duties from noon", func(*Input) {}, true, day, day + 1, day},
		{"STAY and REPORT", func(in *Input) {
			in.Person.ObligationChanges = slices.Delete(in.Person.ObligationChanges, 1, 2)
		}, true, 0, day + 1, day},
		{"STAY and NOTIFY", func(in *Input) { in.Person.ObligationChanges = in.Person.ObligationChanges[:2] }, true, day, 0, day},
		{"no STAY", func(in *Input) { in.Person.ObligationChanges = in.Person.ObligationChanges[1:] }, false, 0, 0, 0},
		{"in another order", func(in *Input) { slices.Reverse(in.Person.ObligationChanges) }, true, day, day + 1, day},
		{"two of NOTIFY", func(in *Input) {
			k := in.Person.ObligationChanges[1]
			k.Fact.ID, k.Fact.DecisionID = "n", "n"
			in.Person.ObligationChanges = append(in.Person.ObligationChanges, k)
		}, false, 0, 0, 0},
		{"a duty of no kind", of(KindReport, func(v *ObligationChange) { v.Kind, v.LegalBasis = KindUnknown, LegalBasisOther }), false, 0, 0, 0},
		{"NOTIFY at another centre", of(KindNotify, func(v *ObligationChange) { v.CentreID = "SJ" }), false, 0, 0, 0},
		{"REPORT at another centre", of(KindReport, func(v *ObligationChange) { v.CentreID = "SJ" }), false, 0, 0, 0},
		{"NOTIFY with a STAY that it cannot go with", of(KindStay, func(v *ObligationChange) { v.LegalBasis = LegalBasisOther }), false, 0, 0, 0},
		{"NOTIFY from 23:00 on", from(KindNotify, Night(day).From), true, day, day + 1, day},
		{"NOTIFY from within a night", from(KindNotify, Night(day).From+1), false, 0, 0, 0},
		{"NOTIFY a night later", from(KindNotify, (day+1).Clock(12, 0)), true, day + 1, day + 1, day},
		{"NOTIFY a night before the STAY", from(KindStay, (day+1).Clock(12, 0)), false, 0, 0, 0},
		{"REPORT from midnight on", from(KindReport, day.Start()), false, 0, 0, 0}, // before the group
		{"REPORT from the next midnight on", from(KindReport, (day + 1).Start()), true, day, day + 1, day},
		{"REPORT 1 ms later", from(KindReport, (day+1).Start()+1), true, day, day + 2, day},
		{"daily", schedule(func(*Schedule) {}), true, day, day + 1, day},
		{"on some days of the week", schedule(func(s *Schedule) { s.Type = ScheduleTypeWeekdays }), false, 0, 0, 0},
		{"from a time of day on", schedule(func(s *Schedule) { s.WindowFrom = Some("08:00") }), false, 0, 0, 0},
		{"up to a time of day", schedule(func(s *Schedule) { s.WindowTo = Some("16:00") }), false, 0, 0, 0},
		{"to the police", of(KindReport, func(v *ObligationChange) { v.Places = []ReportPlace{ReportPlacePolice} }), false, 0, 0, 0},
		{"a part of a day on which the centre does not operate", func(in *Input) {
			in.Policies[0].Policy.Centres[0].From = (day + 1).Start()
		}, false, 0, 0, 0},
	} {
		in, _ := underThree()
		in.Person.GroupChanges[0].Fact.ValidFrom = day.Start() + 1
		x.change(&in)
		r, ok := StartRoutine(&in, at)
		if ok != x.ok || r.notify != x.notify || r.report != x.report || r.first != x.first {
			t.Errorf("%s: started %t with NOTIFY from %d, REPORT from %d, STAY from %d, want %t, %d, %d, %d",
				x.what, ok, r.notify, r.report, r.first, x.ok, x.notify, x.report, x.first)
		}
	}
}

// TestWhatThreeDutiesGoOnFrom changes one thing at a time of a person under three duties who was evaluated on the
// second day.
func TestWhatThreeDutiesGoOnFrom(t *testing.T) {
	_, d := underThree()
	end, at := Night(d).To, Night(d).To+Hour
	home, said := move{(d - 1).Clock(20, 0), DirectionIn}, move{d.Clock(10, 0), DirectionUnknown}
	decision := func(kind Kind, from, to Instant) func(*Input) {
		return func(in *Input) {
			v := &in.Person.ObligationChanges[kind-KindStay].Fact
			v.ValidFrom, v.ServedAt = from, Some(from)
			if to < Forever {
				v.ValidTo = Some(to)
			}
		}
	}
	noon := (d - 1).Clock(12, 0)
	// by day out and home again, and a report
	day := []move{{end + 4*Hour, DirectionOut}, {end + 5*Hour, DirectionIn}, {end + 6*Hour, DirectionUnknown}}
	missed := append([]move{home}, day...)
	away := append([]move{home, said, {end - 4*Hour, DirectionOut}, {end - 3*Hour, DirectionIn}}, day...)
	for _, x := range []struct {
		what             string
		moves            []move
		change           func(*Input)
		at               Instant
		ok               bool
		report, reported Date
		seen             Instant
	}{
		{"at home, with a report", []move{home, said}, nil, at, true, d + 1, d, said.at},
		{"with a report that night", []move{home, said, {end - Hour, DirectionUnknown}}, nil, at, true, d + 1, d + 1, end - Hour},
		{"with a report at 06:00", []move{home, said, {end, DirectionUnknown}}, nil, at, true, d + 1, d, said.at},
		{"before 06:00, after midnight", []move{home, said}, nil, end - Hour, true, d + 1, 0, home.at},
		{"a report, then out", []move{home, said, {end - 1, DirectionOut}}, nil, at, false, 0, 0, 0},
		{"no report on the day before", []move{home}, nil, at, false, 0, 0, 0},
		{"reports alone", []move{said}, nil, at, false, 0, 0, 0},
		{"a notice, long ago", []move{home, said}, func(in *Input) {
			in.Person.Notices = []Known[Notice]{{At: noon, Fact: Notice{ID: "n", Version: 1, ReceivedAt: noon,
				PersonID: "P", CentreID: "KH", LocalTime: "2026-01-05T13:00", GivenBy: GivenBySelf,
				Recipient: RecipientOperator, Clarity: ClarityClear}}}
		}, at, false, 0, 0, 0},
		{"a decision that does not bind", []move{home, said}, func(in *Input) {
			k := in.Person.ObligationChanges[0]
			k.Fact.ID, k.Fact.DecisionID, k.Fact.LegalBasis = "x", "x", LegalBasisReturnAct131
			in.Person.ObligationChanges = append(in.Person.ObligationChanges, k)
		}, at, false, 0, 0, 0},
		{"with a report elsewhere that night",
			[]move{home, said, {end - 2*Hour, DirectionUnknown}, {end - Hour, DirectionIn}}, func(in *Input) {
				p := in.Policies[0].Policy
				p.Centres = append(p.Centres, Centre{ID: "SJ", From: Beginning, To: Forever})
				p.Devices = append(p.Devices, Device{ID: "SJ-stand", CentreID: "SJ", Type: DeviceTypeReportingStand,
					From: Beginning, To: Forever})
				e := &in.Person.CardEvents[2].Fact
				e.CentreID, e.DeviceID = "SJ", "SJ-stand"
				in.Person.ObligationChanges = slices.Delete(in.Person.ObligationChanges, 1, 2) // NOTIFY
			}, at, true, d + 1, d, end - Hour},
		{"with a report on paper", []move{home, said}, func(in *Input) {
			in.Person.ManualEntries = []Known[ManualEntry]{{At: said.at, Fact: ManualEntry{ID: "m", Version: 1,
				ReceivedAt: said.at, PersonID: Some("P"), CentreID: "KH", Form: FormOutageReport, LocalTime: "2026-01-06T12:00"}}}
		}, at, false, 0, 0, 0},
		{"a day without report, the day after", missed, nil, end + 6*Hour, false, 0, 0, 0},
		{"a day without report, the second day after", missed, nil, at + Day, true, d + 2, d + 1, end + 6*Hour},
		{"out in the night, the day after", away, nil, end + 6*Hour, false, 0, 0, 0},
		{"out in the night, the second day after", away, nil, at + Day, true, d + 2, d + 1, end + 6*Hour},
		{"NOTIFY with an end", []move{home, said}, decision(KindNotify, noon, at+9*Day), at, false, 0, 0, 0},
		{"NOTIFY that ended", []move{home, said}, decision(KindNotify, noon, end-1), at, false, 0, 0, 0},
		{"NOTIFY from the last 06:00 on", []move{home, said}, decision(KindNotify, end, Forever), at, true, d + 1, d, said.at},
		{"NOTIFY from later on", []move{home, said}, decision(KindNotify, end+1, Forever), at, false, 0, 0, 0},
		{"REPORT from the last 06:00 on", []move{home, said}, decision(KindReport, end, Forever), at, true, d + 2, d, said.at},
		{"STAY from the last 06:00 on", []move{home, said}, decision(KindStay, end, Forever), at, true, d + 1, d, said.at},
		{"STAY from later on", []move{home, said}, decision(KindStay, end+1, Forever), at, false, 0, 0, 0},
		{"NOTIFY from within a night that is over", []move{home, said}, decision(KindNotify, Night(d).From+1, Forever), at, true, d + 1, d, said.at},
	} {
		in, _ := underThree(x.moves...)
		if x.change != nil {
			x.change(&in)
		}
		res := Evaluate(in, x.at)
		r, ok := res.Routine(&in)
		if ok != x.ok || r.report != x.report || r.reported != x.reported || ok && r.seen != x.seen {
			t.Errorf("%s: goes on %t with REPORT from %d, reported on %d, seen at %s, want %t, %d, %d, %s", x.what, ok,
				r.report, r.reported, r.seen, x.ok, x.report, x.reported, x.seen)
		}
	}
}

// TestRowsUnderThreeDuties: which next row wakes nobody.
func TestRowsUnderThreeDuties(t *testing.T) {
	_, d := underThree()
	home, night := move{(d - 1).Clock(20, 0), DirectionIn}, Night(d)
	for _, x := range []struct {
		what  string
		row   move
		known Instant // 0: at once
		ok    bool
	}{
		{"out by day", move{d.Clock(9, 0), DirectionOut}, 0, true},
		{"in by day", move{d.Clock(9, 0), DirectionIn}, 0, false},
		{"a report by day", move{d.Clock(9, 0), DirectionUnknown}, 0, true},
		{"out 1 ms before 23:00", move{night.From - 1, DirectionOut}, 0, true},
		{"out 1 ms before 23:00, known at 23:00", move{night.From - 1, DirectionOut}, night.From, false},
		{"out at 23:00, known before it", move{night.From, DirectionOut}, night.From - 1, false},
		{"out in the night", move{night.From + Hour, DirectionOut}, 0, false},
		{"a report in the night", move{night.From + Hour, DirectionUnknown}, 0, true},
		{"a report known in the night", move{d.Clock(9, 0), DirectionUnknown}, night.From + Hour, true},
		{"out at 06:00", move{night.To, DirectionOut}, 0, true},
	} {
		in, _ := underThree(home, x.row)
		k := in.Person.CardEvents[1]
		if x.known != 0 {
			k.Fact.ReceivedAt, k.At = x.known, x.known
		}
		r, ok := StartRoutine(&in, Night(d-1).To)
		var a Advanced
		if !ok || !r.Advance(&in, in.Person.CardEvents[:1], Night(d-1).To, &a) {
			t.Fatal("the first night is not decided")
		}
		tail := r.Tail()
		if r.Row(&in, &k.Fact, k.At) != x.ok || tail.Row(&in, "KH", &k.Fact, k.At) != x.ok {
			t.Errorf("%s: taken %t, want %t", x.what, !x.ok, x.ok)
		}
		if x.ok && tail != r.Tail() {
			t.Errorf("%s: the tail is %+v, want %+v", x.what, tail, r.Tail())
		}
	}
	in, _ := underThree(home, move{d.Clock(9, 0), DirectionUnknown})
	for what, change := range map[string]func(*Policy){
		"a stand outside the fence":               func(p *Policy) { p.Centres[0].StandInside = false },
		"a place without a stand":                 func(p *Policy) { p.Centres[0].NoStand = true },
		"a place that the register does not know": func(p *Policy) { p.Centres[0].ID = "SJ" },
	} {
		r := Routine{centre: "KH", since: Beginning, tail: Beginning, report: d}
		p := *in.Policies[0].Policy
		p.Centres = slices.Clone(p.Centres)
		change(&p)
		if k := &in.Person.CardEvents[1]; !r.ordinaryRow(&in, in.Policies[0].Policy, &k.Fact, k.At) ||
			r.ordinaryRow(&in, &p, &k.Fact, k.At) {
			t.Errorf("a report at %s is ordinary, or one inside is not", what)
		}
	}
}

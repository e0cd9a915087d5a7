package duty

import "testing"

// TestWhatARoutineGoesOnFrom changes one thing of an ordinary person at a time
// and asks the full evaluation for a routine.
func TestWhatARoutineGoesOnFrom(t *testing.T) {
	_, d, at := ordinary()
	end := Night(d).To
	facts := func(f func(*Facts)) func(*Input) { return func(in *Input) { f(in.Person) } }
	row := func(id string, at Instant, f func(*Known[CardEvent])) func(*Input) {
		return func(in *Input) {
			k := in.Person.CardEvents[1]
			k.Fact.ID, k.Fact.OccurredAt, k.Fact.ReceivedAt, k.At = id, at, at, at
			f(&k)
			in.Person.CardEvents = append(in.Person.CardEvents, k)
		}
	}
	direction := func(dir Direction) func(*Known[CardEvent]) {
		return func(k *Known[CardEvent]) { k.Fact.Direction = Some(dir) }
	}
	hold := func(from, to Instant) func(*Input) {
		return facts(func(f *Facts) {
			f.Holds = []Known[Hold]{{At: from, Fact: Hold{ID: "h", Version: 1, ReceivedAt: from, HoldID: "h",
				PersonID: "P", ValidFrom: from, ValidTo: Some(to)}}}
		})
	}
	leave := func(to Instant, status PermissionStatus) func(*Input) {
		return facts(func(f *Facts) {
			f.Permissions = []Known[Permission]{{At: d.Start(),
				Fact: Permission{ID: "p", Version: 1, ReceivedAt: d.Start(), PermissionID: "p", PersonID: "P",
					ValidFrom: d.Start(), ValidTo: to, DecidedAt: d.Start(), Status: status}}}
		})
	}
	paper := func(local string, form Form) func(*Input) {
		return facts(func(f *Facts) {
			f.ManualEntries = []Known[ManualEntry]{{At: d.Start(),
				Fact: ManualEntry{ID: "m", Version: 1, ReceivedAt: d.Start(), PersonID: Some("P"), CentreID: "KH",
					Form: form, Direction: Some(DirectionIn), Result: Some(CheckResultPresent), LocalTime: local}}}
		})
	}
	for _, x := range []struct {
		what   string
		change func(*Input)
		ok     bool
	}{
		{"an ordinary person", func(*Input) {}, true},
		{"a second policy", secondPolicy(at), false},
		{"facts that may be elsewhere", func(in *Input) { in.Provisional = true }, false},
		{"units from a date on", func(in *Input) { in.FromDate = Some(d - 2) }, false},
		{"units up to a date", func(in *Input) { in.ToDate = Some(d + 9) }, false},
		{"two readings of a time", paper("2025-10-26T02:30", FormPresenceCheck), false},
		{"a fact that makes no sense", facts(func(f *Facts) { f.Notices = []Known[Notice]{{At: d.Start()}} }), false},

		{"a duty of NOTIFY that is to come", decision(KindNotify, LegalBasisReturnAct134, end+5*Day), false},
		{"a duty of REPORT that is to come", decision(KindReport, LegalBasisReturnAct123, end+5*Day), false},
		{"never seen, and a duty of NOTIFY that is to come", func(in *Input) {
			in.Person.CardEvents = nil
			decision(KindNotify, LegalBasisReturnAct134, end+5*Day)(in)
		}, false},
		{"a link", facts(func(f *Facts) {
			f.IdentityLinks = []Known[IdentityLink]{{At: at,
				Fact: IdentityLink{ID: "l", Version: 1, ReceivedAt: at, PersonID: "X", AliasPersonID: "Y", At: at}}}
		}), false},
		{"an assessment", facts(func(f *Facts) {
			f.DepartureAssessments = []Known[DepartureAssessment]{{At: at,
				Fact: DepartureAssessment{ID: "x", Version: 1, ReceivedAt: at, PersonID: "P",
					FromDate: d + 99, DecidedAt: at}}}
		}), false},
		{"a duty at a police station", func(in *Input) { in.Policies[0].Policy.Centres[0].Kind = PlacePoliceStation }, false},
		{"a card of somebody else", facts(func(f *Facts) {
			k := f.CardAssignments[0]
			k.Fact.ID, k.Fact.CardID, k.Fact.PersonID = "b", "other", "Q"
			f.CardAssignments = append(f.CardAssignments, k)
		}), false},

		{"a hold up to the last 06:00", hold(d.Start(), end), true},
		{"a hold beyond it", hold(d.Start(), end+1), false},
		{"leave up to just before the last 06:00", leave(end-1, PermissionStatusGranted), true},
		{"leave up to it", leave(end, PermissionStatusGranted), false},
		{"leave that was never granted", leave(end+Day, PermissionStatusRevoked), true},
		{"paper 11 minutes before the last 06:00", paper("2026-01-07T05:49:00", FormAssistedPassage), false},
		{"paper a second earlier", paper("2026-01-07T05:48:59", FormAssistedPassage), true},
		{"paper as near as the policy lets it stand for a row", func(in *Input) {
			in.Policies[0].Policy.Steps[0].Params.AssistMatchMinutes = 20
			paper("2026-01-07T05:39:00", FormAssistedPassage)(in)
		}, false},
		{"paper less near than that", func(in *Input) {
			in.Policies[0].Policy.Steps[0].Params.AssistMatchMinutes = 20
			paper("2026-01-07T05:38:59", FormAssistedPassage)(in)
		}, true},

		{"a row known at the clock", func(in *Input) { in.Person.CardEvents[1].At = at }, true},
		{"a row known later, in the night", row("later", end-1, func(k *Known[CardEvent]) { k.At = at + 1 }), false},
		{"a row known later, after the night", row("later", end, func(k *Known[CardEvent]) { k.At = at + 1 }), true},
		{"a row since that is not in turn", row("in", end, direction(DirectionIn)), false},
		{"one id twice since", func(in *Input) {
			row("e", end, direction(DirectionOut))(in)
			row("e", end+1, func(k *Known[CardEvent]) { k.At = end })(in)
		}, false},
		{"an old row of a clock at its beginning", row("off", ClockReset-1, func(k *Known[CardEvent]) { k.Fact.ReceivedAt, k.At = d.Start(), d.Start() }), true},
		{"one that the position rests on", row("off", ClockReset-1, func(k *Known[CardEvent]) { k.Fact.ReceivedAt, k.At = end-1, end-1 }), false},
		{"one received at the last 06:00", row("off", ClockReset-1, func(k *Known[CardEvent]) { k.Fact.ReceivedAt, k.At = end, end }), false},

		{"the last row at another centre", row("sj", end-Hour, func(k *Known[CardEvent]) { k.Fact.CentreID, k.Fact.DeviceID = "SJ", "SJ-carousel" }), false},
		{"the last row a report", row("report", end-Hour, func(k *Known[CardEvent]) {
			k.Fact.Kind, k.Fact.DeviceID, k.Fact.DeviceType = CardEventKindReport, "KH-stand", DeviceTypeReportingStand
		}), false},
		{"the last row on paper", paper("2026-01-07T04:00:00", FormOutagePassage), false},
		{"the last row out on an unknown device", row("out", end-Hour, func(k *Known[CardEvent]) {
			k.Fact.Direction, k.Fact.DeviceID = Some(DirectionOut), "unknown"
		}), false},
		{"a row that is evidence for nobody, before the last one", row("q", d.Clock(10, 0), func(k *Known[CardEvent]) { k.Fact.PersonID = Some("Q") }), true},
		{"one at the instant of the last one", row("q", d.Clock(20, 0), func(k *Known[CardEvent]) { k.Fact.PersonID = Some("Q") }), false},
		{"one after it", row("q", d.Clock(21, 0), func(k *Known[CardEvent]) { k.Fact.PersonID = Some("Q") }), false},
	} {
		in, _, _ := ordinary()
		p := in.Policies[0].Policy
		sj := p.Centres[0]
		sj.ID = "SJ"
		p.Centres = append(p.Centres, sj)
		p.Devices = append(p.Devices, Device{ID: "SJ-carousel", CentreID: "SJ", Type: DeviceTypeCarousel,
			From: Beginning, To: Forever},
			Device{ID: "KH-stand", CentreID: "KH", Type: DeviceTypeReportingStand, From: Beginning, To: Forever})
		x.change(&in)
		res := Evaluate(in, at)
		r, ok := res.Routine(&in)
		if ok != x.ok || !ok && r != (Routine{}) {
			t.Errorf("%s: goes on %t, want %t: %+v", x.what, ok, x.ok, r)
		}
	}
	in, _, _ := ordinary()
	none := Result{At: at}
	if r, ok := none.Routine(&in); ok || r != (Routine{}) {
		t.Errorf("a result of no policy has a routine: %+v", r)
	}
}

// decision adds one like that of STAY, of another kind and basis, from an instant on.
func decision(kind Kind, basis LegalBasis, from Instant) func(*Input) {
	return func(in *Input) {
		k := in.Person.ObligationChanges[0]
		k.Fact.ID, k.Fact.DecisionID, k.Fact.Kind, k.Fact.LegalBasis, k.Fact.ValidFrom = kind.String(),
			kind.String(), kind, basis, from
		if kind == KindReport {
			k.Fact.Schedule = Some(Schedule{Type: ScheduleTypeDaily})
		}
		in.Person.ObligationChanges = append(in.Person.ObligationChanges, k)
	}
}

// TestFactsThatAreToCome: a fact other than a card event that is known only after
// the clock of the result ends the routine.
func TestFactsThatAreToCome(t *testing.T) {
	for what, add := range map[string]func(*Facts, Instant){
		"paper": func(f *Facts, at Instant) {
			f.ManualEntries = []Known[ManualEntry]{{At: at, Fact: ManualEntry{PersonID: Some("P")}}}
		},
		"a notice": func(f *Facts, at Instant) { f.Notices = []Known[Notice]{{At: at}} },
		"a decision": func(f *Facts, at Instant) {
			f.ObligationChanges = append(f.ObligationChanges, Known[ObligationChange]{At: at})
		},
		"a group":      func(f *Facts, at Instant) { f.GroupChanges = append(f.GroupChanges, Known[GroupChange]{At: at}) },
		"a permission": func(f *Facts, at Instant) { f.Permissions = []Known[Permission]{{At: at}} },
		"a hold":       func(f *Facts, at Instant) { f.Holds = []Known[Hold]{{At: at}} },
		"a conviction": func(f *Facts, at Instant) { f.Convictions = []Known[Conviction]{{At: at}} },
		"a card": func(f *Facts, at Instant) {
			f.CardAssignments = append(f.CardAssignments, Known[CardAssignment]{At: at})
		},
	} {
		in, _, at := ordinary()
		add(in.Person, at)
		if !in.known(at) {
			t.Errorf("%s known at the clock is taken for unknown", what)
		}
		if in.known(at - 1) {
			t.Errorf("%s known 1 ms later is taken for known", what)
		}
	}
	in, _, at := ordinary()
	res := Evaluate(in, at)
	in.Person.CardAssignments = append(in.Person.CardAssignments,
		Known[CardAssignment]{At: at + 1, Fact: CardAssignment{PersonID: "P"}})
	if _, ok := res.Routine(&in); ok {
		t.Error("a routine goes on though a card is to come")
	}
}

// TestStretchesOfADuty: which stretch of STAY a routine goes on with.
func TestStretchesOfADuty(t *testing.T) {
	end := DateOf(2026, 1, 7).Clock(6, 0)
	v := &ObligationChange{CentreID: "KH"}
	long := end - 10*Day
	for _, x := range []struct {
		what  string
		spans []Span
		ok    bool
		night Date
		wake  Instant
	}{
		{"none", nil, false, 0, 0},
		{"one without an end", []Span{{long, Forever}}, true, end.Date(), Forever},
		{"one that is to come", []Span{{end + 3*Day, Forever}}, true, end.Date() + 3, Forever},
		{"one with an end", []Span{{long, end + 9*Day}}, true, end.Date(), end + 8*Day},
		{"one that is over", []Span{{long, end}}, false, 0, 0},
		{"one after one that is over", []Span{{long, end - Day}, {end - Day, Forever}}, true, end.Date(), Forever},
		{"one after one that ended at the last 06:00", []Span{{long, end}, {end, Forever}}, false, 0, 0},
		{"one just before, and one that ended at the last 06:00", []Span{{long, end}, {end - 1, Forever}}, true, end.Date(), Forever},
		{"two, one after the other", []Span{{long, end + 1}, {end + 1, Forever}}, false, 0, 0},
		{"two at once", []Span{{long, Forever}, {long + Day, Forever}}, false, 0, 0},
	} {
		var stay []dutyPart
		for _, s := range x.spans {
			stay = append(stay, dutyPart{span: s, version: v})
		}
		r := Routine{wake: Forever}
		if (r.lives(stay, end) != nil) != x.ok {
			t.Errorf("%s: goes on %t, want %t", x.what, !x.ok, x.ok)
		}
		if x.ok && (r.night != x.night || r.wake != x.wake || r.centre != "KH" || r.first != firstNight(x.spans[0].From)) {
			t.Errorf("%s: %+v, want night %s and wake %s", x.what, r, x.night, x.wake)
		}
	}
}

// TestWhereARoutineGoesOn: what it takes over from the full evaluation.
func TestWhereARoutineGoesOn(t *testing.T) {
	_, d := oneNight()
	end := Night(d).To
	out, home := d.Clock(9, 0), d.Clock(20, 0)
	due := home + unseenDays*Day + 1
	for _, x := range []struct {
		what string
		rows []Instant
		at   Instant
		want Routine
	}{
		{"never seen", nil, end, Routine{since: end, night: d + 1, seen: Beginning, tail: Beginning}},
		{"never seen for three nights", nil, end + Day, Routine{since: end + Day, night: d + 2, seen: Beginning, tail: Beginning, noted: true}},
		{"inside", []Instant{out, home}, end, Routine{since: end, night: d + 1, place: within, seen: home, tail: home, tailed: within}},
		{"outside since 06:00", []Instant{out, home, end}, end + Hour,
			Routine{since: end, night: d + 1, place: within, seen: home, tail: end, tailed: without}},
		{"outside since before", []Instant{out, home, end - 1}, end, Routine{since: end, night: d + 1, place: without, seen: end - 1, tail: end - 1, tailed: without}},
		{"inside for long, and not yet told", []Instant{out, home},
			due - 1, Routine{since: due.Date().Clock(6, 0), night: due.Date(), place: within,
				seen: home, tail: home, tailed: within}},
		{"inside for long", []Instant{out, home}, due,
			Routine{since: due.Date().Clock(6, 0), night: due.Date(), place: within,
				seen: home, tail: home, tailed: within, noted: true}},
		{"back from an absence", []Instant{d.Clock(8, 0), end + 3*Hour}, end + 4*Hour,
			Routine{since: end, night: d + 1, place: without, seen: d.Clock(8, 0), tail: end + 3*Hour,
				tailed: within, guard: end + 3*Hour, guarded: 1}},
		{"back at 06:00 and out again", []Instant{d.Clock(8, 0), end, end + Hour}, end + 2*Hour,
			Routine{since: end, night: d + 1, place: without, seen: d.Clock(8, 0), tail: end + Hour,
				tailed: without, guard: end, guarded: 1}},
	} {
		in, _ := oneNight(x.rows...)
		x.want.centre, x.want.first = "KH", DateOf(2026, 1, 5)
		if x.want.guard == 0 {
			x.want.guard = Beginning
		}
		res := Evaluate(in, x.at)
		r, ok := res.Routine(&in)
		x.want.wake = r.wake
		if !ok || r != x.want {
			t.Errorf("%s: goes on %t from\n%+v, want\n%+v", x.what, ok, r, x.want)
		}
		var a Advanced
		if ok && (!r.Advance(&in, in.Person.CardEvents, x.at, &a) || r != x.want) {
			t.Errorf("%s: at the clock that it goes on from it becomes\n%+v", x.what, r)
		}
	}
}

// TestAbsencesThatARoutineLeavesBehind: a routine may go on after a missed night once an entry
// ends the absence. Where the record rests on what came in time (DAT-08), the entry must be one of
// these.
func TestAbsencesThatARoutineLeavesBehind(t *testing.T) {
	_, d := oneNight()
	end := Night(d).To
	left := d.Clock(20, 0)
	for _, x := range []struct {
		what string
		rows []Instant
		late int // the row that became known 20 days after
		ok   bool
	}{
		{"nobody came back", []Instant{left}, -1, false},
		{"back at noon", []Instant{left, end + 6*Hour}, -1, true},
		{"back at noon, known late", []Instant{left, end + 6*Hour}, 1, false},
		{"back at noon, the exit known late", []Instant{left, end + 6*Hour}, 0, true},
		{"back at once (STY-05), known late", []Instant{left, end + Hour}, 1, true},
	} {
		in, _ := oneNight(x.rows...)
		if x.late >= 0 {
			in.Person.CardEvents[x.late].At += 20 * Day
		}
		res := Evaluate(in, end+23*Day)
		if _, ok := res.Routine(&in); ok != x.ok {
			t.Errorf("%s: goes on %t, want %t", x.what, ok, x.ok)
		}
	}
}

// TestRoutineWakesForARecordThatIsPending: a pending record is told when its time comes, so the
// routine ends then.
func TestRoutineWakesForARecordThatIsPending(t *testing.T) {
	_, d := oneNight()
	end := Night(d).To
	in, _ := oneNight(d.Clock(20, 0), end+5*Minute)
	at := end + 6*Minute
	res := Evaluate(in, at)
	u := res.Units[len(res.Units)-1]
	r, ok := res.Routine(&in)
	if !ok || !u.Pending || u.next >= Forever || r.wake != u.next {
		t.Fatalf("goes on %t, wakes at %s for %+v", ok, r.wake, u)
	}
	var a Advanced
	for _, after := range []Instant{-1, 0} {
		if again := r; again.Advance(&in, in.Person.CardEvents, u.next+after, &a) != (after < 0) {
			t.Errorf("%d ms after the record is to be told the routine answers %t", after, after == 0)
		}
	}
}

// TestCrowdedCardEndsARoutine: while the person holds a card that many persons hold, anybody's row
// may show where the person is.
func TestCrowdedCardEndsARoutine(t *testing.T) {
	in, _, at := ordinary()
	res := Evaluate(in, at)
	e := res.court.withLate.all[0]
	for _, crowded := range [][]Span{nil, {{at, at + 1}}} {
		r := Routine{centre: "KH", since: at, seen: Beginning}
		e.moves.crowded = crowded
		if r.stand(e, at) != (len(crowded) == 0) {
			t.Errorf("%d crowded spans: goes on %t", len(crowded), len(crowded) > 0)
		}
	}
}

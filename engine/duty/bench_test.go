package duty

import (
	"strconv"
	"testing"
)

// weeks builds the facts of one person over n weeks: out every morning, back every evening, and
// away for one night of each week.
func weeks(n int) (*Facts, *Centres, *Policy) {
	start := DateOf(2026, 1, 5)
	f := &Facts{}
	known := func(t Instant) Instant { return t + Second }
	f.GroupChanges = []Known[GroupChange]{{Fact: GroupChange{ID: "g", Version: 1, ReceivedAt: start.Start(),
		PersonID: "P", Group: GroupExpelledJudgment, ValidFrom: start.Start()}, At: start.Start()}}
	for i, k := range []Kind{KindStay, KindNotify} {
		f.ObligationChanges = append(f.ObligationChanges,
			Known[ObligationChange]{Fact: ObligationChange{ID: k.String(), Version: 1, ReceivedAt: start.Start(),
				DecisionID: k.String(), PersonID: "P", Kind: k, Action: ActionImpose,
				LegalBasis: []LegalBasis{LegalBasisReturnAct132, LegalBasisReturnAct134}[i], CentreID: "KH",
				ServedAt: Some(start.Start()), ValidFrom: start.Start()}, At: start.Start()})
	}
	f.CardAssignments = []Known[CardAssignment]{{Fact: CardAssignment{ID: "a", Version: 1,
		ReceivedAt: start.Start(), CardID: "C", PersonID: "P", CardType: CardTypeBiometric,
		ValidFrom: start.Start(), AntiPassback: AntiPassbackOn, Created: CardCreationAutomatic}, At: start.Start()}}
	c := CentreFacts{}
	for d := start; d < start+Date(7*n); d++ {
		for _, x := range []struct {
			dir  Direction
			hour int
		}{{DirectionOut, 8}, {DirectionIn, 20}} {
			if x.dir == DirectionIn && d.Weekday() == WeekdaySat || x.dir == DirectionOut && d.Weekday() == WeekdaySun {
				continue
			}
			t := d.Clock(x.hour, 0)
			f.CardEvents = append(f.CardEvents,
				Known[CardEvent]{Fact: CardEvent{ID: d.String() + x.dir.String(), Version: 1, ReceivedAt: t,
					PersonID: Some("P"), CardID: "C", CardType: CardTypeBiometric, CentreID: "KH",
					DeviceID: "KH-carousel", DeviceType: DeviceTypeCarousel, Kind: CardEventKindPassage,
					Direction: Some(x.dir), Scan: ScanComplete, OccurredAt: t}, At: known(t)})
		}
		for l := LogTypeAssistedPassage; l <= LogTypeOutageForms; l++ {
			t := (d + 1).Clock(6, 0)
			c.Settlements = append(c.Settlements,
				Known[Settlement]{Fact: Settlement{ID: d.String() + l.String(), Version: 1, ReceivedAt: t,
					CentreID: "KH", LocalDate: d, LogType: l, Complete: true}, At: t})
		}
	}
	p := &Policy{Steps: []ParamsFrom{{Params: Params{NoticeDeadlineMinuteInclusive: true,
		NoticeExitToleranceMinutes: 5, ReturnToleranceMinutes: 5, StayLateReturnUntilMinute: 480, ReportGraceMinutes: 15,
		SluiceMax: 180 * Second, CollapseMax: 120 * Second, AssistMatchMinutes: 5, SettleMaxWait: 14 * Day,
		LateAccusation: 14 * Day, DepartureOpenNights: 7, DepartureClosedNights: 30, ExclusionAdjoiningNights: true}}},
		Centres: []Centre{{ID: "KH", StandInside: true, From: Beginning, To: Forever}},
		Devices: []Device{{ID: "KH-carousel", CentreID: "KH", Type: DeviceTypeCarousel, From: Beginning, To: Forever}}}
	return f, NewCentres(c), p
}

// BenchmarkEvaluate measures one verdict on one person: all units, and the last
// two days only.
func BenchmarkEvaluate(b *testing.B) {
	for _, n := range []int{3, 52} {
		f, c, p := weeks(n)
		at := DateOf(2026, 1, 5+7*n).Clock(8, 0)
		in := Input{PersonID: "P", Person: f, Centres: c, Policies: []ActivePolicy{{From: Beginning, Policy: p}}}
		b.Run(map[int]string{3: "3weeks", 52: "1year"}[n]+"/all", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Evaluate(in, at)
			}
		})
		last := in
		last.FromDate = Some(at.Date() - 2)
		b.Run(map[int]string{3: "3weeks", 52: "1year"}[n]+"/last2", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Evaluate(last, at)
			}
		})
	}
}

// BenchmarkRevise measures the record of a missed night, its digest included.
func BenchmarkRevise(b *testing.B) {
	f, c, p := weeks(3)
	at := DateOf(2026, 1, 5+21).Clock(8, 0)
	in := Input{PersonID: "P", Person: f, Centres: c, Policies: []ActivePolicy{{From: Beginning, Policy: p}}}
	res := Evaluate(in, at)
	var said []Said
	all, err := Revise(in, res, nil)
	if err != nil || len(all) == 0 {
		b.Fatal("nothing to tell", err)
	}
	for i := range all[1:] {
		said = append(said, SaidOf(&all[i+1]))
	}
	b.ReportAllocs()
	for b.Loop() {
		if v, err := Revise(in, res, said); err != nil || len(v) != 1 {
			b.Fatal(len(v), err)
		}
	}
}

// BenchmarkOffClock evaluates rows of a device whose clock is an hour ahead. The time per row must
// not grow with the number of rows.
func BenchmarkOffClock(b *testing.B) {
	for _, n := range []int{2000, 16000} {
		f, c, p := weeks(3)
		row, day := f.CardEvents[0], DateOf(2026, 1, 8).Clock(6, 0)
		f.CardEvents = nil
		for i := range n {
			k := row
			k.Fact.ID, k.Fact.Direction = strconv.Itoa(i), Some(DirectionIn+Direction(i%2))
			k.Fact.OccurredAt = day + 12*Hour*Instant(i)/Instant(n)
			k.Fact.ReceivedAt = k.Fact.OccurredAt - Hour
			k.At = k.Fact.ReceivedAt + Second
			f.CardEvents = append(f.CardEvents, k)
		}
		in := Input{PersonID: "P", Person: f, Centres: c, Policies: []ActivePolicy{{From: Beginning, Policy: p}}}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				Evaluate(in, day+Day)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}

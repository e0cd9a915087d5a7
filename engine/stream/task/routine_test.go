package task

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// ordinary makes the facts of persons under STAY alone who come and go in order;
// one night in some is missed, and now and then a row is lost, late, repeated,
// corrected, or something else happens.
func ordinary(rng *rand.Rand, start duty.Instant, persons, days int) []testkit.Feed {
	var feeds []testkit.Feed
	n := 0
	id := func() string { n++; return fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n) }
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, testkit.Feed{At: at, Topic: topic, Key: key, Record: record})
	}
	jitter := func(d duty.Instant) duty.Instant { return duty.Instant(rng.Int64N(int64(d))) }
	for i := range persons {
		who := fmt.Sprintf("Qperson%d", i)
		at := start + jitter(duty.Hour)
		add(at, "group-changes", who, &duty.GroupChange{ID: id(), Version: 1, ReceivedAt: start,
			PersonID: who, Group: duty.GroupExpelledJudgment, ValidFrom: start - 30*duty.Day})
		add(at, "obligation-changes", who, &duty.ObligationChange{ID: id(), Version: 1, ReceivedAt: start,
			DecisionID: "d" + who, PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
			LegalBasis: duty.LegalBasisReturnAct132,
			CentreID:   "KH", ServedAt: duty.Some(start), ValidFrom: start})
		more := rng.IntN(3) == 0 // under NOTIFY and REPORT too, with a report nearly every day
		if more {
			for _, k := range []duty.Kind{duty.KindNotify, duty.KindReport} {
				v := &duty.ObligationChange{ID: id(), Version: 1, ReceivedAt: start, DecisionID: k.String() + who, PersonID: who,
					Kind: k, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct134, CentreID: "KH",
					ServedAt: duty.Some(start), ValidFrom: start + 12*duty.Hour}
				if k == duty.KindReport {
					v.LegalBasis = duty.LegalBasisReturnAct123
				}
				add(at, "obligation-changes", who, v)
			}
		}
		report := func(at duty.Instant) {
			if !more || rng.IntN(20) == 0 {
				return
			}
			add(at+duty.Second, duty.TopicCardEvents, who, &duty.CardEvent{ID: id(), Version: 1, ReceivedAt: at + 500,
				PersonID: duty.Some(who), CardID: "Qcard" + who, CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID: "KH-stand", DeviceType: duty.DeviceTypeReportingStand, Kind: duty.CardEventKindReport,
				Scan: duty.ScanComplete, OccurredAt: at})
		}
		row := func(at duty.Instant, in bool) {
			e := &duty.CardEvent{ID: id(), Version: 1, ReceivedAt: at + 500, PersonID: duty.Some(who), CardID: "Qcard" + who,
				CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
				Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: at}
			if in {
				e.Direction = duty.Some(duty.DirectionIn)
			}
			known := at + duty.Second
			switch rng.IntN(60) {
			case 0:
				return // lost
			case 1:
				known += jitter(2 * duty.Day)
			case 2:
				add(known+jitter(duty.Hour), duty.TopicCardEvents, who, e)
			case 3:
				again := *e
				again.Version, again.OccurredAt = 2, at+duty.Minute
				add(known+jitter(duty.Day), duty.TopicCardEvents, who, &again)
			case 4:
				e.DeviceID = "KH-unknown"
			}
			add(known, duty.TopicCardEvents, who, e)
		}
		for d := range days {
			day := start + duty.Instant(d)*duty.Day
			report(day + 5*duty.Hour + jitter(2*duty.Hour))
			row(day+7*duty.Hour+jitter(3*duty.Hour), false)
			if rng.IntN(9) == 0 {
				continue // a missed night: the next row is an OUT, unless the way in comes late
			}
			if rng.IntN(9) == 0 {
				row(day+24*duty.Hour+5*duty.Hour+jitter(duty.Hour), true)
				continue
			}
			row(day+16*duty.Hour+jitter(4*duty.Hour), true)
		}
		if rng.IntN(6) == 0 {
			at := start + jitter(duty.Instant(days)*duty.Day)
			add(at, "permissions", who, &duty.Permission{ID: id(), Version: 1, ReceivedAt: at, PermissionID: id(), PersonID: who,
				Status: duty.PermissionStatusGranted, ValidFrom: at - 2*duty.Day, ValidTo: at + duty.Day,
				ReportEffect: duty.ReportEffectExcused, DecidedAt: at})
		}
	}
	if rng.IntN(2) == 0 {
		at := start + jitter(duty.Instant(days)*duty.Day)
		day := testkit.DayOfInstant(start + jitter(duty.Instant(days)*duty.Day))
		add(at, "exclusions", "KH", &duty.Exclusion{ID: id(), Version: 1, ReceivedAt: at, ExclusionID: id(), CentreID: "KH",
			FromDate: day, ToDate: day, Status: duty.ExclusionStatusDeclared, Reason: "loss", DeclaredBy: "a",
			ApprovedBy: "b", DeclaredAt: at})
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

func (w *world) ledgerWaits() bool {
	for _, task := range w.tasks {
		if task.at.Ledger.From != 0 {
			return true
		}
	}
	return false
}

// restOfAll is rest, until nothing waits in the ledger either, which may be some minutes later.
func (w *world) restOfAll() {
	w.t.Helper()
	w.rest()
	w.restOfLedger()
}

// restOfLedger lets the clock go on until nothing waits in the ledger.
func (w *world) restOfLedger() {
	w.t.Helper()
	for w.ledgerWaits() {
		w.now += 6 * duty.Minute // ledger.lag and a little
		w.rest()
	}
}

// batches sets how much is read and decided in a cycle.
func (w *world) batches(seed uint64) {
	w.broker.Most = 1 + int(seed%50)
	w.limits.Records = 1 + int(seed%40)
	w.limits.Decisions = 1 + int(seed%30)
}

// come sends what comes up to a clock, from the next one on, with some cycles after each, and
// returns the next one.
func (w *world) come(feeds []testkit.Feed, next int, at duty.Instant) int {
	for ; next < len(feeds) && feeds[next].At <= at; next++ {
		w.now = max(w.now, feeds[next].At)
		w.send(&feeds[next])
		for range w.rng.IntN(3) {
			w.turn()
		}
	}
	return next
}

// Persons whom routines decide are told of, and stand in the ledger, as the facts have it, at
// every point of a run with crashes and lost tails.
func TestRoutines(t *testing.T) {
	t.Parallel()
	var routines, evaluations, told int64
	run := func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 2)
		w.loseTail = seed%2 == 0
		w.batches(seed)
		w.broker.Effect = func(string) error {
			if w.rng.IntN(400) == 0 {
				return testkit.ErrCrash
			}
			return nil
		}
		days := 6
		// Every other run goes over the end of a month; every third begins with all
		// nights at once.
		start := seeds.Start + duty.Instant(seed%2)*24*duty.Day
		feeds := ordinary(w.rng, start, 8, days)
		w.now = start
		next := 0
		if seed%3 == 0 {
			for ; next < len(feeds); next++ {
				w.now = max(w.now, feeds[next].At)
				w.send(&feeds[next])
			}
		}
		w.boot()
		for at := start; at < start+duty.Instant(days+2)*duty.Day; at += 1 + duty.Instant(w.rng.Int64N(int64(20*duty.Hour))) {
			next = w.come(feeds, next, at)
			w.now = max(w.now, at)
			w.restOfAll()
			w.check()
		}
		routines += w.stats.Routine.Load()
		evaluations += w.stats.Evaluations.Load()
		told += w.stats.Indicated.Load()
	}
	seeds.ForEach(t, 80, run)
	// A row that was ahead of the clock of a full evaluation was forgotten.
	run(t, 158)
	// A line and a summary that were told, and lost with the tail of the state, stayed as they were.
	run(t, 62)
	t.Logf("%d decided by routine, %d evaluated, %d indicated", routines, evaluations, told)
	if routines < evaluations/2 || told == 0 {
		t.Error("the routine decides too little for this test to say much")
	}
}

// TestRowBehindTheVerdictOfItsCycle: the roster takes over the end of a person's rows only if the
// verdict has seen all of them. A row read later in the cycle is not among them.
func TestRowBehindTheVerdictOfItsCycle(t *testing.T) {
	w := newCoreWorld(t, 3, 1)
	w.boot()
	who := "Qperson0"
	feeds := ordinary(w.rng, seeds.Start, 1, 1)
	for i := range feeds {
		if feeds[i].Topic != duty.TopicCardEvents {
			w.now = max(w.now, feeds[i].At)
			w.send(&feeds[i])
		}
	}
	w.now = seeds.Start + 2*duty.Hour
	w.rest()
	task := w.tasks[0]
	task.resetCycle(10)
	x, err := task.person(who)
	w.must(err)
	x.judged = -1
	w.must(task.decide(x))
	if !x.tailed {
		t.Fatal("the routine does not decide")
	}
	row := &duty.CardEvent{ID: "00000001-0000-4000-8000-000000000009", Version: 1, ReceivedAt: w.now,
		PersonID: duty.Some(who), CardID: "Qcard" + who,
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: w.now}
	part, value := w.encode(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who, Record: row})
	w.must(task.apply(&broker.Record{Partition: part, Key: []byte(who), Value: value, At: w.now + duty.Second}, true))
	_, err = task.commit(t.Context())
	w.must(err)
	if e := &task.roster.entries[x.resident]; e.flags&isRoutine != 0 {
		t.Error("the roster takes the rows to end before a row that was read after the verdict")
	}
}

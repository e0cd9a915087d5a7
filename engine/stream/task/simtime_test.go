package task

import (
	"fmt"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// night is one night of a whole population: everybody went out in the morning. Most are back
// before 23:00:00, some come later after a notice, some stay away. Only those who stay away may
// ever be told of.
type night struct {
	feeds []testkit.Feed
	away  map[string]bool
}

// clockOn is a local time of the centres on a day.
func clockOn(d duty.Date, hour, minute int) duty.Instant { return d.Clock(hour, minute) }

// nightOf makes the night that begins on a day.
func nightOf(s *sim, d duty.Date, persons int) night {
	n := night{away: map[string]bool{}}
	rows := 0
	add := func(at duty.Instant, topic, key string, record any) {
		n.feeds = append(n.feeds, testkit.Feed{At: at, Topic: topic, Key: key, Record: record})
	}
	pass := func(who string, at duty.Instant, way duty.Direction) {
		rows++
		add(at+duty.Instant(s.rng.IntN(200)), duty.TopicCardEvents,
			who, &duty.CardEvent{ID: fmt.Sprintf("r%d", rows), Version: 1, ReceivedAt: at,
				PersonID: duty.Some(who), CardID: "Qcard" + who, CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID:   "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way),
				Scan: duty.ScanComplete, OccurredAt: at})
	}
	from := clockOn(d-1, 12, 0)
	for i := range persons {
		who := fmt.Sprintf("Qperson%d", i)
		add(from, "group-changes", who, &duty.GroupChange{ID: "g" + who, Version: 1, ReceivedAt: from, PersonID: who,
			Group: duty.GroupExpelledJudgment, ValidFrom: from - 30*duty.Day})
		for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
			basis := duty.LegalBasisReturnAct132
			if k == duty.KindNotify {
				basis = duty.LegalBasisReturnAct134
			}
			add(from, "obligation-changes", who, &duty.ObligationChange{ID: k.String() + who, Version: 1,
				ReceivedAt: from, DecisionID: k.String() + who,
				PersonID: who, Kind: k, Action: duty.ActionImpose, LegalBasis: basis, CentreID: "KH",
				ServedAt: duty.Some(from), ValidFrom: from})
		}
		pass(who, clockOn(d-1, 20, s.rng.IntN(60)), duty.DirectionIn)
		pass(who, clockOn(d, 8, s.rng.IntN(60)), duty.DirectionOut)
		switch at23 := clockOn(d, 23, 0); s.rng.IntN(10) {
		case 0:
			n.away[who] = true
		case 1:
			add(at23-duty.Hour, "notices",
				who, &duty.Notice{ID: "n" + who, Version: 1, ReceivedAt: at23 - duty.Hour, PersonID: who,
					CentreID: "KH", LocalTime: "22:00", Channel: duty.ChannelPhone, GivenBy: duty.GivenBySelf,
					Recipient: duty.RecipientOperator,
					Clarity:   duty.ClarityClear, Nights: 1, TargetDate: duty.Some(d)})
			pass(who, at23+duty.Instant(s.rng.Int64N(int64(4*duty.Hour))), duty.DirectionIn)
		case 2, 3, 4:
			pass(who, at23-1-duty.Instant(s.rng.IntN(2000)), duty.DirectionIn) // the queue at the gate
		default:
			pass(who, at23-duty.Instant(s.rng.Int64N(int64(4*duty.Hour))), duty.DirectionIn)
		}
	}
	sort.SliceStable(n.feeds, func(i, j int) bool { return n.feeds[i].At < n.feeds[j].At })
	return n
}

// live lets the night pass. How says, at every moment at which the engine might
// work, how far its clock is off and whether it works at all.
func (s *sim) live(d duty.Date, n *night, how func(at duty.Instant) (skew duty.Instant, works bool)) {
	moments := []duty.Instant{}
	for at := clockOn(d-1, 12, 0); at < clockOn(d+1, 12, 0); at += 10 * duty.Minute {
		moments = append(moments, at+duty.Instant(s.rng.Int64N(int64(10*duty.Minute))))
	}
	for _, at := range []duty.Instant{clockOn(d, 23, 0), clockOn(d+1, 6, 0), clockOn(d+1, 6, 15)} {
		moments = append(moments, at-2, at-1, at-1, at, at, at+1, at+2, at+duty.Minute)
	}
	for i := range n.feeds {
		moments = append(moments, n.feeds[i].At)
	}
	sort.Slice(moments, func(i, j int) bool { return moments[i] < moments[j] })
	next := 0
	for _, at := range moments {
		s.now = at
		for ; next < len(n.feeds) && n.feeds[next].At <= at; next++ {
			s.send(&n.feeds[next])
		}
		skew, works := how(at)
		s.instances[0].skew = skew
		if works {
			s.turn()
		}
	}
	s.now = clockOn(d+1, 12, 0)
	s.calmDown()
	s.check()
}

// check is that of the world, once nothing waits in the ledger.
func (s *sim) check() {
	s.t.Helper()
	for s.ledgerWaits() {
		s.now += 6 * duty.Minute // ledger.lag and a little
		s.calmDown()
	}
	s.world.check()
}

func (s *sim) ledgerWaits() bool {
	for task, owner := range s.owner {
		if t := s.instances[owner].tasks[int32(task)]; t != nil && t.at.Ledger.From != 0 {
			return true
		}
	}
	return false
}

func newNight(t *testing.T, seed uint64) *sim {
	t.Helper()
	s := newSim(t, seed, simPlan{tasks: 2, instances: 1})
	var err error
	s.judge = Core{}
	s.policy, err = policy.Load("night.yaml", []byte("settle.required: []\n"))
	s.must(err)
	s.limits.Records, s.limits.Decisions, s.broker.Most = 3+s.rng.IntN(6), 2+s.rng.IntN(4), 5
	return s
}

// At 23:00:00 and at 06:00 the whole population falls due at once, in ordinary nights and in those
// of 23 and 25 hours, while clocks are set, while the machine was asleep, and with the whole night
// still unread. Nobody is told of whose way back is in the log, read or not.
func TestNobodyInTheQueueIsAccused(t *testing.T) {
	t.Parallel()
	const hour = duty.Hour
	ordinary, short, long := duty.DateOf(2026, 1, 14), duty.DateOf(2026, 3, 28), duty.DateOf(2026, 10, 24)
	if clockOn(short+1, 6, 0)-clockOn(short, 23, 0) != 6*hour || clockOn(long+1, 6, 0)-clockOn(long, 23, 0) != 8*hour {
		t.Fatal("the clocks are not changed in these nights")
	}
	for _, c := range []struct {
		name string
		day  duty.Date
		how  func(since duty.Instant) (duty.Instant, bool)
	}{
		// since counts from 23:00 of the night's first day.
		{"steady", ordinary, func(duty.Instant) (duty.Instant, bool) { return 0, true }},
		{"summer time begins", short, func(duty.Instant) (duty.Instant, bool) { return 0, true }},
		{"summer time ends", long, func(duty.Instant) (duty.Instant, bool) { return 0, true }},
		{"clock set back before the morning", ordinary, func(at duty.Instant) (duty.Instant, bool) {
			return step(at, 6*hour, 9*hour, -3*hour), true
		}},
		{"clock set back after the morning", ordinary, func(at duty.Instant) (duty.Instant, bool) {
			return step(at, 7*hour+30*duty.Minute, 12*hour, -3*hour), true
		}},
		{"clock an hour behind when summer time begins", short, func(at duty.Instant) (duty.Instant, bool) {
			return step(at, 3*hour, 10*hour, -hour), true
		}},
		{"clock an hour ahead when summer time ends", long, func(at duty.Instant) (duty.Instant, bool) {
			return step(at, 4*hour, 7*hour, hour), true
		}},
		{"clock ahead for an hour", ordinary, func(at duty.Instant) (duty.Instant, bool) {
			return step(at, 5*hour, 6*hour, 3*hour), true
		}},
		{"clock half a day ahead from the evening on", ordinary, func(at duty.Instant) (duty.Instant, bool) {
			return step(at, -3*hour, 12*hour, 11*hour), true
		}},
		{"clock half a day ahead in the evening", ordinary, func(at duty.Instant) (duty.Instant, bool) {
			return step(at, -3*hour, -hour, 11*hour), true
		}},
		{"clock minutes ahead all day", ordinary, func(duty.Instant) (duty.Instant, bool) { return 4 * duty.Minute, true }},
		{"asleep for a day", ordinary, func(at duty.Instant) (duty.Instant, bool) { return 0, at < -14*hour || at > 10*hour }},
		{"asleep over midnight", ordinary, func(at duty.Instant) (duty.Instant, bool) { return 0, at < -1000 || at > 7*hour }},
		{"a night's backlog at the start", ordinary, func(at duty.Instant) (duty.Instant, bool) { return 0, at > 8*hour }},
		{"stops at 23:00 and at 06:00", ordinary, func(at duty.Instant) (duty.Instant, bool) {
			return 0, !(at >= 0 && at < hour) && !(at > 6*hour && at < 8*hour)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			persons := 16
			if seeds.Full() {
				persons = 80
			}
			for seed := uint64(1); seed <= uint64(seeds.Size(t, 2)); seed++ {
				s := newNight(t, seed)
				n := nightOf(s, c.day, persons)
				s.live(c.day, &n, func(at duty.Instant) (duty.Instant, bool) { return c.how(at - clockOn(c.day, 23, 0)) })
				told := map[string]bool{}
				for _, h := range s.histories() {
					told[h[0].PersonID] = true
				}
				for who := range told {
					if !n.away[who] {
						t.Errorf("seed %d: %s was accused", seed, who)
					}
				}
				if len(n.away) == 0 || len(told) != len(n.away) {
					t.Errorf("seed %d: %d persons were told of, %d were away", seed, len(told), len(n.away))
				}
			}
		})
	}
}

// step is a clock that is off by so much from one moment to another.
func step(at, from, to, by duty.Instant) duty.Instant {
	if at >= from && at < to {
		return by
	}
	return 0
}

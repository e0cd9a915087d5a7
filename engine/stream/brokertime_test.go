package stream

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/topics"
)

// clocked is an engine of one task whose machine's clock is off by skew.
func clocked(t *testing.T) *sim {
	t.Helper()
	s := newSim(t, 1, simPlan{tasks: 1, instances: 1})
	s.broker.most = 0
	return s
}

// cycles lets the task work.
func (s *sim) cycles(n int) *simTask {
	for range n {
		s.step(s.instances[0], 0)
	}
	return s.instances[0].tasks[0]
}

func (s *sim) commitsOf() int {
	return len(s.broker.committed(commitPartition(0)))
}

// Nothing is caught up before a broker has shown its time; it takes one commit,
// and an idle task whose clock is right writes nothing more, however long.
func TestTheBrokersAreAskedOnce(t *testing.T) {
	s := clocked(t)
	if task := s.cycles(2); task.CaughtUp() != duty.Beginning || task.Quiet() {
		t.Fatalf("caught up at %d without a broker's time", task.CaughtUp())
	}
	for range 1000 {
		s.now += duty.Minute
		if task := s.cycles(3); task.CaughtUp() != s.now || !task.Quiet() {
			t.Fatalf("caught up at %d, now %d", task.CaughtUp(), s.now)
		}
	}
	if n := s.commitsOf(); n != 1 {
		t.Errorf("an idle task committed %d times", n)
	}
}

// A clock that runs ahead does not move caught_up beyond the brokers' time. The
// brokers are asked again once a minute; when the clock is set right, everything
// goes on, also with a record of progress that has the wrong clock.
func TestAClockAheadIsNotBelieved(t *testing.T) {
	s := clocked(t)
	s.cycles(4)
	s.instances[0].skew = 11 * duty.Hour
	commits := s.commitsOf()
	for range 60 {
		s.now += duty.Minute
		if task := s.cycles(3); task.CaughtUp() > s.now || task.CaughtUp() < s.now-1 {
			t.Fatalf("caught up at %d, the brokers' time is %d", task.CaughtUp(), s.now)
		}
	}
	if n := s.commitsOf() - commits; n < 50 || n > 61 {
		t.Errorf("%d commits in an hour in which the clock was wrong", n)
	}
	if why := clockDoubt(s.instances[0].tasks[0].brokers.off); !strings.Contains(why, "11h0m0s ahead") {
		t.Errorf("the doubt is %q", why)
	}
	s.die(s.instances[0])
	s.instances[0].skew = 0
	s.now += duty.Minute
	task := s.cycles(6)
	if task.CaughtUp() != s.now || clockDoubt(task.brokers.off) != "" {
		t.Errorf("set right: caught up at %d, now %d, off by %d", task.CaughtUp(), s.now, task.brokers.off)
	}
}

// A clock that was set back holds caught_up where it is, and is told of with the
// next commit.
func TestAClockBehindHoldsBack(t *testing.T) {
	s := clocked(t)
	task := s.cycles(4)
	was := s.now
	s.instances[0].skew = -3 * duty.Hour
	s.now += duty.Hour
	s.send(&residents(rand.New(rand.NewPCG(3, 3)), 1, 1)[0])
	if s.cycles(4); task.CaughtUp() != was {
		t.Errorf("caught up at %d, was %d", task.CaughtUp(), was)
	}
	if why := clockDoubt(task.brokers.off); !strings.Contains(why, "3h0m0s behind") {
		t.Errorf("the doubt is %q", why)
	}
	s.instances[0].skew = 0
	if s.cycles(4); task.CaughtUp() != s.now {
		t.Errorf("set right: caught up at %d, now %d", task.CaughtUp(), s.now)
	}
}

// A machine that slept counts no time; the brokers are asked and all goes on.
func TestAMachineThatSlept(t *testing.T) {
	s := clocked(t)
	task := s.cycles(4)
	task.brokers.at -= 8 * duty.Hour // as if eight hours had not been counted
	s.now += duty.Minute
	if s.cycles(5); task.CaughtUp() != s.now || s.commitsOf() != 2 {
		t.Errorf("caught up at %d, now %d, after %d commits", task.CaughtUp(), s.now, s.commitsOf())
	}
}

// A broker that does not stamp what it stores confirms nothing.
func TestABrokerThatDoesNotStamp(t *testing.T) {
	s := clocked(t)
	s.broker.stampless = true
	if task := s.cycles(20); task.CaughtUp() != duty.Beginning || s.commitsOf() != 1 {
		t.Errorf("caught up at %d after %d commits", task.CaughtUp(), s.commitsOf())
	}
}

// On a real protocol, with a clock half a day ahead: somebody who is out in the
// evening is not told of, /readyz says why, and all is told when the clock is
// right.
func TestEmbeddedClockAhead(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	now := duty.Instant(time.Now().UnixMilli())
	cfg := r.config(0)
	cfg.Policy = mustPolicy(t, "settle.required: []\n")
	cfg.confirm, cfg.Leave = true, true
	cfg.Listen = freeAddress(t)
	cfg.Now = func() time.Time { return time.Now().Add(36 * time.Hour) }
	var said strings.Builder
	cfg.Log = zerolog.New(zerolog.SyncWriter(&said))
	r.load(outSince(now))
	e := start(t, cfg)
	e.rest()
	time.Sleep(2 * reportEvery)
	if n := cfg.Stats.Indicated.Load() + cfg.Stats.NeedsReview.Load(); n != 0 {
		t.Errorf("%d records told at a time that has not come", n)
	}
	_, ready := readiness(t, cfg.Listen)
	if len(ready.Tasks) != 1 || !strings.Contains(ready.Tasks[0].WaitsFor, "ahead of the brokers") {
		t.Errorf("/readyz says %+v", ready.Tasks)
	}
	if v := value(t, scrape(t, cfg.Listen), "tilsyn_task_clock_ahead_seconds", "task", "0"); v < 129_000 || v > 130_000 {
		t.Errorf("%g s ahead", v)
	}
	e.end()
	if !strings.Contains(said.String(), "36h0m0s ahead of the brokers'") {
		t.Errorf("the log does not say so: %s", said.String())
	}
	// The same with the brokers' word left out is what the brake is for.
	next := r.config(0)
	next.Policy, next.Now = cfg.Policy, cfg.Now
	e = start(t, next)
	e.rest()
	e.end()
	if n := next.Stats.Indicated.Load() + next.Stats.NeedsReview.Load(); n == 0 {
		t.Error("the clock would have accused nobody: this test says nothing")
	}
}

// outSince are the facts of somebody who has been out for an hour and must spend
// the nights at the centre from the next hour on.
func outSince(now duty.Instant) []feed {
	from := now - 30*duty.Day
	feeds := []feed{{at: from, topic: "group-changes", key: "Qout", record: &duty.GroupChange{ID: "g", Version: 1, ReceivedAt: from,
		PersonID: "Qout", Group: duty.GroupExpelledJudgment, ValidFrom: from}}}
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		basis := duty.LegalBasisReturnAct132
		if k == duty.KindNotify {
			basis = duty.LegalBasisReturnAct134
		}
		feeds = append(feeds, feed{at: from, topic: "obligation-changes", key: "Qout", record: &duty.ObligationChange{ID: k.String(), Version: 1,
			ReceivedAt: from, DecisionID: k.String(), PersonID: "Qout", Kind: k, Action: duty.ActionImpose, LegalBasis: basis, CentreID: "KH",
			ServedAt: duty.Some(from), ValidFrom: now + duty.Hour}})
	}
	for i, way := range []duty.Direction{duty.DirectionIn, duty.DirectionOut} {
		at := now - duty.Hour + duty.Instant(i)*duty.Minute
		feeds = append(feeds, feed{at: at, topic: topicCardEvents, key: "Qout", record: &duty.CardEvent{ID: way.String(), Version: 1, ReceivedAt: at,
			PersonID: duty.Some("Qout"), CardID: "Qcard", CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel",
			DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way), Scan: duty.ScanComplete, OccurredAt: at}})
	}
	return feeds
}

func mustPolicy(t *testing.T, text string) *duty.Policy {
	t.Helper()
	p, err := policy.Load("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A topic of progress on which the broker does not put its time is refused; a
// broker of our own is set right.
func TestProgressMustBeStamped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	r := newRigOn(t, b.Brokers(), 1)
	if err := r.client.SetTopic(t.Context(), topics.TaskCommits, "message.timestamp.type", "CreateTime"); err != nil {
		t.Fatal(err)
	}
	cfg := r.config(worldStart)
	if err := Run(t.Context(), cfg); !errors.Is(err, ErrTopics) || !strings.Contains(err.Error(), "task-commits: message.timestamp.type") {
		t.Errorf("refused with %v", err)
	}
	r.client.Close()
	b.Close()
	cfg.Kafka.Brokers, cfg.Embedded = nil, dir
	e := start(t, cfg)
	e.rest()
	e.end()
}

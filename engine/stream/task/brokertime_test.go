package task

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/stream/watermark"
)

// clocked is an engine of one task on a machine whose clock is off by skew.
func clocked(t *testing.T) *sim {
	t.Helper()
	s := newSim(t, 1, simPlan{tasks: 1, instances: 1})
	s.broker.Most = 0
	return s
}

// cycles lets the task work.
func (s *sim) cycles(n int) *simTask {
	for range n {
		s.step(s.instances[0], 0)
		s.poll(s.instances[0])
	}
	return s.instances[0].tasks[0]
}

// commitsBesides is how often the task has committed besides the looks of the watch.
func (s *sim) commitsBesides() int { return s.commitsOf() - int(s.stats.Looks.Load()) }

func (s *sim) commitsOf() int {
	return len(s.broker.Committed(stored.CommitPartition(0)))
}

// Nothing is caught up before a broker has shown its time, which takes one commit. An idle task
// whose clock is right writes nothing more.
func TestTheBrokersAreAskedOnce(t *testing.T) {
	seeds.Large(t, "a night of an idle engine")
	s := clocked(t)
	if task := s.cycles(2); task.CaughtUp() != duty.Beginning || task.AtRest() {
		t.Fatalf("caught up at %d without a broker's time", task.CaughtUp())
	}
	for range 1000 {
		s.now += duty.Minute
		if task := s.cycles(3); task.CaughtUp() != s.now || !task.AtRest() {
			t.Fatalf("caught up at %d, now %d", task.CaughtUp(), s.now)
		}
	}
	if n := s.commitsBesides(); n > 1 {
		t.Errorf("an idle task committed %d times besides the looks of the watch", n)
	}
}

// A clock that is ahead does not move caught_up beyond the brokers' time. The brokers are asked
// again once a minute. When the clock is set right everything goes on, even though the last record
// of progress has the wrong clock.
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
	if why := watermark.ClockDoubt(s.instances[0].tasks[0].watermark.ClockOff()); !strings.Contains(why, "11h0m0s ahead") {
		t.Errorf("the doubt is %q", why)
	}
	s.die(s.instances[0])
	s.instances[0].skew = 0
	s.now += duty.Minute
	task := s.cycles(6)
	if task.CaughtUp() != s.now || watermark.ClockDoubt(task.watermark.ClockOff()) != "" {
		t.Errorf("set right: caught up at %d, now %d, off by %d", task.CaughtUp(), s.now, task.watermark.ClockOff())
	}
}

// A clock that was set back keeps caught_up where it is, which is reported with the next commit.
func TestAClockBehindHoldsBack(t *testing.T) {
	s := clocked(t)
	task := s.cycles(4)
	was := s.now
	s.instances[0].skew = -3 * duty.Hour
	s.now += duty.Hour
	s.send(&testkit.Residents(rand.New(rand.NewPCG(3, 3)), 1, 1)[0])
	if s.cycles(4); task.CaughtUp() != was {
		t.Errorf("caught up at %d, was %d", task.CaughtUp(), was)
	}
	if why := watermark.ClockDoubt(task.watermark.ClockOff()); !strings.Contains(why, "3h0m0s behind") {
		t.Errorf("the doubt is %q", why)
	}
	s.instances[0].skew = 0
	if s.cycles(4); task.CaughtUp() != s.now {
		t.Errorf("set right: caught up at %d, now %d", task.CaughtUp(), s.now)
	}
}

// A machine that slept measures no time. The brokers are asked, and everything goes on.
func TestAMachineThatSlept(t *testing.T) {
	s := clocked(t)
	task := s.cycles(4)
	s.slept = 8 * duty.Hour
	s.now += s.slept + duty.Minute
	if s.cycles(5); task.CaughtUp() != s.now || s.commitsBesides() > 2 {
		t.Errorf("caught up at %d, now %d, after %d commits", task.CaughtUp(), s.now, s.commitsOf())
	}
}

// A broker that does not set the timestamps of what it stores confirms no time.
func TestABrokerThatDoesNotStamp(t *testing.T) {
	s := clocked(t)
	s.broker.Stampless = true
	if task := s.cycles(20); task.CaughtUp() != duty.Beginning || s.commitsOf() != 1 {
		t.Errorf("caught up at %d after %d commits", task.CaughtUp(), s.commitsOf())
	}
}

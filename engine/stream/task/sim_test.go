package task

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// A simulation is made of episodes: some persons over some days, on models of
// the broker, the stores and the clocks of several instances, with faults of all
// of them, and a rest every few days at which everything that was told must be
// what `replay` tells. Everything that happens in an episode follows from its
// seed, in one goroutine. TILSYN_SIM_DAYS is how many days to simulate in all
// (seeds.Size), TILSYN_SEED the first episode; a failure prints the two that
// replay it.

// episode lets the facts of some persons come in, with everything that can go
// wrong meanwhile.
func (s *sim) episode() {
	end := seeds.Start + duty.Instant(s.plan.days)*duty.Day
	rest := seeds.Start + duty.Instant(s.plan.restEvery)*duty.Day
	feeds := testkit.Residents
	if s.plan.kept {
		feeds = testkit.Neighbours
	}
	if s.plan.contested {
		feeds = testkit.Contenders
	}
	rng := rand.New(rand.NewPCG(s.rng.Uint64(), 1))
	facts := feeds(rng, s.plan.persons, s.plan.days)
	if s.plan.lossy {
		facts = testkit.Lossy(rng, facts, s.plan.persons, s.plan.days)
		if s.parse != nil {
			facts = activated(facts, testkit.LossyMidst(s.plan.days))
		}
	}
	for _, f := range facts {
		for f.At-s.now > duty.Hour && s.rng.IntN(3) > 0 {
			s.now += duty.Instant(s.rng.Int64N(int64(f.At - s.now)))
			s.turns()
		}
		s.now = max(s.now, f.At)
		s.produce(&f)
		s.turns()
		if s.now >= rest {
			s.calmDown()
			s.check()
			rest = s.now + duty.Instant(s.plan.restEvery)*duty.Day
		}
	}
	s.now = max(s.now, end+6*duty.Day)
	s.turns()
	s.calmDown()
	s.check()
}

// activated adds to facts that another policy is activated.
func activated(facts []testkit.Feed, at duty.Instant) []testkit.Feed {
	i := slices.IndexFunc(facts, func(f testkit.Feed) bool { return f.At > at })
	return slices.Insert(facts, i, testkit.Feed{At: at, Topic: duty.TopicPolicies, Key: "policy",
		Record: &duty.PolicyActivation{ID: "later", Version: 1, ReceivedAt: at, PolicyVersion: "later",
			Digest: "digest of later", Text: "later", ActivatedAt: at, By: "a test"}})
}

func (s *sim) turns() {
	for range s.rng.IntN(s.plan.turns + 1) {
		s.turn()
	}
}

// sum is a digest of all logs, to compare two runs.
func (s *sim) sum() uint64 {
	h := fnv.New64a()
	for _, topics := range [][]string{broker.PersonTopics, broker.CentreTopics, broker.OwnOutputs,
		{duty.TopicOutcomes, duty.TopicTaskCommits}} {
		for _, topic := range topics {
			for i := range s.parts {
				for _, e := range s.broker.Logs[broker.Partition{Topic: topic, Index: i}] {
					_, _ = h.Write(e.Rec.Value)
					_, _ = h.Write([]byte{byte(e.Rec.At), byte(e.Seq)})
				}
			}
		}
	}
	return h.Sum64()
}

// simulate runs episodes until the days are over; each makes a sim of a seed.
func simulate(t *testing.T, days int, make func(seed uint64) *sim) {
	t.Helper()
	seed := seeds.Seed(t, 1)
	days = seeds.EnvInt(t, "TILSYN_SIM_DAYS", days)
	var all simCount
	told, accused, simulated := 0, 0, 0
	defer func() {
		if t.Failed() {
			t.Logf("replay with TILSYN_SEED=%d TILSYN_SIM_DAYS=1", seed)
		}
	}()
	for ; simulated < days; seed++ {
		s := make(seed)
		s.episode()
		simulated += int((s.now - seeds.Start) / duty.Day)
		told, accused = told+s.witness.told, accused+s.witness.accused
		all.add(&s.count)
	}
	t.Logf("%d days, %d revisions, %d of them harsher; %+v", simulated, told, accused, all)
	if accused == 0 || all.died == 0 || all.fenced == 0 {
		t.Error("too little happened for the test to say something")
	}
}

func (c *simCount) add(o *simCount) {
	for _, x := range [][2]*int{{&c.steps, &o.steps}, {&c.died, &o.died}, {&c.moved, &o.moved},
		{&c.fenced, &o.fenced}, {&c.zombies, &o.zombies},
		{&c.torn, &o.torn}, {&c.stale, &o.stale}, {&c.lost, &o.lost}, {&c.full, &o.full}} {
		*x[0] += *x[1]
	}
}

// The task's own code under a small law.
func TestSimulation(t *testing.T) {
	t.Parallel()
	simulate(t, seeds.Size(t, 2500), func(seed uint64) *sim { return newSim(t, seed, hostile()) })
}

// The same with the real core and its policy, whose units need more days.
func TestSimulationWithCore(t *testing.T) {
	t.Parallel()
	simulate(t, seeds.Size(t, 300), func(seed uint64) *sim {
		plan := hostile()
		plan.persons, plan.days = 4, 20
		s := newSim(t, seed, plan)
		s.judge, s.policy = Core{}, policy.Builtin()
		return s
	})
}

// The same with persons whose facts concern each other, and instances that keep the register
// between runs.
func TestSimulationKept(t *testing.T) {
	t.Parallel()
	var sims []*sim
	resumed := 0
	simulate(t, seeds.Size(t, 300), func(seed uint64) *sim {
		plan := hostile()
		plan.kept = true
		s := newSim(t, seed, plan)
		s.keepDir = t.TempDir()
		sims = append(sims, s)
		return s
	})
	for _, s := range sims {
		resumed += s.resumed
	}
	if t.Logf("%d starts took up a register", resumed); resumed == 0 {
		t.Error("no start took up a register that was kept")
	}
}

// Facts come under several persons with one id in one version. The witness checks of every
// accusation that it follows from the facts under all of them.
func TestSimulationContested(t *testing.T) {
	t.Parallel()
	contested := int64(0)
	var sims []*sim
	simulate(t, seeds.Size(t, 400), func(seed uint64) *sim {
		plan := hostile()
		plan.persons, plan.days, plan.contested = 4, 20, true
		s := newSim(t, seed, plan)
		p := *policy.Builtin()
		p.Settle = nil
		s.judge, s.policy = Core{}, &p
		sims = append(sims, s)
		return s
	})
	for _, s := range sims {
		contested += s.stats.Contested.Load()
	}
	if t.Logf("%d contests", contested); contested == 0 {
		t.Error("nothing was contested")
	}
}

// One seed gives one run.
func TestSimulationIsRepeatable(t *testing.T) {
	seeds.Large(t, "a simulated world, twice")
	sums := map[uint64]bool{}
	for range 3 {
		s := newSim(t, 7, hostile())
		s.episode()
		sums[s.sum()] = true
	}
	if len(sums) != 1 {
		t.Errorf("%d different runs of one seed", len(sums))
	}
}

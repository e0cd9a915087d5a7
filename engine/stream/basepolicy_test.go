package stream

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
)

// Two policies under which the same facts are told differently: without and with
// proof of the logs.
const (
	policyWithout = "settle.required: []\n"
	policyStrict  = "settle.required: []\nemit.grace: PT2H\n"
	policyProof   = "# the built-in rules\n"
)

func readPolicy(text string) (*duty.Policy, error) { return policy.Load("activated", []byte(text)) }

// The policy file is edited between two runs: the engine refuses to start and says what to do,
// whatever was changed, and verify says that it has another policy. With the former file the
// engine goes on and says nothing new.
func TestPolicyFileEdited(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(41, 41)), 30, 9))
	at := seeds.Start + 20*duty.Day
	cfg := r.config(at)
	cfg.Policy = testkit.MustPolicy(t, policyWithout)
	r.runToRest(cfg)
	if revisions(cfg) == 0 {
		t.Fatal("nothing was told")
	}
	again := func(text string) Config {
		next := r.config(at)
		next.DataDir, next.Policy = cfg.DataDir, testkit.MustPolicy(t, text)
		return next
	}
	for _, text := range []string{policyStrict, policyProof, policyWithout + "# a word\n"} {
		next := again(text)
		ends(t, next, task.ErrPolicy)
		if revisions(next) != 0 {
			t.Errorf("told %d with another policy", revisions(next))
		}
	}
	same := again(policyWithout)
	r.runToRest(same)
	if revisions(same) != 0 {
		t.Errorf("told %d with the policy of before", revisions(same))
	}
	r.verifiedBy(testkit.MustPolicy(t, policyWithout))

	if _, err := r.verify(testkit.MustPolicy(t, policyProof)); err == nil || !strings.Contains(err.Error(), "--policy") {
		t.Errorf("verify with another policy: %v", err)
	}
}

// A policy that is brought into force on the topic needs no other settings, and
// never makes what fell due before harsher.
func TestPolicyActivated(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(42, 42)), 30, 9))
	at := seeds.Start + 20*duty.Day
	cfg := r.config(at)
	cfg.Policy, cfg.ParsePolicy = testkit.MustPolicy(t, policyProof), readPolicy
	r.runToRest(cfg)
	before := revisions(cfg)
	next := testkit.MustPolicy(t, policyWithout)
	r.load([]testkit.Feed{{At: at, Topic: "policies", Key: "policy",
		Record: &duty.PolicyActivation{ID: "p", Version: 1, ReceivedAt: at,
			PolicyVersion: next.Version, Digest: next.Digest, Text: policyWithout, ActivatedAt: at, By: "a test"}}})
	later := r.config(at + duty.Day)
	later.DataDir, later.Policy, later.ParsePolicy = cfg.DataDir, cfg.Policy, readPolicy
	r.runToRest(later)
	if n := later.Stats.Indicated.Load(); n != 0 {
		t.Errorf("told %d first, and then %d harsher ones under a policy of later", before, n)
	}
	if later.Stats.Evaluations.Load() == 0 {
		t.Error("nobody was judged again")
	}
	r.verifiedBy(cfg.Policy)
}

package stream

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// Two policies under which the same facts are told differently: without and with
// proof of the logs.
const (
	policyWithout = "settle.required: []\n"
	policyStrict  = "settle.required: []\nemit.grace: PT2H\n"
	policyProof   = "# the built-in rules\n"
)

func readPolicy(text string) (*duty.Policy, error) { return policy.Load("activated", []byte(text)) }

// An engine whose policy file was edited between two runs refuses and says what
// to do, whatever the edit means; with the former file it goes on and says
// nothing new. verify says as well that it has another policy.
func TestPolicyFileEdited(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(residents(rand.New(rand.NewPCG(41, 41)), 30, 9))
	at := worldStart + 20*duty.Day
	cfg := r.config(at)
	cfg.Policy = mustPolicy(t, policyWithout)
	r.settledRun(cfg)
	if revisions(cfg) == 0 {
		t.Fatal("nothing was told")
	}
	again := func(text string) Config {
		next := r.config(at)
		next.DataDir, next.Policy = cfg.DataDir, mustPolicy(t, text)
		return next
	}
	for _, text := range []string{policyStrict, policyProof, policyWithout + "# a word\n"} {
		next := again(text)
		ends(t, next, ErrPolicy)
		if revisions(next) != 0 {
			t.Errorf("told %d with another policy", revisions(next))
		}
	}
	same := again(policyWithout)
	r.settledRun(same)
	if revisions(same) != 0 {
		t.Errorf("told %d with the policy of before", revisions(same))
	}
	r.verifiedBy(mustPolicy(t, policyWithout))

	if _, err := r.verify(mustPolicy(t, policyProof)); err == nil || !strings.Contains(err.Error(), "--policy") {
		t.Errorf("verify with another policy: %v", err)
	}
}

// A policy that is brought into force on the topic needs no other settings, and
// never makes what fell due before harsher.
func TestPolicyActivated(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(residents(rand.New(rand.NewPCG(42, 42)), 30, 9))
	at := worldStart + 20*duty.Day
	cfg := r.config(at)
	cfg.Policy, cfg.ParsePolicy = mustPolicy(t, policyProof), readPolicy
	r.settledRun(cfg)
	before := revisions(cfg)
	next := mustPolicy(t, policyWithout)
	r.load([]feed{{at: at, topic: "policies", key: "policy", record: &duty.PolicyActivation{ID: "p", Version: 1, ReceivedAt: at,
		PolicyVersion: next.Version, Digest: next.Digest, Text: policyWithout, ActivatedAt: at, By: "a test"}}})
	later := r.config(at + duty.Day)
	later.DataDir, later.Policy, later.ParsePolicy = cfg.DataDir, cfg.Policy, readPolicy
	r.settledRun(later)
	if n := later.Stats.Indicated.Load(); n != 0 {
		t.Errorf("told %d first, and then %d harsher ones under a policy of later", before, n)
	}
	if later.Stats.Evaluations.Load() == 0 {
		t.Error("nobody was judged again")
	}
	r.verifiedBy(cfg.Policy)
}

// A record of progress of before has no policy of the settings: the present one
// is taken on, and others are refused from then on.
func TestPolicyOfBefore(t *testing.T) {
	s := clocked(t)
	task := s.cycles(4)
	if task.at.Base != s.policy.Digest {
		t.Fatalf("base %q", task.at.Base)
	}
	old := task.at
	old.Base = ""
	if err := task.checkPolicy(&old); err != nil {
		t.Error(err)
	}
	old.Base = "another"
	if err := task.checkPolicy(&old); err == nil || !strings.Contains(err.Error(), "policy activate") {
		t.Error(err)
	}
}

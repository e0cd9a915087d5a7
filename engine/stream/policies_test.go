package stream

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/schemas"
)

// A policy that comes into force, one that will, and one that cannot be used leave
// their traces in the log, the metrics and the report.
func TestPoliciesLeaveTraces(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	parse := func(text string) (*duty.Policy, error) {
		if text == "broken" {
			return nil, errors.New("no policy")
		}
		p := *policy.Builtin()
		p.Version, p.Digest = text, "digest-of-"+text
		return &p, nil
	}
	now := seeds.Start + duty.Day
	activate := func(text, digest string, from duty.Instant) {
		r.load([]testkit.Feed{{Topic: duty.TopicPolicies, Key: "policy", At: seeds.Start,
			Record: &duty.PolicyActivation{ID: text, Version: 1, ReceivedAt: seeds.Start,
				PolicyVersion: text, Digest: digest, Text: text, ActivatedAt: from, By: "Qclerk"}}})
	}
	activate("first", "digest-of-first", seeds.Start)
	logs := &safeBuffer{}
	cfg := r.config(now)
	cfg.Listen, cfg.Log, cfg.ParsePolicy = freeAddress(t), zerolog.New(logs), parse
	e := start(t, cfg)
	says := func(want ...string) {
		t.Helper()
		for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			for _, line := range strings.Split(logs.String(), "\n") {
				found := true
				for _, w := range want {
					found = found && strings.Contains(line, w)
				}
				if found {
					return
				}
			}
			if time.Since(begin) > within {
				t.Fatalf("no line of the log holds %q:\n%s", want, logs)
			}
		}
	}
	says("policy in force", "digest-of-first", seeds.Start.String())
	activate("second", "digest-of-second", now-duty.Hour)
	says("policy in force", "digest-of-second")
	activate("third", "digest-of-third", now+duty.Day)
	says("policy will come into force", "digest-of-third")
	activate("broken", "digest-of-broken", now)
	activate("broken", "digest-of-broken", now) // by a producer that had no answer
	activate("other", "digest-of-something", now)
	says("cannot be used", "digest-of-broken", "no policy")
	says("cannot be used", "digest-of-something", "its text is not the one")
	if v := value(t, scrape(t, cfg.Listen), "tilsyn_policy_active", "version", "second", "digest",
		"digest-of-second"); v != 1 {
		t.Errorf("tilsyn_policy_active is %v", v)
	}
	if v, n := value(t, scrape(t, cfg.Listen), "tilsyn_policies_refused_total"),
		strings.Count(logs.String(), "cannot be used"); v != 2 || n != 2 {
		t.Errorf("of two activations that cannot be used, one of them twice there, %v are counted and %d told", v, n)
	}
	r.load([]testkit.Feed{{Topic: duty.TopicPolicies, Key: "policy", At: seeds.Start + 1,
		Record: &duty.PolicyActivation{ID: "second", Version: 2, Retracted: true, ReceivedAt: seeds.Start,
			PolicyVersion: "second", Digest: "digest-of-second", Text: "", ActivatedAt: now - duty.Hour, By: "Qclerk"}}})
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if _, text := ask(t, cfg.Listen, "/metrics"); strings.Contains(text,
			`tilsyn_policy_active{digest="digest-of-first"`) {
			break
		}
		if time.Since(begin) > within {
			t.Fatal("what was taken back stays in force")
		}
	}
	says("policy taken back", "digest-of-second")
	e.rest()
	e.end()
	if strings.Contains(logs.String(), "Qclerk") {
		t.Error("the log names who activated")
	}
	ctx, cancel := contextWithin(t)
	defer cancel()
	got, err := ReadPolicies(ctx, r.cfg, schemas.NewStore(), parse)
	if err != nil {
		t.Fatal(err)
	}
	in := got.InForce(now)
	over := map[error]int{}
	for i := range got.Activations {
		over[got.Activations[i].Refused]++
	}
	if over[centres.ErrPolicyRetracted] != 2 || over[nil] != 2 {
		t.Errorf("why activations do not count: %v", over)
	}
	if len(got.Activations) != 7 || in == nil || in.Version != "first" || got.Tasks != 2 ||
		got.Base != policy.Builtin().Digest || got.Judged["digest-of-third"] != 2 {
		t.Errorf("%+v, in force %+v", got, in)
	}
}

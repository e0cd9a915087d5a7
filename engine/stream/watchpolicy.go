package stream

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tilsyn/engine/duty"
)

// policyRefused logs why an activation changes nothing. The text of a policy names nobody.
func (e *engine) policyRefused(a *duty.PolicyActivation, err error) {
	e.cfg.Log.Error().Str("policy_version", a.PolicyVersion).Str("digest", a.Digest).Err(err).
		Msg("a policy was activated that cannot be used: what was in force stays in force; " +
			"check its file with `tilsyn policy check` and activate it again")
}

// policyCheck is how often the policy in force is looked at.
const policyCheck = time.Second

// watchPolicy logs which policy is in force: at the start and at every change, and also a policy
// that is announced or taken back.
func (e *engine) watchPolicy(ctx context.Context) error {
	tick := time.NewTicker(policyCheck)
	defer tick.Stop()
	type name struct {
		from   duty.Instant
		digest string
	}
	told, digest := map[name]bool{}, "" // what is to come and was told
	known := map[name]string{}          // versions by what was there
	for {
		s, now := e.reader.Picture(), e.present()
		if p := s.InForce(now); p.Policy.Digest != digest {
			digest = p.Policy.Digest
			e.cfg.Log.Info().Str("policy_version", p.Policy.Version).Str("digest", digest).
				Str("from", fromText(p.From)).Msg("policy in force")
		}
		there := map[name]string{}
		for i := range s.Policies {
			p := &s.Policies[i]
			there[name{p.From, p.Policy.Digest}] = p.Policy.Version
			if n := (name{p.From, p.Policy.Digest}); p.From > now && !told[n] {
				told[n] = true
				e.cfg.Log.Info().Str("policy_version", p.Policy.Version).Str("digest", p.Policy.Digest).
					Str("from", fromText(p.From)).Msg("policy will come into force")
			}
		}
		for n, version := range known {
			if _, ok := there[n]; !ok {
				delete(told, n)
				e.cfg.Log.Info().Str("policy_version", version).Str("digest", n.digest).
					Str("from", fromText(n.from)).Msg("policy taken back, or replaced by another version of its activation")
			}
		}
		known = there
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// present returns the engine's clock.
func (e *engine) present() duty.Instant { return duty.Instant(e.cfg.Now().UnixMilli()) }

// fromText returns an instant for a log line.
func fromText(t duty.Instant) string {
	if t == duty.Beginning {
		return "the beginning"
	}
	return t.String()
}

// descPolicy describes the metric of the policy in force.
var descPolicy = desc("policy_active", "1 for the policy that is in force; "+
	"its version and digest are those of the records.", "version", "digest")

// collectPolicy sends the metric of the policy in force.
func collectPolicy(ch chan<- prometheus.Metric, p *duty.Policy) {
	gauge(ch, descPolicy, 1, p.Version, p.Digest)
}

package stream

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// policyRefused says in the log why an activation changes nothing; the text of a
// policy names nobody.
func (e *engine) policyRefused(a *duty.PolicyActivation, err error) {
	e.cfg.Log.Error().Str("policy_version", a.PolicyVersion).Str("digest", a.Digest).Err(err).
		Msg("a policy was activated that cannot be used: what was in force stays in force; check its file with `tilsyn policy check` and activate it again")
}

// errOtherText says that an activation was changed on its way.
var errOtherText = errors.New("its text is not the one that its digest is of")

// Why an activation that can be used brings no policy into force (contract §1).
var (
	ErrPolicyRetracted = errors.New("taken back")
	ErrPolicyReplaced  = errors.New("another version of it counts")
)

// policyOf reads the policy of an activation; nil for a version that takes it back.
func policyOf(a *duty.PolicyActivation, parse func(text string) (*duty.Policy, error)) (*duty.Policy, error) {
	if a.Retracted {
		return nil, nil
	}
	p, err := parse(a.Text)
	if err == nil && p.Digest != a.Digest {
		err = errOtherText
	}
	return p, err
}

// inForce is the policy that is in force at a clock: the newest that was activated
// by then.
func (s *Snapshot) inForce(now duty.Instant) *duty.ActivePolicy {
	for i := len(s.Policies) - 1; i > 0; i-- {
		if s.Policies[i].From <= now {
			return &s.Policies[i]
		}
	}
	return &s.Policies[0]
}

// policyCheck is how often it is looked which policy is in force.
const policyCheck = time.Second

// watchPolicy says which policy is in force: at the start, whenever another one
// comes into force, of one that will, when that is known, and of one that is taken back.
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
		s, now := e.reader.Snapshot(), e.present()
		if p := s.inForce(now); p.Policy.Digest != digest {
			digest = p.Policy.Digest
			e.cfg.Log.Info().Str("policy_version", p.Policy.Version).Str("digest", digest).Str("from", fromText(p.From)).Msg("policy in force")
		}
		there := map[name]string{}
		for i := range s.Policies {
			p := &s.Policies[i]
			there[name{p.From, p.Policy.Digest}] = p.Policy.Version
			if n := (name{p.From, p.Policy.Digest}); p.From > now && !told[n] {
				told[n] = true
				e.cfg.Log.Info().Str("policy_version", p.Policy.Version).Str("digest", p.Policy.Digest).Str("from", fromText(p.From)).Msg("policy will come into force")
			}
		}
		for n, version := range known {
			if _, ok := there[n]; !ok {
				delete(told, n)
				e.cfg.Log.Info().Str("policy_version", version).Str("digest", n.digest).Str("from", fromText(n.from)).Msg("policy taken back, or replaced by another version of its activation")
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

// present is the engine's clock.
func (e *engine) present() duty.Instant { return duty.Instant(e.cfg.Now().UnixMilli()) }

func fromText(t duty.Instant) string {
	if t == duty.Beginning {
		return "the beginning"
	}
	return t.String()
}

var descPolicy = desc("policy_active", "1 for the policy that is in force; its version and digest are those of the records.", "version", "digest")

func collectPolicy(ch chan<- prometheus.Metric, p *duty.Policy) {
	gauge(ch, descPolicy, 1, p.Version, p.Digest)
}

// PolicyReport says which policies hold for the topics of a prefix.
type PolicyReport struct {
	// Base is the digest of the policy that the engines have by --policy; empty
	// where none has committed yet.
	Base string
	// Activations are sorted by when they come into force.
	Activations []ActivatedPolicy
	// Judged counts tasks by the digest of the newest policy that they knew at
	// their last commit; Tasks is how many there are.
	Judged map[string]int
	Tasks  int
}

// ActivatedPolicy is one record of the topic policies.
type ActivatedPolicy struct {
	Version, Digest, By string
	// Record is what was written.
	Record duty.PolicyActivation
	// From is when it comes into force: the instant that it names, or when it was
	// known where that is later.
	From duty.Instant
	// Refused is why no engine uses it: its text cannot be used, or it is
	// ErrPolicyRetracted or ErrPolicyReplaced; nil for one that is used.
	Refused error
}

// InForce is the activation in force at an instant; nil where it is still the
// policy of --policy.
func (r *PolicyReport) InForce(at duty.Instant) *ActivatedPolicy {
	for i := len(r.Activations) - 1; i >= 0; i-- {
		if a := &r.Activations[i]; a.From <= at && a.Refused == nil {
			return a
		}
	}
	return nil
}

// ReadPolicies reads which policies were activated and what the tasks use. parse
// reads the text of one. It joins no group and writes nothing.
func ReadPolicies(ctx context.Context, cfg topics.Config, parse func(text string) (*duty.Policy, error)) (PolicyReport, error) {
	var out PolicyReport
	client, err := topics.Connect(ctx, cfg)
	if err != nil {
		return out, err
	}
	defer client.Close()
	parts, err := client.AllPartitions(ctx, topicPolicies, topicTaskCommits)
	if err != nil {
		return out, err
	}
	out.Judged = map[string]int{}
	var read []duty.Activation
	last, codec := map[int32]progress{}, NewCodec(schemas.NewStore())
	from := make([]Partition, len(parts))
	for i, p := range parts {
		if from[i] = (Partition{Topic: p.Topic, Index: p.Partition}); p.Topic == topicTaskCommits {
			out.Tasks++
		}
	}
	s := scan{broker: newKafka(client, "", verifyWait, verifyBytes), most: verifyRecords, wait: verifyWait, short: true}
	err = s.all(ctx, from, func(rec *Record) error {
		if rec.Topic == topicPolicies {
			if record, err := rec.decode(codec); err == nil {
				if a, ok := record.(*duty.PolicyActivation); ok {
					next, p := activated(a, rec.At, parse)
					out.Activations = append(out.Activations, next)
					read = append(read, duty.Activation{Record: duty.Known[duty.PolicyActivation]{Fact: *a, At: rec.At}, Policy: p})
				}
			}
			return nil // a record that is none holds nothing up
		}
		if string(rec.Key) == string(commitKey(rec.Index)) {
			p, err := decodeProgress(rec.Value, rec.Index)
			if err != nil {
				return err
			}
			last[rec.Index] = p
		}
		return nil
	})
	for _, p := range last {
		out.Judged[p.Policy]++
		out.Base = cmp.Or(out.Base, p.Base)
	}
	markReplaced(out.Activations, read)
	slices.SortStableFunc(out.Activations, func(a, b ActivatedPolicy) int { return cmp.Compare(a.From, b.From) })
	return out, err
}

func activated(a *duty.PolicyActivation, known duty.Instant, parse func(text string) (*duty.Policy, error)) (ActivatedPolicy, *duty.Policy) {
	p, err := policyOf(a, parse)
	return ActivatedPolicy{Record: *a, Version: a.PolicyVersion, Digest: a.Digest, By: a.By, From: max(a.ActivatedAt, known), Refused: err}, p
}

// markReplaced says of each activation that can be used, read from the record of the same
// place in read, whether it is the version that counts.
func markReplaced(list []ActivatedPolicy, read []duty.Activation) {
	for i := range list {
		a, mine := &list[i], &read[i].Record.Fact
		if a.Refused != nil {
			continue
		}
		var usable []duty.Activation
		for j := range read {
			if read[j].Record.Fact.ID == mine.ID && (j == i || !refused(list[j].Refused)) {
				usable = append(usable, read[j])
			}
		}
		active := duty.ActivePolicies(nil, usable, duty.Forever)
		switch {
		case mine.Retracted || len(active) == 0:
			a.Refused = ErrPolicyRetracted
		case active[0].From != a.From || active[0].Policy.Digest != a.Digest:
			a.Refused = ErrPolicyReplaced
		}
	}
}

// refused reports whether an activation cannot be used at all.
func refused(err error) bool {
	return err != nil && !errors.Is(err, ErrPolicyRetracted) && !errors.Is(err, ErrPolicyReplaced)
}

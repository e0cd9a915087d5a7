package stream

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/verify"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// PolicyReport says which policies apply to the topics of a prefix.
type PolicyReport struct {
	// Base is the digest of the policy that engines were given by --policy; empty if no task has
	// committed yet.
	Base string
	// Activations are sorted by the time at which they come into force.
	Activations []ActivatedPolicy
	// Judged counts tasks by the digest of the newest policy known at their last commit; Tasks is the
	// number of tasks.
	Judged map[string]int
	Tasks  int
}

// ActivatedPolicy is one record of the topic policies.
type ActivatedPolicy struct {
	Version, Digest, By string
	// Record is the record as written.
	Record duty.PolicyActivation
	// From is when it comes into force: at the instant that it names, or when it became known if that
	// is later.
	From duty.Instant
	// Refused says why no engine uses it: its text is unusable, or it is ErrPolicyRetracted or
	// ErrPolicyReplaced of package centres. Nil if it is used.
	Refused error
}

// InForce returns the activation in force at an instant; nil if it is still the policy of
// --policy.
func (r *PolicyReport) InForce(at duty.Instant) *ActivatedPolicy {
	for i := len(r.Activations) - 1; i >= 0; i-- {
		if a := &r.Activations[i]; a.From <= at && a.Refused == nil {
			return a
		}
	}
	return nil
}

// ReadPolicies reads the activated policies and which ones the tasks use. store knows the writers' schemas, parse
// parses the text of a policy. It joins no group and writes nothing.
func ReadPolicies(ctx context.Context, cfg topics.Config, store *schemas.Store,
	parse func(text string) (*duty.Policy, error)) (PolicyReport, error) {
	var out PolicyReport
	client, err := topics.Connect(ctx, cfg)
	if err != nil {
		return out, err
	}
	defer client.Close()
	parts, err := client.AllPartitions(ctx, duty.TopicPolicies, duty.TopicTaskCommits)
	if err != nil {
		return out, err
	}
	out.Judged = map[string]int{}
	var read []duty.Activation
	last, codec := map[int32]stored.Progress{}, broker.NewCodec(store)
	from := make([]broker.Partition, len(parts))
	for i, p := range parts {
		if from[i] = (broker.Partition{Topic: p.Topic, Index: p.Partition}); p.Topic == duty.TopicTaskCommits {
			out.Tasks++
		}
	}
	s := broker.Scan{From: broker.NewKafka(client, "", verify.VerifyWait, verify.VerifyBytes).Learning(store.Learn),
		Most: verify.VerifyRecords, Wait: verify.VerifyWait, Short: true}
	err = s.All(ctx, from, func(rec *broker.Record) error {
		if rec.Topic == duty.TopicPolicies {
			if record, err := rec.Decode(codec); err == nil {
				if a, ok := record.(*duty.PolicyActivation); ok {
					next, p := activated(a, rec.At, parse)
					out.Activations = append(out.Activations, next)
					read = append(read, duty.Activation{Record: duty.Known[duty.PolicyActivation]{Fact: *a, At: rec.At}, Policy: p})
				}
			}
			return nil // a record that is none holds nothing up
		}
		if string(rec.Key) == string(stored.CommitKey(rec.Index)) {
			p, err := stored.DecodeProgress(rec.Value, rec.Index)
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

// activated returns an activation with its policy, if its text is usable.
func activated(a *duty.PolicyActivation, known duty.Instant,
	parse func(text string) (*duty.Policy, error)) (ActivatedPolicy, *duty.Policy) {
	p, err := casefile.PolicyOf(a, parse)
	return ActivatedPolicy{Record: *a, Version: a.PolicyVersion, Digest: a.Digest, By: a.By,
		From: max(a.ActivatedAt, known), Refused: err}, p
}

// markReplaced marks activations that are usable but are not the version that counts. read holds
// the same activations in the same order.
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
			a.Refused = centres.ErrPolicyRetracted
		case active[0].From != a.From || active[0].Policy.Digest != a.Digest:
			a.Refused = centres.ErrPolicyReplaced
		}
	}
}

// refused reports whether an activation cannot be used at all.
func refused(err error) bool {
	return err != nil && !errors.Is(err, centres.ErrPolicyRetracted) && !errors.Is(err, centres.ErrPolicyReplaced)
}

package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/topics"
)

// RecallsConfig configures [Recalls]. Fields without a default are required.
type RecallsConfig struct {
	Kafka       topics.Config
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// At is the clock: nothing known after it counts (default: now).
	At duty.Opt[duty.Instant]
}

// RecallStatus is how one recall stands.
type RecallStatus struct {
	duty.Recall
	// Overdue is RECALL_OVERDUE with who has not acknowledged for too long; missing where nobody is.
	Overdue duty.Opt[duty.DataQuality]
}

// Recalls computes every recall from the logs of violations, acknowledgements and handlings, sorted
// by cause (contract-case 8). bad are the acknowledgements that count for nothing. It needs no
// running engine, joins no group and writes nothing. An error is one of reading.
func Recalls(ctx context.Context, cfg RecallsConfig) (list []RecallStatus, bad []duty.DataQuality, err error) {
	v, done, err := connect(ctx, VerifyConfig{Kafka: cfg.Kafka, Policy: cfg.Policy, ParsePolicy: cfg.ParsePolicy})
	if err != nil {
		return nil, nil, err
	}
	defer done()
	at := duty.Instant(time.Now().UnixMilli())
	if cfg.At.OK {
		at = cfg.At.V
	}
	return v.recalls(ctx, at)
}

// recalls folds one partition after the other.
func (v *verifier) recalls(ctx context.Context, at duty.Instant) ([]RecallStatus, []duty.DataQuality, error) {
	if err := v.readCentres(ctx); err != nil {
		return nil, nil, err
	}
	policy := v.policyAt(at)
	clock := recall.Clock{At: at, Overdue: policy.ParamsAt(at.Date()).RecallOverdue}
	parts := map[string]recall.Part{}
	var bad []duty.DataQuality
	for i := range v.parts {
		persons, err := v.told(ctx, i)
		if err != nil {
			return nil, nil, fmt.Errorf("partition %d: %w", i, err)
		}
		for _, id := range slices.Sorted(maps.Keys(persons)) {
			shares, invalid := recall.Fold(*persons[id], policy.Consumers, clock)
			bad = append(bad, invalid...)
			for _, s := range shares {
				if sum, ok := parts[s.CauseID]; ok {
					s = recall.Merge(sum, s)
				}
				parts[s.CauseID] = s
			}
		}
	}
	out := make([]RecallStatus, 0, len(parts))
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		p := parts[id]
		s := RecallStatus{Recall: p.Recall()}
		s.Overdue.V, s.Overdue.OK = p.Overdue()
		out = append(out, s)
	}
	return out, bad, nil
}

// policyAt is the policy in force at an instant.
func (v *verifier) policyAt(at duty.Instant) *duty.Policy {
	p := v.cfg.Policy
	for _, a := range v.picture.Policies {
		if a.From <= at {
			p = a.Policy
		}
	}
	return p
}

// told reads what was told of the persons of a partition, what was acknowledged, and what people
// did with it.
func (v *verifier) told(ctx context.Context, part int32) (map[string]*recall.Person, error) {
	persons := map[string]*recall.Person{}
	of := func(id string) *recall.Person {
		if persons[id] == nil {
			persons[id] = &recall.Person{PersonID: id}
		}
		return persons[id]
	}
	units := map[string]map[string]int{}
	violations := []broker.Partition{{Topic: duty.TopicViolations, Index: part}}
	err := v.scan().All(ctx, violations, func(rec *broker.Record) error {
		record, err := v.codec.Decode(duty.TopicViolations, rec.Value)
		if err != nil {
			return fmt.Errorf("%s offset %d: %w", duty.TopicViolations, rec.Offset, err)
		}
		revision := record.(*duty.Violation)
		p := of(revision.PersonID)
		if units[p.PersonID] == nil {
			units[p.PersonID] = map[string]int{}
		}
		i, ok := units[p.PersonID][revision.UnitID]
		if !ok {
			i = len(p.Units)
			units[p.PersonID][revision.UnitID] = i
			p.Units = append(p.Units, recall.Unit{UnitID: revision.UnitID})
		}
		p.Units[i].Revisions = append(p.Units[i].Revisions, recall.RevisionOf(revision))
		return nil
	})
	if err != nil {
		return nil, err
	}
	answers := []broker.Partition{
		{Topic: duty.TopicAcknowledgements, Index: part}, {Topic: duty.TopicHandlings, Index: part},
	}
	return persons, v.scan().All(ctx, answers, func(rec *broker.Record) error {
		f, _, ok := v.factOf(rec)
		if !ok {
			return nil
		}
		switch r := f.Record.(type) {
		case *duty.Acknowledgement:
			p := of(r.PersonID)
			p.Acknowledgements = append(p.Acknowledgements, stored.Known(&f, r))
		case *duty.Handling:
			p := of(r.PersonID)
			p.Handlings = append(p.Handlings, stored.Known(&f, r))
		}
		return nil
	})
}

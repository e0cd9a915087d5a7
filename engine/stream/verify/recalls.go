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
	"tilsyn/engine/stream/recalls"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/stream/watermark"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// RecallsConfig configures [Recalls]. Fields without a default are required.
type RecallsConfig struct {
	Kafka       topics.Config
	Policy      *duty.Policy
	ParsePolicy func(text string) (*duty.Policy, error)
	// Schemas are as in VerifyConfig.
	Schemas *schemas.Store
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
	v, done, err := connect(ctx, VerifyConfig{Kafka: cfg.Kafka, Policy: cfg.Policy, ParsePolicy: cfg.ParsePolicy,
		Schemas: cfg.Schemas})
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

// recalls puts together how all recalls stand at a clock.
func (v *verifier) recalls(ctx context.Context, at duty.Instant) ([]RecallStatus, []duty.DataQuality, error) {
	if err := v.readCentres(ctx); err != nil {
		return nil, nil, err
	}
	all, bad, err := v.recallParts(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	out := make([]RecallStatus, 0, len(all[0]))
	for _, id := range slices.Sorted(maps.Keys(all[0])) {
		p := all[0][id]
		s := RecallStatus{Recall: p.Recall()}
		s.Overdue.V, s.Overdue.OK = p.Overdue()
		out = append(out, s)
	}
	return out, bad, nil
}

// recallParts folds one partition after the other, at several clocks. bad is of the first.
func (v *verifier) recallParts(ctx context.Context, at ...duty.Instant) (all []map[string]recall.Part,
	bad []duty.DataQuality, err error) {
	for range at {
		all = append(all, map[string]recall.Part{})
	}
	for i := range v.parts {
		persons, err := v.told(ctx, i)
		if err != nil {
			return nil, nil, fmt.Errorf("partition %d: %w", i, err)
		}
		for _, id := range slices.Sorted(maps.Keys(persons)) {
			for j, at := range at {
				policy := v.policyAt(at)
				shares, invalid := recall.Fold(*persons[id], recall.Named(v.picture.Policies, at),
					recall.Clock{At: at, Overdue: policy.ParamsAt(at.Date()).RecallOverdue})
				if j == 0 {
					bad = append(bad, invalid...)
				}
				addParts(all[j], shares)
			}
		}
	}
	return all, bad, nil
}

// addParts adds one person's shares to the recalls.
func addParts(all map[string]recall.Part, shares []recall.Part) {
	for _, s := range shares {
		if sum, ok := all[s.CauseID]; ok {
			s = recall.Merge(sum, s)
		}
		all[s.CauseID] = s
	}
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
	told := recalls.NewTold(v.codec, v.partitionOf, v.trust)
	err := v.scan().All(ctx, recalls.PartitionsOf(part), func(rec *broker.Record) error {
		_, err := told.Take(rec)
		return err
	})
	return told.Persons(), err
}

// RecallDifference is a recall of which the topic recalls says something else than the logs show.
type RecallDifference struct {
	CauseID string
	// What says in what they differ, for people.
	What string
}

// What differs.
const (
	recallNotWritten = "the logs show this recall, the topic recalls does not have it"
	recallOther      = "on the topic recalls this recall stands otherwise than by the logs"
	recallAlone      = "the topic recalls has this recall, the logs do not show it"
)

// recallSettles is how long the topic recalls may follow what changes a recall: one that stood otherwise
// so long before the clock is not compared.
const recallSettles = duty.Minute

// compareRecalls compares the recalls that the logs show with the topic recalls, at the clock of the
// task that writes it. Before its first commit, and for an earlier clock, there is nothing to compare.
func (v *verifier) compareRecalls(ctx context.Context) error {
	commits := stored.CommitPartition(watching.OwnerTask)
	ends, err := v.broker.Ends(ctx, []broker.Partition{commits}, broker.LastStable)
	if err != nil {
		return err
	}
	last, err := watermark.LastCommit(ctx, v.scan(), watching.OwnerTask, ends[commits])
	if err != nil || last.Seq == 0 || v.cfg.At.OK && v.cfg.At.V < last.Clock {
		return err
	}
	at := last.Clock
	said, err := v.recallsSaid(ctx)
	if err != nil {
		return err
	}
	all, _, err := v.recallParts(ctx, at, at-recallSettles)
	if err != nil {
		return err
	}
	what := map[string]string{}
	for id, p := range all[0] { //house:order-free sorted below
		now := p.Recall()
		text := string(now.AppendCanonical(nil))
		if p, ok := all[1][id]; !ok {
			continue
		} else if before := p.Recall(); string(before.AppendCanonical(nil)) != text {
			continue
		}
		v.result.Recalls++
		switch got, ok := said[id]; {
		case !ok:
			what[id] = recallNotWritten
		case got != text:
			what[id] = recallOther
		}
	}
	for id := range said { //house:order-free sorted below
		if _, ok := all[0][id]; !ok {
			what[id] = recallAlone
		}
	}
	v.result.RecallDifferences = len(what)
	for _, id := range slices.Sorted(maps.Keys(what)) {
		v.cfg.FoundRecall(RecallDifference{id, what[id]})
	}
	return nil
}

// recallsSaid returns the canonical form of the newest record of every recall on its topic.
func (v *verifier) recallsSaid(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	return out, v.scan().All(ctx, v.allOf(duty.TopicRecalls), func(rec *broker.Record) error {
		record, err := rec.Decode(v.codec)
		if r, ok := record.(*duty.Recall); err == nil && ok {
			out[string(rec.Key)] = string(r.AppendCanonical(nil))
		}
		return nil
	})
}

package verify

import (
	"cmp"
	"context"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/treelog"
	"tilsyn/topics"
)

// Checkpoints returns the newest checkpoint of each log that has an entry, in the order of the
// partitions.
func Checkpoints(ctx context.Context, kafka topics.Config) ([]treelog.Note, error) {
	v, done, err := connect(ctx, VerifyConfig{Kafka: kafka})
	if err != nil {
		return nil, err
	}
	defer done()
	if there, err := v.hasLogs(ctx); err != nil || !there {
		return nil, cmp.Or(err, ErrNoLog)
	}
	newest := make([]*treelog.Note, v.parts)
	err = v.scan().All(ctx, v.allOf(duty.TopicLogCheckpoints), func(rec *broker.Record) error {
		n, err := treelog.ParseNote(rec.Value)
		newest[rec.Index] = &n
		return atRecord(rec, err)
	})
	var notes []treelog.Note
	for _, n := range newest {
		if n != nil {
			notes = append(notes, *n)
		}
	}
	return notes, err
}

// Proven is a revision with the proof that it is an entry of its log.
type Proven struct {
	Revision *duty.Violation
	Proof    treelog.Proof
	// Missing says why there is no proof; empty where there is one.
	Missing string
}

// Prove returns the revisions that are asked for, by partition and offset, each with its proof
// against the newest checkpoint. Of the configuration it takes Kafka.
func Prove(ctx context.Context, cfg LogConfig, wanted func(*duty.Violation) bool) ([]Proven, error) {
	v, done, err := connect(ctx, VerifyConfig{Kafka: cfg.Kafka, Schemas: cfg.Schemas})
	if err != nil {
		return nil, err
	}
	defer done()
	if there, err := v.hasLogs(ctx); err != nil || !there {
		return nil, cmp.Or(err, ErrNoLog)
	}
	var all []Proven
	for part := range v.parts {
		l := logReader{part: part, origin: v.originOf(part), wanted: wanted}
		if err := v.read(ctx, &l); err != nil {
			return all, fmt.Errorf("partition %d: %w", part, err)
		}
		proven, err := l.prove()
		if err != nil {
			return all, err
		}
		all = append(all, proven...)
	}
	return all, nil
}

// prove returns the revisions that were asked for with their proofs.
func (l *logReader) prove() ([]Proven, error) {
	if len(l.asked) == 0 {
		return nil, nil
	}
	older := l.older()
	entries := treelog.Compare(l.leaves, l.revisions[older:]).Entries
	var all []Proven
	var indexes []int64
	var at []int
	for k := range l.revisions {
		told, ok := l.asked[l.revisions[k].Offset]
		if !ok {
			continue
		}
		p := Proven{Revision: told}
		switch {
		case k < older:
			p.Missing = "it is older than the log of revisions"
		case entries[k-older] < 0:
			p.Missing = "it is no entry of the log of revisions"
		case l.newest == nil || entries[k-older] >= l.newest.Size:
			p.Missing = "no checkpoint has it"
		default:
			indexes, at = append(indexes, entries[k-older]), append(at, len(all))
		}
		all = append(all, p)
	}
	if len(indexes) == 0 {
		return all, nil
	}
	proofs, err := treelog.Prove(l.newest, l.leaves, indexes)
	if err != nil {
		return nil, err
	}
	for n, i := range at {
		all[i].Proof = proofs[n]
		all[i].Proof.UnitID, all[i].Proof.Revision = all[i].Revision.UnitID, all[i].Revision.Revision
		all[i].Proof.Digest = all[i].Revision.Digest
	}
	return all, nil
}

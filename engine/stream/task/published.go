package task

import (
	"context"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/watching"
)

// Some topics one task writes for the whole prefix, from what follows from logs that everybody can read:
// recalls and control-reports. The task reads the topic whole at a recovery, after its predecessor is
// fenced, and writes what stands otherwise there, in its own transactions; so a state that is built again
// writes nothing (decision 0029).

// Speaks reports whether the task of a partition writes the topics of the whole prefix, and so needs
// TaskConfig.Recalls and TaskConfig.Reports.
func Speaks(part int32) bool { return part == watching.OwnerTask }

// published is what lies on such a topic, by key.
type published struct {
	topic string
	said  map[string]saidAs
}

// saidAs is a record on the topic: a hash of what it says, and its clock if it has one.
type saidAs struct {
	hash uint64
	at   duty.Instant
}

// readPublished reads a topic whole. of returns how a record is remembered; false for another kind of
// record. What nobody can read is as if it were not there, and is written again.
func (t *Task) readPublished(ctx context.Context, topic string, of func(record any) (saidAs, bool)) (published, error) {
	p := published{topic, map[string]saidAs{}}
	var parts []broker.Partition
	for i := range t.parts {
		parts = append(parts, broker.Partition{Topic: topic, Index: i})
	}
	err := t.scan().All(ctx, parts, func(rec *broker.Record) error {
		delete(p.said, string(rec.Key))
		if len(rec.Value) == 0 {
			return nil
		}
		record, err := rec.Decode(t.codec)
		if s, ok := of(record); err == nil && ok {
			p.said[string(rec.Key)] = s
		}
		return nil
	})
	return p, err
}

// publishOther writes a record unless the topic has it, and reports whether it did.
func (t *Task) publishOther(p *published, key string, now saidAs, record any) (bool, error) {
	if said, ok := p.said[key]; ok && said.hash == now.hash {
		return false, nil
	}
	value, err := t.codec.EncodeTold(p.topic, record)
	if err != nil {
		return false, fmt.Errorf("task %d: encode a record of %s: %w", t.at.Task, p.topic, err)
	}
	p.said[key] = now
	if len(value) > maxTold {
		t.stats.Refused.Add(1)
		return false, nil
	}
	to := broker.Partition{Topic: p.topic, Index: t.partitionOf(key)}
	t.cycle.write(broker.Out{Partition: to, Key: []byte(key), Value: value})
	return true, nil
}

package task

import (
	"context"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/recalls"
	"tilsyn/engine/stream/watching"
)

// The task of partition 0 writes the topic recalls, for the whole prefix (contract-case 8,
// decision 0029). How recalls stand follows from logs that everybody can read, and a reader that
// belongs to the instance says it (package recalls); the task only compares that with what lies on
// the topic, and writes what is another one. It does so in its own transactions, so that of two
// owners at most one writes.

// Recalls says how the recalls of the prefix stand; [recalls.Reader] implements it.
type Recalls interface {
	// Ask says for which clock and under which policy a word is wanted.
	Ask(at duty.Instant, p *duty.Policy)
	// Word returns the newest word, nil if there is none.
	Word() *recalls.Word
	// Ends returns where the logs end that recalls follow from.
	Ends(ctx context.Context, b broker.Broker) (broker.Offsets, error)
}

// recalling is what the writing task knows of the recalls.
type recalling struct {
	// need is what must have been read before anything is written: whatever a predecessor may have
	// known. since is the clock of the last commit, before which nothing is said again.
	need  broker.Offsets
	since duty.Instant
	// said is a hash of the newest record on the topic of each cause.
	said map[string]uint64
	// word is the word of which everything is written.
	word *recalls.Word
	// lines are the lines of data quality that were last told.
	lines []duty.DataQuality
}

// WritesRecalls reports whether the task of a partition writes the recalls, and so needs a
// TaskConfig.Recalls.
func WritesRecalls(part int32) bool { return part == watching.OwnerTask }

// writesRecalls reports whether this task does.
func (t *Task) writesRecalls() bool { return t.recalls != nil && WritesRecalls(t.at.Task) }

// readRecalls reads what lies on the topic, and notes what must be read before more is written. It
// comes after the predecessor is fenced.
func (r *recovery) readRecalls(ctx context.Context) (err error) {
	t := r.t
	t.recalling = recalling{said: map[string]uint64{}, since: r.last.Clock}
	if !t.writesRecalls() {
		return nil
	}
	if t.recalling.need, err = t.recalls.Ends(ctx, t.broker); err != nil {
		return err
	}
	var parts []broker.Partition
	for i := range t.parts {
		parts = append(parts, broker.Partition{Topic: duty.TopicRecalls, Index: i})
	}
	return t.scan().All(ctx, parts, func(rec *broker.Record) error {
		if len(rec.Value) == 0 {
			delete(t.recalling.said, string(rec.Key))
			return nil
		}
		record, err := rec.Decode(t.codec)
		v, ok := record.(*duty.Recall)
		if err != nil || !ok { // it is written again
			delete(t.recalling.said, string(rec.Key))
			return nil //nolint:nilerr // what nobody can read is as if it were not there
		}
		t.recalling.said[string(rec.Key)] = hashOfRecall(v)
		return nil
	})
}

// hashOfRecall is a hash of the canonical form.
func hashOfRecall(v *duty.Recall) uint64 { return xxhash.Sum64(v.AppendCanonical(nil)) }

// recallsAtOnce is how many recalls one cycle writes.
const recallsAtOnce = 1000

// tellRecalls writes the recalls that stand otherwise than the topic says, and tells what about them
// is overdue.
func (t *Task) tellRecalls() error {
	if !t.writesRecalls() {
		return nil
	}
	w := &t.recalling
	t.recalls.Ask(t.at.Clock, t.picture.InForce(t.at.Clock).Policy)
	word := t.recalls.Word()
	if word == nil || word == w.word || word.At < w.since || !word.Read.Reached(w.need) {
		return nil
	}
	open, waits, written := int64(0), int64(0), 0
	var lines []duty.DataQuality
	for i, l := range word.Lines {
		waits += int64(l.Waits)
		if l.Overdue.OK {
			lines = append(lines, l.Overdue.V)
		}
		if !l.Recall.ClosedAt.OK {
			open++
		}
		if w.word != nil && i < len(w.word.Lines) && w.word.Lines[i] == l {
			continue
		}
		wrote, err := t.writeRecall(&l.Recall)
		if err != nil {
			return err
		}
		if wrote {
			written++
		}
		if written == recallsAtOnce {
			return nil // the next cycle goes on
		}
	}
	t.stats.RecallsOpen.Store(open)
	t.stats.RecallsOverdue.Store(waits)
	if err := t.tellRecallLines(append(lines, word.Invalid...), word.At); err != nil {
		return err
	}
	w.word = word
	return nil
}

// writeRecall writes a recall, unless the topic has it, and reports whether it did.
func (t *Task) writeRecall(v *duty.Recall) (bool, error) {
	hash := hashOfRecall(v)
	if said, ok := t.recalling.said[v.CauseID]; ok && said == hash {
		return false, nil
	}
	value, err := t.codec.Encode(duty.TopicRecalls, v)
	if err != nil {
		return false, fmt.Errorf("task %d: encode a recall: %w", t.at.Task, err)
	}
	t.recalling.said[v.CauseID] = hash
	if len(value) > maxTold {
		t.stats.Refused.Add(1)
		return false, nil
	}
	to := broker.Partition{Topic: duty.TopicRecalls, Index: t.partitionOf(v.CauseID)}
	t.cycle.write(broker.Out{Partition: to, Key: []byte(v.CauseID), Value: value})
	t.stats.Recalls.Add(1)
	return true, nil
}

// tellRecallLines tells the lines of data quality about recalls that have changed.
func (t *Task) tellRecallLines(list []duty.DataQuality, at duty.Instant) error {
	w := &t.recalling
	list = list[:min(len(list), maxCentreLines)]
	if w.word != nil && slices.EqualFunc(w.lines, list, sameQuality) {
		return nil
	}
	w.lines = list
	return t.tellLinesOf(casefile.RecallsKey, list, at)
}

// ofRecalls reports whether a line is one about recalls.
func ofRecalls(q *duty.DataQuality) bool {
	return q.Code == duty.DataQualityCodeRecallOverdue || q.Code == duty.DataQualityCodeAcknowledgementInvalid
}

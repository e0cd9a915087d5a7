package task

import (
	"context"
	"errors"
	"fmt"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/schemas"
)

// This file is steps 5 and 6 of a recovery: what is read before the task is live.

// readOwn reads what was told since the checkpoint from the task's own outputs.
func (r *recovery) readOwn(ctx context.Context) error {
	t, ends := r.t, r.ends
	t.resetCycle(0)
	from := broker.Offsets{}
	for _, p := range broker.OutputsOf(t.at.Task) {
		from[p] = t.at.Outputs[p]
	}
	if err := t.checkOutputs(from, ends); err != nil {
		return err
	}
	n := 0
	err := t.scan().Each(ctx, from, ends, func(rec *broker.Record) error {
		if err := t.heard(rec); err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		t.cycle.budget.took(rec)
		if n++; n%t.limits.Records == 0 || t.cycle.full() {
			return t.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	for p := range from {
		t.at.Outputs[p] = max(from[p], ends[p])
	}
	return t.save(true)
}

// flush saves what was gathered, without moving the checkpoint.
func (t *Task) flush() error {
	if err := t.save(false); err != nil {
		return err
	}
	t.resetCycle(0)
	return nil
}

// heard takes in one record of the task's own outputs.
func (t *Task) heard(rec *broker.Record) error {
	if rec.Topic == duty.TopicCaseSummaries {
		return t.heardSummary(rec)
	}
	record, err := t.decodeTold(rec)
	if err != nil {
		return err
	}
	switch v := record.(type) {
	case *duty.Violation:
		p, err := t.person(v.PersonID)
		if err != nil {
			return err
		}
		t.must.heard(t, v)
		p.changed = true
		if err := t.hear(p, v); err != nil {
			return err
		}
		// Its ledger line was written in the same transaction; the state does not know its
		// content.
		p.header.SetLedger(stored.MonthOf(v.UnitDate), 0)
	case *duty.DataQuality:
		if parkedLine(v) {
			return t.heardRow(v)
		}
		if ofWatch(v) {
			return t.heardLine(casefile.WatchKey, lineOfQuality(v), v.State)
		}
		if ofRecalls(v) {
			return t.heardLine(casefile.RecallsKey, lineOfQuality(v), v.State)
		}
		if ofDoubts(v) {
			return t.heardLine(casefile.DoubtsKey, lineOfQuality(v), v.State)
		}
		if ofCentres(v, string(rec.Key)) {
			return t.heardLine(casefile.CentresKey, lineOfQuality(v), v.State)
		}
		if v.Code == duty.DataQualityCodeUnknownPerson && v.Subject != string(rec.Key) {
			return t.heardLine(casefile.PaperKey+string(rec.Key), lineOfQuality(v), v.State)
		}
		return t.heardLine(string(rec.Key), lineOfQuality(v), v.State)
	case *duty.Observation:
		return t.heardLine(v.PersonID, lineOfObservation(v), v.State)
	}
	return nil
}

// decodeTold decodes a record that an engine of the prefix told. Nobody else writes there, so that a fingerprint
// which this version does not know is that of a newer one.
func (t *Task) decodeTold(rec *broker.Record) (any, error) {
	record, err := t.codec.Decode(rec.Topic, rec.Value)
	if errors.Is(err, schemas.ErrUnknownWriter) {
		if f, _, cut := schemas.SplitFrame(rec.Value); cut == nil && f.Kind == schemas.SingleObject {
			err = fmt.Errorf("%w: %w", err, stored.ErrNewer)
		}
	}
	return record, err
}

// catchUp applies the inputs up to the last commit: it files facts and makes persons due.
// Nothing is evaluated, and nothing is written but the local state.
func (r *recovery) catchUp(ctx context.Context) error {
	t, last := r.t, &r.last
	t.resetCycle(0)
	t.forward.silent = true
	t.useRules(t.centres.Picture().Policies)
	from := broker.Offsets{}
	for _, p := range broker.InputsOf(t.at.Task) {
		from[p] = t.at.Inputs[p]
	}
	n := 0
	err := t.scan().Each(ctx, from, last.Inputs, func(rec *broker.Record) error {
		if err := t.apply(rec, false); err != nil {
			return err
		}
		t.at.Inputs[rec.Partition] = rec.Offset + 1
		delete(t.at.Marks, rec.Partition)
		if n++; n%t.limits.Records == 0 || t.cycle.full() {
			t.boundUrgent()
			t.doubtPairs()
			if err := t.save(true); err != nil {
				return err
			}
			t.resetCycle(0)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for p := range from {
		t.at.Inputs[p] = max(from[p], last.Inputs[p])
	}
	t.at.Marks = last.Marks
	t.forward.silent = false
	t.doubtPairs()
	if err := t.save(true); err != nil {
		return err
	}
	t.resetCycle(0)
	return nil
}

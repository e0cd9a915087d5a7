package task

import (
	"context"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
)

// A log may lose its end and grow again beyond where it was read: a replica that was not in
// sync becomes leader (unclean.leader.election.enable), or somebody restores the log. The log
// then holds other records than were read, and some of them will never be read. A consumer that
// goes on at the same offset notices nothing. So, by KIP-320, every batch carries the epoch of
// the leader that wrote it: if the epoch changes, the batch before the position must still have
// the epoch and checksum that were read. That costs one request per change of leader. Recovery
// checks every position likewise.

// checkEpochs refuses what was fetched if the batch before the position is not the one that was
// read. came are the marks of the newest batches fetched.
func (t *Task) checkEpochs(ctx context.Context, came map[broker.Partition]broker.Mark) error {
	for p, mark := range came {
		was, ok := t.at.Marks[p]
		if !ok || was.Epoch == mark.Epoch {
			continue
		}
		if err := centres.SameBefore(ctx, t.broker, p, t.at.Inputs[p], was); err != nil {
			return err
		}
	}
	return nil
}

// checkLeaders does the same where nothing was fetched: a log that was cut and has grown again
// just to the position has nothing new to fetch. It looks at every partition with another leader
// epoch than when the batch before the position was last seen to be the right one.
func (t *Task) checkLeaders(ctx context.Context, said map[string]broker.TopicState) error {
	for _, read := range []struct {
		marks map[broker.Partition]broker.Mark
		at    broker.Offsets
	}{{t.at.Marks, t.at.Inputs}, {t.at.CentreMarks, t.at.Centres}} {
		for p, was := range read.marks {
			state := said[p.Topic]
			epoch, ok := state.EpochOf(p.Index)
			if seen, known := t.topics.epochs[p]; !ok || known && seen == epoch || !known && was.Epoch == epoch {
				continue
			}
			held, err := centres.HoldsBefore(ctx, t.broker, p, read.at[p], was)
			if err != nil {
				return err
			}
			if held { // otherwise it is looked at again
				t.topics.epochs[p] = epoch
			}
		}
	}
	return nil
}

// checkCentreMarks refuses centre-keyed topics that no longer hold what a state was judged
// with. Links and assignments are checked by their register, and the engine's own outputs by
// their ends.
func (t *Task) checkCentreMarks(ctx context.Context, at *stored.Progress) error {
	for p, was := range at.CentreMarks {
		if err := centres.SameBefore(ctx, t.broker, p, at.Centres[p], was); err != nil {
			return err
		}
	}
	return nil
}

package erase

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/watermark"
	"tilsyn/topics"
)

// unfinished is the group that a copy belongs to until it is whole and compared. No engine has it (decision 0011: a
// group is refused under a prefix that another one writes).
const unfinished = "tilsyn-erase/not-finished"

// readProgress reads the records of progress of all tasks of a prefix.
func readProgress(ctx context.Context, scan broker.Scan, parts int32) ([]stored.Progress, error) {
	out := make([]stored.Progress, parts)
	for n := range out {
		p := stored.CommitPartition(int32(n))
		ends, err := scan.From.Ends(ctx, []broker.Partition{p}, broker.LastStable)
		if err != nil {
			return nil, err
		}
		if out[n], err = watermark.LastCommit(ctx, scan, int32(n), ends[p]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// writeProgress writes the records of progress from which the engine goes on, under the name of a group.
func (c *copier) writeProgress(ctx context.Context, last []stored.Progress, group string) error {
	outs := make([]topics.Out, len(last))
	for n := range last {
		p, err := c.baseline(ctx, &last[n])
		if err != nil {
			return err
		}
		p.Group = group
		value, err := p.Encode()
		if err != nil {
			return err
		}
		outs[n] = topics.Out{Topic: duty.TopicTaskCommits, Partition: int32(n), Key: stored.CommitKey(int32(n)), Value: value}
	}
	_, err := c.producer.Produce(ctx, outs)
	return err
}

// baseline is the record of progress with which a task goes on in the copy: the one that it wrote last, since positions
// are the same but in topics that are copied otherwise. Marks of batches are not those of the copy, and none means that
// none is compared. Where a walk stands is a person; one that stood at one of the persons begins again.
func (c *copier) baseline(ctx context.Context, last *stored.Progress) (stored.Progress, error) {
	p := *last
	if p.Seq == 0 {
		return p, nil
	}
	p.Marks, p.CentreMarks, p.Instance, p.Times = nil, nil, "", stored.TimesOf(true)
	p.Sweeps = slices.Clone(last.Sweeps)
	for i := range p.Sweeps {
		s := &p.Sweeps[i]
		s.Facts = slices.DeleteFunc(slices.Clone(s.Facts), func(name uint64) bool { return c.contested[name] })
		s.Cursor = c.notAt(s.Cursor)
	}
	p.Ledger.Cursor = c.notAt(p.Ledger.Cursor)
	p.Inputs, p.Centres, p.Outputs = last.Inputs.Clone(), last.Centres.Clone(), last.Outputs.Clone()
	leaves := task.LeavesPartition(p.Task)
	own := append(broker.OutputsOf(p.Task), leaves)
	for at := range p.Centres { //house:order-free each by itself
		if at.Topic == duty.TopicCoverage {
			own = append(own, at)
		}
	}
	asked := make([]topics.TopicPartition, len(own))
	for i, at := range own {
		asked[i] = topics.TopicPartition{Topic: at.Topic, Partition: at.Index}
	}
	ends, err := c.to.Offsets(ctx, asked, topics.LastStable)
	if err != nil {
		return p, err
	}
	for i, at := range own {
		switch end := ends[asked[i]]; at.Topic {
		case duty.TopicLogLeaves:
			p.Log.Leaves = end
		case duty.TopicCoverage:
			p.Centres[at] = end
		default:
			p.Outputs[at] = end
		}
	}
	p.Log.Told = 0 // the outputs are known to their ends
	return p, nil
}

// notAt returns a cursor, or none where it names one of the persons.
func (c *copier) notAt(cursor []byte) []byte {
	for id := range c.persons { //house:order-free whichever
		if bytes.Contains(cursor, []byte(id)) {
			return nil
		}
	}
	return cursor
}

// checkStopped refuses a prefix that an engine writes, or that none has written.
func (c *copier) checkStopped(ctx context.Context, last []stored.Progress) (group string, err error) {
	for n := range last {
		if g := last[n].Group; g != "" {
			group = g
		}
	}
	switch group {
	case "":
		return "", fmt.Errorf("no engine has written the topics with the prefix %q: there is nothing to go on from",
			c.from.Prefix())
	case unfinished:
		return "", fmt.Errorf("%w: the prefix %q is itself such a copy", ErrUnfinished, c.from.Prefix())
	}
	g, err := c.from.DescribeGroup(ctx, group)
	if err != nil {
		return "", err
	}
	if len(g.Members) > 0 {
		return "", fmt.Errorf("%w: the group %q has %d members; one that was stopped without --leave is out when its "+
			"session ends", ErrRunning, group, len(g.Members))
	}
	return group, nil
}

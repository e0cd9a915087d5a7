package erase

import (
	"context"
	"fmt"

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

// baseline is the record of progress with which a task goes on in the copy. Positions are the same but in topics that
// are copied otherwise. Without a layout the state is built again, and everything that tasks give each other is given
// again (task/again.go): the hand-over topic is not copied, since what lies there is of the persons too. Marks of
// batches are not those of the copy, and none means that none is compared.
func (c *copier) baseline(ctx context.Context, last *stored.Progress) (stored.Progress, error) {
	p := *last
	if p.Seq == 0 {
		return p, nil
	}
	p.Layout, p.Marks, p.CentreMarks, p.Examined, p.Instance = 0, nil, nil, nil, ""
	p.Again, p.After, p.Unheard, p.Paired, p.Sweeps = false, stored.AgainAfter{}, false, "", nil
	p.Times = stored.TimesOf(true)
	p.Inputs, p.Centres, p.Outputs = last.Inputs.Clone(), last.Centres.Clone(), last.Outputs.Clone()
	delete(p.Inputs, broker.Partition{Topic: duty.TopicHandOver, Index: p.Task})
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

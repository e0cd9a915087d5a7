package erase

import (
	"context"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/treelog"
	"tilsyn/topics"
)

// revisionLog copies the log of the revisions of a task, with zeros for the salts of what the persons were told
// (decision 0028), and signs its newest checkpoint anew: the prefix is in its name.
func (c *copier) revisionLog(ctx context.Context, n int32, log *stored.RevisionLog) error {
	if !log.Begun || log.Tree.Size() == 0 {
		return nil
	}
	chunks, err := c.chunks(ctx, n, log.Tree.Size())
	if err != nil {
		return err
	}
	if err := c.eraseSalts(ctx, n, log, chunks); err != nil || c.producer == nil {
		return err
	}
	outs := make([]topics.Out, 0, len(chunks)+1)
	for i := range chunks {
		value, err := chunks[i].Encode()
		if err != nil {
			return err
		}
		outs = append(outs, topics.Out{Topic: duty.TopicLogLeaves, Partition: n, Key: chunks[i].Key(), Value: value})
	}
	point := treelog.Checkpoint{Origin: treelog.OriginOf(c.to.Full(duty.TopicViolations), n), Size: log.Tree.Size(),
		Root: log.Tree.Root()}
	note, err := point.Sign(c.cfg.Key)
	if err != nil {
		return err
	}
	outs = append(outs, topics.Out{Topic: duty.TopicLogCheckpoints, Partition: n, Key: stored.CommitKey(n), Value: note})
	_, err = c.producer.Produce(ctx, outs)
	return err
}

// chunks reads the leaves of the log of a task up to its size.
func (c *copier) chunks(ctx context.Context, n int32, size int64) ([]treelog.Chunk, error) {
	byFirst := map[int64]treelog.Chunk{}
	err := c.log(ctx, task.LeavesPartition(n), func(rec *broker.Record) error {
		chunk, err := treelog.DecodeChunk(rec.Value)
		byFirst[chunk.First] = chunk
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []treelog.Chunk
	for at := int64(0); at < size; {
		chunk, ok := byFirst[at]
		if !ok {
			return nil, fmt.Errorf("%s partition %d lacks entry %d of %d: see what `tilsyn verify` says first",
				duty.TopicLogLeaves, n, at, size)
		}
		chunk.Leaves = chunk.Leaves[:min(int64(len(chunk.Leaves)), size-at)]
		at += int64(len(chunk.Leaves))
		out = append(out, chunk)
	}
	return out, nil
}

// eraseSalts overwrites the salts of the persons' revisions. Entries and revisions follow each other in one order;
// of an entry that is erased already there is no revision.
func (c *copier) eraseSalts(ctx context.Context, n int32, log *stored.RevisionLog, chunks []treelog.Chunk) error {
	var leaves []*treelog.Leaf
	for i := range chunks {
		for k := range chunks[i].Leaves {
			if leaf := &chunks[i].Leaves[k]; !leaf.Erased() {
				leaves = append(leaves, leaf)
			}
		}
	}
	next := 0
	part := broker.Partition{Topic: duty.TopicViolations, Index: n}
	err := c.log(ctx, part, func(rec *broker.Record) error {
		if rec.Offset < log.Begin {
			return nil
		}
		record, err := rec.Decode(c.codec)
		if err != nil {
			return err
		}
		v, ok := record.(*duty.Violation)
		if !ok {
			return fmt.Errorf("%s partition %d offset %d is no revision", rec.Topic, rec.Index, rec.Offset)
		}
		digest, err := treelog.DigestOf(v.ComputeDigest())
		if err != nil {
			return err
		}
		if next == len(leaves) || !leaves[next].Of(digest) {
			return fmt.Errorf("%s partition %d offset %d is not what the log of revisions has there: see what "+
				"`tilsyn verify` says; where the engine was killed, start and stop it once", rec.Topic, rec.Index, rec.Offset)
		}
		if c.persons[v.PersonID] {
			leaves[next].Salt = treelog.Salt{}
			c.result.Entries++
		}
		next++
		return nil
	})
	if err == nil && next < len(leaves) {
		err = fmt.Errorf("%s partition %d has %d revisions and its log %d entries that are not erased: see what "+
			"`tilsyn verify` says first", part.Topic, part.Index, next, len(leaves))
	}
	return err
}

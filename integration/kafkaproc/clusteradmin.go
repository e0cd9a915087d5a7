package kafkaproc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/alterpartitionreassignments"
	"github.com/segmentio/kafka-go/protocol/electleaders"
	"github.com/segmentio/kafka-go/protocol/metadata"
)

// askWithin bounds one question to a node.
const askWithin = 20 * time.Second

// ask sends one request to the first node that answers.
func (c *Cluster) ask(ctx context.Context, version int16, req protocol.Message) (protocol.Message, error) {
	var errs []error
	for _, b := range c.nodes {
		if b.process == nil || !b.process.Running() {
			continue
		}
		res, err := askNode(ctx, b.address, version, req)
		if err == nil {
			return res, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", b.address, err))
	}
	return nil, errors.Join(append(errs, errors.New("no node of the cluster answers"))...)
}

func askNode(ctx context.Context, address string, version int16, req protocol.Message) (protocol.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	return protocol.RoundTrip(conn, version, 1, "kafkaproc", req)
}

// metadata lists all topics, also internal ones, in the order of their names.
func (c *Cluster) metadata(ctx context.Context) (*metadata.Response, error) {
	res, err := c.ask(ctx, 7, &metadata.Request{})
	if err != nil {
		return nil, err
	}
	m, ok := res.(*metadata.Response)
	if !ok {
		return nil, errors.New("the answer to Metadata is of another kind")
	}
	slices.SortFunc(m.Topics, func(a, b metadata.ResponseTopic) int { return cmp.Compare(a.Name, b.Name) })
	for _, t := range m.Topics {
		slices.SortFunc(t.Partitions, func(a, b metadata.ResponsePartition) int {
			return cmp.Compare(a.PartitionIndex, b.PartitionIndex)
		})
	}
	return m, nil
}

// WaitInSync waits until every node is known and every partition has a leader
// and all its replicas in sync, or the context ends; then the error says what is
// missing.
func (c *Cluster) WaitInSync(ctx context.Context) error {
	for {
		missing, err := c.notInSync(ctx)
		if err == nil && missing == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the cluster is not in sync: %s: %w", missing, errors.Join(err, ctx.Err()))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *Cluster) notInSync(ctx context.Context) (string, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return "", err
	}
	if len(m.Brokers) < len(c.nodes) {
		return fmt.Sprintf("%d of %d nodes are there", len(m.Brokers), len(c.nodes)), nil
	}
	for _, t := range m.Topics {
		for _, p := range t.Partitions {
			if p.LeaderID < 0 || len(p.IsrNodes) < len(p.ReplicaNodes) {
				return fmt.Sprintf("partition %d of %s has leader %d and replicas %v, of which in sync %v",
					p.PartitionIndex, t.Name, p.LeaderID, p.ReplicaNodes, p.IsrNodes), nil
			}
		}
	}
	return "", nil
}

// Leaders counts the partitions that each node leads, by node from 0 on.
func (c *Cluster) Leaders(ctx context.Context) ([]int, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(c.nodes))
	for _, t := range m.Topics {
		for _, p := range t.Partitions {
			if p.LeaderID > 0 && int(p.LeaderID) <= len(out) {
				out[p.LeaderID-1]++
			}
		}
	}
	return out, nil
}

// MoveLeaders makes another replica, which random chooses, the leader of every
// partition, and returns how many leaders are others than before. No data moves:
// the order of the replicas is changed and the preferred leader elected. A
// partition whose chosen leader is not there keeps the one that it has.
func (c *Cluster) MoveLeaders(ctx context.Context, random *rand.Rand) (moved int, err error) {
	before, err := c.metadata(ctx)
	if err != nil {
		return 0, err
	}
	order := &alterpartitionreassignments.Request{TimeoutMs: int32(askWithin.Milliseconds()) / 2}
	elect := &electleaders.Request{TimeoutMs: order.TimeoutMs}
	for _, t := range before.Topics {
		var topic alterpartitionreassignments.RequestTopic
		var ids []int32
		for _, p := range t.Partitions {
			if len(p.ReplicaNodes) < 2 {
				continue
			}
			topic.Partitions = append(topic.Partitions, alterpartitionreassignments.RequestPartition{
				PartitionIndex: p.PartitionIndex, Replicas: behindAnother(p.ReplicaNodes, p.LeaderID, random)})
			ids = append(ids, p.PartitionIndex)
		}
		topic.Name = t.Name
		order.Topics = append(order.Topics, topic)
		elect.TopicPartitions = append(elect.TopicPartitions,
			electleaders.RequestTopicPartitions{Topic: t.Name, PartitionIDs: ids})
	}
	if err := c.reorder(ctx, order); err != nil {
		return 0, err
	}
	res, err := c.ask(ctx, 1, elect)
	if err != nil {
		return 0, fmt.Errorf("ElectLeaders: %w", err)
	}
	if e, ok := res.(*electleaders.Response); !ok || e.ErrorCode != 0 {
		return 0, fmt.Errorf("ElectLeaders: %+v", res)
	}
	// A node hears of new leaders a moment after they are elected.
	for wait := 0; ; wait++ {
		after, err := c.metadata(ctx)
		if err != nil {
			return 0, err
		}
		if moved = changed(before, after); moved > 0 || wait == 50 {
			return moved, nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ElectUnclean lets a replica lead a partition though it was not in sync: what it has
// not got is lost. It waits until that node, counted from 0, does; the others must be
// down.
func (c *Cluster) ElectUnclean(ctx context.Context, topic string, partition, node int32) error {
	const unclean = 1
	for {
		res, err := c.ask(ctx, 1, &electleaders.Request{ElectionType: unclean, TimeoutMs: int32(askWithin.Milliseconds()) / 2,
			TopicPartitions: []electleaders.RequestTopicPartitions{{Topic: topic, PartitionIDs: []int32{partition}}}})
		// Until the one before is known to be down, nothing is elected.
		if leader, e := c.leader(ctx, topic, partition); e == nil && leader == node+1 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no leader for partition %d of %s: %+v: %w", partition, topic, res, errors.Join(err, ctx.Err()))
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// leader is the node that leads a partition, from 1 on; -1 where none does.
func (c *Cluster) leader(ctx context.Context, topic string, partition int32) (int32, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return -1, err
	}
	for _, t := range m.Topics {
		for _, p := range t.Partitions {
			if t.Name == topic && p.PartitionIndex == partition {
				return p.LeaderID, nil
			}
		}
	}
	return -1, nil
}

// Replicas puts a partition on these nodes, counted from 0, the first of which is to
// lead it, and waits until it does and they alone are in sync.
func (c *Cluster) Replicas(ctx context.Context, topic string, partition int32, nodes ...int32) error {
	ids := make([]int32, len(nodes))
	for i, n := range nodes {
		ids[i] = n + 1
	}
	placed := []alterpartitionreassignments.RequestPartition{{PartitionIndex: partition, Replicas: ids}}
	err := c.reorder(ctx, &alterpartitionreassignments.Request{TimeoutMs: int32(askWithin.Milliseconds()) / 2,
		Topics: []alterpartitionreassignments.RequestTopic{{Name: topic, Partitions: placed}}})
	if err != nil {
		return err
	}
	for {
		_, err = c.ask(ctx, 1, &electleaders.Request{TimeoutMs: int32(askWithin.Milliseconds()) / 2,
			TopicPartitions: []electleaders.RequestTopicPartitions{{Topic: topic, PartitionIDs: []int32{partition}}}})
		if in, e := c.InSync(ctx, topic, partition); e == nil && len(in) == len(nodes) {
			if leader, e := c.leader(ctx, topic, partition); e == nil && leader == ids[0] {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("partition %d of %s is not on the nodes %v: %w", partition, topic, nodes,
				errors.Join(err, ctx.Err()))
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// InSync are the nodes of a partition that are in sync, counted from 0.
func (c *Cluster) InSync(ctx context.Context, topic string, partition int32) ([]int32, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return nil, err
	}
	var out []int32
	for _, t := range m.Topics {
		for _, p := range t.Partitions {
			if t.Name == topic && p.PartitionIndex == partition {
				for _, id := range p.IsrNodes {
					out = append(out, id-1)
				}
			}
		}
	}
	return out, nil
}

// behindAnother returns the replicas with one that does not lead in front.
func behindAnother(replicas []int32, leader int32, random *rand.Rand) []int32 {
	out := slices.Clone(replicas)
	slices.Sort(out)
	random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	if out[0] == leader {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

func (c *Cluster) reorder(ctx context.Context, req *alterpartitionreassignments.Request) error {
	res, err := c.ask(ctx, 0, req)
	if err != nil {
		return fmt.Errorf("AlterPartitionReassignments: %w", err)
	}
	r, ok := res.(*alterpartitionreassignments.Response)
	if !ok || r.ErrorCode != 0 {
		return fmt.Errorf("AlterPartitionReassignments: %+v", res)
	}
	for _, t := range r.Results {
		for _, p := range t.Partitions {
			if p.ErrorCode != 0 {
				return fmt.Errorf("AlterPartitionReassignments: partition %d of %s: error %d: %s", p.PartitionIndex,
					t.Name, p.ErrorCode, p.ErrorMessage)
			}
		}
	}
	return nil
}

// changed counts the partitions whose leaders differ.
func changed(before, after *metadata.Response) int {
	type key struct {
		topic     string
		partition int32
	}
	was := map[key]int32{}
	for _, t := range before.Topics {
		for _, p := range t.Partitions {
			was[key{t.Name, p.PartitionIndex}] = p.LeaderID
		}
	}
	n := 0
	for _, t := range after.Topics {
		for _, p := range t.Partitions {
			if id, ok := was[key{t.Name, p.PartitionIndex}]; ok && id != p.LeaderID {
				n++
			}
		}
	}
	return n
}

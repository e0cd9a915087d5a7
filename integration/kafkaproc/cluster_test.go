package kafkaproc

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/protocol/createtopics"
)

// TestClusterLosesAndRegainsANode makes a topic, moves its leaders, kills a
// node, starts it again and wants every replica back in sync.
func TestClusterLosesAndRegainsANode(t *testing.T) {
	began := time.Now()
	c := ClusterForTest(t, ClusterConfig{})
	t.Logf("three nodes took requests after %s", time.Since(began).Round(time.Millisecond))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()

	res, err := c.ask(ctx, 2, &createtopics.Request{TimeoutMs: 10_000, Topics: []createtopics.RequestTopic{
		{Name: "x", NumPartitions: 6, ReplicationFactor: -1, Assignments: []createtopics.RequestAssignment{},
			Configs: []createtopics.RequestConfig{}}}})
	if err != nil || res.(*createtopics.Response).Topics[0].ErrorCode != 0 {
		t.Fatalf("creating a topic: %v %+v", err, res)
	}
	if err := c.WaitInSync(ctx); err != nil {
		t.Fatal(err)
	}
	m, err := c.metadata(ctx)
	if err != nil || len(m.Topics) != 1 || len(m.Topics[0].Partitions) != 6 ||
		len(m.Topics[0].Partitions[0].ReplicaNodes) != 3 {
		t.Fatalf("want a topic of 6 partitions with 3 replicas: %v %+v", err, m)
	}
	moved, err := c.MoveLeaders(ctx, rand.New(rand.NewPCG(1, 0)))
	if err != nil || moved != 6 {
		t.Fatalf("%d leaders moved, want 6: %v", moved, err)
	}

	if err := c.Node(0).Kill(); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := c.Leaders(ctx)
		if err == nil && n[0] == 0 && n[1]+n[2] == 6 {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("node 1 is dead and the leaders are by node %v: %v", n, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	// The node that is asked may learn of it a moment later than the others.
	for {
		short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
		err := c.WaitInSync(short)
		stop()
		if err != nil && strings.Contains(err.Error(), "nodes are there") {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("without node 1 the cluster calls itself in sync, or does not say what is missing: %v", err)
		}
	}
	if err := c.Node(0).Again(ctx); err != nil {
		t.Fatal(err)
	}
	if err := c.WaitInSync(ctx); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(strings.Split(c.Addresses(), ","),
		[]string{c.Node(0).Address(), c.Node(1).Address(), c.Node(2).Address()}) {
		t.Errorf("addresses %s", c.Addresses())
	}
}

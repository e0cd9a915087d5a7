package integration

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"tilsyn/engine/simulate"
	"tilsyn/integration/kafkaproc"
)

// newClusterRig is newRig with a cluster of three nodes, topics of three
// replicas.
func newClusterRig(t *testing.T, cfg kafkaproc.ClusterConfig) (*rig, *kafkaproc.Cluster) {
	t.Helper()
	c := kafkaproc.ClusterForTest(t, cfg)
	r := &rig{python: python(t), brokers: c.Addresses(), program: build(t), dir: t.TempDir()}
	r.tilsyn(t, nil, "topics", "create", "--partitions", "4", "--replication", "3", "--timestamps", "create")
	inSync(t, c)
	return r, c
}

// inSync waits until every replica of the cluster is in sync.
func inSync(t *testing.T, c *kafkaproc.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := c.WaitInSync(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestClusterUnderLoad lets facts flow while leaders move and while each node in
// turn, controllers included, is killed with kill -9 and started again. Nothing
// that was acknowledged may be lost, and the engine must say what replay says.
func TestClusterUnderLoad(t *testing.T) {
	r, c := newClusterRig(t, kafkaproc.ClusterConfig{})
	seed := uint64(time.Now().UnixNano())
	t.Logf("moves from seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	f := newFeeder(t, r.brokers, simulate.Config{Seed: seed, Days: 24, Persons: 60})
	engine := r.engine(t)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	wait := f.flow(ctx, max(1, len(f.facts)/300), 100*time.Millisecond)
	for i := range c.Size() {
		moved, err := c.MoveLeaders(t.Context(), random)
		if err != nil || moved == 0 {
			t.Fatalf("%d leaders moved: %v", moved, err)
		}
		t.Logf("%d leaders moved", moved)
		time.Sleep(time.Duration(random.IntN(2000)) * time.Millisecond)
		if err := c.Node(i).Kill(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(3000)) * time.Millisecond)
		if err := c.Node(i).Again(t.Context()); err != nil {
			t.Fatal(err)
		}
		inSync(t, c)
		engine.running(t)
	}
	stop()
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if err := f.send(t.Context(), f.left()); err != nil {
		t.Fatal(err)
	}

	input := r.inputs(t)
	if n := bytes.Count(input, []byte("\n")); n != f.sent {
		t.Fatalf("%d facts were acknowledged, tail prints %d", f.sent, n)
	}
	live := r.agree(t, engine, input)
	if len(live) == 0 {
		t.Error("nothing was said; the comparison proves nothing")
	}
	engine.stop(t)
	r.tilsyn(t, nil, "verify") // ends the test where it finds a difference
}

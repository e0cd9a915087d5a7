package integration

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/integration/kafkaproc"
	"tilsyn/topics"
)

// TestUncleanElection makes a replica of card-events the leader that lacks the newest rows, and
// lets the log grow just to the position of the engine, or beyond. The engine is stopped
// meanwhile, so that the offsets look as if nothing had happened. It must notice by the leader
// epoch and by the batch before its position, take in nothing of the other log, and end.
func TestUncleanElection(t *testing.T) {
	t.Run("grown to the position", func(t *testing.T) { uncleanElection(t, 20) })
	t.Run("grown beyond it", func(t *testing.T) { uncleanElection(t, 60) })
}

func uncleanElection(t *testing.T, grown int) {
	t.Helper()
	cluster := kafkaproc.ClusterForTest(t, kafkaproc.ClusterConfig{})
	c := &changing{rig: &rig{brokers: cluster.Addresses(), program: build(t), dir: t.TempDir()}}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c.tilsyn(t, nil, "topics", "create", "--partitions", "1", "--replication", "3")
	inSync(t, cluster)
	const full = prefix + topics.CardEvents
	must(cluster.Replicas(ctx, full, 0, 0, 1))
	var err error
	c.client, err = topics.Connect(ctx, topics.Config{Brokers: strings.Split(c.brokers, ","), Prefix: prefix})
	must(err)
	t.Cleanup(c.client.Close)
	must(c.client.SetTopic(ctx, topics.CardEvents, "min.insync.replicas", "1"))

	c.engine = serve(t, c.program, "run", "--brokers", c.brokers, "--topic-prefix", prefix, "--data-dir",
		filepath.Join(c.dir, "state"),
		"--listen", "127.0.0.1:0", "--session-timeout", "5m")
	c.address = c.engine.address(t)
	c.ready(t, http.StatusOK, "")
	sent := 0
	load := func(n int) {
		t.Helper()
		var rows strings.Builder
		for range n {
			rows.WriteString(row(sent, 0))
			sent++
		}
		c.tilsyn(t, []byte(rows.String()), "load", "-")
	}
	read := func(n float64) {
		t.Helper()
		for metric(t, c.address, "tilsyn_input_records_total") < n {
			if c.engine.running(t); ctx.Err() != nil {
				t.Fatal("the rows are not read")
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	load(20)
	read(20)
	must(cluster.Node(1).Kill())
	for {
		in, err := cluster.InSync(ctx, full, 0)
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		if slices.Equal(in, []int32{0}) {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	load(20)
	read(40)
	time.Sleep(2 * time.Second) // committed
	must(c.engine.Pause())
	must(cluster.Node(0).Kill())
	must(cluster.Node(1).Again(ctx))
	must(cluster.ElectUnclean(ctx, full, 0, 1))
	load(grown)
	must(c.engine.Continue())
	if text := c.ended(t); !strings.Contains(text, "before offset 40") {
		t.Errorf("the engine ended with:\n%s", text)
	}
}

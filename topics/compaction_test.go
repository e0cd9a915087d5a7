package topics

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/protocol/createtopics"
)

// createTopic makes one topic that is not of the contract.
func createTopic(t testing.TB, c *Client, name string, partitions int32, settings map[string]string) {
	t.Helper()
	rt := createtopics.RequestTopic{Name: c.Full(name), NumPartitions: partitions, ReplicationFactor: -1}
	for k, v := range settings {
		rt.Configs = append(rt.Configs, createtopics.RequestConfig{Name: k, Value: v})
	}
	ctx := bounded(t)
	err := c.ask(ctx, "create", controller{c}, func(ctx context.Context, cn *conn) error {
		_, err := c.create(ctx, cn, &createtopics.Request{Topics: []createtopics.RequestTopic{rt}, TimeoutMs: 1000})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCompactedTopic reads a topic like task-commits while it is being
// compacted: records vanish, control markers and empty batches stay, and the
// last value of every key must be found by reading from the start.
func TestCompactedTopic(t *testing.T) {
	t.Parallel()
	e := embedded(t, EmbeddedConfig{})
	cfg := Config{Brokers: e.Brokers(), Prefix: fmt.Sprintf("c%x.", anyPrefix())}
	real := realBrokers()
	if real != nil {
		cfg.Brokers = real
	}
	// A real broker looks for something to compact every 15 seconds.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c, err := Connect(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	createTopic(t, c, "compacted", 1, map[string]string{
		settingCleanup: cleanupCompact, "segment.ms": "50", "min.cleanable.dirty.ratio": "0.01",
		"max.compaction.lag.ms": "100", "delete.retention.ms": "0",
	})
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0), Compression: Snappy})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	written := 0
	write := func(round int) {
		for i := range 10 {
			begin(t, w)
			outs := make([]Out, 20)
			for j := range outs {
				key := fmt.Sprint((i + j) % 7)
				value := fmt.Sprintf("%d-%d-%d-%0600d", round, i, j, 0)
				outs[j] = Out{Topic: "compacted", Key: []byte(key), Value: []byte(value)}
				if i%4 != 3 {
					want[key] = value
				}
			}
			produce(t, w, outs...)
			written += len(outs)
			end := w.Commit
			if i%4 == 3 {
				end = w.Abort
			}
			if err := end(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	f := c.NewFetcher(FetchOptions{MaxPartitionBytes: 2000})
	for round := 0; ; round++ {
		write(round)
		if real == nil {
			e.Cluster().Compact()
		}
		rows := readTo(t, f, Position{"compacted", 0, endOf(t, c, "compacted", 0, Earliest)}, stableEnd(t, c, "compacted", 0))
		got := map[string]string{}
		for _, r := range rows {
			got[r.key] = r.value
		}
		if !maps.Equal(got, want) {
			t.Fatalf("round %d: the last values differ", round)
		}
		if round > 3 && len(rows) < written/2 {
			t.Logf("%d records written, %d left after compaction", written, len(rows))
			return
		}
		if ctx.Err() != nil {
			t.Fatal("nothing was compacted")
		}
		time.Sleep(100 * time.Millisecond)
	}
}

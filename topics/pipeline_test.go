package topics

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/protocol"
)

// TestAddOverALossyNetwork: the next send is prepared while one is in flight. Whatever request or
// answer is lost, every record arrives once and in order, and the caller may change its slices at
// once.
func TestAddOverALossyNetwork(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	w := &wire{}
	c := lossyCluster(t, w, testBrokers(t))
	ctx := bounded(t)
	w.mu.Lock()
	w.lose = func(protocol.ApiKey) (bool, bool) { n := rnd.IntN(8); return n == 0, n == 1 }
	w.mu.Unlock()
	p := c.NewProducer(ProducerConfig{Compression: LZ4, MaxBatchBytes: 600, FlushBytes: 2000})
	want := map[string][]string{}
	var value []byte
	total := 0
	for i := range 1000 {
		topic := []string{Notices, Holds}[i%2]
		value = fmt.Appendf(value[:0], "%0*d", 1+i%90, i)
		want[topic] = append(want[topic], string(value))
		if err := p.Add(ctx, Out{Topic: topic, Value: value}); err != nil {
			t.Fatal(err)
		}
		if total++; i%250 == 249 {
			if err := p.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			if p.Acknowledged() != int64(total) {
				t.Fatalf("%d of %d records acknowledged after Flush", p.Acknowledged(), total)
			}
		}
	}
	for topic, rows := range want {
		var got []string
		for _, r := range readTo(t, c.NewFetcher(FetchOptions{}), Position{topic, 0, 0}, endOf(t, c, topic, 0, Latest)) {
			got = append(got, r.value)
		}
		if !slices.Equal(got, rows) {
			t.Errorf("%s: %d records read back differ from %d written", topic, len(got), len(rows))
		}
	}
	if w.lost < 5 {
		t.Errorf("only %d losses", w.lost)
	}
}

// TestAddAfterAnError: a send that failed in the background is reported by the next call that
// waits for it, with the number of records in doubt. The producer then goes on under a new
// producer id, and what Produce writes comes after what Add collected.
func TestAddAfterAnError(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 1, CreateTime: true})
	p := c.NewProducer(ProducerConfig{FlushBytes: 1})
	ended, cancel := context.WithCancel(bounded(t))
	cancel()
	err := p.Add(ended, Out{Topic: Notices, Value: []byte("lost"), Timestamp: 1})
	if err == nil {
		err = p.Flush(ended)
	}
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want that the context has ended", err)
	}
	ctx := bounded(t)
	slow := c.NewProducer(ProducerConfig{})
	for _, q := range []*Producer{p, slow} {
		if err := q.Add(ctx, Out{Topic: Holds, Value: []byte("first"), Timestamp: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := q.Produce(ctx, []Out{{Topic: Holds, Value: []byte("second"), Timestamp: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, r := range readTo(t, c.NewFetcher(FetchOptions{}), Position{Holds, 0, 0}, 4) {
		got = append(got, r.value)
	}
	if want := []string{"first", "second", "first", "second"}; !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

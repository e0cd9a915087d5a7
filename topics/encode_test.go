package topics

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/protocol"
)

// TestVarintSize: the size that is written before a record is the one it takes.
func TestVarintSize(t *testing.T) {
	values := []int64{0, 1, -1, 63, 64, -64, -65, math.MaxInt64, math.MinInt64}
	for shift := range 63 {
		values = append(values, 1<<shift, -1<<shift, 1<<shift-1)
	}
	for _, v := range values {
		if got, want := varintSize(v), len(binary.AppendVarint(nil, v)); got != want {
			t.Errorf("%d takes %d bytes, not %d", v, want, got)
		}
	}
}

// TestMemoryOfBatchesOnTheirWay: the memory of a batch is used again only after it was
// acknowledged. Whatever is lost on the way, and however many batches a partition has, compressed
// or not, every record arrives once and unchanged.
func TestMemoryOfBatchesOnTheirWay(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	w := &wire{}
	c := lossyCluster(t, w, testBrokers(t))
	ctx := bounded(t)
	w.mu.Lock()
	w.lose = func(k protocol.ApiKey) (bool, bool) {
		n := rnd.IntN(6)
		return k == protocol.Produce && n == 0, k == protocol.Produce && n == 1
	}
	w.mu.Unlock()
	want := map[TopicPartition][]string{}
	for i, codec := range []Compression{None, LZ4} {
		tw := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", int32(i)), Compression: codec,
			MaxBatchBytes: 3000})
		if err := tw.Init(ctx); err != nil {
			t.Fatal(err)
		}
		for round := range 8 {
			var outs []Out
			for n := range 40 {
				o := Out{Topic: Violations, Partition: int32(rnd.IntN(2)), Key: []byte("k"),
					Value: fmt.Appendf(nil, "%d %d %d %s", i, round, n, strings.Repeat("x", rnd.IntN(900)))}
				if rnd.IntN(3) == 0 {
					o.Topic = Outcomes
				}
				outs = append(outs, o)
				tp := TopicPartition{o.Topic, o.Partition}
				want[tp] = append(want[tp], string(o.Value))
			}
			begin(t, tw)
			produce(t, tw, outs...)
			if err := tw.Commit(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.mu.Lock()
	w.lose = nil
	w.mu.Unlock()
	for tp, values := range want {
		var got []string
		for _, r := range readTo(t, c.NewFetcher(FetchOptions{}), Position{tp.Topic, tp.Partition, 0},
			stableEnd(t, c, tp.Topic, tp.Partition)) {
			got = append(got, r.value)
		}
		if !slices.Equal(got, values) {
			t.Errorf("%s: %d records read differ from %d written", tp, len(got), len(values))
		}
	}
	if w.lost < 10 {
		t.Errorf("only %d losses", w.lost)
	}
}

// TestCompressingUsesItsMemoryAgain: if the destination has room, compressing a batch allocates
// nothing, whatever the codec.
func TestCompressingUsesItsMemoryAgain(t *testing.T) {
	src := []byte(strings.Repeat("person-000017 card-000017 KH-carousel ", 3000))
	most := 3.0
	if raceDetector {
		most = 12
	}
	for _, codec := range []Compression{Gzip, Snappy, LZ4, Zstd} {
		dst := make([]byte, 0, 3*len(src))
		if per := testing.AllocsPerRun(20, func() { dst = compress(dst[:0], codec, src) }); per > most {
			t.Errorf("codec %d: %v allocations", codec, per)
		}
		if got, err := decompress(nil, codec, dst, maxOwnBatch); err != nil || string(got) != string(src) {
			t.Errorf("codec %d: %d bytes, %v", codec, len(got), err)
		}
	}
}

package topics

import (
	"fmt"
	"testing"
)

// BenchmarkRead reads 208-byte records from 12 partitions; with the broker of
// the environment it is the raw speed of the reading path.
func BenchmarkRead(b *testing.B) {
	for _, codec := range []Compression{None, LZ4, Zstd} {
		b.Run(fmt.Sprintf("codec=%d", codec), func(b *testing.B) { benchmarkRead(b, codec) })
	}
}

const benchRecords = 400_000

func benchmarkRead(b *testing.B, codec Compression) {
	c := cluster(b, CreateOptions{Partitions: 12, CreateTime: true})
	ctx := bounded(b)
	fill(b, c, codec, benchRecords)
	f := c.NewFetcher(FetchOptions{})
	bytes := 0
	fn := func(r *Record) error { bytes += len(r.Value); return nil }
	b.ReportAllocs()
	for b.Loop() {
		at := make([]Position, 12)
		for p := range at {
			at[p] = Position{CardEvents, int32(p), 0}
		}
		for n := 0; n < benchRecords; {
			got, err := f.Fetch(ctx, at)
			if err != nil {
				b.Fatal(err)
			}
			for i := range got {
				if err := got[i].Each(fn); err != nil {
					b.Fatal(err)
				}
				n += got[i].Records()
				at[got[i].Partition].Offset = got[i].Next
			}
		}
	}
	b.ReportMetric(float64(benchRecords)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrec/s")
}

// fill writes records with the plain producer.
func fill(b *testing.B, c *Client, codec Compression, n int) {
	b.Helper()
	ctx := bounded(b)
	p := c.NewProducer(ProducerConfig{Compression: codec})
	value := make([]byte, 190)
	for i := range value {
		value[i] = byte(i * 7)
	}
	for i := range n {
		if err := p.Add(ctx, Out{Topic: CardEvents, Partition: int32(i % 12),
			Key: fmt.Appendf(nil, "person-%06d", i%10000), Value: value, Timestamp: int64(i + 1)}); err != nil {
			b.Fatal(err)
		}
	}
	if err := p.Flush(ctx); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWrite writes the same records with the plain producer.
func BenchmarkWrite(b *testing.B) {
	for _, codec := range []Compression{None, LZ4} {
		b.Run(fmt.Sprintf("codec=%d", codec), func(b *testing.B) {
			c := cluster(b, CreateOptions{Partitions: 12, CreateTime: true})
			for b.Loop() {
				fill(b, c, codec, benchRecords)
			}
			b.ReportMetric(float64(benchRecords)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrec/s")
		})
	}
}

// BenchmarkTransaction is one small transaction: a record on two topics and an
// offset.
func BenchmarkTransaction(b *testing.B) {
	c := cluster(b, CreateOptions{Partitions: 1})
	ctx := bounded(b)
	w := c.NewTxnWriter(TxnConfig{TransactionalID: c.TransactionalID("g", 0)})
	if err := w.Init(ctx); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := w.Begin(ctx); err != nil {
			b.Fatal(err)
		}
		if _, err := w.Produce(ctx, []Out{{Topic: Violations, Value: []byte("v")},
			{Topic: TaskCommits, Key: []byte("0"), Value: []byte("c")}}); err != nil {
			b.Fatal(err)
		}
		g := GroupOffsets{Group: c.Prefix() + "g", Generation: -1, Positions: []Position{{CardEvents, 0, 1}}}
		if err := w.SendOffsets(ctx, g); err != nil {
			b.Fatal(err)
		}
		if err := w.Commit(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

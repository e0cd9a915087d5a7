package broker

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// answerOf is what one fetch of a backlog brings: card registrations in lz4
// batches, and the few records of another topic.
func answerOf(b *testing.B) ([]topics.Fetched, Offsets) {
	b.Helper()
	ctx := context.Background()
	e, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	c, err := topics.Connect(ctx, topics.Config{Brokers: e.Brokers(), Prefix: "b."})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	if _, err := c.Create(ctx, topics.CreateOptions{Partitions: 1, CreateTime: true}); err != nil {
		b.Fatal(err)
	}
	p, codec := c.NewProducer(topics.ProducerConfig{Compression: topics.LZ4, MaxBatchBytes: 128 << 10}),
		NewCodec(schemas.NewStore())
	for i := range 20_000 {
		who, at := fmt.Sprintf("Q%07d", i*7919%20_000), seeds.Start+duty.Instant(i)*500
		event := &duty.CardEvent{ID: fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i*2654435761), i),
			Version: 1, ReceivedAt: at + 500, PersonID: duty.Some(who), CardID: "C" + who,
			CentreID: "KH", DeviceID: "KH-carousel", OccurredAt: at, SourceSeq: duty.Some(int64(i))}
		value, err := codec.Encode(duty.TopicCardEvents, event)
		if err != nil {
			b.Fatal(err)
		}
		outs := []topics.Out{{Topic: duty.TopicCardEvents, Key: []byte(who), Value: value, Timestamp: int64(at)}}
		if i%1000 == 0 {
			outs = append(outs, topics.Out{
				Topic: duty.TopicCardAssignments, Key: []byte(who), Value: value, Timestamp: int64(at),
			})
		}
		for _, o := range outs {
			if err := p.Add(ctx, o); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := p.Flush(ctx); err != nil {
		b.Fatal(err)
	}
	from := Offsets{{Topic: duty.TopicCardEvents}: 0, {Topic: duty.TopicCardAssignments}: 0}
	f := c.NewFetcher(topics.FetchOptions{MaxWait: time.Second, MaxBytes: 256 << 10, MaxPartitionBytes: 200 << 10})
	got, err := f.Fetch(ctx, []topics.Position{{Topic: duty.TopicCardAssignments}, {Topic: duty.TopicCardEvents}})
	if err != nil || len(got) != 2 {
		b.Fatal(len(got), err)
	}
	return got, from
}

// BenchmarkAnswers is what it takes to unpack an answer and to serve it in order
// of time, as the cycles of a backlog ask for it.
func BenchmarkAnswers(b *testing.B) {
	got, start := answerOf(b)
	a := &answers{}
	records := 0
	b.ReportAllocs()
	const atOnce = 512 // as a task reads
	for b.Loop() {
		if _, err := a.fill(got, nil, &fetching{}); err != nil {
			b.Fatal(err)
		}
		records = 0
		for at := start.Clone(); ; {
			out := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
			if err := a.take(at, atOnce, false, &out); err != nil {
				b.Fatal(err)
			}
			if len(out.Next) == 0 {
				break
			}
			records += len(out.Records)
			for p, n := range out.Next {
				at[p] = n
			}
		}
	}
	b.ReportMetric(float64(records), "records")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
}

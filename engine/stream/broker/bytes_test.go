package broker

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// TestAnswersKeepTheBytesOfWhatWaits: a record may have to wait because others are older, or
// because enough was served. Its bytes are the same when it is served, wherever it stands in its
// batch and whatever is unpacked meanwhile.
func TestAnswersKeepTheBytesOfWhatWaits(t *testing.T) {
	ctx := context.Background()
	e, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		c, err := topics.Connect(ctx, topics.Config{Brokers: e.Brokers(), Prefix: fmt.Sprintf("b%d.", seed)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		if _, err := c.Create(ctx, topics.CreateOptions{Partitions: 1, CreateTime: true}); err != nil {
			t.Fatal(err)
		}
		from, said := Offsets{}, map[Partition][]string{}
		for _, topic := range []string{duty.TopicCardEvents, "notices", "permissions"}[:2+rnd.IntN(2)] {
			p := c.NewProducer(topics.ProducerConfig{Compression: []topics.Compression{topics.LZ4, topics.Zstd,
				topics.Snappy, topics.Gzip}[rnd.IntN(4)]})
			part, at := Partition{Topic: topic}, int64(seeds.Start)
			from[part] = 0
			for range 2 + rnd.IntN(20) {
				for range 1 + rnd.IntN(8) {
					at += int64(rnd.IntN(40))
					text := fmt.Sprintf("%s %d %0600d", topic, len(said[part]), rnd.Int64())
					said[part] = append(said[part], text)
					if err := p.Add(ctx, topics.Out{Topic: topic, Key: []byte(text[:40]), Value: []byte(text),
						Timestamp: at}); err != nil {
						t.Fatal(err)
					}
				}
				if err := p.Flush(ctx); err != nil { // ends the batch
					t.Fatal(err)
				}
			}
		}
		k := NewKafka(c, "g", time.Millisecond, 4<<10+rnd.IntN(20<<10))
		for left := len(from); left > 0; {
			got, err := k.Fetch(ctx, from, 1+rnd.IntN(20), time.Millisecond)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			for _, r := range got.Records {
				if want := said[r.Partition][r.Offset]; string(r.Value) != want || string(r.Key) != want[:40] {
					t.Fatalf("seed %d: %v offset %d says %.60q, want %.60q", seed, r.Partition, r.Offset, r.Value, want)
				}
			}
			left = 0
			for p := range from {
				if n, ok := got.Next[p]; ok {
					from[p] = n
				}
				if from[p] < int64(len(said[p])) {
					left++
				}
			}
		}
	}
}

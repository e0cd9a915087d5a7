package broker

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// TestOthersAreReadThoughAllAnswersAreHeld: answers held in memory for some partitions must not
// keep others from being read. Tasks do that in the middle of a backlog (to read other tasks'
// progress) and when they recover. Nothing that was dropped for it may be skipped or served twice.
func TestOthersAreReadThoughAllAnswersAreHeld(t *testing.T) {
	ctx := context.Background()
	e, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	c, err := topics.Connect(ctx, topics.Config{Brokers: e.Brokers(), Prefix: "r."})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Create(ctx, topics.CreateOptions{Partitions: 1, CreateTime: true}); err != nil {
		t.Fatal(err)
	}
	const records, answer = 40, 4 << 10
	p := c.NewProducer(topics.ProducerConfig{})
	from := Offsets{}
	for n, topic := range PersonTopics[:maxAnswers+2] {
		from[Partition{Topic: topic}] = 0
		for i := range records {
			out := topics.Out{Topic: topic, Key: []byte("k"), Value: bytes.Repeat([]byte("x"), answer/4),
				Timestamp: int64(seeds.Start) + int64(i*100+n)}
			if err := p.Add(ctx, out); err != nil {
				t.Fatal(err)
			}
			if err := p.Flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	commits := Partition{Topic: duty.TopicTaskCommits}
	if err := p.Add(ctx, topics.Out{Topic: commits.Topic, Key: []byte("0"), Value: []byte("here"),
		Timestamp: int64(seeds.Start)}); err != nil {
		t.Fatal(err)
	}
	if err := p.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	k, got, held := NewKafka(c, "g", time.Millisecond, answer), map[Partition]int64{}, 0
	read := func() {
		t.Helper()
		x, err := k.Fetch(ctx, from, 3, time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range x.Records {
			if r.Offset != got[r.Partition] {
				t.Fatalf("%v: offset %d comes where %d should", r.Partition, r.Offset, got[r.Partition])
			}
			got[r.Partition]++
		}
		for p, n := range x.Next {
			from[p] = n
		}
	}
	for sum := 0; sum < len(from)*records; {
		read()
		if k.free() == nil {
			held++
		}
		for again := 0; ; again++ {
			x, err := k.Fetch(ctx, Offsets{commits: 0}, 1, time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if len(x.Records) == 1 && string(x.Records[0].Value) == "here" {
				break
			}
			if again == 50 {
				t.Fatalf("%s is not read while %d of %d records are", commits.Topic, sum, len(from)*records)
			}
		}
		before := sum
		sum = 0
		for _, n := range got {
			sum += int(n)
		}
		if sum == before {
			t.Logf("nothing read: %s", fmt.Sprint(from))
		}
	}
	if held == 0 {
		t.Error("the answers were never all held: the test says nothing")
	}
}

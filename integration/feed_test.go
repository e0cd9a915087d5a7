package integration

import (
	"context"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// feeder writes simulated facts to the input topics bit by bit, in the order in
// which they become known.
type feeder struct {
	producer *topics.Producer
	facts    []simulate.Fact
	truth    *simulate.Truth
	// sent are acknowledged.
	sent int
}

// newFeeder simulates the weeks that end at this hour and connects to the
// brokers.
func newFeeder(t *testing.T, brokers string, cfg simulate.Config) *feeder {
	t.Helper()
	cfg.Until = duty.Instant(time.Now().UnixMilli())
	cfg.Start = cfg.Until.Date() - duty.Date(cfg.Days)
	var all simulate.Collect
	truth, err := simulate.Run(cfg, &all)
	if err != nil {
		t.Fatal(err)
	}
	all.Facts = withoutFeeds(all.Facts)
	if len(all.Facts) < 1000 {
		t.Fatalf("%d simulated facts; want many", len(all.Facts))
	}
	client, err := topics.Connect(t.Context(), topics.Config{
		Brokers: strings.Split(brokers, ","), Prefix: prefix, GiveUpAfter: 3 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	t.Logf("%d facts of %d persons, simulated from seed %d, start %s, until %d", len(all.Facts), cfg.Persons,
		cfg.Seed, simulate.DateString(cfg.Start), cfg.Until)
	return &feeder{producer: client.NewProducer(topics.ProducerConfig{Compression: topics.LZ4}),
		facts: all.Facts, truth: truth}
}

// left is how many facts are still to be sent.
func (f *feeder) left() int { return len(f.facts) - f.sent }

// send writes the next n facts, fewer where fewer are left, and waits until
// they are acknowledged.
func (f *feeder) send(ctx context.Context, n int) error {
	n = min(n, f.left())
	for i := range f.facts[f.sent : f.sent+n] {
		x := &f.facts[f.sent+i]
		s, _ := schemas.Lookup(x.Topic)
		err := f.producer.Add(ctx, topics.Out{
			Topic: x.Topic, Partition: topics.ByKey, Key: []byte(x.Key), Value: s.AppendValue(nil, x.Record),
			Timestamp: int64(x.ReceivedAt)})
		if err != nil {
			return err
		}
	}
	if err := f.producer.Flush(ctx); err != nil {
		return err
	}
	f.sent += n
	return nil
}

// flow sends a fact about every pause until ctx ends or nothing is left; what it
// returns waits for that.
func (f *feeder) flow(ctx context.Context, each int, pause time.Duration) (wait func() error) {
	result := make(chan error, 1)
	go func() {
		for ctx.Err() == nil && f.left() > 0 {
			// What has begun is finished: a fact of which nobody knows whether it
			// was stored is none that a test can count.
			if err := f.send(context.WithoutCancel(ctx), each); err != nil {
				result <- err
				return
			}
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
		result <- nil
	}()
	return func() error { return <-result }
}

package stream

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// The log says of an acknowledgement that cannot be read that it holds nobody, as it does not.
func TestAnUnreadableAcknowledgementIsTold(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if _, err := r.client.NewProducer(topics.ProducerConfig{}).Produce(ctx, []topics.Out{{
		Topic: duty.TopicAcknowledgements, Key: []byte("P-1"), Value: []byte("\xff"), Partition: topics.ByKey,
		Timestamp: int64(seeds.Start)}}); err != nil {
		t.Fatal(err)
	}
	cfg := r.config(seeds.Start + duty.Day)
	logs := &safeBuffer{}
	cfg.Log = zerolog.New(logs)
	e := start(t, cfg)
	for begin := time.Now(); !strings.Contains(logs.String(), "acknowledgements cannot be used"); {
		if time.Since(begin) > within {
			t.Fatalf("nothing is told:\n%s", logs)
		}
		time.Sleep(50 * time.Millisecond)
	}
	e.end()
	if strings.Contains(logs.String(), "hold units back") {
		t.Errorf("it is said to hold units:\n%s", logs)
	}
}

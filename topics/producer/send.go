package producer

import (
	"context"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

const (
	// chunkBytes is about how much is sent until it is acknowledged.
	chunkBytes = 1 << 20
	// firstWait and longestWait are how long Run waits after an error; the time doubles.
	firstWait   = time.Second
	longestWait = 30 * time.Second
)

// Writer writes records and returns when the brokers have acknowledged all of them; a [topics.Producer] does.
type Writer interface {
	Produce(ctx context.Context, outs []topics.Out) ([]topics.Produced, error)
}

// Send sends what waits, and returns when nothing does any more. After an error everything that was not
// acknowledged waits on, with the same bytes.
func (b *Buffer) Send(ctx context.Context, w Writer) error {
	b.sending.Lock()
	defer b.sending.Unlock()
	for {
		facts, beats, to, err := b.next()
		if err != nil || to == (place{}) {
			return err
		}
		for _, outs := range [][]topics.Out{facts, beats} {
			if len(outs) == 0 {
				continue
			}
			if _, err := w.Produce(ctx, outs); err != nil {
				return err
			}
		}
		if err := b.sent(to); err != nil {
			return err
		}
	}
}

// Run sends whatever is put until ctx ends. While the link is down it tries again and again; each error is told
// to tell, which may be nil.
func (b *Buffer) Run(ctx context.Context, cfg topics.Config, tell func(error)) {
	var client *topics.Client
	var w Writer
	wait := firstWait
	for ctx.Err() == nil {
		var err error
		if client == nil {
			if client, err = topics.Connect(ctx, cfg); err == nil {
				w = client.NewProducer(topics.ProducerConfig{})
			}
		}
		if err == nil {
			err = b.Send(ctx, w)
		}
		switch {
		case ctx.Err() != nil:
		case err == nil:
			wait = firstWait
			select {
			case <-ctx.Done():
			case <-b.more:
			}
		default:
			if tell != nil {
				tell(err)
			}
			if client != nil {
				client.Close()
				client = nil
			}
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
			wait = min(2*wait, longestWait)
		}
	}
	if client != nil {
		client.Close()
	}
}

// place is a file and an offset in it; the zero value is none.
type place struct{ segment, offset int64 }

// next returns what is sent next: facts, and the heartbeats that may go when these are acknowledged (W-54). A fact
// that was put after a heartbeat may be sent before it. to is where sending goes on after them.
func (b *Buffer) next() (facts, beats []topics.Out, to place, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lock == nil {
		return nil, nil, place{}, b.broken
	}
	for _, s := range b.log.list {
		from := int64(0)
		switch {
		case s.number < b.state.Segment:
			continue
		case s.number == b.state.Segment:
			from = b.state.Offset
		}
		if s.size == from {
			continue
		}
		text, err := b.log.read(s, from)
		if err != nil {
			return nil, nil, place{}, err
		}
		to = place{s.number, s.size}
		walk(text, func(e *entry, end int) bool {
			out := topics.Out{Topic: e.topic, Partition: topics.ByKey, Key: e.key, Value: e.value, Timestamp: int64(e.at)}
			if e.topic == duty.TopicHeartbeats {
				beats = append(beats, out)
			} else {
				facts = append(facts, out)
			}
			to.offset = from + int64(end)
			return end < chunkBytes
		}, func(error) {})
		return facts, beats, to, nil
	}
	return nil, nil, place{}, nil
}

// sent notes durably that everything before a place is acknowledged.
func (b *Buffer) sent(to place) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Segment, b.state.Offset = to.segment, to.offset
	if err := b.state.save(b.cfg.Dir); err != nil {
		return err
	}
	return b.log.drop(to.segment, keptSegments)
}

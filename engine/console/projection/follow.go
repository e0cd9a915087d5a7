package projection

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// followed are the topics that the pages need: of centres the engine beside them has a picture already, which
// keeps of the heartbeats only those that matter to verdicts.
var followed = slices.Concat(topics.OfClass(topics.PersonInput), []string{
	duty.TopicViolations, duty.TopicOutcomes, duty.TopicCaseSummaries, duty.TopicRecalls, duty.TopicControlReports,
	duty.TopicObservations, duty.TopicDataQuality, duty.TopicAudit, duty.TopicHeartbeats,
})

// How the topics are read: little at once, so that the engine's own reading is not held up.
const (
	fetchWait    = 100 * time.Millisecond
	fetchBytes   = 1 << 20
	lookEvery    = time.Second
	atMostAtOnce = 2000
)

// Follow keeps the projection up to date until ctx ends. The error is one of the brokers or the disk.
func (s *Store) Follow(ctx context.Context, client *topics.Client, store *schemas.Store) error {
	parts, err := client.AllPartitions(ctx, followed...)
	if err != nil {
		return err
	}
	ids, err := client.TopicIDs(ctx)
	if err != nil {
		return err
	}
	maps.DeleteFunc(ids, func(name, _ string) bool { return !slices.Contains(followed, name) })
	o := origin{Format: format, Cluster: client.ClusterID(), Prefix: client.Prefix(), Topics: ids}
	for _, t := range duty.Topics() {
		o.Order = append(o.Order, t.Name)
	}
	if err := s.belongs(o); err != nil {
		return err
	}
	f := &follower{s: s, store: store, parts: parts, client: client,
		fetcher: client.NewFetcher(topics.FetchOptions{MaxWait: fetchWait, MaxBytes: 4 * fetchBytes,
			MaxPartitionBytes: fetchBytes})}
	for ctx.Err() == nil {
		if f.next, err = s.positions(parts); err != nil {
			return err
		}
		var gone *topics.OutOfRangeError
		if err := f.run(ctx); !errors.As(err, &gone) {
			return err
		}
		// The log is another one than that which was read: begin again.
		if err := s.belongs(origin{}); err != nil {
			return err
		}
		if err := s.belongs(o); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// follower reads the topics for one projection.
type follower struct {
	s       *Store
	client  *topics.Client
	fetcher *topics.Fetcher
	store   *schemas.Store
	parts   []topics.TopicPartition
	next    map[topics.TopicPartition]int64
	looked  time.Time
}

func (f *follower) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := f.look(ctx); err != nil {
			return err
		}
		positions := make([]topics.Position, len(f.parts))
		for i, p := range f.parts {
			positions[i] = topics.Position{Topic: p.Topic, Partition: p.Partition, Offset: f.next[p]}
		}
		got, err := f.fetcher.Fetch(ctx, positions)
		if err != nil {
			return err
		}
		for i := range got {
			if got[i].Err != nil {
				return got[i].Err
			}
			if err := f.take(ctx, &got[i]); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// look counts what is not read yet.
func (f *follower) look(ctx context.Context) error {
	if time.Since(f.looked) < lookEvery {
		return nil
	}
	f.looked = time.Now()
	ends, err := f.client.Offsets(ctx, f.parts, topics.LastStable)
	if err != nil {
		return err
	}
	var behind int64
	for p, end := range ends {
		behind += max(0, end-f.next[p])
	}
	f.s.behind.Store(behind)
	return nil
}

// take applies what was read of one partition and rests as long as that took.
func (f *follower) take(ctx context.Context, got *topics.Fetched) error {
	if got.Next == got.From {
		return nil
	}
	began := time.Now()
	b := f.s.begin()
	n := 0
	err := got.Each(func(r *topics.Record) error {
		if n++; n%atMostAtOnce == 0 {
			if err := rest(ctx, began); err != nil {
				return err
			}
			began = time.Now()
		}
		if schema, ok := schemas.Lookup(got.Topic); ok {
			if err := f.store.Learn(ctx, r.Value); err != nil {
				return err
			}
			r.Value = f.store.Kept(schema, r.Value)
		}
		return b.apply(f.store, got.TopicPartition, r)
	})
	if err == nil {
		err = b.set(positionKey(got.TopicPartition), binary.BigEndian.AppendUint64(nil, uint64(got.Next)))
	}
	if err != nil {
		b.tx.Discard()
		return err
	}
	if err := b.tx.Commit(); err != nil {
		return err
	}
	f.next[got.TopicPartition] = got.Next
	if n < atMostAtOnce/10 {
		return nil
	}
	return rest(ctx, began)
}

// rest waits as long as the work since an instant took.
func rest(ctx context.Context, began time.Time) error {
	t := time.NewTimer(time.Since(began))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

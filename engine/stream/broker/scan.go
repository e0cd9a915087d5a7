package broker

import (
	"context"
	"time"
)

// Scan reads ranges of logs. Most and Wait are the limits of each Fetch.
type Scan struct {
	From Broker
	Most int
	Wait time.Duration
	// Short accepts logs whose beginning was deleted, and starts at what is left.
	Short bool
}

// Each calls f for every record from the offsets in from up to those in to, in order within each
// partition. A partition missing in to is not read.
func (s Scan) Each(ctx context.Context, from, to Offsets, f func(*Record) error) error {
	at := Offsets{}
	for p, n := range from {
		if n < to[p] {
			at[p] = n
		}
	}
	for len(at) > 0 {
		got, err := s.From.Fetch(ctx, at, s.Most, s.Wait)
		if err != nil {
			return err
		}
		for i := range got.Records {
			if rec := &got.Records[i]; rec.Offset < to[rec.Partition] {
				if err := f(rec); err != nil {
					return err
				}
			}
		}
		for p, n := range got.Next {
			if n >= to[p] {
				delete(at, p)
			} else {
				at[p] = n
			}
		}
	}
	return nil
}

// All calls f for every committed record that the partitions hold now.
func (s Scan) All(ctx context.Context, parts []Partition, f func(*Record) error) error {
	ends, err := s.From.Ends(ctx, parts, LastStable)
	if err != nil {
		return err
	}
	from, err := s.Starts(ctx, parts)
	if err != nil {
		return err
	}
	return s.Each(ctx, from, ends, f)
}

// Starts returns where All begins to read.
func (s Scan) Starts(ctx context.Context, parts []Partition) (Offsets, error) {
	if s.Short {
		return s.From.Ends(ctx, parts, LogStart)
	}
	from := make(Offsets, len(parts))
	for _, p := range parts {
		from[p] = 0
	}
	return from, nil
}

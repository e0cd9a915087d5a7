package broker

import (
	"context"
	"time"
)

// Scan reads parts of logs from one place to another.
type Scan struct {
	From Broker
	Most int
	Wait time.Duration
	// Short accepts logs whose beginning is gone.
	Short bool
}

// Each calls f for every record from some offsets up to others, in order per
// partition. A partition that to does not name is not read.
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

// All calls f for every record of the partitions that is readable now.
func (s Scan) All(ctx context.Context, parts []Partition, f func(*Record) error) error {
	ends, err := s.From.Ends(ctx, parts, LastStable)
	if err != nil {
		return err
	}
	from := make(Offsets, len(parts))
	for _, p := range parts {
		from[p] = 0
	}
	if s.Short {
		if from, err = s.From.Ends(ctx, parts, LogStart); err != nil {
			return err
		}
	}
	return s.Each(ctx, from, ends, f)
}

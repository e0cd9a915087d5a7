package stream

import (
	"context"
	"time"
)

// scan reads parts of logs from one place to another.
type scan struct {
	broker Broker
	most   int
	wait   time.Duration
	// short accepts logs whose beginning is gone.
	short bool
}

// each calls f for every record from some offsets up to others, in order per
// partition. A partition that to does not name is not read.
func (s scan) each(ctx context.Context, from, to Offsets, f func(*Record) error) error {
	at := Offsets{}
	for p, n := range from {
		if n < to[p] {
			at[p] = n
		}
	}
	for len(at) > 0 {
		got, err := s.broker.Fetch(ctx, at, s.most, s.wait)
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

// all calls f for every record of the partitions that is readable now.
func (s scan) all(ctx context.Context, parts []Partition, f func(*Record) error) error {
	ends, err := s.broker.Ends(ctx, parts, LastStable)
	if err != nil {
		return err
	}
	from := make(Offsets, len(parts))
	for _, p := range parts {
		from[p] = 0
	}
	if s.short {
		if from, err = s.broker.Ends(ctx, parts, LogStart); err != nil {
			return err
		}
	}
	return s.each(ctx, from, ends, f)
}
